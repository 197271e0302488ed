"""Freezes a foreign statement: the rows that it chooses, named by their keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from cachedeps.actions.bind import load_catalog
from cachedeps.actions.context import Context
from cachedeps.actions.fold import BATCH, integer
from cachedeps.db.dialects.base import key_out
from cachedeps.db.inspect import find_table
from cachedeps.domain.model import TableRef
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.schema import LiveColumn, LiveTable, RelationKind
from cachedeps.errors import SchemaMismatchError, UnfreezableError, UnsupportedError
from cachedeps.parse.foreign.splice import Splice, splice
from cachedeps.sql.statements import TableTargets
from cachedeps.sql.tables import as_clause

AS_WRITTEN = {"no_parameters": True}


@dataclass(frozen=True)
class Frozen:
    """One UPDATE or DELETE beside the live table that it changes.

    ``name`` is the table's name in the declaration, its own where it is not declared.
    """

    sql: str
    splice: Splice
    name: str
    live: LiveTable
    table: TableTargets
    key_columns: tuple[str, ...]

    def select(self) -> str:
        """The SELECT of the rows' keys, in key order, each once; nothing else is read."""
        listed = ", ".join(self.key_columns)
        text = self.splice.select(listed, distinct=self.splice.joined)
        return f"{text}\nORDER BY {listed}"

    def numbered(self) -> str:
        """The same without an order, its columns called ``k0``, ``k1`` and so on."""
        named = (f"{column} AS k{place}" for place, column in enumerate(self.key_columns))
        return self.splice.select(", ".join(named), distinct=self.splice.joined)

    def keys(self, connection: Connection) -> Iterator[KeyValues]:
        """The keys of the rows that the statement would change, in key order."""
        streamed = {**AS_WRITTEN, "yield_per": BATCH}
        stream = connection.exec_driver_sql(self.select(), execution_options=streamed)
        for row in stream:
            yield named(self.table.ref, tuple(row), self.table.key)

    def matches(self, connection: Connection) -> int:
        """How many rows come out of the statement's joins; more than keys where some repeat."""
        text = self.splice.select("count(*)")
        return integer(connection.exec_driver_sql(text, execution_options=AS_WRITTEN).scalar_one())


def freeze(context: Context, connection: Connection, sql: str) -> Frozen:
    """Meets the one UPDATE or DELETE of a text with the live table that it changes.

    Args:
        context: the declaration and the open database.
        connection: a connection inside a transaction; only the catalog is read.
        sql: the text.

    Raises:
        UnfreezableError: its rows cannot be asked for, or named by keys.
        SchemaMismatchError: the database has no such table.
        UnsupportedError: nothing identifies a row of it.
    """
    dialect = context.session.dialect.name
    cut = splice(sql, dialect)
    ref = find_table(
        connection, cut.table.name, cut.table.schema, dialect=dialect, exact=cut.exact
    )
    if ref is None:
        message = f"the database has no table {cut.table}"
        raise SchemaMismatchError(message, hint="check the name; cachedeps check")
    name, declared = declared_as(context, ref)
    catalog = load_catalog(context, connection, {ref}, keys={ref: declared})
    live = catalog.table(ref)
    if live.kind is not RelationKind.TABLE:
        message = f"this cannot go through run: {name} is a {live.kind.value.replace('_', ' ')}"
        raise UnfreezableError(message, hint="change the base table")
    key = catalog.key(ref)
    quote = connection.dialect.identifier_preparer.quote_identifier
    texts = tuple(f"{cut.known_as}.{quote(column.name)}" for column in key)
    table = TableTargets(name, ref, as_clause(live), key, ())
    return Frozen(sql, cut, name, live, table, texts)


def declared_as(context: Context, ref: TableRef) -> tuple[str, tuple[str, ...]]:
    """The name of a table in the declaration, and the key that is declared for it."""
    default = context.session.dialect.schema
    for table in context.declaration.tables:
        if table.ref == ref or (
            table.ref.name == ref.name and (table.ref.schema or default) == (ref.schema or default)
        ):
            return table.name, table.key
    return str(ref), ()


def named(ref: TableRef, values: Sequence[Any], columns: Sequence[LiveColumn]) -> KeyValues:
    """A row's key as plans keep it.

    Raises:
        UnsupportedError: a part of it is NULL, so that nothing names the row.
    """
    if None in values:
        message = f"rows of {ref} whose key is NULL would be written; nothing names them"
        raise UnsupportedError(message, hint="give these rows keys first")
    return tuple(key_out(value, column) for value, column in zip(values, columns, strict=True))
