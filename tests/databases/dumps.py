"""What a test's database holds, cell by cell, so that one changed cell can be told from another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Key = tuple[Any, ...]
Cells = dict[str, dict[Key, dict[str, Any]]]
"""Table -> primary key -> column -> value."""

Query = Callable[[str], Sequence[tuple[Any, ...]]]

_COLUMNS = {
    # schema, table, column, and the place in the primary key (0 or NULL: not in it)
    "sqlite": (
        "SELECT '', m.name, c.name, c.pk FROM sqlite_master AS m, pragma_table_info(m.name) AS c"
        " WHERE m.type = 'table' ORDER BY m.name, c.cid"
    ),
    "postgresql": (
        "SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname END, t.relname, c.attname,"
        " (SELECT array_position(k.conkey, c.attnum) FROM pg_constraint AS k"
        " WHERE k.conrelid = t.oid AND k.contype = 'p')"
        " FROM pg_class AS t JOIN pg_namespace AS n ON n.oid = t.relnamespace"
        " JOIN pg_attribute AS c ON c.attrelid = t.oid"
        " WHERE t.relkind = 'r' AND c.attnum > 0 AND NOT c.attisdropped"
        " AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " ORDER BY n.nspname, t.relname, c.attnum"
    ),
    "mariadb": (
        "SELECT '', c.table_name, c.column_name, k.ordinal_position"
        " FROM information_schema.columns AS c LEFT JOIN information_schema.key_column_usage AS k"
        " ON k.table_schema = c.table_schema AND k.table_name = c.table_name"
        " AND k.column_name = c.column_name AND k.constraint_name = 'PRIMARY'"
        " WHERE c.table_schema = DATABASE() ORDER BY c.table_name, c.ordinal_position"
    ),
}


@dataclass(frozen=True)
class Change:
    """One cell that becomes ``value``, or (``gone``) one row that is deleted."""

    table: str
    key: Key
    column: str
    value: object
    gone: bool = False


def cells(query: Query, dialect: str) -> Cells:
    """Every cell of every table but the journal's; keys are written as in JSON."""
    tables: dict[str, list[tuple[str, int | None]]] = {}
    for schema, table, column, place in query(_COLUMNS[dialect]):
        if not table.startswith("cachedeps_"):
            name = f"{schema}.{table}" if schema else table
            tables.setdefault(name, []).append((column, place))
    return {name: _rows(query, dialect, name, columns) for name, columns in tables.items()}


def _rows(
    query: Query, dialect: str, name: str, columns: list[tuple[str, int | None]]
) -> dict[Key, dict[str, Any]]:
    mark = "`" if dialect == "mariadb" else '"'
    quoted = ".".join(f"{mark}{part}{mark}" for part in name.split("."))
    order = sorted((place, at) for at, (_, place) in enumerate(columns) if place)
    listed = ", ".join(f"{mark}{column}{mark}" for column, _ in columns)
    found = {}
    for row in query(f"SELECT {listed} FROM {quoted}"):
        values = dict(zip((column for column, _ in columns), row, strict=True))
        found[tuple(_in_json(row[at]) for _, at in order)] = values
    return found


def _in_json(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return "\\x" + bytes(value).hex()
    return value if isinstance(value, int | str) else str(value)


def changed(before: Cells, changes: Sequence[Change]) -> Cells:
    """The same cells after ``changes``; a change of a row that is not there is a mistake."""
    after = deepcopy(before)
    for change in changes:
        if change.gone:
            del after[change.table][change.key]
        else:
            assert change.column in after[change.table][change.key]
            after[change.table][change.key][change.column] = change.value
    return after


def without(found: Cells, columns: Sequence[tuple[str, ...]]) -> Cells:
    """The cells without some columns, given as (table, column)."""
    return {
        table: {
            key: {c: v for c, v in row.items() if (table, c) not in columns}
            for key, row in rows.items()
        }
        for table, rows in found.items()
    }
