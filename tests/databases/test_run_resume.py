"""Nothing is lost: a run of a statement that is killed is resumed by the same text, or undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.domain.outcome import Receipt
from cachedeps.errors import BusyError, InterruptedRunError, LockTimeoutError
from cachedeps.project import Database as Open
from cachedeps.project import Project
from tests.databases import honeychat
from tests.databases.database import Database
from tests.databases.dying import MOMENTS, PAGE_ROWS, PAGES, run_and_die
from tests.databases.exact import everything
from tests.databases.test_resume import ended_run

UPDATE = "UPDATE users SET plan = 'x', name = 'y' WHERE auth_source <> 'test'"
STATEMENTS = {"delete": honeychat.FORCED, "update": UPDATE}


def prepared(database: Database, folder: Path, sql: str) -> tuple[Project, str]:
    """The example, and the path of a file with the statement."""
    honeychat.create(database)
    path = folder / "statement.sql"
    path.write_text(sql, encoding="utf-8")
    return honeychat.declared(database, folder), str(path)


def again(db: Open, sql: str) -> Receipt:
    seen = db.preview_run(sql, page_rows=PAGE_ROWS)
    return db.run(seen.approve(by="ann", rows=seen.rows))


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_run_is_resumed_by_the_same_text_and_comes_back_whole(
    database: Database, tmp_path: Path, moment: str, statement: str
) -> None:
    sql = STATEMENTS[statement]
    declared, path = prepared(database, tmp_path, sql)
    before = everything(database)
    run_and_die(tmp_path, path, moment)
    ended = ended_run(declared)
    assert (ended.state, ended.pages_done) == ("interrupted", PAGES)
    with declared.connect() as db:
        seen = db.preview_run(sql)
        assert any(ended.id in notice.message for notice in seen.notices)
        receipt = again(db, sql)
        assert (receipt.id, receipt.state, receipt.rows) == (ended.id, "done", seen.rows)
    run_and_die(tmp_path, receipt.id, moment)
    ended_run(declared)
    with declared.connect() as db:
        db.restore(receipt.id)
        assert everything(database) == before
        assert db.preview_restore(receipt.id).rows == 0


def test_a_killed_run_is_undone_without_being_resumed(database: Database, tmp_path: Path) -> None:
    declared, path = prepared(database, tmp_path, honeychat.FORCED)
    before = everything(database)
    run_and_die(tmp_path, path, "inside-page")
    ended = ended_run(declared)
    with declared.connect() as db:
        db.restore(ended.id)
        assert everything(database) == before
        # and the same text is a new run
        receipt = again(db, honeychat.FORCED)
        assert (receipt.id != ended.id, receipt.rows) == (True, 13)


def test_a_wish_to_stop_ends_a_run_after_its_page(database: Database, tmp_path: Path) -> None:
    declared, _ = prepared(database, tmp_path, honeychat.FORCED)
    before = everything(database)
    with declared.connect() as db:
        approval = db.preview_run(honeychat.FORCED, page_rows=PAGE_ROWS).approve(by="ann", rows=13)
        first = db.run(approval, stop=lambda: True)
        assert (first.state, first.pages_done, first.rows) == ("interrupted", 1, PAGE_ROWS)
        rest = db.run(approval)
        assert (rest.id, rest.state, rest.rows) == (first.id, "done", 13)
        db.restore(rest.id)
    assert everything(database) == before


def test_two_runs_do_not_write_at_once_and_a_held_row_stops_one(
    database: Database, tmp_path: Path
) -> None:
    declared, _ = prepared(database, tmp_path, UPDATE)
    before = everything(database)
    with declared.connect(lock_timeout_seconds=0.1) as db, declared.connect() as other:
        approval = db.preview_run(UPDATE).approve(by="ann", rows=18)
        with db._context.session.alone(), pytest.raises(BusyError):
            other.run(approval)
        holder = database.connect()
        holder.execute("BEGIN", "UPDATE users SET name = 'z' WHERE id = -1")
        with pytest.raises((LockTimeoutError, InterruptedRunError), match="no lock within"):
            db.run(approval)
        holder.execute("ROLLBACK")
        assert everything(database) == before
        assert db.run(approval).state == "done"
