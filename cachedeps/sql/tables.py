"""Live tables as SQLAlchemy tables, and values as their columns want them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import LiveColumn, LiveTable, RelationKind, Schema
from cachedeps.errors import SchemaMismatchError, UnsupportedError

MOST_KEY_COLUMNS = 8


def as_clause(table: LiveTable) -> sa.TableClause:
    """The table with all its columns; results come back as the driver makes them."""
    columns: list[sa.ColumnClause[Any]] = [sa.column(column.name) for column in table.columns]
    return sa.table(table.ref.name, *columns, schema=table.ref.schema)


class Catalog:
    """The live tables that a plan needs, with clear errors for what is not there."""

    def __init__(self, schema: Schema, keys: Mapping[TableRef, tuple[str, ...]]) -> None:
        """Takes the schema, and the key columns that the declaration names itself."""
        self._tables = {table.ref: table for table in schema.tables}
        self._keys = keys
        self.dialect = schema.dialect
        self.names = frozenset(table.ref.name.casefold() for table in schema.tables)

    def table(self, ref: TableRef) -> LiveTable:
        """The live table.

        Raises:
            SchemaMismatchError: there is no such table.
        """
        found = self._tables.get(ref)
        if found is None:
            message = f"the database has no table {ref}"
            raise SchemaMismatchError(message, hint="cachedeps check")
        return found

    def column(self, ref: TableRef, name: str) -> LiveColumn:
        """The live column.

        Raises:
            SchemaMismatchError: the table has no such column.
        """
        column = self.table(ref).column(name)
        if column is None:
            message = f"table {ref} has no column {name}"
            raise SchemaMismatchError(message, hint="cachedeps check")
        return column

    def key(self, ref: TableRef) -> tuple[LiveColumn, ...]:
        """The columns that identify a row: as declared, the primary key, or a unique NOT NULL set.

        Raises:
            UnsupportedError: nothing identifies a row, or what is declared does not.
        """
        table = self.table(ref)
        self._check_declared(table)
        names = self._keys.get(ref) or table.key or self._unique(table)
        if not names:
            message = f"table {ref} has no primary key, so its rows cannot be named one by one"
            hint = "add a primary key (or a unique constraint over NOT NULL columns)"
            raise UnsupportedError(message, hint=hint)
        if len(names) > MOST_KEY_COLUMNS:
            message = f"the key of {ref} has {len(names)} columns; at most {MOST_KEY_COLUMNS} work"
            raise UnsupportedError(message, hint="add a shorter unique key to the table")
        return tuple(self.column(ref, name) for name in names)

    def _check_declared(self, table: LiveTable) -> None:
        names = self._keys.get(table.ref, ())
        unique = (table.key, *table.unique) if table.key else table.unique
        if not names or table.kind is not RelationKind.TABLE:
            return
        if not any(set(columns).issubset(names) for columns in unique if columns):
            listed = ", ".join(names)
            message = f"several rows of {table.ref} can have the same ({listed}): it is no key"
            hint = f"name unique columns under [tables.{table.ref}] key, or leave it out"
            raise UnsupportedError(message, hint=hint)

    @staticmethod
    def _unique(table: LiveTable) -> tuple[str, ...]:
        required = {c.name for c in table.columns if not c.nullable}
        return next((u for u in table.unique if u and required.issuperset(u)), ())
