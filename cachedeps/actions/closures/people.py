"""Whose rows a closure holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection

from cachedeps.actions.bind import load_catalog, owner_tables
from cachedeps.actions.closures.network import Network
from cachedeps.actions.closures.walk import Reached, chunks
from cachedeps.actions.context import Context
from cachedeps.actions.people import gather
from cachedeps.domain.model import OwnerPath, TableRef
from cachedeps.domain.outcome import Owners
from cachedeps.domain.plan import Plan
from cachedeps.domain.rows import KeyValues
from cachedeps.sql.keys import key_in
from cachedeps.sql.scan import Fingerprint, Scan
from cachedeps.sql.statements import Statements, TableTargets
from cachedeps.sql.tables import as_clause

Label = tuple[str | None, int]


class People:
    """Reads the owners of rows by their keys, and remembers each label once.

    Args:
        context: the declaration, which says by what path a table's rows belong to people.
        connection: a connection inside a transaction.
        plan: the closure's writes.
        network: its tables.
    """

    def __init__(
        self, context: Context, connection: Connection, plan: Plan, network: Network
    ) -> None:
        self._connection = connection
        self._say = context.session.dialect
        self._owners = {ref: context.owner(name) for ref, name in network.names.items()}
        paths = [owner for owner in self._owners.values() if owner is not None]
        refs = {*network.names, *(ref for owner in paths for ref in owner_tables(owner))}
        keys = {
            ref: tuple(column.name for column in network.catalog.key(ref)) for ref in network.names
        }
        self._catalog = load_catalog(context, connection, refs, keys=keys)
        self._statements = Statements(plan, self._catalog, self._say)
        self._names = network.names
        self._labels: dict[str | None, int] = {}
        self._undeclared: set[str] = set()

    def add(self, reached: Reached) -> None:
        """Takes the rows that one page reaches."""
        for ref, keys in reached.deleted.items():
            self._table(ref, list(keys))
        stay: dict[TableRef, dict[KeyValues, None]] = {}
        for (ref, _), keys in reached.changed.items():
            stay.setdefault(ref, {}).update(keys)
        for ref, keys in stay.items():
            self._table(ref, list(keys))

    def _table(self, ref: TableRef, keys: Sequence[KeyValues]) -> None:
        owner = self._owners[ref]
        if owner is None:
            self._undeclared.add(self._names[ref])
            return
        for label, rows in self._read(ref, owner, keys):
            self._labels[label] = self._labels.get(label, 0) + rows

    def _read(self, ref: TableRef, owner: OwnerPath, keys: Sequence[KeyValues]) -> Iterable[Label]:
        live = as_clause(self._catalog.table(ref))
        columns = self._catalog.key(ref)
        table = TableTargets(self._names[ref], ref, live, columns, ())
        scan = Scan(self._statements, table, Fingerprint.KEYS)
        for chunk in chunks(keys):
            chosen = key_in(chunk, ref, live, columns, self._say)
            for row in self._connection.execute(scan.owners(owner, chosen)):
                label, rows = tuple(row)
                yield None if label is None else str(label), int(rows)

    def owners(self) -> Owners:
        """Everybody who was met so far."""
        undeclared = tuple(sorted(self._undeclared))
        return gather(self._met(), undeclared, distinct=False)

    def _met(self) -> Iterator[Label]:
        yield from self._labels.items()
