"""What was previewed and approved is what runs: no cell more, no cell less."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cachedeps.actions import preview as previewing
from cachedeps.actions.fold import MOST_KEPT_CELLS
from cachedeps.actions.planfile import read_plan, write_plan
from cachedeps.domain.outcome import Preview, Progress
from cachedeps.errors import ApprovalRefusedError, StalePlanError, WrongDatabaseError
from cachedeps.project import Project
from tests.databases import uploads
from tests.databases.database import Database
from tests.databases.declared import caches, project
from tests.databases.exact import Rows, everything

ROWS = 60
STALE = uploads.stale_ids(ROWS)
METRICS = "uploads.rotation_metrics"
DIAGNOSES = "uploads.diagnosis_text"


@pytest.fixture
def declared(database: Database, tmp_path: Path) -> Project:
    uploads.create(database, ROWS)
    return project(database, tmp_path, uploads.DECLARATION)


def rows_of(database: Database) -> dict[int, tuple[object, ...]]:
    return {row[0]: row for row in database.query("SELECT * FROM uploads")}


def preview(declared: Project, page_rows: int = 1_000, fingerprint: str = "auto") -> Preview:
    with declared.connect() as db:
        plan = declared.plan("pose_model")
        return db.preview(plan, page_rows=page_rows, fingerprint=fingerprint)


def others(database: Database) -> list[Rows]:
    """The exact rows of every table but ``uploads``."""
    return [rows for name, rows in everything(database).items() if not name.endswith("uploads")]


@pytest.mark.parametrize("kept", [10_000, 0], ids=("cells-kept", "pages-only"))
def test_only_the_target_cells_differ_afterwards(
    database: Database, declared: Project, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "MOST_KEPT_CELLS", kept)
    before, elsewhere = rows_of(database), others(database)
    place = 5  # rotation_metrics
    for page_rows in (1, 3, 1_000):
        seen = preview(declared, page_rows)
        told: list[Progress] = []
        with declared.connect() as db:
            receipt = db.apply(seen.approve(by="ann", rows=seen.rows), progress=told.append)
            assert (receipt.state, receipt.caches) == ("done", ((METRICS, len(STALE)),))
            assert receipt.pages_done == receipt.pages_total == -(-len(STALE) // page_rows)
            assert [p.pages_done for p in told] == list(range(1, receipt.pages_total + 1))
            assert (told[-1].rows_done, told[-1].rows_total) == (len(STALE),) * 2
            assert db.preview(declared.plan("pose_model")).rows == 0
            after = rows_of(database)
            assert {key for key in before if before[key] != after[key]} == set(STALE)
            for key in STALE:
                assert after[key] == (*before[key][:place], None, *before[key][place + 1 :])
            assert others(database) == elsewhere
            db.restore(receipt.id)
            assert rows_of(database) == before


_PARTS = {
    "sqlite": (
        "CREATE TABLE cells (id INTEGER, day DATE, value TEXT, PRIMARY KEY (id, day))"
        " WITHOUT ROWID",
    ),
    "postgresql": (
        "CREATE TABLE cells (id INTEGER, day DATE, value TEXT, PRIMARY KEY (id, day))"
        " PARTITION BY RANGE (id)",
        "CREATE TABLE cells_a PARTITION OF cells FOR VALUES FROM (0) TO (5000)",
        "CREATE TABLE cells_b PARTITION OF cells FOR VALUES FROM (5000) TO (50000)",
    ),
    "mariadb": (
        "CREATE TABLE cells (id INTEGER, day DATE, value TEXT, PRIMARY KEY (id, day))"
        " PARTITION BY HASH (id) PARTITIONS 3",
    ),
}


def test_more_cells_than_a_plan_keeps_one_by_one(database: Database, tmp_path: Path) -> None:
    database.execute(*_PARTS[database.dialect])
    rows = MOST_KEPT_CELLS + 1_234
    database.insert("cells", *((i, f"2026-01-{i % 28 + 1:02}", f"v{i}") for i in range(rows)))
    before = everything(database)
    declared = project(database, tmp_path, caches("model", "cells"))
    with declared.connect() as db:
        seen = db.preview(declared.plan("model"))
        assert (seen.rows, seen.tables[0].cells) == (rows, None)
        receipt = db.apply(seen.approve(by="ann", rows=rows))
        assert (receipt.cells, receipt.pages_done) == (rows, -(-rows // 1_000))
        assert db.preview(declared.plan("model")).rows == 0
        assert db.restore(receipt.id).rows == rows
    assert everything(database) == before


NEW = "INSERT INTO uploads (id, rotation_version, rotation_metrics) VALUES (30000, 6, 'new')"
SET = f"UPDATE uploads SET rotation_metrics = {{}} WHERE id = {STALE[4]}"
CHANGES = {
    "joined": (NEW, "1 cells joined: uploads.rotation_metrics 30000"),
    "left": (SET.format("NULL"), f"1 cells left: uploads.rotation_metrics {STALE[4]}"),
    "changed": (SET.format("'other'"), f"1 cells changed: uploads.rotation_metrics {STALE[4]}"),
    "deleted": (
        f"DELETE FROM uploads WHERE id = {STALE[4]}",
        f"1 cells left: {METRICS} {STALE[4]}",
    ),
    "restamped": (
        f"UPDATE uploads SET rotation_version = 7 WHERE id = {STALE[4]}",
        f"1 cells left: {METRICS} {STALE[4]}",
    ),
}


@pytest.mark.parametrize("kept", [10_000, 0], ids=("cells-kept", "pages-only"))
def test_a_row_that_differs_since_the_preview_stops_it_before_the_first_write(
    database: Database, declared: Project, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "MOST_KEPT_CELLS", kept)
    for statement, told in CHANGES.values():
        uploads.refill(database, ROWS)
        seen = preview(declared, 5)
        database.execute(statement)
        before = everything(database)
        with declared.connect() as db:
            with pytest.raises(StalePlanError) as caught:
                db.apply(seen.approve(by="ann", rows=seen.rows))
            assert caught.value.exit_code == 3
            assert (told if kept else "uploads, keys") in caught.value.message
            assert "othing was written" in caught.value.message
            assert all(run.rows == 0 for run in db.history())
        assert everything(database) == before


@pytest.mark.parametrize("fingerprint", ["values", "sizes"])
def test_a_row_that_differs_while_it_runs_stops_it_at_its_page(
    database: Database, declared: Project, fingerprint: str
) -> None:
    free = STALE[4] + 1  # between two keys of the third page
    for statement, _ in CHANGES.values():
        uploads.refill(database, ROWS)
        database.execute(f"DELETE FROM uploads WHERE id = {free}")
        late = statement.replace("30000", str(free)).replace("'other'", "'another length'")
        _interfered(database, declared, late, preview(declared, 2, fingerprint))


def _interfered(database: Database, declared: Project, statement: str, seen: Preview) -> None:
    after_first: list[dict[int, tuple[object, ...]]] = []

    def interfere(_: object) -> None:
        if not after_first:
            database.execute(statement)
            after_first.append(rows_of(database))

    with declared.connect() as db:
        with pytest.raises(StalePlanError, match=r"changed since"):
            db.apply(seen.approve(by="ann", rows=seen.rows), progress=interfere)
        run = db.history()[0]
        assert (run.state, run.rows) == ("interrupted", 4)
        db.restore(run.id)
    now, then = rows_of(database), after_first[0]
    differing = {key for key in now if now[key] != then[key]}
    assert differing == set(STALE[:2])  # the page that was written already went back


def test_an_approval_says_exactly_what_was_seen(declared: Project) -> None:
    seen = preview(declared)
    for rows in (0, seen.rows - 1, seen.rows + 1):
        with pytest.raises(ApprovalRefusedError, match=f"counts {seen.rows}"):
            seen.approve(by="ann", rows=rows)
    with pytest.raises(ApprovalRefusedError, match="nobody"):
        seen.approve(by="", rows=seen.rows)
    with pytest.raises(ApprovalRefusedError, match="not in the plan"):
        seen.approve(by="ann", rows=seen.rows, columns={DIAGNOSES: 1})
    with pytest.raises(ApprovalRefusedError, match="counts"):
        seen.approve(by="ann", rows=seen.rows, columns={METRICS: 1})


def test_irreplaceable_caches_and_blankets_are_approved_by_name(
    database: Database, declared: Project
) -> None:
    before = everything(database)
    with declared.connect() as db:
        plan = declared.plan("diagnosis_llm")
        seen = db.preview(plan)
        with pytest.raises(ApprovalRefusedError, match="by name") as caught:
            seen.approve(by="ann", rows=seen.rows)
        assert f"--expect {DIAGNOSES}={seen.rows_of(DIAGNOSES)}" in caught.value.hint
        blanket = db.preview(declared.plan("diagnosis_llm", "pose_model", "plan_llm"))
        assert "blanket" in {notice.code for notice in blanket.notices}
        assert len(blanket.plan.must_name) == 3
        named = {name: blanket.rows_of(name) for name in blanket.plan.must_name[:2]}
        with pytest.raises(ApprovalRefusedError, match="by name"):
            blanket.approve(by="ann", rows=blanket.rows, columns=named)
        assert everything(database) == before
        named = {DIAGNOSES: seen.rows_of(DIAGNOSES)}
        assert db.apply(seen.approve(by="ann", rows=seen.rows, columns=named)).state == "done"


def test_a_plan_belongs_to_one_database_and_one_declaration(
    database: Database, declared: Project, tmp_path: Path
) -> None:
    before = everything(database)
    seen = preview(declared)
    approval = seen.approve(by="ann", rows=seen.rows)
    elsewhere = replace(approval, preview=replace(seen, database="sqlite:///other.db"))
    copied = replace(approval, preview=replace(seen, journal="another journal's id"))
    with declared.connect() as db:
        with pytest.raises(WrongDatabaseError, match=r"other\.db"):
            db.apply(elsewhere)
        with pytest.raises(WrongDatabaseError, match="journal"):
            db.apply(copied)
    changed = project(
        database, tmp_path, uploads.DECLARATION.replace("version = 7", "version = 8")
    )
    with changed.connect() as db, pytest.raises(StalePlanError, match="declaration has changed"):
        db.apply(approval)
    assert everything(database) == before


def test_a_saved_plan_is_applied_as_it_was_shown(
    database: Database, declared: Project, tmp_path: Path
) -> None:
    before = everything(database)
    seen = preview(declared, 7)
    write_plan(seen, tmp_path / "plan.json")
    text = (tmp_path / "plan.json").read_text(encoding="utf-8")
    assert "@example.com" not in text
    assert '{\\"m\\":' not in text
    read = read_plan(tmp_path / "plan.json")
    assert (read.digest, read.rows) == (seen.digest, seen.rows)
    with declared.connect() as db:
        assert not db.drift(read)
        receipt = db.apply(read.approve(by="ann", rows=read.rows))
        assert receipt.rows == len(STALE)
        assert db.drift(read).left
        with pytest.raises(StalePlanError):
            db.apply(read.approve(by="ann", rows=read.rows))
        db.restore(receipt.id)
    assert everything(database) == before


_BUMP = {
    "sqlite": (
        "CREATE TRIGGER bump AFTER UPDATE ON uploads WHEN OLD.title IS NEW.title"
        " BEGIN UPDATE uploads SET title = 'bumped' WHERE id = NEW.id; END",
    ),
    "postgresql": (
        "CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.title = 'bumped'; RETURN NEW; END $$",
        "CREATE TRIGGER bump BEFORE UPDATE ON uploads FOR EACH ROW EXECUTE FUNCTION bump()",
    ),
    "mariadb": (
        "CREATE TRIGGER bump BEFORE UPDATE ON uploads FOR EACH ROW SET NEW.title = 'bumped'",
    ),
}


def test_a_trigger_that_fires_is_named_before_and_in_the_receipt(
    database: Database, declared: Project
) -> None:
    database.execute(*_BUMP[database.dialect])
    seen = preview(declared)
    (notice,) = [notice for notice in seen.notices if notice.code == "trigger"]
    assert "bump" in notice.message
    with declared.connect() as db:
        receipt = db.apply(seen.approve(by="ann", rows=seen.rows))
        assert receipt.notes == (notice.message,)
        assert db.restore(receipt.id).rows == len(STALE)
    bumped = database.query("SELECT id FROM uploads WHERE title = 'bumped'")
    assert sorted(key for (key,) in bumped) == STALE


def test_a_column_that_changes_with_every_update_is_named_too(
    database: Database, declared: Project
) -> None:
    if database.dialect != "mariadb":
        pytest.skip("only MySQL and MariaDB have ON UPDATE columns")
    database.execute(
        "ALTER TABLE uploads ADD touched_at TIMESTAMP(6) NULL ON UPDATE CURRENT_TIMESTAMP(6)"
    )
    seen = preview(declared)
    with declared.connect() as db:
        receipt = db.apply(seen.approve(by="ann", rows=seen.rows))
    assert any("touched_at" in note for note in receipt.notes)
    touched = database.query("SELECT id FROM uploads WHERE touched_at IS NOT NULL")
    assert sorted(key for (key,) in touched) == STALE
