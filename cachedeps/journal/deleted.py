"""Rows that were deleted whole: counting and putting them back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.db.dialects.base import Dialect, Expression, key_out
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.schema import LiveColumn
from cachedeps.journal.images import cell_columns, number
from cachedeps.journal.tables import JournalTables
from cachedeps.sql.statements import Clause, TableTargets

Numbers = Mapping[str, int]
KEY = "cachedeps_key_"


class DeletedRows:
    """The journaled rows of one DELETE.

    Args:
        tables: the journal's tables.
        dialect: the database.
        table: the table that the rows stood in.
        columns: the journaled columns, in the order of their parts.
        choose: the conditions on a row that say which of them are meant.
        unique: sets of columns that no two rows of the table may share, besides the key.
    """

    def __init__(
        self,
        tables: JournalTables,
        dialect: Dialect,
        table: TableTargets,
        columns: Sequence[LiveColumn],
        choose: Callable[[sa.FromClause], Sequence[Clause]],
        unique: Sequence[tuple[str, ...]] = (),
    ) -> None:
        self._tables = tables
        self._dialect = dialect
        self._table = table
        self._columns = columns
        self._choose = choose
        stored = {column.name for column in columns}
        self._unique = [names for names in unique if stored.issuperset(names)]

    def all_rows(self, numbers: Numbers) -> sa.Subquery:
        """Every journaled row, as ``numbers`` name them, for use inside any query."""
        return self._select().params(dict(numbers)).subquery("gone")

    def _rows(self, *, one_page: bool) -> sa.Subquery:
        query = self._select()
        if one_page:
            query = query.where(self._tables.cell.c.page == number("at_page"))
        return query.subquery("gone")

    def _select(self) -> sa.Select[Any]:
        """Journaled rows as rows again: their keys as journaled, and every column by its name."""
        cell = self._tables.cell
        keys = [cell.c[f"key_{place}"] for place in range(len(self._table.key))]
        named = [key.label(f"{KEY}{place}") for place, key in enumerate(keys)]
        values = [
            self._dialect.from_journal(
                sa.func.max(sa.case((cell.c.part == part, cell.c.value))), column
            ).label(column.name)
            for part, column in enumerate(self._columns)
        ]
        query: sa.Select[Any] = sa.select(*named, *values).group_by(*keys)
        return query.where(
            cell.c.run == number("at_run"),
            cell.c.write == number("at_write"),
        )

    def _here(self, gone: sa.Subquery) -> Clause:
        return sa.and_(
            *(
                self._table.table.c[column.name]
                == self._dialect.key_from_journal(gone.c[f"{KEY}{place}"], column)
                for place, column in enumerate(self._table.key)
            )
        )

    def _state(self, gone: sa.Subquery) -> sa.Case[str]:
        """``free``, ``already`` back, or ``taken``: the key, or what only one row may have."""
        table = self._table.table
        here = self._table.keys[0].is_not(None)
        same = sa.and_(
            *(self._dialect.same(table.c[c.name], gone.c[c.name], c) for c in self._columns)
        )
        return sa.case(
            (sa.and_(here, same), "already"),
            (sa.or_(here, *self._collisions(gone)), "taken"),
            else_="free",
        )

    def _collisions(self, gone: sa.Subquery) -> Iterator[Clause]:
        named = {column.name: column for column in self._columns}
        for place, names in enumerate(self._unique):
            other = self._table.table.alias(f"other{place}")
            one: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(other)
            alike = (
                self._dialect.same(other.c[name], gone.c[name], named[name]) for name in names
            )
            held = (gone.c[name].is_not(None) for name in names)
            yield sa.exists(one.where(*alike, *held).correlate_except(other))

    def count(self, connection: Connection, numbers: Numbers) -> dict[str, int]:
        """How many rows are free to go back, how many are back, and how many keys are taken."""
        gone = self._rows(one_page=False)
        source = gone.outerjoin(self._table.table, self._here(gone))
        inner = sa.select(self._state(gone).label("state")).select_from(source)
        states = inner.where(*self._choose(gone)).subquery("states")
        columns: list[Any] = [states.c.state, sa.func.count()]
        query = sa.select(*columns).group_by(states.c.state)
        rows = connection.execute(query, dict(numbers))
        return {str(state): int(count) for state, count in (tuple(row) for row in rows)}

    def taken(self, connection: Connection, numbers: Numbers) -> list[KeyValues]:
        """The keys that other rows hold now, or whose rows would collide with others."""
        gone = self._rows(one_page=False)
        source = gone.outerjoin(self._table.table, self._here(gone))
        keys = self.keys_of(gone)
        query: sa.Select[Any] = sa.select(*keys).select_from(source)
        query = query.where(self._state(gone) == "taken", *self._choose(gone))
        return [self.key_out(tuple(row)) for row in connection.execute(query, dict(numbers))]

    def keys_of(self, gone: sa.Subquery) -> list[Expression]:
        """The keys of journaled rows, as their columns hold them."""
        return [gone.c[column.name] for column in self._table.key]

    def key_out(self, values: Sequence[Any]) -> KeyValues:
        """A key as plans and documents spell it."""
        return tuple(key_out(v, c) for v, c in zip(values, self._table.key, strict=True))

    def put_back(self, connection: Connection, numbers: Numbers) -> tuple[int, int]:
        """Inserts the rows of one page whose keys are free; how many, twice."""
        gone = self._rows(one_page=True)
        table = self._table.table
        cell = self._tables.cell
        free = gone.outerjoin(table, self._here(gone))
        is_free = sa.and_(self._state(gone) == "free", *self._choose(gone))
        keys = [gone.c[f"{KEY}{place}"] for place in range(len(self._table.key))]
        marks = [number(f"at_{name}") for name in ("new", "write", "page")]
        columns = cell_columns(marks, 0, keys, sa.null())
        record: sa.Select[Any] = sa.select(*columns.values()).select_from(free).where(is_free)
        noted = sa.insert(cell).from_select(list(columns), record)
        counted = noted.execution_options(preserve_rowcount=True)
        journaled = connection.execute(counted, dict(numbers)).rowcount
        values = [gone.c[column.name] for column in self._columns]
        rows: sa.Select[Any] = sa.select(*values).select_from(free).where(is_free)
        rows = self._dialect.whole_rows(rows)
        insert = sa.insert(table).from_select([c.name for c in self._columns], rows)
        insert = insert.execution_options(preserve_rowcount=True)
        return journaled, connection.execute(insert, dict(numbers)).rowcount
