"""Reads the live schema: few catalog queries, whatever the number of tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from cachedeps.db.dialects import catalog_mysql, catalog_postgresql, catalog_sqlite
from cachedeps.db.dialects.catalog import Listed
from cachedeps.domain.live_facts import KnownLink, KnownTable, LiveFacts
from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import LiveSequence, LiveTable, Reference, Schema
from cachedeps.errors import UnknownNameError


class _Catalog(Protocol):
    """What every dialect's catalog module offers."""

    def list_tables(
        self, connection: Connection, schemas: tuple[str, ...], /
    ) -> tuple[Listed, ...]: ...

    def list_schemas(self, connection: Connection, /) -> tuple[str, ...]: ...

    def broken_references(
        self, connection: Connection, refs: Iterable[TableRef], /
    ) -> tuple[TableRef, ...]: ...

    def references(self, connection: Connection, ref: TableRef, /) -> tuple[Reference, ...]: ...

    def read_sequence(
        self, connection: Connection, ref: TableRef, column: str, /
    ) -> LiveSequence | None: ...

    def read_tables(
        self, connection: Connection, refs: Iterable[TableRef], /
    ) -> tuple[LiveTable, ...]: ...


_CATALOGS: dict[str, _Catalog] = {
    "sqlite": catalog_sqlite,
    "postgresql": catalog_postgresql,
    "mysql": catalog_mysql,
    "mariadb": catalog_mysql,
}

# A schema of MySQL is a database of its own, often of another application.
_SCHEMAS_OF_ONE_DATABASE = frozenset({"postgresql", "sqlite"})


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What a check wants to know beside the declared tables.

    ``tables`` are the names that exist, looked up where a declared one does not;
    ``broken_references`` are declared tables with rows
    whose foreign keys point nowhere.
    """

    tables: tuple[TableRef, ...] = ()
    broken_references: tuple[TableRef, ...] = ()


def inspect(connection: Connection, refs: Iterable[TableRef], *, dialect: str) -> Schema:
    """What is known about the tables and views ``refs``; one that does not exist is absent.

    Args:
        connection: an open connection; only catalog SELECTs are sent.
        refs: tables as declared; one without a schema is looked up where a statement would.
        dialect: postgresql, mysql, mariadb or sqlite.
    """
    return Schema(dialect, _CATALOGS[dialect].read_tables(connection, refs))


def inspect_all(connection: Connection, *, dialect: str, schemas: tuple[str, ...] = ()) -> Schema:
    """Every table and view of ``schemas``; where none are named, of the default ones.

    Raises:
        UnknownNameError: there are none; the hint names the schemas that there are.
    """
    catalog = _CATALOGS[dialect]
    listed = catalog.list_tables(connection, schemas)
    if not listed:
        where = f"in {', '.join(schemas)}" if schemas else "in the default schema"
        others = ", ".join(catalog.list_schemas(connection)) or "none"
        message = f"the database has no tables {where}"
        raise UnknownNameError(message, hint=f"schemas to choose from: {others}")
    return inspect(connection, [one.ref for one in listed], dialect=dialect)


def find_table(
    connection: Connection, name: str, schema: str | None, *, dialect: str, exact: bool
) -> TableRef | None:
    """The table that a statement means by a name, as a foreign key's catalog entry names it.

    Args:
        connection: an open connection; only catalog SELECTs are sent.
        name: the table's name as written, without quotes.
        schema: the schema in front of it, None where there is none.
        dialect: postgresql, mysql, mariadb or sqlite.
        exact: whether the name was quoted, so that PostgreSQL leaves its letters as they are.
    """
    if dialect == "postgresql" and not exact:
        name, schema = name.lower(), schema.lower() if schema else None
    listed = _CATALOGS[dialect].list_tables(connection, (schema,) if schema else ())
    same = [one for one in listed if one.name == name]
    if not same and dialect != "postgresql":
        same = [one for one in listed if one.name.casefold() == name.casefold()]
    return same[0].ref if len(same) == 1 else None


def survey(connection: Connection, refs: Iterable[TableRef], *, dialect: str) -> LiveFacts:
    """Every table that SQL can mean without a schema, and those of the schemas of ``refs``.

    On PostgreSQL and SQLite the tables of all schemas: a foreign key may lead there.

    Args:
        connection: an open connection; only catalog SELECTs are sent.
        refs: the declared tables.
        dialect: postgresql, mysql, mariadb or sqlite.
    """
    catalog = _CATALOGS[dialect]
    declared = tuple(refs)
    whole = dialect in _SCHEMAS_OF_ONE_DATABASE
    schemas = catalog.list_schemas(connection) if whole else ()
    named = {ref.schema for ref in declared if ref.schema}
    listed = [*catalog.list_tables(connection, ())]
    if others := tuple(sorted({*schemas, *named})):
        listed += catalog.list_tables(connection, others)
    places = {one.ref: one for one in listed}
    tables = catalog.read_tables(connection, places)
    links = {KnownLink(t.ref, f.target, f.on_delete) for t in tables for f in t.foreign_keys}
    if not whole:
        # another database of the server may refer to a table of this one
        for ref in declared:
            for found in catalog.references(connection, ref):
                links.add(KnownLink(found.table, ref, found.on_delete))
    known = (KnownTable(places[t.ref].schema, places[t.ref].default, t) for t in tables)
    return LiveFacts(tuple(known), tuple(sorted(links, key=str)))


def unseen_schemas(connection: Connection, *, dialect: str) -> tuple[str, ...]:
    """The schemas of this database whose tables a name without a schema does not reach."""
    if dialect not in _SCHEMAS_OF_ONE_DATABASE:
        return ()
    catalog = _CATALOGS[dialect]
    listed = catalog.list_tables(connection, catalog.list_schemas(connection))
    seen = {one.schema for one in listed if one.default}
    return tuple(dict.fromkeys(one.schema for one in listed if one.schema not in seen))


def references(connection: Connection, ref: TableRef, *, dialect: str) -> tuple[Reference, ...]:
    """The foreign keys that point to the table ``ref``, from whatever schema."""
    return _CATALOGS[dialect].references(connection, ref)


def sequence(
    connection: Connection, ref: TableRef, column: str, *, dialect: str
) -> LiveSequence | None:
    """Where the sequence ``ref`` stands; None where there is none.

    The name of a table stands for the counter of its key ``column``.
    """
    return _CATALOGS[dialect].read_sequence(connection, ref, column)


def facts(connection: Connection, schema: Schema, refs: Iterable[TableRef]) -> DatabaseFacts:
    """What a check wants to know of the database itself.

    Args:
        connection: an open connection; only SELECTs are sent.
        schema: what was found of the declared tables.
        refs: the declared tables.
    """
    catalog = _CATALOGS[schema.dialect]
    linked = [table.ref for table in schema.tables if table.foreign_keys]
    wanted = tuple(refs)
    names: list[Listed] = []
    if any(schema.table(ref) is None for ref in wanted):
        schemas = {ref.schema for ref in wanted if ref.schema}
        if schema.dialect in _SCHEMAS_OF_ONE_DATABASE:
            schemas.update(catalog.list_schemas(connection))
        names.extend(catalog.list_tables(connection, ()))
        names.extend(catalog.list_tables(connection, tuple(sorted(schemas))) if schemas else ())
    return DatabaseFacts(
        tables=tuple(dict.fromkeys(one.ref for one in names)),
        broken_references=catalog.broken_references(connection, linked),
    )
