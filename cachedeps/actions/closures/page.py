"""One page of a run: its rows and their closure locked, weighed, journaled, changed, counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.closures.freeze import AS_WRITTEN
from cachedeps.actions.closures.measure import Written, unexplained
from cachedeps.actions.closures.network import CASCADE
from cachedeps.actions.closures.survey import Bound, counted
from cachedeps.actions.context import Context
from cachedeps.actions.fold import integer
from cachedeps.actions.show_sql import as_text
from cachedeps.domain.closure import Beyond, ClosurePage, RunPreview, is_delete
from cachedeps.domain.outcome import Count
from cachedeps.domain.plan import Write
from cachedeps.domain.schema import LiveColumn, TypeKind
from cachedeps.errors import RefusedError, StalePlanError
from cachedeps.journal.listed import AFTER_PART, Listed
from cachedeps.journal.store import PageDone
from cachedeps.parse.foreign.tree import Verb
from cachedeps.sql.statements import TableTargets

Numbers = Mapping[str, int]


class ClosureWriter:
    """Writes the pages of one run.

    Args:
        context: the declaration and the open database.
        seen: the approved preview.
        bound: its statement and tables.
        run: the run's number in the journal.
    """

    def __init__(self, context: Context, seen: RunPreview, bound: Bound, run: int) -> None:
        self._context = context
        self._session = context.session
        self._seen = seen
        self._bound = bound
        self._run = run
        self._listed = Listed(context.journal.tables, self._session.dialect, bound.rows)

    def list_rows(self, connection: Connection, page_rows: int) -> None:
        """Lists the statement's rows in the journal; from here on they are the ones.

        Raises:
            StalePlanError: they are not as many as were previewed.
        """
        frozen = self._bound.frozen
        insert = self._listed.freeze(frozen.table, frozen.numbered(), page_rows)
        connection.execute(insert, {"at_run": self._run, "at_write": self._root})
        for number, page in enumerate(self._seen.pages):
            found = self._counts(connection, self._numbers(number)).get(self._root, 0)
            if found != page.rows:
                raise self._stale(page, f"{found} rows are chosen instead of {page.rows}")

    @property
    def _root(self) -> int:
        """The write under which the statement's own rows are listed."""
        deletes = self._bound.frozen.splice.verb is Verb.DELETE
        return self._bound.write(self._bound.network.root) if deletes else 0

    def _numbers(self, page: int) -> dict[str, int]:
        return {"at_run": self._run, "at_page": page}

    def write(self, number: int) -> None:
        """Writes one page, in a transaction of its own.

        Raises:
            StalePlanError: the page is not as previewed; nothing of it is written.
            RefusedError: something was written that was not journaled; the page was rolled back.
        """
        page = self._seen.pages[number]
        numbers = self._numbers(number)
        with self._session.writing(durable=False) as connection:
            root = self._bound.frozen.table
            held = len(connection.execute(self._listed.lock(root, self._root), numbers).all())
            found = self._closure(connection, numbers, page.rows - held)
            self._compare(connection, page, numbers, found)
            self._capture(connection, numbers, found)
            before = self._session.dialect.written_rows(connection)
            self._change(connection, page, numbers)
            self._check(connection, page, numbers, before)
            self._capture_after(connection, numbers, found)
            cells = {
                write.caches[0]: rows
                for place, write in enumerate(self._writes)
                if (rows := page.counts[place].rows)
            }
            done = PageDone(0, number, page.rows, cells)
            self._context.journal.page_done(connection, self._run, done)

    @property
    def _writes(self) -> tuple[Write, ...]:
        return self._bound.plan.writes

    def _table(self, write: Write) -> TableTargets:
        return self._bound.rows.table(write.ref)

    def _counts(self, connection: Connection, numbers: Numbers) -> dict[int, int]:
        rows = connection.execute(self._listed.counts(len(self._writes)), dict(numbers))
        return {int(write): int(count) for write, count in (tuple(row) for row in rows)}

    def _closure(self, connection: Connection, numbers: Numbers, missing: int) -> dict[int, int]:
        """Lists all that hangs on the page's rows; how many rows each write has.

        Of the statement's own rows, ``missing`` have gone with an earlier page, as the children
        of its rows, or by somebody else's doing.
        """
        if self._bound.frozen.splice.verb is not Verb.DELETE:
            rows = self._counts(connection, numbers).get(self._root, 0) - missing
            return {place: rows for place, _ in enumerate(self._writes)}
        network, known = self._bound.network, 0
        while known != (known := sum(self._counts(connection, numbers).values())):
            for link in network.links:
                if link.action == CASCADE:
                    parents = self._listed.parents(link, self._bound.write(link.parent))
                    child = self._bound.write(link.child)
                    query = self._listed.referring(link, parents, child, ())
                    connection.execute(query, dict(numbers))
        for link in network.links:
            parents = self._listed.parents(link, self._bound.write(link.parent))
            gone = [self._bound.write(link.child)] if link.child in network.deleted else []
            for column in link.sets:
                child = self._bound.write(link.child, column)
                query = self._listed.referring(link, parents, child, gone)
                connection.execute(query, dict(numbers))
        counts = self._counts(connection, numbers)
        return counts | {self._root: counts.get(self._root, 0) - missing}

    def _compare(
        self,
        connection: Connection,
        page: ClosurePage,
        numbers: Numbers,
        found: Mapping[int, int],
    ) -> None:
        """The page as previewed, or nothing of it is written."""
        for place, write in enumerate(self._writes):
            expected = page.counts[place]
            if found.get(place, 0) != expected.rows:
                what = (
                    f"{found.get(place, 0)} rows of {write.caches[0]} instead of {expected.rows}"
                )
                raise self._stale(page, what)
            now = self._weigh(connection, place, numbers) if expected.rows else Count()
            if now != expected:
                raise self._stale(page, f"values of {write.caches[0]} changed")

    def _weigh(self, connection: Connection, place: int, numbers: Numbers) -> Count:
        write = self._writes[place]
        chosen = self._listed.rows(self._table(write), self._listing(place))
        query = self._bound.rows.weigh(write.ref, self._bound.weighed(write), chosen, {})
        return counted(tuple(connection.execute(query, dict(numbers)).one()))

    def _listing(self, place: int) -> int:
        """The write under which the rows are listed that ``place`` changes."""
        return place if self._bound.frozen.splice.verb is Verb.DELETE else self._root

    def _capture(self, connection: Connection, numbers: Numbers, found: Mapping[int, int]) -> None:
        for place, write in enumerate(self._writes):
            columns = self._bound.rows.columns(write.ref, self._bound.weighed(write))
            for part, column in enumerate(columns) if found.get(place) else ():
                self._journal(connection, numbers, place, part, column)

    def _journal(
        self, connection: Connection, numbers: Numbers, place: int, part: int, column: LiveColumn
    ) -> None:
        table = self._table(self._writes[place])
        insert = self._listed.capture(table, self._listing(place), place, part, column)
        connection.execute(insert, dict(numbers))

    def _capture_after(
        self, connection: Connection, numbers: Numbers, found: Mapping[int, int]
    ) -> None:
        """What the run left in rows that stay, so that a restore can tell it from newer work."""
        for place, write in enumerate(self._writes):
            if found.get(place) and not is_delete(write):
                (column,) = self._bound.rows.columns(write.ref, (write.column,))
                self._journal(connection, numbers, place, AFTER_PART, column)

    def _change(self, connection: Connection, page: ClosurePage, numbers: Numbers) -> None:
        frozen = self._bound.frozen
        chosen = sa.and_(
            self._listed.rows(frozen.table, self._root), *_run_of_keys(frozen.table, page)
        )
        if frozen.splice.verb is Verb.DELETE:
            done = connection.execute(sa.delete(frozen.table.table).where(chosen), dict(numbers))
        else:
            done = connection.exec_driver_sql(
                self._update(page, numbers), execution_options=AS_WRITTEN
            )
        rows = self._session.dialect.changed_rows(connection, done)
        # rows of a table that refers to itself may take each other along, uncounted
        if rows != page.rows and self._bound.network.root not in self._bound.network.knots:
            raise self._stale(page, f"{rows} rows were written instead of {page.rows}")

    def _update(self, page: ClosurePage, numbers: Numbers) -> str:
        """The author's own UPDATE, held to the rows of one page."""
        frozen = self._bound.frozen
        keys = self._listed.keys_of_page(frozen.table, self._root, numbers)
        text, _ = as_text(keys, self._session.dialect.name)
        columns = ", ".join(frozen.key_columns)
        chosen = (
            f"({columns}) IN (\n{text}\n)"
            if len(frozen.key_columns) > 1
            else f"{columns} IN (\n{text}\n)"
        )
        if is_number(frozen.table):
            chosen += f" AND {columns} BETWEEN {page.low[0]} AND {page.high[0]}"
        return frozen.splice.update(chosen)

    def _check(
        self, connection: Connection, page: ClosurePage, numbers: Numbers, before: Written
    ) -> None:
        """What was previewed is what ran, and nothing besides."""
        for place, write in enumerate(self._writes):
            rows = page.counts[place].rows
            if rows:
                query = self._listed.left(self._table(write), self._listing(place))
                left = integer(connection.scalar(query, dict(numbers)))
                if left != (0 if is_delete(write) else rows):
                    raise self._stale(page, f"{left} rows of {write.caches[0]} are left")
        after = self._session.dialect.written_rows(connection)
        allowed = {each.table: each for each in self._seen.beyond}
        found = list(unexplained(self._bound, page.counts, before, after))
        for each in found:
            if not _within(each, allowed.get(each.table)):
                raise _overruled(each)

    @staticmethod
    def _stale(page: ClosurePage, why: str) -> StalePlanError:
        low, high = (",".join(map(str, key)) for key in (page.low, page.high))
        message = f"keys {low} to {high} changed since the preview: {why}"
        return StalePlanError(message, hint="look again: run the statement without --apply")


def _within(found: Beyond, allowed: Beyond | None) -> bool:
    if not found.lost:
        # rows that are new take nothing away
        return True
    return (
        allowed is not None
        and found.updated <= allowed.updated
        and found.deleted <= allowed.deleted
    )


def _overruled(found: Beyond) -> RefusedError:
    message = (
        f"{found.updated} rows of {found.table} were changed and {found.deleted} deleted that no "
        "preview told of; the page was rolled back"
    )
    return RefusedError(
        message, hint="a trigger or a function does that: look at the table's triggers"
    )


def is_number(table: TableTargets) -> bool:
    """Whether a page can be told by its first and last key, in any database's SQL alike."""
    return len(table.key) == 1 and table.key[0].kind is TypeKind.INTEGER


def _run_of_keys(table: TableTargets, page: ClosurePage) -> Iterator[sa.ColumnElement[bool]]:
    """Where the page lies, for a database that would look at every row of the table else."""
    if is_number(table):
        low, high = (str(int(key[0])) for key in (page.low, page.high))
        yield table.keys[0].between(sa.literal_column(low), sa.literal_column(high))
