"""Apply: writes what was previewed and approved, page by page, before-images first."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection

from cachedeps.actions.bind import bind
from cachedeps.actions.check_plan import check_plan
from cachedeps.actions.context import Context
from cachedeps.actions.drift import Done, compare, described
from cachedeps.actions.page import PageWriter
from cachedeps.actions.patience import patiently
from cachedeps.actions.record import Record, new_id
from cachedeps.domain.model import ResetKind
from cachedeps.domain.outcome import Approval, Preview, Progress, Receipt
from cachedeps.domain.plan import Plan
from cachedeps.domain.schema import stored_columns
from cachedeps.domain.wire import encode
from cachedeps.errors import (
    CachedepsError,
    StalePlanError,
    UnsupportedError,
    WrongDatabaseError,
)
from cachedeps.journal.store import DONE, INTERRUPTED, RUNNING, Journal, NewRun, Run
from cachedeps.sql.statements import Statements

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
        notes = [n.message for n in approval.preview.notices if n.code == "trigger"]
        self._notes = tuple(notes)
        self._record = Record(context, notes)

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
        if earlier is not None:
            self._record.resume(earlier)
            return
        self._record.begin(
            NewRun(
                id=new_id(self._context),
                command="apply",
                by=self._approval.by,
                started_at=self._context.now(),
                plan_digest=self._seen.digest,
                plan=recorded(self._seen.plan, statements),
                pages_total=sum(len(target.pages) for target in self._seen.tables),
                notes=self._notes,
            )
        )

    def _write(self, statements: Statements, done: Done) -> Receipt:
        writer = PageWriter(self._context, self._seen, statements, self._record.number)
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
                    return self._record.end(INTERRUPTED)
            self._refresh(statements)
        except CachedepsError as error:
            raise self._record.ended_early(error, pages_done, pages_total) from error
        return self._record.end(DONE)

    def _refresh(self, statements: Statements) -> None:
        for write in statements.refreshes():
            sql = self._session.dialect.refresh(write.ref)
            if sql is None:
                message = f"{self._session.dialect.name} cannot refresh {write.ref}"
                raise UnsupportedError(message)
            with self._session.writing() as connection:
                connection.exec_driver_sql(sql, execution_options={"no_parameters": True})


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
