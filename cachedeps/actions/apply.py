"""Apply: writes what was previewed and approved, page by page, before-images first."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import uuid4

from sqlalchemy import Connection

from cachedeps.actions.bind import bind
from cachedeps.actions.check_plan import check_plan
from cachedeps.actions.context import Context
from cachedeps.actions.drift import Done, compare, described
from cachedeps.actions.page import PageWriter
from cachedeps.actions.patience import patiently
from cachedeps.domain.model import ResetKind
from cachedeps.domain.outcome import Approval, Preview, Progress, Receipt
from cachedeps.domain.plan import Plan
from cachedeps.domain.wire import encode
from cachedeps.errors import (
    CachedepsError,
    InterruptedRunError,
    RefusedError,
    StalePlanError,
    UnreachableError,
    UnsupportedError,
    WrongDatabaseError,
)
from cachedeps.journal.images import stored_columns
from cachedeps.journal.store import DONE, INTERRUPTED, RUNNING, Journal, NewRun, Run
from cachedeps.sql.statements import Statements

REFUSED = "refused"

Report = Callable[[Progress], None]
Stop = Callable[[], bool]


def never() -> bool:
    """No wish to stop."""
    return False


def silent(_: Progress) -> None:
    """Nobody to tell."""


def apply(
    context: Context, approval: Approval, report: Report = silent, stop: Stop = never
) -> Receipt:
    """Writes what ``approval`` approves, or resumes a run of it that ended early.

    Each page is one transaction: its rows are locked, before-images journaled, compared with
    the preview, changed, and counted. ``stop`` is asked after each page.

    Raises:
        WrongDatabaseError: the plan was made for another database.
        StalePlanError: rows joined, left or changed; says which, and what was written.
        BusyError: another run is writing.
        InterruptedRunError: the run ended early; its receipt can be resumed or restored.
    """
    _check_home(context, approval.preview)
    with context.session.alone():
        journal_id = patiently(partial(context.journal.create, context.now()))
        if approval.preview.journal not in {"", journal_id}:
            message = "the plan was made for another database: its journal has another id"
            raise WrongDatabaseError(message, hint="plan again on this database")
        return _Run(context, approval, report, stop).run()


def _check_home(context: Context, seen: Preview) -> None:
    if seen.database != context.session.name:
        message = f"the plan is for {seen.database}, not for {context.session.name}"
        raise WrongDatabaseError(message, hint="plan again on this database")
    if seen.plan.declaration != context.declaration.digest:
        message = "the declaration has changed since the plan was made; nothing was written"
        raise StalePlanError(message, hint="plan again: cachedeps invalidate ...")


def unfinished(context: Context, seen: Preview) -> Run | None:
    """The run of the same preview that ended early, if there is one."""
    with context.session.reading() as connection:
        return _unfinished(context.journal, connection, seen.digest)


def _unfinished(journal: Journal, connection: Connection, digest: str) -> Run | None:
    runs = journal.runs(connection)
    # where pages were put back, it is not true any more that what is done is done
    undone = {run.receipt.restores for run in runs if run.receipt.pages_done}
    for run in runs:
        same = run.receipt.plan_digest == digest and run.receipt.command == "apply"
        if same and run.receipt.state in {RUNNING, INTERRUPTED} and run.receipt.id not in undone:
            return run
    return None


class _Run:
    def __init__(self, context: Context, approval: Approval, report: Report, stop: Stop) -> None:
        self._context = context
        self._approval = approval
        self._seen = approval.preview
        self._report = report
        self._stop = stop
        self._session = context.session
        self._journal = context.journal
        self._number = 0
        self._id = ""
        self._notes: list[str] = []

    def run(self) -> Receipt:
        with self._session.reading() as connection:
            earlier = _unfinished(self._journal, connection, self._seen.digest)
            done = self._done(connection, earlier)
            statements = bind(self._context, connection, self._seen.plan)
            check_plan(self._context, connection, self._seen, statements)
            found = compare(connection, statements, self._seen, done, quick=True)
        if found:
            message = (
                f"the target changed since the preview; nothing was written: {described(found)}"
            )
            raise StalePlanError(message, hint="look again: cachedeps invalidate ...")
        self._notes = [n.message for n in self._seen.notices if n.code == "trigger"]
        patiently(partial(self._start, earlier, statements))
        return self._write(statements, done)

    def _done(self, connection: Connection, earlier: Run | None) -> Done:
        if earlier is None:
            return {}
        pages: defaultdict[str, set[int]] = defaultdict(set)
        for page in self._journal.pages(connection, earlier.number):
            pages[self._seen.tables[page.place].table].add(page.page)
        return {table: frozenset(numbers) for table, numbers in pages.items()}

    def _start(self, earlier: Run | None, statements: Statements) -> None:
        with self._session.writing() as connection:
            if earlier is not None:
                self._number, self._id = earlier.number, earlier.receipt.id
                self._journal.set_state(connection, self._number, RUNNING, None, self._notes)
                return
            self._id = f"{self._context.now()[:10]}-{uuid4().hex[:8]}"
            run = NewRun(
                id=self._id,
                command="apply",
                by=self._approval.by,
                started_at=self._context.now(),
                plan_digest=self._seen.digest,
                plan=recorded(self._seen.plan, statements),
                pages_total=sum(len(target.pages) for target in self._seen.tables),
                notes=tuple(self._notes),
            )
            self._number = self._journal.start(connection, run)

    def _write(self, statements: Statements, done: Done) -> Receipt:
        writer = PageWriter(self._context, self._seen, statements, self._number)
        work = writer.open_pages(done)
        total = sum(target.rows for target in self._seen.tables)
        pages_total = sum(len(target.pages) for target in self._seen.tables)
        pages_done = pages_total - len(work)
        rows_done = total - sum(item.page.rows for item in work)
        try:
            for item in work:
                patiently(partial(writer.write, item))
                pages_done += 1
                rows_done += item.page.rows
                self._report(Progress(rows_done, total, pages_done, pages_total))
                if pages_done < pages_total and self._stop():
                    return self._finish(INTERRUPTED)
            self._refresh(statements)
        except CachedepsError as error:
            raise self._ended_early(error, pages_done, pages_total) from error
        return self._finish(DONE)

    def _refresh(self, statements: Statements) -> None:
        for write in statements.refreshes():
            sql = self._session.dialect.refresh(write.ref)
            if sql is None:
                message = f"{self._session.dialect.name} cannot refresh {write.ref}"
                raise UnsupportedError(message)
            with self._session.writing() as connection:
                connection.exec_driver_sql(sql, execution_options={"no_parameters": True})

    def _ended_early(self, error: CachedepsError, pages: int, total: int) -> CachedepsError:
        # a connection that broke may have broken after the first commit
        begun = pages > 0 or isinstance(error, UnreachableError)
        state = INTERRUPTED if begun else REFUSED
        # where the database is out of reach, history will show the run as unfinished
        with suppress(CachedepsError):
            self._record(state, (*self._notes, error.message))
        told = f"{pages} of {total} pages were written" if pages else "nothing was written"
        message = f"{error.message}; {told} (receipt {self._id})"
        undo = f"resume with the same plan, or undo: cachedeps restore {self._id}"
        hint = undo if begun else error.hint
        if isinstance(error, RefusedError):
            return type(error)(message, hint=hint)
        return InterruptedRunError(message, receipt_id=self._id, hint=hint)

    def _finish(self, state: str) -> Receipt:
        patiently(partial(self._record, state, tuple(self._notes)))
        with self._session.reading() as connection:
            return self._journal.find(connection, self._id).receipt

    def _record(self, state: str, notes: tuple[str, ...]) -> None:
        with self._session.writing() as connection:
            at = self._context.now()
            self._journal.set_state(connection, self._number, state, at, notes)


def recorded(plan: Plan, statements: Statements) -> str:
    """What the journal keeps of a plan: all of it, and what the live schema added to it.

    That is the key columns of each table, and the columns of rows that are deleted whole.
    """
    columns = {
        str(plan.writes.index(target.write)): [
            column.name for column in stored_columns(statements.catalog.table(table.ref).columns)
        ]
        for table in statements.tables()
        for target in table.targets
        if target.write.kind is ResetKind.DELETE_ROW
    }
    keys = {table.name: [column.name for column in table.key] for table in statements.tables()}
    return json.dumps({"plan": encode(plan), "row_columns": columns, "keys": keys})
