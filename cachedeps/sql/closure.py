"""The SELECTs by which a closure is walked and weighed: rows that refer to deleted rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from cachedeps.domain.closure import Link
from cachedeps.domain.model import TableRef
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.schema import LiveColumn
from cachedeps.sql.expressions import Expression, Expressions
from cachedeps.sql.keys import key_in
from cachedeps.sql.statements import TableTargets
from cachedeps.sql.tables import Catalog, as_clause

Clause = sa.ColumnElement[bool]


class ClosureRows:
    """Builds SELECTs over the tables of a closure.

    Args:
        catalog: the live tables.
        expressions: the database's way of saying things.
    """

    def __init__(self, catalog: Catalog, expressions: Expressions) -> None:
        self._catalog = catalog
        self._say = expressions
        self._bound: dict[TableRef, TableTargets] = {}

    def table(self, ref: TableRef) -> TableTargets:
        """The table, bound to its live columns."""
        if ref not in self._bound:
            live = as_clause(self._catalog.table(ref))
            self._bound[ref] = TableTargets(str(ref), ref, live, self._catalog.key(ref), ())
        return self._bound[ref]

    def columns(self, ref: TableRef, names: Sequence[str]) -> tuple[LiveColumn, ...]:
        """Live columns by their names."""
        return tuple(self._catalog.column(ref, name) for name in names)

    def having(self, ref: TableRef, names: Sequence[str], values: Sequence[KeyValues]) -> Clause:
        """That a row of ``ref`` holds one of ``values`` in its columns ``names``."""
        columns = self.columns(ref, names)
        return key_in(values, ref, self.table(ref).table, columns, self._say)

    def referring(self, link: Link, values: Sequence[KeyValues]) -> Clause:
        """That a row of the link's child refers to a row that holds one of ``values``."""
        columns = self.columns(link.child, link.columns)
        table = self.table(link.child).table
        return key_in(values, link.child, table, columns, self._say, self._referring(link))

    def _referring(self, link: Link) -> list[Expression]:
        """The referring columns, to be compared as the foreign key compares them."""
        table = self.table(link.child).table
        theirs = self.columns(link.parent, link.parent_columns)
        return [
            self._say.referring(table.c[name], parent)
            for name, parent in zip(link.columns, theirs, strict=True)
        ]

    def read(self, ref: TableRef, also: Sequence[str], chosen: Clause) -> sa.Select[Any]:
        """The keys of the chosen rows, and their columns ``also``, in key order."""
        table = self.table(ref)
        query: sa.Select[Any] = sa.select(*table.keys, *(table.table.c[name] for name in also))
        return query.where(chosen).order_by(*table.keys)

    def weigh(
        self, ref: TableRef, names: Sequence[str], chosen: Clause, became: Mapping[str, str]
    ) -> sa.Select[Any]:
        """How many rows are chosen, then per column a sum of hashes of key and value.

        Args:
            ref: the table.
            names: the columns to weigh.
            chosen: which rows.
            became: columns that are weighed as a foreign key with that action will leave them.
        """
        table = self.table(ref)
        columns: list[Expression] = [sa.func.count()]
        for place, column in enumerate(self.columns(ref, names)):
            # two columns that swap their values are not the same row
            keys = [*table.keys, sa.literal_column(str(place))]
            value: Expression = table.table.c[column.name]
            if column.name in became:
                value = self._left_by(became[column.name], column)
            hashed = self._say.cell_hash(keys, value, column)
            columns.append(self._say.hash_sum(hashed))
        return sa.select(*columns).select_from(table.table).where(chosen)

    def _left_by(self, action: str, column: LiveColumn) -> Expression:
        """What SET NULL or SET DEFAULT leaves in a column."""
        if action == "SET DEFAULT" and column.default is not None:
            return self._say.default(column.default, column)
        return sa.null()

    def refers(self, link: Link, parents: sa.Select[Any]) -> Clause:
        """That a row of the link's child refers to one of the rows that ``parents`` names.

        Args:
            link: the foreign key.
            parents: a SELECT of the referred-to columns, in the link's order.
        """
        columns = self._referring(link)
        if len(columns) == 1:
            return columns[0].in_(parents)
        return sa.tuple_(*columns).in_(parents)
