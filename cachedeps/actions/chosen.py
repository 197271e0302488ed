"""The rows of a receipt that a restore is about: chosen by key, by owner, or all of them."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.bind import check_labels
from cachedeps.actions.context import Context
from cachedeps.actions.fold import key_of
from cachedeps.domain.outcome import RestoreChoice
from cachedeps.domain.rows import KeyIn, OwnerIn, RowNode
from cachedeps.errors import ScopeError, UnknownNameError
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
        if self._choice.keys:
            nodes.append(KeyIn(table.ref, self._choice.keys))
        if self._choice.owners:
            nodes.append(self._owner(table))
        return nodes

    def _owner(self, table: TableTargets) -> OwnerIn:
        owner = self._context.owner(table.name)
        if owner is None:
            message = f"--owner needs an owner path, and {table.name} declares none"
            raise ScopeError(message, hint="choose rows with --key")
        return OwnerIn(table.ref, owner, self._choice.owners)

    def check_owners(self, connection: Connection, tables: Iterable[TableTargets]) -> None:
        """Nobody may be named who does not exist.

        Raises:
            UnknownNameError: an owner's label names nobody.
        """
        for table in tables if self._choice.owners else ():
            node = self._owner(table)
            rows = RowSets([node], self._catalog, self._context.session.dialect)
            check_labels(connection, node, rows, table.table)

    def check_keys(
        self,
        connection: Connection,
        receipt_id: str,
        cells: Iterable[tuple[TableTargets, sa.Select[tuple[object, ...]]]],
    ) -> None:
        """No key may be named that the receipt has no cell of.

        Args:
            connection: a connection inside a transaction.
            receipt_id: for the message.
            cells: per write its table and a SELECT of the chosen cells' keys.

        Raises:
            UnknownNameError: a key names nothing that the receipt wrote.
        """
        if not self._choice.keys:
            return
        found = {
            tuple(map(str, key_of(tuple(row), table)))
            for table, query in cells
            for row in connection.execute(query)
        }
        missing = [key for key in self._choice.keys if tuple(map(str, key)) not in found]
        if missing and len(found) < len(self._choice.keys):
            listed = ", ".join(",".join(map(str, key)) for key in missing[:5])
            message = f"receipt {receipt_id} has no row with the key {listed}"
            raise UnknownNameError(message, hint="check --key; nothing was restored")
