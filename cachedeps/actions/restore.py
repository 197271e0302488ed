"""Restore: puts before-images back, and journals that too."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from uuid import uuid4

from sqlalchemy import Connection

from cachedeps.actions.apply import Report, Stop, never, silent
from cachedeps.actions.closures.undo import RunReturning
from cachedeps.actions.closures.undo import returning as open_returning
from cachedeps.actions.context import Context
from cachedeps.actions.page import overruled
from cachedeps.actions.parts import Part
from cachedeps.actions.patience import patiently
from cachedeps.actions.returning import Returning
from cachedeps.domain.finding import Notice
from cachedeps.domain.outcome import (
    Progress,
    Receipt,
    RestoreApproval,
    RestoreChoice,
    RestorePreview,
)
from cachedeps.domain.wire import digest, encode
from cachedeps.errors import (
    CachedepsError,
    InterruptedRunError,
    RefusedError,
    StalePlanError,
    WrongDatabaseError,
)
from cachedeps.journal.store import DONE, INTERRUPTED, NewRun, PageDone, Run


def preview_restore(context: Context, receipt_id: str, choice: RestoreChoice) -> RestorePreview:
    """What a restore of a receipt would put back; SELECT only.

    Raises:
        UnknownNameError: there is no such receipt, or the choice names nothing in it.
        UnsupportedError: the receipt's cells cannot be put back.
    """
    with context.session.reading() as connection:
        run = context.journal.find(connection, receipt_id)
        returning = open_returning(context, connection, run, choice)
        counts = returning.counts(connection)
        rows = returning.rows(connection)
        owners = returning.owners(connection)
        taken = returning.taken(connection)
        sealed = _seal(returning, connection, run, choice)
    cells = sum(count.restorable for count in counts)
    return RestorePreview(
        receipt=run.receipt,
        choice=choice,
        database=context.session.name,
        caches=counts,
        rows=rows,
        cells=cells,
        kept_regenerated=sum(count.regenerated for count in counts),
        vanished=sum(count.vanished for count in counts),
        owners=owners,
        notices=tuple(_notices(returning)),
        digest=sealed,
        statements=returning.statements(),
        taken_keys=taken,
    )


def _seal(returning: Returning, connection: Connection, run: Run, choice: RestoreChoice) -> str:
    """What an approval of a restore is bound to."""
    counts, rows = returning.counts(connection), returning.rows(connection)
    return digest([run.receipt.id, encode(choice), encode(counts), rows])


def _notices(returning: Returning) -> list[Notice]:
    return [Notice("not-restorable", text) for text in returning.left_out]


def restore(
    context: Context, approval: RestoreApproval, report: Report = silent, stop: Stop = never
) -> Receipt:
    """Puts back what ``approval`` approves, page by page; what is there now is journaled.

    Cells that no longer hold what the run wrote are left alone, unless their cache is named to
    be overwritten. Other columns of the rows are not touched.

    Raises:
        StalePlanError: the counts differ from the preview; nothing was written.
        BusyError: another run is writing.
        InterruptedRunError: the restore ended early; restoring again goes on from there.
    """
    seen = approval.preview
    if seen.database != context.session.name:
        message = f"the restore is for {seen.database}, not for {context.session.name}"
        raise WrongDatabaseError(message, hint="cachedeps history")
    with context.session.alone():
        with context.session.reading() as connection:
            run = context.journal.find(connection, seen.receipt.id)
            returning = open_returning(context, connection, run, seen.choice)
            now = _seal(returning, connection, run, seen.choice)
        if now != seen.digest:
            counts = returning.counts(connection)
            cells = sum(count.restorable for count in counts)
            message = (
                f"the target changed since the preview: {seen.cells} cells could go back then, "
                f"{cells} can now; nothing was written"
            )
            raise StalePlanError(message, hint=f"look again: cachedeps restore {seen.receipt.id}")
        return _Restore(context, approval, report, stop).run()


@dataclass
class _Tally:
    rows: int = 0
    pages: int = 0


class _Restore:
    def __init__(
        self, context: Context, approval: RestoreApproval, report: Report, stop: Stop
    ) -> None:
        self._context = context
        self._seen = approval.preview
        self._by = approval.by
        self._report = report
        self._stop = stop
        self._journal = context.journal
        self._id = f"{context.now()[:10]}-{uuid4().hex[:8]}"
        self._number = 0

    def run(self) -> Receipt:
        session = self._context.session
        with session.reading() as connection:
            old = self._journal.find(connection, self._seen.receipt.id)
            returning = open_returning(self._context, connection, old, self._seen.choice)
            pages = list(self._journal.pages(connection, old.number))
        if isinstance(returning, RunReturning):
            # what was done last is undone first: rows refer to rows that went with them or later
            pages.reverse()
        patiently(partial(self._start, old, len(pages)))
        tally = _Tally()
        try:
            for page in pages:
                tally.rows += patiently(partial(self._page, returning, page))
                tally.pages += 1
                self._report(Progress(tally.rows, self._seen.rows, tally.pages, len(pages)))
                if tally.pages < len(pages) and self._stop():
                    return self._finish(INTERRUPTED)
        except CachedepsError as error:
            raise self._ended_early(error, tally) from error
        return self._finish(DONE)

    def _start(self, old: Run, pages: int) -> None:
        with self._context.session.writing() as connection:
            self._number = self._journal.start(connection, self._new_run(old, pages))

    def _new_run(self, old: Run, pages: int) -> NewRun:
        return NewRun(
            id=self._id,
            command="restore",
            by=self._by,
            started_at=self._context.now(),
            plan_digest=self._seen.digest,
            plan=old.plan,
            pages_total=pages,
            restores=old.receipt.id,
            notes=tuple(self._notes()),
        )

    def _notes(self) -> list[str]:
        notes = [notice.message for notice in self._seen.notices]
        if self._seen.kept_regenerated:
            notes.append(f"{self._seen.kept_regenerated} regenerated cells were kept")
        if self._seen.vanished:
            notes.append(f"{self._seen.vanished} cells' rows have vanished")
        return notes

    def _page(self, returning: Returning, page: PageDone) -> int:
        session = self._context.session
        loose = isinstance(returning, RunReturning) and returning.in_any_order()
        try:
            with session.writing(durable=False) as connection:
                if loose:
                    session.dialect.defer_references(connection, defer=True)
                return self._put_back(connection, returning, page)
        finally:
            if loose:
                with suppress(CachedepsError), session.writing() as connection:
                    session.dialect.defer_references(connection, defer=False)

    def _put_back(self, connection: Connection, returning: Returning, page: PageDone) -> int:
        found = returning.put_back(connection, page, self._number)
        for part, journaled, written in found:
            self._check(part, page, journaled, written)
        cells = {part.cache: written for part, _, written in found if written}
        if not cells:
            return 0
        for part, _, _ in found:
            wrong = part.overruled(connection, page.page, self._number)
            if wrong:
                raise overruled(part.cache, wrong, part.triggers)
        rows = returning.rows_written(connection, page.place, page.page, self._number)
        done = PageDone(page.place, page.page, rows, cells)
        self._journal.page_done(connection, self._number, done)
        return rows

    def _check(self, part: Part, page: PageDone, journaled: int, written: int) -> None:
        if journaled != written:
            message = (
                f"page {page.page} of {part.cache}: {journaled} cells were journaled, but "
                f"{written} would be written; the page was not written"
            )
            raise StalePlanError(
                message, hint=f"look again: cachedeps restore {self._seen.receipt.id}"
            )

    def _ended_early(self, error: CachedepsError, tally: _Tally) -> CachedepsError:
        # where the database is out of reach, history will show the run as unfinished
        with suppress(CachedepsError):
            self._record(INTERRUPTED, [*self._notes(), error.message])
        message = f"{error.message}; {tally.pages} pages were put back (receipt {self._id})"
        hint = f"go on with cachedeps restore {self._seen.receipt.id}"
        if isinstance(error, RefusedError):
            return type(error)(message, hint=hint)
        return InterruptedRunError(message, receipt_id=self._id, hint=hint)

    def _record(self, state: str, notes: list[str]) -> None:
        at = self._context.now()
        with self._context.session.writing() as connection:
            self._journal.set_state(connection, self._number, state, at, notes)

    def _finish(self, state: str) -> Receipt:
        patiently(partial(self._record, state, self._notes()))
        with self._context.session.reading() as connection:
            found = self._journal.find(connection, self._id).receipt
        return _with_counts(found, self._seen)


def _with_counts(receipt: Receipt, seen: RestorePreview) -> Receipt:
    return replace(
        receipt,
        kept_regenerated=seen.kept_regenerated,
        vanished=seen.vanished,
        taken_keys=seen.taken_keys,
    )
