"""Rows told apart by the declared attribute: test rows, real rows, and those that look like both."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from cachedeps.domain.links import Links
from cachedeps.domain.model import KeyWindow, Predicate, Table
from cachedeps.domain.rows import Arena, Matches
from cachedeps.sql.expressions import Expressions
from cachedeps.sql.rowsets import RowSets
from cachedeps.sql.tables import Catalog, as_clause

Clause = sa.ColumnElement[bool]


class MarkedRows:
    """Conditions and SELECTs on the rows of one table, by ``test_rows`` and by key.

    Args:
        table: the declared table.
        catalog: the live tables, those of ``test_rows_conflict`` among them.
        expressions: the database's way of saying things.
    """

    def __init__(self, table: Table, catalog: Catalog, expressions: Expressions) -> None:
        self._table = table
        self._catalog = catalog
        self._say = expressions
        self._live = catalog.table(table.ref)
        self.row = as_clause(self._live)

    # conditions

    def matching(self, predicate: Predicate) -> Clause:
        """Rows for which a predicate of this table is true."""
        return RowSets((), self._catalog, self._say).predicate(
            predicate, self._table.ref, self.row
        )

    def test(self) -> Clause:
        """Rows that carry the attribute; none where the table declares none."""
        told = self._table.test_rows
        return sa.false() if told is None else self.matching(told)

    def real(self) -> Clause:
        """All other rows, those included for which the attribute is NULL."""
        if self._table.test_rows is None:
            return sa.true()
        return sa.case((self.test(), sa.literal_column("1")), else_=sa.literal_column("0")) == 0

    def conflicting(self) -> Clause:
        """Rows that carry the attribute, and yet have what only real rows have."""
        told, conflict = self._table.test_rows, self._table.test_rows_conflict
        if told is None or conflict is None:
            return sa.false()
        arena = Arena()
        has = Links(arena).condition(conflict)
        place = arena.all_of((arena.add(Matches(told)), has))
        rows = RowSets(tuple(arena.nodes), self._catalog, self._say)
        return rows.clause(place, self._table.ref, self.row)

    def within(self, window: KeyWindow) -> Clause:
        """Rows whose key lies in a window; an index of the key serves."""
        low, high = window.low, window.high
        ends = [self._at_least(low)] if low is not None else []
        ends += [self._at_most(high)] if high is not None else []
        return sa.and_(sa.true(), *ends)

    def beyond(self, window: KeyWindow) -> Clause:
        """Rows whose key lies below or above a window."""
        low, high = window.low, window.high
        ends = [self.key < self._bound(low, "low")] if low is not None else []
        ends += [self.key > self._bound(high, "high")] if high is not None else []
        return sa.or_(sa.false(), *ends)

    @property
    def key(self) -> sa.ColumnElement[Any]:
        """The key's only column."""
        (column,) = self._catalog.key(self._table.ref)
        return self.row.c[column.name]

    def _at_least(self, low: int) -> Clause:
        return self.key >= self._bound(low, "low")

    def _at_most(self, high: int) -> Clause:
        return self.key <= self._bound(high, "high")

    def _bound(self, value: int, label: str) -> sa.ColumnElement[Any]:
        (column,) = self._catalog.key(self._table.ref)
        return self._say.literal(value, column, label)

    # selects

    def count(self, *clauses: Clause) -> sa.Select[Any]:
        """How many rows fulfil all conditions."""
        return sa.select(sa.func.count()).select_from(self.row).where(*clauses)

    def keys(self, *clauses: Clause, most: int | None = None) -> sa.Select[Any]:
        """The keys of the rows that fulfil all conditions, in their order; ``most`` of them."""
        columns = [self.row.c[column.name] for column in self._catalog.key(self._table.ref)]
        return sa.select(*columns).where(*clauses).order_by(*columns).limit(most)

    def outermost(self, *clauses: Clause, largest: bool) -> sa.Select[Any]:
        """The largest, or the smallest, key; and 1 beside it where it is a test row's."""
        marked = sa.case((self.test(), sa.literal_column("1")), else_=sa.literal_column("0"))
        end = self.key.desc() if largest else self.key.asc()
        return sa.select(self.key, marked.label("marked")).where(*clauses).order_by(end).limit(1)
