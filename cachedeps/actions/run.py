"""Run: one reviewed UPDATE or DELETE through the gate, with all that hangs on its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Connection

from cachedeps.actions.apply import Report, Stop, never, silent
from cachedeps.actions.closures.execute import ClosureRun, unfinished_of
from cachedeps.actions.closures.freeze import freeze
from cachedeps.actions.closures.hazards import hazards
from cachedeps.actions.closures.measure import rehearse
from cachedeps.actions.closures.survey import Bound, Survey, bind_closure, seal, survey
from cachedeps.actions.context import Context
from cachedeps.actions.guard import guard
from cachedeps.actions.patience import patiently
from cachedeps.domain.closure import Beyond, Conflict, RunApproval, RunPreview
from cachedeps.domain.finding import Notice, Refusal
from cachedeps.domain.outcome import Count, Receipt, Statement
from cachedeps.domain.verdict import Verdict
from cachedeps.errors import StatementError, WrongDatabaseError


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to look at a statement: rows of a page, and whether to rehearse it where possible."""

    page_rows: int = 1_000
    measure: bool = True


def preview_run(context: Context, sql: str, options: RunOptions) -> RunPreview:
    """What a statement would do; nothing is written.

    The guard's verdict comes first. Then its rows are read by its own text, all that would go
    or change with them is found by the foreign keys and, where the database counts what a
    transaction writes, the statement is executed and rolled back.

    Args:
        context: the declaration and the open database.
        sql: one UPDATE or DELETE.
        options: how to look.

    Raises:
        GuardRefusedError: the guard refuses the statement.
        UnfreezableError: its rows cannot be asked for.
    """
    dialect = context.session.dialect.name
    verdict = guard(context.declaration, context.graph, sql, dialect, None)
    verdict.raise_if_refused()
    return look(context, "run", sql, verdict, options)


def look(
    context: Context,
    command: str,
    sql: str,
    verdict: Verdict,
    options: RunOptions,
    conflicts: tuple[Conflict, ...] = (),
) -> RunPreview:
    """The preview of a statement that was judged already; see ``preview_run``."""
    with context.session.reading() as connection:
        resumed = _resumed(context, connection, sql)
        if resumed is not None:
            return resumed
        frozen = freeze(context, connection, sql)
        bound = bind_closure(context, connection, frozen)
        seen = survey(context, connection, bound, options.page_rows)
        against = hazards(context, connection, bound, seen)
        journal = context.journal.id(connection)
    beyond: tuple[Beyond, ...] | None = None
    refusals = (*against.refusals, *_conflicting(conflicts))
    if options.measure and seen.rows and not refusals:
        try:
            beyond = rehearse(context, bound, totals(seen))
        except StatementError as error:
            refusals = (*refusals, Refusal("fails", f"the database refuses it: {error.message}"))
    return RunPreview(
        command=command,
        sql=sql,
        verdict=verdict,
        plan=bound.plan,
        database=context.session.name,
        table=frozen.name,
        key_columns=tuple(column.name for column in frozen.table.key),
        rows=seen.rows,
        effects=seen.effects,
        pages=seen.pages,
        owners=seen.owners,
        beyond=beyond or (),
        measured=beyond is not None,
        conflicts=conflicts,
        statements=tuple(_statements(bound)),
        notices=against.notices,
        refusals=refusals,
        digest=seal(context, bound, seen),
        sample=seen.sample,
        journal=journal,
    )


def _conflicting(conflicts: tuple[Conflict, ...]) -> Iterator[Refusal]:
    if conflicts:
        table = conflicts[0].table
        message = (
            f"{len(conflicts)} rows of {table} carry the mark of test data, and have what only "
            "real rows have"
        )
        hint = "look at them: give them back what they were, or take away what real rows have"
        yield Refusal("test-row-conflict", message, hint)


def totals(seen: Survey) -> tuple[Count, ...]:
    """The counts of all pages, write by write."""
    columns = zip(*(page.counts for page in seen.pages), strict=True)
    return tuple(sum(column, Count()) for column in columns)


def _statements(bound: Bound) -> Iterator[Statement]:
    """What is read, and what is run."""
    frozen = bound.frozen
    yield Statement((frozen.name,), frozen.select(), ())
    yield Statement((frozen.name,), frozen.sql.strip().rstrip(";").rstrip(), ())


def _resumed(context: Context, connection: Connection, sql: str) -> RunPreview | None:
    """The preview of a run of this text that ended early: it goes on, or is undone, first."""
    found = unfinished_of(context.journal, connection, sql)
    if found is None:
        return None
    run, seen = found
    done = f"{run.receipt.pages_done} of {run.receipt.pages_total} pages are done"
    message = (
        f"this resumes the run {run.receipt.id}: {done}; or cachedeps restore {run.receipt.id}"
    )
    return replace(seen, notices=(*seen.notices, Notice("resumes", message)))


def run(
    context: Context, approval: RunApproval, report: Report = silent, stop: Stop = never
) -> Receipt:
    """Runs what ``approval`` approves, or resumes a run of it that ended early.

    Each page is one transaction: its rows and all that hangs on them are locked, compared with
    the preview, journaled, changed, and counted.

    Raises:
        WrongDatabaseError: the preview is of another database.
        StalePlanError: rows joined, left or changed; says what was written.
        BusyError: another run is writing.
        InterruptedRunError: the run ended early; it can be resumed or restored.
    """
    seen = approval.preview
    if seen.database != context.session.name:
        message = f"the preview is of {seen.database}, not of {context.session.name}"
        raise WrongDatabaseError(message, hint="look at the statement on this database first")
    with context.session.alone():
        journal_id = patiently(partial(context.journal.create, context.now()))
        if seen.journal not in {"", journal_id}:
            message = "the preview is of another database: its journal has another id"
            raise WrongDatabaseError(message, hint="look at the statement on this database first")
        return ClosureRun(context, approval, report, stop).run()
