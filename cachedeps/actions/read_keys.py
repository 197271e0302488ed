"""Reads who has which keys: test rows, key windows, and the sequences that lead into them.

SELECT only, each table in a transaction of its own: what one of them does not allow must not
keep the others from being read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.bind import load_catalog
from cachedeps.actions.checks.mentions import tables_of
from cachedeps.actions.context import Context
from cachedeps.actions.predicates import check_warnings
from cachedeps.db.dialects.base import key_out
from cachedeps.db.inspect import sequence
from cachedeps.domain.model import CounterTable, KeyWindow, Predicate, Table
from cachedeps.domain.schema import LiveSequence, TypeKind
from cachedeps.domain.windows import (
    Course,
    Found,
    KeyFacts,
    Leader,
    Neighbour,
    SetAside,
    WindowFacts,
    rises,
)
from cachedeps.errors import SchemaMismatchError, ScopeError, StatementError, UnsupportedError
from cachedeps.sql.tables import Catalog
from cachedeps.sql.test_rows import Clause, MarkedRows

FIRST_KEYS = 5
EVERYWHERE = KeyWindow("")
"""Stands for all keys, where a table has a test window and no other."""


def read_keys(context: Context) -> tuple[KeyFacts, ...]:
    """What is to be known of every table that declares windows or what real rows have.

    Tables and columns that do not exist are left to the check of names.
    """
    found = []
    for table in context.declaration.tables:
        if not table.key_windows and table.test_rows_conflict is None:
            continue
        try:
            with context.session.reading() as connection:
                found.append(_Reader(context, connection, table).facts())
        except (SchemaMismatchError, ScopeError):
            continue
        except StatementError as error:
            reason = error.message.removeprefix(f"{context.session.name}: ").splitlines()[0]
            found.append(KeyFacts(table.name, refused=reason))
    return tuple(found)


class _Reader:
    """Reads one table inside a transaction."""

    def __init__(self, context: Context, connection: Connection, table: Table) -> None:
        self._context = context
        self._connection = connection
        self._table = table
        self._catalog = self._load()
        self._rows = MarkedRows(table, self._catalog, context.session.dialect)
        self._windows = [w for w in table.key_windows if not w.test]
        self._tests = [w for w in table.key_windows if w.test]

    def _load(self) -> Catalog:
        alone = replace(self._context.declaration, upstreams=(), tables=(self._bare(),))
        return load_catalog(self._context, self._connection, set(tables_of(alone)))

    def _bare(self) -> Table:
        return replace(self._table, caches=(), owner=None, references=())

    def facts(self) -> KeyFacts:
        """Everything that is to be known."""
        conflicts = self._found(self._rows.conflicting()) if self._may_conflict() else Found()
        facts = KeyFacts(self._table.name, conflicts=conflicts)
        if not self._table.key_windows:
            return facts
        odd = self._odd()
        if odd:
            return replace(facts, odd=odd)
        windows = tuple(self._window(window) for window in self._windows)
        return replace(
            facts,
            windows=windows,
            tests=tuple(self._set_aside(window, windows) for window in self._tests),
            astray=self._astray(),
        )

    def _may_conflict(self) -> bool:
        return self._table.test_rows is not None and self._table.test_rows_conflict is not None

    def _odd(self) -> str:
        try:
            key = self._catalog.key(self._table.ref)
        except UnsupportedError as error:
            return error.message
        if len(key) > 1:
            return f"the key of {self._table.ref} has {len(key)} columns"
        if key[0].kind is not TypeKind.INTEGER:
            return f"the key {key[0].name} of {self._table.ref} is {key[0].type}, no integer"
        return ""

    # rows

    def _found(self, *clauses: Clause) -> Found:
        rows = int(self._first(self._rows.count(*clauses))[0])
        return Found(rows, self._keys(*clauses)) if rows else Found()

    def _keys(self, *clauses: Clause) -> tuple[object, ...]:
        try:
            columns = self._catalog.key(self._table.ref)
        except UnsupportedError:
            return ()
        listed = self._connection.execute(self._rows.keys(*clauses, most=FIRST_KEYS)).all()
        keys = [tuple(map(key_out, row, columns)) for row in listed]
        return tuple(key[0] if len(key) == 1 else key for key in keys)

    def _first(self, query: sa.Select[Any]) -> tuple[Any, ...]:
        row = self._connection.execute(query).first()
        check_warnings(self._context, self._connection)
        return () if row is None else tuple(row)

    def _astray(self) -> Found:
        if not self._tests:
            return Found()
        beyond = [self._rows.beyond(window) for window in self._tests]
        return self._found(*beyond, self._rows.test())

    # windows

    def _window(self, window: KeyWindow) -> WindowFacts:
        outside = Found()
        if window.rows is not None:
            told = self._rows.matching(window.rows)
            outside = self._found(self._rows.beyond(window), told, self._rows.real())
        if window.sequence is None:
            return WindowFacts(window, outside)
        live = self._sequence(window)
        if live is None:
            return WindowFacts(window, outside, missing=True)
        course = Course.of(live, negated=window.negated)
        return WindowFacts(window, outside, course, leader=self._leader(window, course))

    def _sequence(self, window: KeyWindow) -> LiveSequence | None:
        named = window.sequence
        if isinstance(named, CounterTable):
            return self._counter(named)
        (key,) = self._catalog.key(self._table.ref)
        if named is None:
            return None
        dialect = self._context.session.dialect.name
        return sequence(self._connection, named, key.name, dialect=dialect)

    def _counter(self, counter: CounterTable) -> LiveSequence | None:
        """The one row that counts; where there are several, none of them is meant."""
        counting = Table(counter.table.name, counter.table)
        rows = MarkedRows(counting, self._catalog, self._context.session.dialect)
        value = rows.row.c[self._catalog.column(counter.table, counter.value).name]
        query = sa.select(value).where(rows.matching(counter.where or _EVERY)).limit(2)
        found = self._connection.execute(query).all()
        if len(found) != 1 or not isinstance(found[0][0], int):
            return None
        return LiveSequence(found[0][0] + 1, found[0][0] + 1)

    def _leader(self, window: KeyWindow, course: Course) -> Leader | None:
        if not self._tests:
            return None
        within = self._rows.within(window)
        first = self._first(self._rows.outermost(within, largest=course.rises))
        if not first:
            return None
        real = self._first(self._rows.outermost(within, self._rows.real(), largest=course.rises))
        return Leader(int(first[0]), bool(first[1]), int(real[0]) if real else None)

    def _set_aside(self, window: KeyWindow, others: tuple[WindowFacts, ...]) -> SetAside:
        real = self._found(self._rows.within(window), self._rows.real())
        sides = []
        for facts in others or (WindowFacts(EVERYWHERE),):
            up = facts.course.rises if facts.course else rises(facts.window)
            sides += [(facts.window, way) for way in ((True, False) if up is None else (up,))]
        near = (self._neighbour(window, other, upward=way) for other, way in sides)
        return SetAside(window, real, tuple(each for each in near if each is not None))

    def _neighbour(self, window: KeyWindow, other: KeyWindow, *, upward: bool) -> Neighbour | None:
        """The nearest real key of ``other`` below ``window`` (above it, where keys fall)."""
        end = window.low if upward else window.high
        if end is None:
            return None
        side = KeyWindow("", high=end - 1) if upward else KeyWindow("", low=end + 1)
        clauses = (self._rows.within(side), self._rows.within(other), self._rows.real())
        found = self._first(self._rows.outermost(*clauses, largest=upward))
        return Neighbour(other, int(found[0]), abs(end - int(found[0]))) if found else None


_EVERY = Predicate("TRUE", ("1 = 1",))
