"""Rows that a run is about to write, listed in the journal by their keys, page by page.

A statement's rows are listed once, before its first page; what hangs on them is found by the
database itself, inside the transaction of their page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from cachedeps.db.dialects.base import Dialect, Expression
from cachedeps.domain.closure import Link
from cachedeps.domain.schema import LiveColumn
from cachedeps.journal.images import cell_columns, number
from cachedeps.journal.tables import JournalTables
from cachedeps.sql.closure import ClosureRows
from cachedeps.sql.statements import Clause, TableTargets

KEY_PART = -1
"""The part of a journaled row that holds its key alone."""

AFTER_PART = 1
"""The part of a journaled cell that holds what the run left there."""


class Listed:
    """Statements about the rows that one run lists.

    Args:
        tables: the journal's tables.
        dialect: the database.
        rows: the closure's tables.
    """

    def __init__(self, tables: JournalTables, dialect: Dialect, rows: ClosureRows) -> None:
        self._cell = tables.cell
        self._dialect = dialect
        self._rows = rows

    def freeze(self, table: TableTargets, chosen: str, page_rows: int) -> sa.Insert:
        """Lists every row that a SELECT names, in pages; parameters ``at_run``, ``at_write``.

        Args:
            table: the statement's table.
            chosen: the SELECT as text; its columns are called ``k0``, ``k1`` and so on.
            page_rows: rows of one page.
        """
        names = [f"k{place}" for place in range(len(table.key))]
        found = self._dialect.foreign_rows(chosen, names)
        keys = [found.c[name] for name in names]
        # the place of a row, from 0; whole pages before it
        place = sa.func.row_number().over(order_by=keys) - sa.literal_column("1")
        page = self._dialect.whole_division(place, page_rows)
        marks = [number("at_run"), number("at_write"), page]
        columns = cell_columns(marks, KEY_PART, self._journaled(keys, table.key), sa.null())
        return self._insert(columns, sa.select(*columns.values()).select_from(found))

    def referring(
        self, link: Link, parents: sa.Select[Any], child: int, skip: Sequence[int]
    ) -> sa.Insert:
        """Lists the rows that refer to listed ones; parameters ``at_run`` and ``at_page``.

        Args:
            link: the foreign key.
            parents: the referred-to columns of the listed rows.
            child: the write that the rows are listed for.
            skip: writes whose listed rows are left out; ``child`` itself always is.
        """
        table = self._rows.table(link.child)
        marks = [number("at_run"), sa.literal_column(str(child)), number("at_page")]
        keys = self._journaled(table.keys, table.key)
        columns = cell_columns(marks, KEY_PART, keys, sa.null())
        query = sa.select(*columns.values()).select_from(table.table)
        query = query.where(self._rows.refers(link, parents))
        query = query.where(*(sa.not_(self.rows(table, w)) for w in sorted({child, *skip})))
        return self._insert(columns, self._dialect.locking(query, table.table, whole=True))

    def parents(self, link: Link, write: int) -> sa.Select[Any]:
        """The referred-to columns of the rows that are listed for ``write``."""
        table = self._rows.table(link.parent)
        columns = [table.table.c[name] for name in link.parent_columns]
        return sa.select(*columns).where(self.rows(table, write))

    def rows(self, table: TableTargets, write: int) -> Clause:
        """That a row is listed for ``write``; parameters ``at_run`` and ``at_page``."""
        cell = self._cell.alias("listed")
        found = sa.select(*self._keys(cell, table)).where(*self._of(cell, write))
        return _one_of(table, self._dialect.looked_up_once(found))

    def _keys(self, cell: sa.FromClause, table: TableTargets) -> list[Expression]:
        return [
            self._dialect.key_from_journal(cell.c[f"key_{place}"], column).label(f"k{place}")
            for place, column in enumerate(table.key)
        ]

    def _of(self, cell: sa.FromClause, write: int) -> tuple[Clause, ...]:
        return (
            cell.c.run == number("at_run"),
            cell.c.write == sa.literal_column(str(write)),
            cell.c.page == number("at_page"),
            cell.c.part == sa.literal_column(str(KEY_PART)),
        )

    def keys_of_page(
        self, table: TableTargets, write: int, numbers: Mapping[str, int]
    ) -> sa.Select[Any]:
        """The keys that are listed for ``write``, ``numbers`` being written out."""
        cell = self._cell.alias("listed")
        marks = {"run": numbers["at_run"], "write": write, "page": numbers["at_page"]}
        marks["part"] = KEY_PART
        same = (cell.c[name] == sa.literal_column(str(int(n))) for name, n in marks.items())
        found = sa.select(*self._keys(cell, table)).where(*same)
        return self._dialect.looked_up_once(found)

    def _journaled(
        self, keys: Sequence[Expression], columns: Sequence[LiveColumn]
    ) -> list[Expression]:
        return [
            self._dialect.key_to_journal(key, column)
            for key, column in zip(keys, columns, strict=True)
        ]

    def _insert(self, columns: dict[str, Expression], query: sa.Select[Any]) -> sa.Insert:
        return sa.insert(self._cell).from_select(list(columns), query)

    def counts(self, writes: int) -> sa.Select[Any]:
        """One row for each write with listed rows: the write and how many they are.

        Args:
            writes: how many writes there are; an index finds a page by its write alone.
        """
        cell = self._cell
        columns: list[Expression] = [cell.c.write, sa.func.count()]
        query = sa.select(*columns).where(
            cell.c.run == number("at_run"),
            cell.c.write.in_([sa.literal_column(str(write)) for write in range(writes)]),
            cell.c.page == number("at_page"),
            cell.c.part == sa.literal_column(str(KEY_PART)),
        )
        return query.group_by(cell.c.write)

    def lock(self, table: TableTargets, write: int) -> sa.Select[Any]:
        """The keys of the listed rows, which are held until the transaction ends."""
        query: sa.Select[Any] = sa.select(*table.keys).where(self.rows(table, write))
        return self._dialect.locking(query, table.table, whole=True)

    def capture(
        self, table: TableTargets, listing: int, write: int, part: int, column: LiveColumn
    ) -> sa.Insert:
        """Journals one column of the rows that are listed for ``listing``, as they are now."""
        marks = [number("at_run"), sa.literal_column(str(write)), number("at_page")]
        value = self._dialect.to_journal(table.table.c[column.name], column)
        columns = cell_columns(marks, part, self._journaled(table.keys, table.key), value)
        query = sa.select(*columns.values()).where(self.rows(table, listing))
        return self._insert(columns, query)

    def left(self, table: TableTargets, write: int) -> sa.Select[Any]:
        """How many of the listed rows are there."""
        query: sa.Select[Any] = sa.select(sa.func.count()).select_from(table.table)
        return query.where(self.rows(table, write))


def _one_of(table: TableTargets, keys: sa.Select[Any]) -> Clause:
    if len(table.keys) == 1:
        return table.keys[0].in_(keys)
    return sa.tuple_(*table.keys).in_(keys)
