"""What a test's database holds, to the byte, as the database itself tells it.

Never through cachedeps, and never through a driver's idea of a value: a -0.0, a trailing blank
or the digits of a float must not get lost on the way.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from sqlalchemy.engine import make_url

from tests.databases.database import Database

Rows = list[tuple[Any, ...]]

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": (
        "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        " AND tablename NOT LIKE 'cachedeps%'"
    ),
    "mariadb": "SHOW TABLES",
}


def everything(database: Database) -> dict[str, Rows]:
    """Every row of every table but the journal's, in a fixed order."""
    names = [str(name) for (name,) in database.query(_TABLES[database.dialect])]
    mine = sorted(name for name in names if not name.startswith("cachedeps_"))
    if database.dialect == "postgresql":
        return {name: _rows_postgresql(database, name) for name in mine}
    return {name: exact_rows(database, name) for name in mine}


def exact_rows(database: Database, table: str) -> Rows:
    """The rows of one table, each value as its exact bytes or digits."""
    if database.dialect == "sqlite":
        return _rows_sqlite(database, table)
    if database.dialect == "postgresql":
        return _rows_postgresql(database, database.quote(table))
    return _rows_mariadb(database, table)


def _rows_sqlite(database: Database, table: str) -> Rows:
    with closing(sqlite3.connect(str(make_url(database.url).database))) as connection:
        connection.text_factory = bytes
        columns = [
            row[1].decode()
            for row in connection.execute(f"PRAGMA table_info({database.quote(table)})")
        ]
        listed = ", ".join(f"typeof({n}), {n}" for n in map(database.quote, columns))
        rows = connection.execute(f"SELECT {listed} FROM {database.quote(table)}").fetchall()
    return sorted(
        (tuple(v.hex() if isinstance(v, float) else v for v in row) for row in rows), key=repr
    )


def _rows_postgresql(database: Database, quoted: str) -> Rows:
    rows = database.query(f"SELECT record_send(t) FROM {quoted} AS t")
    return sorted((bytes(row),) for (row,) in rows)


def _rows_mariadb(database: Database, table: str) -> Rows:
    columns = database.query(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position",
        (table,),
    )
    listed = ", ".join(_exactly_mariadb(database.quote(name), kind) for name, kind in columns)
    rows = database.query(f"SELECT {listed} FROM {database.quote(table)}")
    return sorted(rows, key=repr)


def _exactly_mariadb(name: str, kind: str) -> str:
    if kind in ("float", "double"):
        return f"CAST({name} AS DOUBLE)"
    if kind in ("bit", "char", "varchar", "enum", "set") or kind.endswith(
        ("text", "blob", "binary")
    ):
        return f"HEX({name})"
    if kind == "point":
        return f"HEX(ST_AsWKB({name}))"
    return f"CAST({name} AS CHAR)"
