"""Whether what journaled rows and cells refer to is there, or comes back with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.chosen import Chosen
from cachedeps.actions.context import Context
from cachedeps.actions.parts import Part
from cachedeps.domain.model import TableRef
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.schema import ForeignKey
from cachedeps.sql.keys import key_in
from cachedeps.sql.statements import Clause
from cachedeps.sql.tables import Catalog

Values = tuple[Any, ...]
Keys = Mapping[TableRef, Collection[KeyValues]]


class References:
    """The foreign keys of what one run wrote, met with what is there by now.

    Args:
        context: the journal and the database.
        catalog: the live tables.
        chosen: which rows are to go back.
        parts: the run's writes.
    """

    def __init__(
        self, context: Context, catalog: Catalog, chosen: Chosen, parts: Sequence[Part]
    ) -> None:
        self._say = context.session.dialect
        self._journal = context.journal.tables
        self._catalog = catalog
        self._chosen = chosen
        self._rows = {part.table.ref: part for part in parts if part.deleted is not None}
        self._cells: defaultdict[TableRef, dict[str, Part]] = defaultdict(dict)
        for part in parts:
            if part.deleted is None:
                self._cells[part.table.ref][part.target.live.name] = part

    def of(self, ref: TableRef) -> tuple[ForeignKey, ...]:
        """The foreign keys of a table."""
        return self._catalog.table(ref).foreign_keys

    def orphans(self, connection: Connection, part: Part) -> Iterator[KeyValues]:
        """Deleted rows that refer to rows which are neither there nor on their way back."""
        deleted = part.deleted
        if deleted is None:
            return
        for key in self.of(part.table.ref):
            gone = deleted.all_rows(part.numbers)
            if not {*key.columns} <= {*gone.c.keys()}:
                continue
            missing = [*self._missing(part.table.ref, key, gone)]
            missing += self._chosen.clauses(part.table, gone)
            parent = self._returning(key.target)
            if parent is not None:
                if self._all_among(connection, key, gone, missing, parent):
                    continue
                also = self._chosen.clauses(self._rows[key.target].table, parent)
                missing.append(sa.not_(self._matches(part.table.ref, key, gone, parent, *also)))
            for row in connection.execute(sa.select(*deleted.keys_of(gone)).where(*missing)):
                yield deleted.key_out(tuple(row))

    def _returning(self, ref: TableRef) -> sa.Subquery | None:
        """The deleted rows of a table, None where none were deleted."""
        part = self._rows.get(ref)
        if part is None or part.deleted is None:
            return None
        return part.deleted.all_rows(part.numbers, "back")

    def _all_among(
        self,
        connection: Connection,
        key: ForeignKey,
        gone: sa.FromClause,
        missing: list[Clause],
        parent: sa.FromClause,
    ) -> bool:
        """Whether all that the chosen rows refer to is on its way back, value for value.

        Two reads of the journal, where a join of it with itself could take for ever.
        """
        wanted: sa.Select[Any] = sa.select(*(gone.c[name] for name in key.columns)).distinct()
        left = {tuple(row) for row in connection.execute(wanted.where(*missing))}
        return not left or left <= self._values(connection, key, parent)

    def _values(
        self, connection: Connection, key: ForeignKey, parent: sa.FromClause
    ) -> set[Values]:
        """What rows on their way back can be referred to by."""
        query: sa.Select[Any] = sa.select(*(parent.c[name] for name in key.target_columns))
        query = query.where(*self._chosen.clauses(self._rows[key.target].table, parent))
        return {tuple(row) for row in connection.execute(query)}

    def _missing(self, ref: TableRef, key: ForeignKey, row: sa.FromClause) -> Iterator[Clause]:
        """That a journaled row refers to something, which is not in its table."""
        columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in key.target_columns]
        live = sa.table(key.target.name, *columns, schema=key.target.schema).alias("there")
        same = []
        for here, there in zip(key.columns, key.target_columns, strict=True):
            yield row.c[here].is_not(None)
            # in the column's own type, so that an index serves
            value = self._say.key_from_journal(row.c[here], self._catalog.column(ref, here))
            same.append(live.c[there] == value)
        one: sa.Select[tuple[int]] = sa.select(sa.literal_column("1")).select_from(live)
        yield sa.not_(sa.exists(one.where(*same).correlate_except(live)))

    def hanging(
        self, connection: Connection, fresh: Keys, out: Keys
    ) -> dict[TableRef, list[KeyValues]]:
        """Deleted rows that referred to the rows ``fresh``, but for those that are ``out``."""
        found: dict[TableRef, list[KeyValues]] = {}
        for ref, part in self._rows.items():
            for key in self.of(ref):
                keys = fresh.get(key.target)
                if keys:
                    hanging = self._referring(connection, part, key, tuple(keys))
                    known = out.get(ref, ())
                    found.setdefault(ref, []).extend(k for k in hanging if k not in known)
        return found

    def _referring(
        self, connection: Connection, part: Part, key: ForeignKey, keys: Sequence[KeyValues]
    ) -> Iterator[KeyValues]:
        parent, theirs = self._rows[key.target], self._returning(key.target)
        if part.deleted is None or theirs is None:
            return
        gone = part.deleted.all_rows(part.numbers)
        named = key_in(keys, parent.table.ref, theirs, parent.table.key, self._say)
        same = self._matches(part.table.ref, key, gone, theirs, named)
        for row in connection.execute(sa.select(*part.deleted.keys_of(gone)).where(same)):
            yield part.deleted.key_out(tuple(row))

    def _matches(
        self,
        ref: TableRef,
        key: ForeignKey,
        child: sa.FromClause,
        parent: sa.FromClause,
        *also: Clause,
    ) -> Clause:
        """That a row of ``parent`` is the one that a row of ``child`` refers to, both journaled."""
        say, catalog = self._say, self._catalog
        one: sa.Select[tuple[int]] = sa.select(sa.literal_column("1")).select_from(parent)
        same = []
        for here, there in zip(key.columns, key.target_columns, strict=True):
            column, theirs = catalog.column(ref, here), catalog.column(key.target, there)
            value = say.referring(say.key_from_journal(child.c[here], column), theirs)
            same.append(say.key_from_journal(parent.c[there], theirs) == value)
        return sa.exists(one.where(*same, *also).correlate_except(parent))

    def loose(self, connection: Connection, out: Keys) -> dict[TableRef, list[KeyValues]]:
        """Rows with cells that referred to what is gone, or to rows that are ``out``.

        A reference must not come back to whoever has that key now.
        """
        found: dict[TableRef, dict[KeyValues, None]] = {}
        for ref, cells in self._cells.items():
            for key in self.of(ref):
                if not cells.keys().isdisjoint(key.columns):
                    loose = self._loose(connection, cells, ref, key, out.get(key.target, ()))
                    found.setdefault(ref, {}).update(dict.fromkeys(loose))
        return {ref: list(keys) for ref, keys in found.items() if keys}

    def _loose(
        self,
        connection: Connection,
        cells: Mapping[str, Part],
        ref: TableRef,
        key: ForeignKey,
        strangers: Collection[KeyValues],
    ) -> Iterator[KeyValues]:
        held = self._held(cells, ref, key)
        back = self._returning(key.target)
        coming = set() if back is None else self._values(connection, key, back)
        coming = {_folded(values) for values in coming}
        taken: set[Values] = set()
        if back is not None and strangers:
            parent = self._rows[key.target].table
            of_them = key_in(tuple(strangers), parent.ref, back, parent.key, self._say)
            columns = (back.c[name] for name in key.target_columns)
            found = connection.execute(sa.select(*columns).where(of_them))
            taken = {_folded(tuple(row)) for row in found}
        images = next(iter(cells.values())).images
        query: sa.Select[Any] = sa.select(*held.c)
        for row in connection.execute(query.where(*self._missing(ref, key, held))):
            keys, values = _split(tuple(row), key)
            if values not in coming:
                yield images.key_out(keys)
        # whoever is there may be a stranger, where some keys are taken
        for row in connection.execute(query) if taken else ():
            keys, values = _split(tuple(row), key)
            if values in taken:
                yield images.key_out(keys)

    def _held(self, cells: Mapping[str, Part], ref: TableRef, key: ForeignKey) -> sa.Subquery:
        """Keys of rows, and what their cells referred to; what was not journaled is read live."""
        writes = {name: cells[name].numbers["at_write"] for name in key.columns if name in cells}
        part = cells[next(iter(writes))]
        columns = [self._catalog.column(ref, name) for name in key.columns]
        return part.images.before(part.numbers["at_run"], columns, writes)


def _split(row: Values, key: ForeignKey) -> tuple[Values, Values]:
    """The key of a row, and what it refers to, whatever the letters' case."""
    width = len(row) - len(key.columns)
    return row[:width], _folded(row[width:])


def _folded(values: Values) -> Values:
    """Values that an index which ignores letters' case may take for the same."""
    return tuple(v.lower() if isinstance(v, str | bytes) else v for v in values)
