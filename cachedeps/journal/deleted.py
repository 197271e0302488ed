"""Rows that were deleted whole: counting and putting them back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.db.dialects.base import Dialect, Expression, key_out
from cachedeps.domain.model import ResetKind
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.schema import LiveColumn, TypeKind
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
        # cells that the same run changed go back on their own: they do not tell whether a row is
        self._apart = {
            target.live.name
            for target in table.targets
            if target.write.kind is not ResetKind.DELETE_ROW
        }
        stored = {column.name for column in columns}
        key = {column.name for column in table.key}
        # whether the key is free is known already
        self._unique = [
            names for names in unique if stored.issuperset(names) and set(names) != key
        ]

    def all_rows(self, numbers: Numbers, name: str = "gone") -> sa.Subquery:
        """Every journaled row, as ``numbers`` name them, for use inside any query.

        The numbers are written out: a query may look at the rows of several tables.
        """
        return self._told(numbers).subquery(name)

    def _told(self, numbers: Numbers) -> sa.Select[Any]:
        run, write = (str(int(numbers[name])) for name in ("at_run", "at_write"))
        return self._select(sa.literal_column(run), sa.literal_column(write))

    def _rows(self) -> sa.Subquery:
        return self._select(number("at_run"), number("at_write")).subquery("gone")

    def _select(self, run: Expression, write: Expression) -> sa.Select[Any]:
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
            cell.c.run == run,
            cell.c.write == write,
            # a listed key alone is no row
            cell.c.part >= sa.literal_column("0"),
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
            *(
                self._dialect.same(table.c[c.name], gone.c[c.name], c)
                for c in self._columns
                if c.name not in self._apart
            )
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
            # alike as the index takes it, which need not be the same bytes
            alike = (self._alike(other.c[name], gone.c[name], named[name]) for name in names)
            held = (gone.c[name].is_not(None) for name in names)
            yield sa.exists(one.where(*alike, *held).correlate_except(other))

    def _alike(self, left: Expression, right: Expression, column: LiveColumn) -> Clause:
        if column.kind is TypeKind.FLOAT:
            return left == right
        return left == self._dialect.key_from_journal(right, column)

    def count(self, connection: Connection, numbers: Numbers) -> dict[str, int]:
        """How many rows are free to go back, how many are back, and how many keys are taken."""
        gone = self._rows()
        source = gone.outerjoin(self._table.table, self._here(gone))
        inner = sa.select(self._state(gone).label("state")).select_from(source)
        states = inner.where(*self._choose(gone)).subquery("states")
        columns: list[Any] = [states.c.state, sa.func.count()]
        query = sa.select(*columns).group_by(states.c.state)
        rows = connection.execute(query, dict(numbers))
        return {str(state): int(count) for state, count in (tuple(row) for row in rows)}

    def taken(self, connection: Connection, numbers: Numbers) -> list[KeyValues]:
        """The keys that other rows hold now, or whose rows would collide with others."""
        gone = self._rows()
        source = gone.outerjoin(self._table.table, self._here(gone))
        keys = self.keys_of(gone)
        query: sa.Select[Any] = sa.select(*keys).select_from(source)
        query = query.where(self._state(gone) == "taken", *self._choose(gone))
        return [self.key_out(tuple(row)) for row in connection.execute(query, dict(numbers))]

    def keys_of(self, gone: sa.Subquery) -> list[Expression]:
        """The keys of journaled rows, as their columns hold them."""
        return [
            self._dialect.key_from_journal(gone.c[f"{KEY}{place}"], column)
            for place, column in enumerate(self._table.key)
        ]

    def key_out(self, values: Sequence[Any]) -> KeyValues:
        """A key as plans and documents spell it."""
        return tuple(key_out(v, c) for v, c in zip(values, self._table.key, strict=True))

    def put_back(self, connection: Connection, numbers: Numbers) -> tuple[int, int]:
        """Inserts the rows of one page whose keys are free; how many, twice."""
        noted = self.note(connection, numbers)
        insert = self.insertion(numbers).execution_options(preserve_rowcount=True)
        return noted, connection.execute(insert).rowcount

    def note(self, connection: Connection, numbers: Numbers) -> int:
        """Journals the keys of the rows that ``insertion`` puts back; how many they are."""
        gone = self._rows_of_page(numbers)
        keys = [gone.c[f"{KEY}{place}"] for place in range(len(self._table.key))]
        marks = [number(f"at_{name}") for name in ("new", "write", "page")]
        columns = cell_columns(marks, 0, keys, sa.null())
        record = self._free(gone, list(columns.values()))
        noted = sa.insert(self._tables.cell).from_select(list(columns), record)
        counted = noted.execution_options(preserve_rowcount=True)
        return connection.execute(counted, dict(numbers)).rowcount

    def insertion(self, numbers: Numbers) -> sa.Insert:
        """The INSERT of the rows of one page whose keys are free; it has no parameters."""
        gone = self._rows_of_page(numbers)
        rows = self._free(gone, [gone.c[column.name] for column in self._columns])
        names = [column.name for column in self._columns]
        return sa.insert(self._table.table).from_select(names, self._dialect.whole_rows(rows))

    def _rows_of_page(self, numbers: Numbers) -> sa.Subquery:
        page = self._tables.cell.c.page == sa.literal_column(str(int(numbers["at_page"])))
        return self._told(numbers).where(page).subquery("gone")

    def _free(self, gone: sa.Subquery, what: Sequence[Expression]) -> sa.Select[Any]:
        source = gone.outerjoin(self._table.table, self._here(gone))
        query: sa.Select[Any] = sa.select(*what).select_from(source)
        return query.where(self._state(gone) == "free", *self._choose(gone))
