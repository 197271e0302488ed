"""One writer at a time, patience with the neighbours, and a clean end where it runs out."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from cachedeps.actions import patience
from cachedeps.db.connect import connect
from cachedeps.db.dialects.base import Timeouts
from cachedeps.domain.outcome import Preview, Receipt
from cachedeps.errors import BusyError, CachedepsError, InterruptedRunError
from cachedeps.project import Project
from tests.databases import uploads
from tests.databases.database import Database, Session, sqlite_database
from tests.databases.declared import project
from tests.databases.exact import everything

ROWS = 40
PAGE_ROWS = 8
STALE = uploads.stale_ids(ROWS)
LOCK_SECONDS = {"sqlite": 0.2, "postgresql": 0.2, "mariadb": 1.0}


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSES_SECONDS", (0.1, 0.1))


def prepared(database: Database, folder: Path) -> tuple[Project, Preview]:
    uploads.create(database, ROWS)
    declared = project(database, folder, uploads.DECLARATION)
    with declared.connect() as db:
        return declared, db.preview(declared.plan("pose_model"), page_rows=PAGE_ROWS)


def holding(database: Database, key: int) -> Session:
    """A neighbour that has changed one row's title and does not commit."""
    neighbour = database.connect()
    neighbour.execute("BEGIN", f"UPDATE uploads SET title = 'mine' WHERE id = {key}")
    return neighbour


def test_of_two_applies_at_once_one_wins_and_the_other_is_refused(
    database: Database, tmp_path: Path
) -> None:
    declared, seen = prepared(database, tmp_path)
    before = everything(database)
    approval = seen.approve(by="ann", rows=seen.rows)
    refused: list[CachedepsError] = []

    def second(_: object) -> None:
        try:
            with declared.connect() as other:
                other.apply(approval)
        except CachedepsError as error:
            refused.append(error)

    with declared.connect() as db:
        receipt = db.apply(approval, progress=second)
        assert (receipt.state, receipt.rows) == ("done", len(STALE))
        assert {type(error) for error in refused} == {BusyError}
        assert len(refused) == -(-len(STALE) // PAGE_ROWS)
        assert refused[0].exit_code == 3
        assert len(db.history()) == 1
        db.restore(receipt.id)
    assert everything(database) == before


def test_of_many_threads_that_start_together_exactly_one_writes(
    database: Database, tmp_path: Path
) -> None:
    declared, seen = prepared(database, tmp_path)
    before = everything(database)
    approval = seen.approve(by="ann", rows=seen.rows)
    start = threading.Barrier(4)
    ended: list[Receipt | CachedepsError] = []

    def run() -> None:
        with declared.connect() as db:
            start.wait()
            try:
                ended.append(db.apply(approval))
            except CachedepsError as error:
                ended.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    receipts = [one for one in ended if isinstance(one, Receipt)]
    with declared.connect() as db:
        (run_of_all,) = db.history()
        # a later one may find nothing to compare with: the plan is stale by then
        assert [receipt.id for receipt in receipts] == [run_of_all.id]
        assert {one.exit_code for one in ended if isinstance(one, CachedepsError)} == {3}
        assert run_of_all.cells == len(STALE)
        db.restore(run_of_all.id)
    assert everything(database) == before


def test_a_run_at_work_is_shown_as_running(database: Database, tmp_path: Path) -> None:
    declared, seen = prepared(database, tmp_path)
    states: list[str] = []

    def look(_: object) -> None:
        with declared.connect() as other:
            states.append(other.history()[0].state)

    with declared.connect() as db:
        db.apply(seen.approve(by="ann", rows=seen.rows), progress=look)
        assert set(states) == {"running"}
        assert db.history()[0].state == "done"


def test_a_lock_that_is_not_granted_ends_cleanly_and_can_be_resumed(
    database: Database, tmp_path: Path
) -> None:
    declared, seen = prepared(database, tmp_path)
    before = everything(database)
    approval = seen.approve(by="ann", rows=seen.rows)
    key = STALE[PAGE_ROWS]  # the first row of the second page
    neighbours: list[Session] = []

    def hold(_: object) -> None:
        if not neighbours:
            neighbours.append(holding(database, key))

    seconds = LOCK_SECONDS[database.dialect]
    with declared.connect(lock_timeout_seconds=seconds) as db:
        with pytest.raises(InterruptedRunError) as caught:
            db.apply(approval, progress=hold)
        neighbours[0].execute("ROLLBACK")
        assert caught.value.exit_code == 4
        assert "no lock within" in caught.value.message
        assert "1 of" in caught.value.message
        now = uploads.metrics(database)
        assert [k for k in STALE if now[k] is None] == STALE[:PAGE_ROWS]
        ended = db.receipt(caught.value.receipt_id)
        assert (ended.state, ended.rows) == ("interrupted", PAGE_ROWS)
        assert db.apply(approval).id == ended.id
        db.restore(ended.id)
    assert everything(database) == before


def test_a_lock_that_is_freed_in_time_is_waited_for(database: Database, tmp_path: Path) -> None:
    declared, seen = prepared(database, tmp_path)
    seconds = LOCK_SECONDS[database.dialect]
    with declared.connect(lock_timeout_seconds=seconds) as db:
        # longer than one lock timeout, shorter than all tries together
        neighbour = holding(database, STALE[-1])
        timer = threading.Timer(seconds * 1.5, neighbour.execute, ("ROLLBACK",))
        timer.start()
        receipt = db.apply(seen.approve(by="ann", rows=seen.rows))
        timer.join()
        assert (receipt.state, receipt.cells) == ("done", len(STALE))


def test_a_lost_deadlock_is_tried_again(database: Database, tmp_path: Path) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one lock, so there is no deadlock")
    declared, seen = prepared(database, tmp_path)
    first, last = STALE[0], STALE[PAGE_ROWS - 1]
    lock = "SELECT title FROM uploads WHERE id = ? FOR UPDATE"
    neighbour = database.connect()
    neighbour.execute("BEGIN")
    neighbour.query(lock, (last,))
    # the apply takes ``first`` and waits for ``last``; the neighbour then wants ``first``
    timer = threading.Timer(0.5, _then_commit, (neighbour, lock, first))
    timer.start()
    with declared.connect(lock_timeout_seconds=10) as db:
        receipt = db.apply(seen.approve(by="ann", rows=seen.rows))
        timer.join()
        assert (receipt.state, receipt.cells) == ("done", len(STALE))
        assert uploads.metrics(database)[first] is None


def _then_commit(session: Session, lock: str, key: int) -> None:
    try:
        session.query(lock, (key,))
    except Exception as error:  # noqa: BLE001 - whichever of the two the database gives up
        assert "deadlock" in str(error).lower()  # noqa: PT017
    session.execute("ROLLBACK")


def test_a_restore_waits_for_a_neighbour_too(database: Database, tmp_path: Path) -> None:
    declared, seen = prepared(database, tmp_path)
    before = everything(database)
    seconds = LOCK_SECONDS[database.dialect]
    with declared.connect(lock_timeout_seconds=seconds) as db:
        receipt = db.apply(seen.approve(by="ann", rows=seen.rows))
        neighbours: list[Session] = []

        def hold(_: object) -> None:
            if not neighbours:
                neighbours.append(holding(database, STALE[PAGE_ROWS]))

        with pytest.raises(InterruptedRunError, match="no lock within"):
            db.restore(receipt.id, progress=hold)
        neighbours[0].execute("ROLLBACK")
        db.restore(receipt.id)
    assert everything(database) == before


def test_one_file_under_two_names_has_one_lock(tmp_path: Path) -> None:
    with sqlite_database(tmp_path) as database:
        declared, seen = prepared(database, tmp_path)
        (tmp_path / "elsewhere").mkdir()
        link = tmp_path / "elsewhere" / "link.db"
        link.symlink_to(tmp_path / "app.db")
        approval = seen.approve(by="ann", rows=seen.rows)
        held = connect(f"sqlite:///{link}", Timeouts())
        with held as other, other.alone(), declared.connect() as db, pytest.raises(BusyError):
            db.apply(approval)
        with declared.connect() as db:
            assert db.apply(approval).state == "done"
