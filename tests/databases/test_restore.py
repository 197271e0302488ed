"""Restore brings back what we wiped, and never destroys newer work."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.domain.outcome import Receipt, RestoreChoice
from cachedeps.errors import ApprovalRefusedError, StalePlanError, UnknownNameError
from cachedeps.project import Database as Opened
from cachedeps.project import Project
from tests.databases import uploads
from tests.databases.database import Database
from tests.databases.declared import project
from tests.databases.exact import everything

ROWS = 40
STALE = uploads.stale_ids(ROWS)
METRICS = "uploads.rotation_metrics"


def prepared(database: Database, folder: Path) -> Project:
    uploads.create(database, ROWS)
    return project(database, folder, uploads.DECLARATION)


def applied(declared: Project, db: Opened, *upstreams: str, page_rows: int = 7) -> Receipt:
    seen = db.preview(declared.plan(*upstreams or ("pose_model",)), page_rows=page_rows)
    named = {name: seen.rows_of(name) for name in seen.plan.must_name}
    return db.apply(seen.approve(by="ann", rows=seen.rows, columns=named))


def regenerate(database: Database, *keys: int, value: str = "new") -> None:
    for key in keys:
        database.execute(f"UPDATE uploads SET rotation_metrics = '{value}' WHERE id = {key}")


def test_what_is_previewed_is_what_goes_back(database: Database, tmp_path: Path) -> None:
    declared = prepared(database, tmp_path)
    before = everything(database)
    with declared.connect() as db:
        receipt = applied(declared, db)
        after = everything(database)
        seen = db.preview_restore(receipt.id)
        assert everything(database) == after
        assert (seen.rows, seen.cells, seen.kept_regenerated, seen.vanished) == (
            len(STALE), len(STALE), 0, 0,
        )  # fmt: skip
        owned = {row.user_id for row in uploads.uploads(ROWS) if row.stale} - {None}
        assert seen.owners.count == len(owned)
        back = db.restore(seen.approve(by="bob", rows=seen.rows))
        assert (back.state, back.rows, back.cells, back.by) == ("done", *[len(STALE)] * 2, "bob")
        assert back.caches == ((METRICS, len(STALE)),)
        assert everything(database) == before
        assert db.receipt(receipt.id).undone_by == back.id
        again = db.preview_restore(receipt.id)
        assert (again.rows, again.caches[0].already) == (0, len(STALE))


def test_regenerated_cells_are_kept_and_counted(database: Database, tmp_path: Path) -> None:
    declared = prepared(database, tmp_path)
    with declared.connect() as db:
        receipt = applied(declared, db)
        regenerate(database, STALE[0], STALE[3])
        seen = db.preview_restore(receipt.id)
        assert (seen.rows, seen.kept_regenerated) == (len(STALE) - 2, 2)
        back = db.restore(receipt.id)
        assert (back.rows, back.kept_regenerated) == (len(STALE) - 2, 2)
        assert any("2 regenerated cells were kept" in note for note in back.notes)
    now = uploads.metrics(database)
    expected = {row.id: row.rotation_metrics for row in uploads.uploads(ROWS)}
    assert now == {**expected, STALE[0]: "new", STALE[3]: "new"}


def test_regenerated_cells_are_overwritten_by_name_only_and_can_come_back(
    database: Database, tmp_path: Path
) -> None:
    declared = prepared(database, tmp_path)
    before = everything(database)
    with declared.connect() as db:
        receipt = applied(declared, db)
        regenerate(database, STALE[0])
        regenerated = everything(database)
        with pytest.raises(UnknownNameError, match="has no cache"):
            db.preview_restore(receipt.id, RestoreChoice(overwrite_regenerated=("uploads.typo",)))
        seen = db.preview_restore(receipt.id, RestoreChoice(overwrite_regenerated=(METRICS,)))
        assert (seen.rows, seen.kept_regenerated) == (len(STALE), 0)
        back = db.restore(seen.approve(by="ann", rows=seen.rows))
        assert everything(database) == before
        db.restore(back.id)
        assert everything(database) == regenerated


def test_a_vanished_row_is_reported_and_the_others_go_back(
    database: Database, tmp_path: Path
) -> None:
    declared = prepared(database, tmp_path)
    with declared.connect() as db:
        receipt = applied(declared, db)
        database.execute(f"DELETE FROM uploads WHERE id IN ({STALE[1]}, {STALE[2]})")
        back = db.restore(receipt.id)
        assert (back.rows, back.vanished) == (len(STALE) - 2, 2)
    gone = {STALE[1], STALE[2]}
    assert uploads.metrics(database) == {
        row.id: row.rotation_metrics for row in uploads.uploads(ROWS) if row.id not in gone
    }


def test_a_colleagues_edit_of_another_column_stays(database: Database, tmp_path: Path) -> None:
    declared = prepared(database, tmp_path)
    with declared.connect() as db:
        receipt = applied(declared, db)
        edit = (
            f"UPDATE uploads SET title = 'edited', diagnosis_text = 'better' WHERE id = {STALE[0]}"
        )
        database.execute(edit)
        db.restore(receipt.id)
    query = f"SELECT title, diagnosis_text, rotation_metrics FROM uploads WHERE id = {STALE[0]}"
    metrics = uploads.uploads(ROWS)[STALE[0] - 1].rotation_metrics
    assert database.query(query) == [("edited", "better", metrics)]


def test_a_restore_can_be_undone_again_and_again(database: Database, tmp_path: Path) -> None:
    declared = prepared(database, tmp_path)
    before = everything(database)
    with declared.connect() as db:
        run = applied(declared, db, "diagnosis_llm", "pose_model")
        emptied = everything(database)
        assert len(run.caches) == 3
        for expected in (before, emptied, before, emptied, before):
            run = db.restore(run.id)
            assert everything(database) == expected
            assert run.rows == ROWS


@pytest.mark.parametrize(
    "choice",
    [
        RestoreChoice(columns=("uploads.training_plan",)),
        RestoreChoice(owners=("user3@example.com",)),
        RestoreChoice(keys=((STALE[0],), (STALE[4],))),
        RestoreChoice(columns=(METRICS,), owners=("user2@example.com", "user4@example.com")),
    ],
    ids=("column", "owner", "key", "column-and-owners"),
)
def test_a_part_goes_back_and_the_rest_after_it(
    database: Database, tmp_path: Path, choice: RestoreChoice
) -> None:
    declared = prepared(database, tmp_path)
    before = everything(database)
    with declared.connect() as db:
        receipt = applied(declared, db, "diagnosis_llm", "pose_model")
        seen = db.preview_restore(receipt.id, choice)
        part = db.restore(seen.approve(by="ann", rows=seen.rows))
        assert (part.rows, part.cells) == (seen.rows, seen.cells)
        assert _back(database) == _expected(choice)
        db.restore(receipt.id)
        assert everything(database) == before


Cells = set[tuple[str, int]]


def _expected(choice: RestoreChoice) -> Cells:
    owners = {int(label[4]) for label in choice.owners}
    keys = {key for (key,) in choice.keys}
    return {
        (column, row.id)
        for column in ("rotation_metrics", "diagnosis_text", "training_plan")
        if not choice.columns or f"uploads.{column}" in choice.columns
        for row in uploads.uploads(ROWS)
        if getattr(row, column) is not None
        and (row.stale if column == "rotation_metrics" else True)
        and (not owners or row.user_id in owners)
        and (not keys or row.id in keys)
    }


def _back(database: Database) -> Cells:
    """The cells that hold a value and were stale."""
    columns = ("rotation_metrics", "diagnosis_text", "training_plan")
    rows = database.query(f"SELECT id, {', '.join(columns)} FROM uploads")
    fresh = {row.id for row in uploads.uploads(ROWS) if not row.stale}
    return {
        (column, row[0])
        for row in rows
        for column, value in zip(columns, row[1:], strict=True)
        if value is not None and not (column == "rotation_metrics" and row[0] in fresh)
    }


def test_names_in_a_choice_must_exist(database: Database, tmp_path: Path) -> None:
    declared = prepared(database, tmp_path)
    with declared.connect() as db:
        receipt = applied(declared, db)
        for choice in (
            RestoreChoice(columns=("uploads.rotation_metric",)),
            RestoreChoice(owners=("nobody@example.com",)),
            RestoreChoice(owners=("' OR '1'='1",)),
            RestoreChoice(keys=((4711,),)),
            RestoreChoice(keys=(("1 OR 1=1",),)),
        ):
            with pytest.raises(UnknownNameError):
                db.preview_restore(receipt.id, choice)
        with pytest.raises(UnknownNameError, match="no receipt"):
            db.preview_restore("2026-nothing")
        assert db.receipt(receipt.id[:-2]).id == receipt.id


def test_an_approval_fits_one_preview(database: Database, tmp_path: Path) -> None:
    declared = prepared(database, tmp_path)
    with declared.connect() as db:
        receipt = applied(declared, db)
        seen = db.preview_restore(receipt.id)
        with pytest.raises(ApprovalRefusedError, match=f"counts {seen.rows}"):
            seen.approve(by="ann", rows=seen.rows + 1)
        with pytest.raises(ApprovalRefusedError):
            seen.approve(by=" ", rows=seen.rows)
        regenerate(database, STALE[0])
        emptied = everything(database)
        with pytest.raises(StalePlanError, match=f"{len(STALE) - 1} can now"):
            db.restore(seen.approve(by="ann", rows=seen.rows))
        assert everything(database) == emptied
        assert [run.command for run in db.history()] == ["apply"]


def test_history_says_how_much_of_a_run_was_put_back(database: Database, tmp_path: Path) -> None:
    declared = prepared(database, tmp_path)
    with declared.connect() as db:
        receipt = applied(declared, db)
        one = RestoreChoice(keys=((STALE[0],),))
        some = db.preview_restore(receipt.id, one)
        first = db.restore(some.approve(by="bob", rows=some.rows))
        told = db.receipt(receipt.id)
        assert (told.undone_by, told.put_back, told.cells) == (first.id, 1, receipt.cells)
        second = db.restore(receipt.id, by="bob")
        told = db.receipt(receipt.id)
        assert (told.undone_by, told.put_back) == (second.id, receipt.cells)
        db.restore(second.id, by="bob")
        assert db.receipt(receipt.id).put_back == 1
        assert db.receipt(second.id).put_back == receipt.cells - 1


def test_history_tells_every_run_newest_first(database: Database, tmp_path: Path) -> None:
    declared = prepared(database, tmp_path)
    with declared.connect() as db:
        assert db.history() == ()
        receipt = applied(declared, db)
        back = db.restore(receipt.id, by="bob")
        newest, oldest = db.history()
        assert (newest.id, newest.restores, newest.command, newest.by) == (
            back.id, receipt.id, "restore", "bob",
        )  # fmt: skip
        assert (oldest.id, oldest.undone_by, oldest.state) == (receipt.id, back.id, "done")
