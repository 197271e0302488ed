"""Seeds: the rows that a scope chooses in the tables a fix touches first."""

from __future__ import annotations

from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Source, Table, TableRef
from cachedeps.domain.plan import RowScope
from cachedeps.domain.rows import Arena, KeyIn, Matches, OwnerIn, Within
from cachedeps.errors import ScopeError


class Seeds:
    """Turns one scope into row choices, table by table.

    Once one table has a predicate or keys of its own, a table without one is out of scope.
    """

    def __init__(self, graph: Graph, scope: RowScope, arena: Arena) -> None:
        self._scope = scope
        self._arena = arena
        self._tables = graph.tables
        self._by_ref: dict[TableRef, Table] = {t.ref: t for t in graph.tables.values()}
        self._made: dict[tuple[str, str | None], int] = {}
        self.used: frozenset[str] = frozenset()

    def of_table(self, table: Table) -> int:
        """The rows of a declared table that the scope chooses.

        Raises:
            ScopeError: the scope chooses by time or owner, and the table declares none.
        """
        return self._rows(table, table.time)

    def of_source(self, source: Source) -> int:
        """The rows of an upstream's source table that the scope chooses.

        Times are read from the table's own ``time``; where it declares none, from
        ``changed_at``.
        """
        table = self._by_ref.get(source.table) or Table(str(source.table), source.table)
        return self._rows(table, table.time or source.changed_at)

    def _rows(self, table: Table, time: str | None) -> int:
        self.used |= {table.name}
        made = self._made.get((table.name, time))
        if made is None:
            parts = (*self._window(table, time), *self._where(table), *self._keys(table))
            made = self._arena.all_of((*parts, *self._owners(table)))
            self._made[table.name, time] = made
        return made

    def _window(self, table: Table, time: str | None) -> list[int]:
        since, until = self._scope.since, self._scope.until
        if since is None and until is None:
            return []
        if time is None:
            message = f"--since and --until need a time column, and {table.name} declares none"
            hint = f'add time = "..." under [tables.{table.name}], or choose rows with --where'
            raise ScopeError(message, hint=hint)
        return [self._arena.add(Within(time, since, until))]

    def _where(self, table: Table) -> list[int]:
        own = [p for name, p in self._scope.where if name == table.name]
        unnamed = [p for name, p in self._scope.where if name is None]
        if not own and any(name is not None for name, _ in self._scope.where):
            return [self._arena.never]
        return [self._arena.add(Matches(p)) for p in (*own, *unnamed)]

    def _keys(self, table: Table) -> list[int]:
        if not self._scope.keys:
            return []
        chosen = [keys for name, keys in self._scope.keys if name in {None, table.name}]
        if not chosen:
            return [self._arena.never]
        keys = tuple(dict.fromkeys(key for keys in chosen for key in keys))
        return [self._arena.add(KeyIn(table.ref, keys))]

    def _owners(self, table: Table) -> list[int]:
        if not self._scope.owners:
            return []
        if table.owner is None:
            message = f"--owner needs an owner path, and {table.name} declares none"
            hint = f'add owner = "..." under [tables.{table.name}], or choose rows with --where'
            raise ScopeError(message, hint=hint)
        return [self._arena.add(OwnerIn(table.ref, table.owner, self._scope.owners))]
