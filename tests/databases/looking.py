"""A live schema as cachedeps reads it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine

from cachedeps.db.inspect import inspect
from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import LiveColumn, LiveTable, TypeKind
from tests.databases.database import Database


@contextmanager
def connected(database: Database) -> Iterator[Connection]:
    engine = create_engine(database.url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def look_up(database: Database, *names: str | TableRef) -> list[LiveTable | None]:
    refs = [name if isinstance(name, TableRef) else TableRef(name) for name in names]
    with connected(database) as connection:
        schema = inspect(connection, refs, dialect=database.dialect)
    return [schema.table(ref) for ref in refs]


def look(database: Database, name: str | TableRef) -> LiveTable:
    (table,) = look_up(database, name)
    assert table is not None
    return table


def column(table: LiveTable, name: str) -> LiveColumn:
    found = table.column(name)
    assert found is not None
    return found


def kinds(table: LiveTable) -> dict[str, TypeKind]:
    return {one.name: one.kind for one in table.columns}


def types(table: LiveTable) -> dict[str, str]:
    return {one.name: one.type for one in table.columns}
