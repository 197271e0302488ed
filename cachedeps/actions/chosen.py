"""The rows of a receipt that a restore is about: chosen by key, by owner, or all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.bind import check_labels
from cachedeps.actions.context import Context
from cachedeps.actions.fold import key_of
from cachedeps.domain.outcome import RestoreChoice
from cachedeps.domain.rows import KeyIn, OwnerIn, RowNode
from cachedeps.errors import ScopeError, UnknownNameError
from cachedeps.journal.images import Images
from cachedeps.sql.rowsets import RowSets
from cachedeps.sql.statements import Clause, Statements, TableTargets


class Chosen:
    """Turns a choice into conditions on rows, live ones or journaled ones.

    Args:
        context: where.
        statements: the receipt's plan on the live schema.
        choice: by key, by owner, or neither.
    """

    def __init__(self, context: Context, statements: Statements, choice: RestoreChoice) -> None:
        self._context = context
        self._catalog = statements.catalog
        self._choice = choice

    def clauses(self, table: TableTargets, row: sa.FromClause) -> tuple[Clause, ...]:
        """What a row of ``table``, given as ``row``, must fulfil; () where all are meant."""
        nodes = self._nodes(table)
        rows = RowSets(nodes, self._catalog, self._context.session.dialect)
        return tuple(rows.clause(place, table.ref, row) for place in range(len(nodes)))

    def _nodes(self, table: TableTargets) -> list[RowNode]:
        nodes: list[RowNode] = []
        if self._choice.by_key:
            nodes.append(KeyIn(table.ref, self._choice.keys_of(table.name)))
        if self._choice.owners:
            nodes.append(self._owner(table))
        return nodes

    def known(self, table: TableTargets, images: Images) -> sa.Select[Any]:
        """The journaled keys of one write that were typed, whether or not their rows are there."""
        journaled = images.known()
        node = KeyIn(table.ref, self._choice.keys_of(table.name))
        rows = RowSets([node], self._catalog, self._context.session.dialect)
        return sa.select(*journaled.c).where(rows.clause(0, table.ref, journaled))

    def check_tables(self, receipt_id: str, tables: Iterable[str]) -> None:
        """A typed key must say of which table it is, where that is not plain.

        Raises:
            ScopeError: the receipt wrote to several tables.
            UnknownNameError: it wrote nothing to a table that a key names.
        """
        written = sorted(set(tables))
        for keys in self._choice.table_keys:
            if keys.table is not None and keys.table not in written:
                message = f"receipt {receipt_id} has nothing of table {keys.table}"
                raise UnknownNameError(message, hint=f"it has: {', '.join(written)}")
        if self._choice.keys and len(written) > 1:
            message = f"receipt {receipt_id} wrote to several tables: {', '.join(written)}"
            raise ScopeError(message, hint=f"say whose keys they are: --key {written[0]}=1,2")

    def _owner(self, table: TableTargets) -> OwnerIn:
        owner = self._context.owner(table.name)
        if owner is None:
            message = f"--owner needs an owner path, and {table.name} declares none"
            raise ScopeError(message, hint="choose rows with --key")
        return OwnerIn(table.ref, owner, self._choice.owners)

    def check_owners(
        self, connection: Connection, tables: Iterable[tuple[TableTargets, sa.FromClause | None]]
    ) -> None:
        """Nobody may be named who does not exist, neither now nor in the rows that were deleted.

        Args:
            connection: a connection inside a transaction.
            tables: the tables, and the rows that were deleted from them.

        Raises:
            UnknownNameError: an owner's label names nobody.
        """
        for table, deleted in tables if self._choice.owners else ():
            node = self._owner(table)
            rows = RowSets([node], self._catalog, self._context.session.dialect)
            places = [table.table] if deleted is None else [table.table, deleted]
            check_labels(connection, node, rows, *places)

    def check_keys(
        self,
        connection: Connection,
        receipt_id: str,
        cells: Iterable[tuple[TableTargets, sa.Select[Any]]],
    ) -> None:
        """No key may be named that the receipt has no cell of.

        Args:
            connection: a connection inside a transaction.
            receipt_id: for the message.
            cells: per write its table and a SELECT of the chosen cells' keys.

        Raises:
            UnknownNameError: a key names nothing that the receipt wrote.
        """
        if not self._choice.by_key:
            return
        found: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        for table, query in cells:
            rows = connection.execute(query)
            found[table.name] |= {tuple(map(str, key_of(tuple(row), table))) for row in rows}
        for name, here in found.items():
            typed = self._choice.keys_of(name)
            missing = [key for key in typed if tuple(map(str, key)) not in here]
            if missing and len(here) < len(set(typed)):
                listed = ", ".join(",".join(map(str, key)) for key in missing[:5])
                message = f"receipt {receipt_id} has no row of {name} with the key {listed}"
                raise UnknownNameError(message, hint="check --key; nothing was restored")
