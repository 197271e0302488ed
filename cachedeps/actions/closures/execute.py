"""Executes an approved run page by page, and resumes it where it ended early."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import partial

from sqlalchemy import Connection

from cachedeps.actions.apply import Report, Stop
from cachedeps.actions.closures.freeze import freeze
from cachedeps.actions.closures.page import ClosureWriter
from cachedeps.actions.closures.survey import Bound, bind_closure, seal, survey
from cachedeps.actions.context import Context
from cachedeps.actions.patience import patiently
from cachedeps.actions.record import Record, new_id
from cachedeps.domain.closure import RunApproval, RunPreview, is_delete
from cachedeps.domain.outcome import Owners, Progress, Receipt
from cachedeps.domain.wire import decode, encode
from cachedeps.errors import CachedepsError, StalePlanError
from cachedeps.journal.store import DONE, INTERRUPTED, RUNNING, STATEMENTS, Journal, NewRun, Run
from cachedeps.parse.foreign.tree import Verb

LARGE_RUN_ROWS = 1_000
"""From here on the database is told that the journal has grown."""


class ClosureRun:
    """One approved statement on its way through the pages.

    Args:
        context: the declaration and the open database, whose one writer this is.
        approval: the yes.
        report: is told after each page.
        stop: is asked after each page.
    """

    def __init__(
        self, context: Context, approval: RunApproval, report: Report, stop: Stop
    ) -> None:
        self._context = context
        self._approval = approval
        self._seen = approval.preview
        self._report = report
        self._stop = stop
        self._record = Record(context, notes_of(self._seen))

    def run(self) -> Receipt:
        """Writes every page that is not written yet."""
        with self._context.session.reading() as connection:
            earlier = unfinished_run(self._context.journal, connection, self._seen)
            bound = bind_closure(
                self._context, connection, freeze(self._context, connection, self._seen.sql)
            )
            done: frozenset[int] = frozenset()
            if earlier is None:
                self._check(connection, bound)
            else:
                self._check_same(bound)
                pages = self._context.journal.pages(connection, earlier.number)
                done = frozenset(page.page for page in pages)
        patiently(partial(self._start, earlier, bound))
        return self._write(bound, done)

    def _check(self, connection: Connection, bound: Bound) -> None:
        now = survey(self._context, connection, bound, self._seen.page_rows)
        if seal(self._context, bound, now) == self._seen.digest:
            return
        told = f"{now.rows} rows are chosen now, {self._seen.rows} were previewed"
        if now.rows == self._seen.rows:
            told = "its rows, or what hangs on them, are not the same"
        message = f"the target changed since the preview; nothing was written: {told}"
        raise StalePlanError(message, hint="look again: run the statement without --apply")

    def _check_same(self, bound: Bound) -> None:
        if bound.plan != self._seen.plan:
            message = "the tables or the declaration changed since the run began"
            hint = "undo what was written: cachedeps history, then cachedeps restore"
            raise StalePlanError(message, hint=hint)

    def _start(self, earlier: Run | None, bound: Bound) -> None:
        if earlier is not None:
            self._record.resume(earlier)
            return
        with self._context.session.writing() as connection:
            run = self._new_run(bound)
            self._record.id = run.id
            self._record.number = self._context.journal.start(connection, run)
            writer = ClosureWriter(self._context, self._seen, bound, self._record.number)
            writer.list_rows(connection, self._seen.page_rows)
            self._know_journal(connection)

    def _new_run(self, bound: Bound) -> NewRun:
        return NewRun(
            id=new_id(self._context),
            command=self._seen.command,
            by=self._approval.by,
            started_at=self._context.now(),
            plan_digest=self._seen.digest,
            plan=recorded_run(self._seen, bound),
            pages_total=len(self._seen.pages),
            notes=notes_of(self._seen),
        )

    def _write(self, bound: Bound, done: frozenset[int]) -> Receipt:
        writer = ClosureWriter(self._context, self._seen, bound, self._record.number)
        pages, total = self._seen.pages, len(self._seen.pages)
        pages_done = len(done)
        rows_done = sum(pages[number].rows for number in done)
        try:
            for number, page in enumerate(pages):
                if number in done:
                    continue
                patiently(partial(writer.write, number))
                pages_done += 1
                rows_done += page.rows
                self._report(Progress(rows_done, self._seen.rows, pages_done, total))
                if pages_done < total and self._stop():
                    return self._record.end(INTERRUPTED)
        except CachedepsError as error:
            raise self._record.ended_early(error, pages_done, total) from error
        with suppress(CachedepsError), self._context.session.writing() as connection:
            self._know_journal(connection)
        return self._record.end(DONE)

    def _know_journal(self, connection: Connection) -> None:
        """A large run is the journal: what was planned for an empty one is slow."""
        if sum(effect.rows for effect in self._seen.effects) >= LARGE_RUN_ROWS:
            tables = self._context.journal.tables
            self._context.session.dialect.know_table(connection, tables.cell)


def notes_of(seen: RunPreview) -> tuple[str, ...]:
    """What a person should find in the history beside the counts."""
    notes = [notice.message for notice in seen.notices if notice.code == "trigger"]
    notes += [
        f"{each.lost} rows of {each.table} were written by triggers or functions, not journaled"
        for each in seen.beyond
        if each.lost
    ]
    waived = [f for f in seen.verdict.findings if f.waived is not None]
    notes += [f"{found.rule} was set aside: {found.waived}" for found in waived]
    return tuple(notes)


def recorded_run(seen: RunPreview, bound: Bound) -> str:
    """What the journal keeps of a run: its preview without people, and the tables' keys."""
    writes = bound.plan.writes
    rows = {
        str(place): bound.weighed(write) for place, write in enumerate(writes) if is_delete(write)
    }
    keys = {
        write.table: [column.name for column in bound.rows.table(write.ref).key]
        for write in writes
    }
    shown = encode(seen) | {"owners": encode(Owners(seen.owners.count))}
    plan = encode(seen.plan)
    told = {"plan": plan, "row_columns": rows, "keys": keys, "beside": beside(bound), "run": shown}
    return json.dumps(told)


def beside(bound: Bound) -> list[str]:
    """The columns that an UPDATE does not set itself: what triggers may have made of them."""
    named = {name.casefold() for name in bound.frozen.splice.assigned}
    return [
        write.caches[0]
        for write in bound.plan.writes
        if bound.frozen.splice.verb is Verb.UPDATE and write.column.casefold() not in named
    ]


def recorded_preview(run: Run) -> RunPreview:
    """The preview that a run was approved by."""
    found: RunPreview = decode(RunPreview, json.loads(run.plan)["run"])
    return found


def unfinished_run(journal: Journal, connection: Connection, seen: RunPreview) -> Run | None:
    """The run of the same preview that ended early, if there is one."""
    return next(
        (r for r in _unfinished(journal, connection) if r.receipt.plan_digest == seen.digest), None
    )


def unfinished_of(
    journal: Journal, connection: Connection, sql: str
) -> tuple[Run, RunPreview] | None:
    """A run of the same text that ended early, and its preview, whatever its rows are by now."""
    for run in _unfinished(journal, connection):
        seen = recorded_preview(run)
        if seen.sql.strip() == sql.strip():
            return run, seen
    return None


def _unfinished(journal: Journal, connection: Connection) -> list[Run]:
    runs = journal.runs(connection)
    undone = {run.receipt.restores for run in runs if run.receipt.pages_done}
    return [
        run
        for run in runs
        if run.receipt.command in STATEMENTS
        and run.receipt.state in {RUNNING, INTERRUPTED}
        and run.receipt.pages_done
        and run.receipt.id not in undone
    ]
