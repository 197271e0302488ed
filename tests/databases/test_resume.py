"""Nothing is lost: killed, cut off or out of disk, a run can be resumed and undone."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event

from cachedeps.actions import preview as previewing
from cachedeps.actions.planfile import write_plan
from cachedeps.domain.outcome import Preview, Progress, Receipt
from cachedeps.errors import InterruptedRunError
from cachedeps.project import Project
from tests.databases import uploads
from tests.databases.database import Database
from tests.databases.declared import project
from tests.databases.dying import MOMENTS, PAGES, run_and_die
from tests.databases.exact import everything

ROWS = 40
PAGE_ROWS = 4
STALE = uploads.stale_ids(ROWS)
SECONDS_TO_NOTICE = 10


def prepared(database: Database, folder: Path) -> tuple[Project, Preview]:
    uploads.create(database, ROWS)
    declared = project(database, folder, uploads.DECLARATION)
    with declared.connect() as db:
        seen = db.preview(declared.plan("pose_model"), page_rows=PAGE_ROWS)
    write_plan(seen, folder / "plan.json")
    return declared, seen


def ended_run(declared: Project) -> Receipt:
    """The newest run, once the database has noticed that its process is gone."""
    patience = time.monotonic() + SECONDS_TO_NOTICE
    while True:
        with declared.connect() as db:
            newest = db.history()[0]
        if newest.state != "running" or time.monotonic() > patience:
            return newest
        time.sleep(0.05)


def journaled(database: Database, command: str = "apply") -> list[tuple[int, str | None]]:
    """Key and before-image of every journaled cell, as the database tells it."""
    rows = database.query(
        "SELECT c.key_0, c.value FROM cachedeps_cell c JOIN cachedeps_run r ON r.run = c.run"
        " WHERE r.command = ?",
        (command,),
    )
    return sorted((int(key), _text(value)) for key, value in rows)


def _text(value: Any) -> str | None:
    return value.decode() if isinstance(value, bytes) else value


def before_images(ids: list[int]) -> list[tuple[int, str | None]]:
    return [(row.id, row.rotation_metrics) for row in uploads.uploads(ROWS) if row.id in ids]


def changed(database: Database) -> list[int]:
    now = uploads.metrics(database)
    return [row.id for row in uploads.uploads(ROWS) if now[row.id] != row.rotation_metrics]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_apply_has_journaled_what_it_changed_and_resumes(
    database: Database, tmp_path: Path, moment: str
) -> None:
    declared, seen = prepared(database, tmp_path)
    before = everything(database)
    run_and_die(tmp_path, str(tmp_path / "plan.json"), moment)

    ended = ended_run(declared)
    assert (ended.state, ended.pages_done) == ("interrupted", PAGES)
    done = STALE[: PAGES * PAGE_ROWS]
    assert changed(database) == done
    assert journaled(database) == before_images(done)

    with declared.connect() as db:
        receipt = db.apply(seen.approve(by="ann", rows=seen.rows))
        assert (receipt.id, receipt.state, receipt.rows) == (ended.id, "done", len(STALE))
        assert changed(database) == STALE
        assert journaled(database) == before_images(STALE)  # no cell twice
        db.restore(receipt.id)
    assert everything(database) == before


def test_a_killed_apply_can_be_undone_and_then_run_again(
    database: Database, tmp_path: Path
) -> None:
    declared, seen = prepared(database, tmp_path)
    before = everything(database)
    run_and_die(tmp_path, str(tmp_path / "plan.json"), "inside-page")
    ended = ended_run(declared)
    with declared.connect() as db:
        undone = db.restore(ended.id)
        assert undone.rows == PAGES * PAGE_ROWS
        assert everything(database) == before
        assert db.receipt(ended.id).undone_by == undone.id
        again = db.apply(seen.approve(by="ann", rows=seen.rows))
        assert (again.id != ended.id, again.rows) == (True, len(STALE))
        assert changed(database) == STALE


def test_a_killed_restore_goes_on_and_keeps_what_it_has_put_back(
    database: Database, tmp_path: Path
) -> None:
    declared, seen = prepared(database, tmp_path)
    before = everything(database)
    with declared.connect() as db:
        receipt = db.apply(seen.approve(by="ann", rows=seen.rows))
    emptied = everything(database)
    run_and_die(tmp_path, receipt.id, "inside-page")

    killed = ended_run(declared)
    back = STALE[: PAGES * PAGE_ROWS]
    assert (killed.command, killed.state, killed.rows) == ("restore", "interrupted", len(back))
    assert changed(database) == [key for key in STALE if key not in back]
    with declared.connect() as db:
        assert db.receipt(receipt.id).undone_by is None
        rest = db.restore(receipt.id)
        assert rest.rows == len(STALE) - len(back)
        assert everything(database) == before
        # both restores can be undone, in either order
        db.restore(killed.id)
        db.restore(rest.id)
    assert everything(database) == emptied


def _cut_off(database: Database) -> Callable[[Progress], None]:
    """Ends the session of the writing run, the one that holds its lock."""

    def cut(progress: Progress) -> None:
        if progress.pages_done != PAGES:
            return
        if database.dialect == "postgresql":
            database.query(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = ?)",
                (database.name,),
            )
        else:
            ((session,),) = database.query(
                "SELECT IS_USED_LOCK(CONCAT('cachedeps.', MD5(?)))", (database.name,)
            )
            database.execute(f"KILL {session}")

    return cut


def test_a_dropped_connection_says_what_was_written_and_can_be_resumed(
    database: Database, tmp_path: Path
) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has no connection that could drop")
    declared, seen = prepared(database, tmp_path)
    before = everything(database)
    approval = seen.approve(by="ann", rows=seen.rows)
    with pytest.raises(InterruptedRunError) as caught, declared.connect() as db:
        db.apply(approval, progress=_cut_off(database))
    assert f"{PAGES} of {-(-len(STALE) // PAGE_ROWS)} pages were written" in str(caught.value)
    ended = ended_run(declared)
    assert (ended.id, ended.state) == (caught.value.receipt_id, "interrupted")
    assert journaled(database) == before_images(changed(database))
    with declared.connect() as db:
        assert db.apply(approval).id == ended.id
        assert changed(database) == STALE
        db.restore(ended.id)
    assert everything(database) == before


def test_a_full_disk_keeps_whole_pages_and_can_be_resumed(tmp_path: Path) -> None:
    from tests.databases.database import sqlite_database

    with sqlite_database(tmp_path) as database:
        declared, seen = prepared(database, tmp_path)
        database.execute("UPDATE uploads SET rotation_metrics = printf('%.*c', 2000, 'm')"
                         " WHERE rotation_metrics IS NOT NULL")  # fmt: skip
        with declared.connect() as db:
            seen = db.preview(declared.plan("pose_model"), page_rows=PAGE_ROWS)
        before = everything(database)
        approval = seen.approve(by="ann", rows=seen.rows)
        engine = create_engine(database.url)
        raw: list[sqlite3.Connection] = []
        event.listen(engine, "connect", lambda connection, _: raw.append(connection))

        def fill(progress: Progress) -> None:
            if progress.pages_done == PAGES:
                raw[0].execute("PRAGMA max_page_count = 1")  # no page more than there are

        with pytest.raises(InterruptedRunError, match="full"), declared.bind(engine) as db:
            db.apply(approval, progress=fill)
        engine.dispose()
        ended = ended_run(declared)
        assert ended.state == "interrupted"
        now = uploads.metrics(database)
        emptied = [key for key in STALE if now[key] is None]
        assert len(emptied) >= PAGES * PAGE_ROWS
        assert [key for key, _ in journaled(database)] == emptied
        with declared.connect() as db:
            assert db.apply(approval).rows == len(STALE)
            db.restore(ended.id)
        assert everything(database) == before


def test_a_wish_to_stop_ends_after_the_page_with_a_receipt(
    database: Database, tmp_path: Path
) -> None:
    declared, seen = prepared(database, tmp_path)
    approval = seen.approve(by="ann", rows=seen.rows)
    with declared.connect() as db:
        first = db.apply(approval, stop=lambda: True)
        assert (first.state, first.pages_done, first.rows) == ("interrupted", 1, PAGE_ROWS)
        assert changed(database) == STALE[:PAGE_ROWS]
        found = db.unfinished(seen)
        assert found is not None
        assert found.id == first.id
        assert db.apply(approval).id == first.id
        assert db.unfinished(seen) is None
    assert changed(database) == STALE


@pytest.mark.parametrize("kept", [10_000, 0], ids=("cells-kept", "pages-only"))
def test_a_resumed_run_leaves_alone_what_was_regenerated_meanwhile(
    database: Database, tmp_path: Path, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "MOST_KEPT_CELLS", kept)
    declared, seen = prepared(database, tmp_path)
    approval = seen.approve(by="ann", rows=seen.rows)
    with declared.connect() as db:
        first = db.apply(approval, stop=lambda: True)
        new = f"UPDATE uploads SET rotation_metrics = 'new' WHERE id = {STALE[1]}"
        database.execute(new)
        receipt = db.apply(approval)
        assert (receipt.id, receipt.state, receipt.rows) == (first.id, "done", len(STALE))
        now = uploads.metrics(database)
        assert [key for key in STALE if now[key] is not None] == [STALE[1]]
        back = db.restore(receipt.id)
        assert (back.rows, back.kept_regenerated) == (len(STALE) - 1, 1)
    assert uploads.metrics(database)[STALE[1]] == "new"
    assert changed(database) == [STALE[1]]
