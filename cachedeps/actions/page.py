"""One page of an apply: locked, journaled, compared with the preview, changed, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from cachedeps.actions.context import Context
from cachedeps.actions.drift import Done
from cachedeps.actions.fold import integer
from cachedeps.actions.measure import page_counts
from cachedeps.domain.outcome import Page, Preview
from cachedeps.domain.schema import Trigger
from cachedeps.errors import RefusedError, StalePlanError
from cachedeps.journal.images import Capture
from cachedeps.journal.store import PageDone
from cachedeps.sql.scan import Fingerprint, Scan
from cachedeps.sql.statements import Statements, TableTargets, Target


@dataclass(frozen=True)
class PageWork:
    """One page to write."""

    place: int
    table: TableTargets
    capture: Capture
    scan: Scan
    number: int
    page: Page


class PageWriter:
    """Writes the pages of one run.

    Args:
        context: the declaration and the open database.
        seen: the approved preview.
        statements: its plan on the live schema.
        run: the run's number in the journal.
    """

    def __init__(self, context: Context, seen: Preview, statements: Statements, run: int) -> None:
        self._context = context
        self._seen = seen
        self._statements = statements
        self._run = run

    def open_pages(self, done: Done) -> list[PageWork]:
        """The pages that are not ``done``, in the order of writing."""
        tables, dialect = self._context.journal.tables, self._context.session.dialect
        fingerprint = Fingerprint(self._seen.fingerprint)
        out = []
        for place, (table, target) in enumerate(
            zip(self._statements.tables(), self._seen.tables, strict=True)
        ):
            capture = Capture(tables, dialect, self._statements, table)
            scan = Scan(self._statements, table, fingerprint)
            finished = done.get(table.name, frozenset())
            out += [
                PageWork(place, table, capture, scan, number, page)
                for number, page in enumerate(target.pages)
                if number not in finished
            ]
        return out

    def write(self, item: PageWork) -> None:
        """Writes one page, in a transaction of its own.

        Raises:
            StalePlanError: the page is not as previewed; nothing of it is written.
            RefusedError: a trigger had the last word; the page was rolled back.
        """
        ends = self._statements.ends(item.table, item.page.low, item.page.high)
        with self._context.session.writing(durable=False) as connection:
            for target in item.table.targets:
                for insert in item.capture.inserts(target):
                    connection.execute(insert, {**self._at(item, target), **ends})
            self._compare(connection, item, ends)
            cells: dict[str, int] = {}
            for write, target in enumerate(item.table.targets):
                expected = item.page.counts[write].rows
                if expected:
                    cells |= self._cells(connection, item, target, expected)
                change = item.capture.change(target)
                if change is not None and expected:
                    done = connection.execute(change, ends)
                    changed = self._context.session.dialect.changed_rows(connection, done)
                    if changed != expected:
                        raise self._stale(item, f"{changed} cells instead of {expected}")
            self._check_written(connection, item)
            page = PageDone(item.place, item.number, item.page.rows, cells)
            self._context.journal.page_done(connection, self._run, page)

    def _check_written(self, connection: Connection, item: PageWork) -> None:
        """What was previewed is what runs: a trigger must not have made something else of it."""
        triggers = self._statements.catalog.table(item.table.ref).triggers
        for target in item.table.targets if triggers else ():
            if not target.write.changes_data:
                continue
            query = item.capture.overruled(target, self._statements.new_value(target))
            cells = integer(connection.scalar(query, self._at(item, target)))
            if cells:
                raise overruled(", ".join(target.write.caches), cells, triggers)

    def _cells(
        self, connection: Connection, item: PageWork, target: Target, rows: int
    ) -> dict[str, int]:
        """The cells of each cache: a mark may serve several, and some of them hold no value."""
        caches = target.write.caches
        if len(caches) == 1:
            return {caches[0]: rows}
        table, choices = item.table, self._statements.rows
        steps = [self._seen.plan.step(cache) for cache in caches]
        clauses = [choices.clause(step.target, table.ref, table.table) for step in steps]
        ends = self._statements.ends(table, item.page.low, item.page.high)
        found = connection.execute(item.scan.counts(clauses, in_page=True), ends).one()
        return dict(zip(caches, map(integer, found), strict=True))

    def _at(self, item: PageWork, target: Target) -> dict[str, int]:
        write = self._seen.plan.writes.index(target.write)
        return {"at_run": self._run, "at_write": write, "at_page": item.number}

    def _compare(self, connection: Connection, item: PageWork, ends: dict[str, object]) -> None:
        """The page as previewed, or nothing of it is written.

        Values are read from the before-images, which were taken a moment ago of locked rows.
        Stored sizes differ between a table and the journal, so they are read from the table.
        """
        if self._seen.fingerprint == Fingerprint.VALUES:
            found = [self._taken(connection, item, target) for target in item.table.targets]
        else:
            rows, counts = page_counts(connection.execute(item.scan.page(), ends).one())
            found = [(count.rows, count.values) for count in counts]
            if rows != item.page.rows:
                raise self._stale(item, f"{rows} rows instead of {item.page.rows}")
        for old, (cells, values) in zip(item.page.counts, found, strict=True):
            if cells != old.rows:
                raise self._stale(item, f"{cells} cells instead of {old.rows}")
            if values != old.values:
                raise self._stale(item, "values changed")

    def _taken(self, connection: Connection, item: PageWork, target: Target) -> tuple[int, int]:
        query = item.capture.taken(target)
        rows, values = connection.execute(query, self._at(item, target)).one()
        return integer(rows), integer(values)

    @staticmethod
    def _stale(item: PageWork, why: str) -> StalePlanError:
        low, high = (",".join(map(str, key)) for key in (item.page.low, item.page.high))
        message = f"{item.table.name}, keys {low} to {high}, changed since the preview: {why}"
        return StalePlanError(message, hint="look again: cachedeps invalidate ...")


def overruled(cache: str, cells: int, triggers: Sequence[Trigger]) -> RefusedError:
    """The refusal of a page in which a trigger had the last word."""
    names = ", ".join(trigger.name for trigger in triggers)
    message = (
        f"{cells} cells of {cache} do not hold what was written to them: a trigger ({names}) "
        "wrote something else; the page was rolled back"
    )
    hint = 'change the trigger, or declare reset = "none" where the database maintains the cache'
    return RefusedError(message, hint=hint)
