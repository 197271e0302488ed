"""What MySQL's and MariaDB's catalog says of tables: a few queries for each schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, text

from cachedeps.db.dialects.catalog import Draft, Index, Listed, finished, target_ref
from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import (
    ForeignKey,
    LiveColumn,
    LiveSequence,
    LiveTable,
    Reference,
    RelationKind,
    Trigger,
    TypeKind,
)

Drafts = dict[tuple[str, str], Draft]

_RELATIONS = {
    "BASE TABLE": RelationKind.TABLE,
    "SYSTEM VERSIONED": RelationKind.TABLE,
    "VIEW": RelationKind.VIEW,
}

# A BOOLEAN is a tinyint(1) here and can hold more than two values: an integer.
_KINDS = {
    **dict.fromkeys(
        ("tinyint", "smallint", "mediumint", "int", "bigint", "year"), TypeKind.INTEGER
    ),
    **dict.fromkeys(("float", "double"), TypeKind.FLOAT),
    **dict.fromkeys(
        ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"),
        TypeKind.TEXT,
    ),
    **dict.fromkeys(
        ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), TypeKind.BYTES
    ),
    "decimal": TypeKind.DECIMAL,
    "uuid": TypeKind.UUID,
    "date": TypeKind.DATE,
    "time": TypeKind.TIME,
    "datetime": TypeKind.TIMESTAMP,
    "timestamp": TypeKind.TIMESTAMP_ZONED,
    "json": TypeKind.JSON,
}

_SYSTEM = ("information_schema", "mysql", "performance_schema", "sys")

_HERE = text("SELECT database()")

# One schema at a time, by equality: only then does the server not open every table it has.
_LIST = text("""
    SELECT t.table_name AS name, t.table_type AS type, t.engine AS engine,
           e.transactions AS transactions
    FROM information_schema.tables t LEFT JOIN information_schema.engines e ON e.engine = t.engine
    WHERE t.table_schema = :schema ORDER BY t.table_name
""")

_COLUMNS = text("""
    SELECT table_name AS tbl, column_name AS name, column_type AS type, data_type AS base,
           is_nullable AS nullable, generation_expression AS expression, extra AS extra,
           collation_name AS collation, column_default AS value
    FROM information_schema.columns WHERE table_schema = :schema
    ORDER BY table_name, ordinal_position
""")

_INDEXES = text("""
    SELECT table_name AS tbl, index_name AS name, non_unique AS repeats, column_name AS col,
           sub_part AS prefix, index_type AS type
    FROM information_schema.statistics WHERE table_schema = :schema
    ORDER BY table_name, index_name <> 'PRIMARY', index_name, seq_in_index
""")

_FOREIGN_KEYS = text("""
    SELECT k.table_name AS tbl, k.constraint_name AS name, k.column_name AS col,
           k.referenced_table_schema AS target_schema, k.referenced_table_name AS target_name,
           k.referenced_column_name AS target_column, r.delete_rule AS on_delete
    FROM information_schema.key_column_usage k
    JOIN information_schema.referential_constraints r
      ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
     AND r.table_name = k.table_name
    WHERE k.table_schema = :schema AND r.constraint_schema = :schema
      AND k.referenced_table_name IS NOT NULL
    ORDER BY k.table_name, k.constraint_name, k.ordinal_position
""")

_REFERENCES = text("""
    SELECT k.table_schema AS `schema`, k.table_name AS tbl, k.constraint_name AS name,
           k.referenced_column_name AS col, r.delete_rule AS on_delete, r.update_rule AS on_update
    FROM information_schema.key_column_usage k
    JOIN information_schema.referential_constraints r
      ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
     AND r.table_name = k.table_name
    WHERE k.referenced_table_schema = :schema AND k.referenced_table_name = :name
    ORDER BY k.table_schema, k.table_name, k.constraint_name, k.ordinal_position
""")

_TRIGGERS = text("""
    SELECT event_object_table AS tbl, trigger_name AS name, action_timing AS timing,
           event_manipulation AS event, action_statement AS body
    FROM information_schema.triggers
    WHERE event_object_schema = :schema ORDER BY event_object_table, trigger_name
""")

_SCHEMAS = text("SELECT schema_name AS name FROM information_schema.schemata ORDER BY schema_name")


# MariaDB's sequences are tables of one row; MySQL has none.
_SEQUENCE = (
    "next_not_cached_value",
    "minimum_value",
    "maximum_value",
    "increment",
    "cache_size",
    "cycle_option",
)
# The catalog's own figure may be a day old; this is the table's.
_COUNTER = re.compile(r"^\) .*?\bAUTO_INCREMENT=(\d+)", re.MULTILINE)
_TYPE = text("SELECT table_type FROM information_schema.tables "
             "WHERE table_schema = COALESCE(:schema, DATABASE()) AND table_name = :name")  # fmt: skip


def list_tables(connection: Connection, schemas: tuple[str, ...]) -> tuple[Listed, ...]:
    """The tables and views of ``schemas``, or of the connection's own database."""
    here = connection.execute(_HERE).scalar()
    return tuple(
        Listed(schema, row.name, schema == here)
        for schema in schemas or ((here,) if here else ())
        for row in connection.execute(_LIST, {"schema": schema})
        if row.type in _RELATIONS
    )


def list_schemas(connection: Connection) -> tuple[str, ...]:
    """The databases of this server that hold tables of users."""
    return tuple(row.name for row in connection.execute(_SCHEMAS) if row.name not in _SYSTEM)


def broken_references(_connection: Connection, _refs: Iterable[TableRef]) -> tuple[TableRef, ...]:
    """None: the server enforces foreign keys unless a session switches that off."""
    return ()


def read_tables(connection: Connection, refs: Iterable[TableRef]) -> tuple[LiveTable, ...]:
    """Everything known about the tables and views that ``refs`` name."""
    here = connection.execute(_HERE).scalar()
    asked: dict[str, list[TableRef]] = {}
    for ref in dict.fromkeys(refs):
        asked.setdefault(ref.schema or here or "", []).append(ref)
    drafts: Drafts = {}
    for schema, wanted in asked.items():
        found = {row.name: row for row in connection.execute(_LIST, {"schema": schema})}
        for ref in wanted:
            row = found.get(ref.name)
            kind = _RELATIONS.get(row.type) if row else None
            if row and kind:
                draft = drafts.setdefault((schema, ref.name), Draft([], kind))
                draft.refs.append(ref)
                draft.unsafe = _unsafe(row)
    for schema in dict.fromkeys(schema for schema, _ in drafts):
        _read_schema(connection, schema, drafts, here)
    return finished(drafts)


def _unsafe(row: Row[Any]) -> str:
    if row.transactions in (None, "YES"):
        return ""
    return f"its engine {row.engine} has no transactions"


def references(connection: Connection, ref: TableRef) -> tuple[Reference, ...]:
    """The foreign keys of any schema that point to the table ``ref``."""
    here = connection.execute(_HERE).scalar()
    place = {"schema": ref.schema or here or "", "name": ref.name}
    rows = list(connection.execute(_REFERENCES, place))
    grouped = groupby(rows, lambda row: (row.schema, row.tbl, row.name))
    return tuple(_reference(list(parts), here) for _, parts in grouped)


def read_sequence(connection: Connection, ref: TableRef, _column: str) -> LiveSequence | None:
    """The sequence ``ref``, or the AUTO_INCREMENT of the table ``ref``."""
    kind = connection.execute(_TYPE, {"schema": ref.schema, "name": ref.name}).scalar()
    if kind == "SEQUENCE":
        state = sa.table(ref.name, *map(sa.column, _SEQUENCE), schema=ref.schema)
        row = connection.execute(sa.select(state)).one()
        step = row.increment or 1
        first = row.next_not_cached_value - step * row.cache_size
        first = max(first, row.minimum_value) if step > 0 else min(first, row.maximum_value)
        limit = row.maximum_value if step > 0 else row.minimum_value
        ends = None if row.cycle_option else limit
        return LiveSequence(first, row.next_not_cached_value, step, ends)
    if kind not in {"BASE TABLE", "SYSTEM VERSIONED"}:
        return None
    name = connection.dialect.identifier_preparer.format_table(
        sa.table(ref.name, schema=ref.schema)
    )
    made = str(connection.exec_driver_sql(f"SHOW CREATE TABLE {name.replace('%', '%%')}").one()[1])
    if " AUTO_INCREMENT" not in made:
        return None
    found = _COUNTER.search(made)
    step = int(connection.execute(text("SELECT @@auto_increment_increment")).scalar_one())
    coming = int(found[1]) if found else 1
    return LiveSequence(coming, coming, step)


def _reference(parts: list[Row[Any]], here: str | None) -> Reference:
    first = parts[0]
    return Reference(
        table=TableRef(first.tbl, None if first.schema == here else first.schema),
        columns=tuple(part.col for part in parts),
        on_delete=first.on_delete,
        on_update=first.on_update,
    )


def _read_schema(connection: Connection, schema: str, drafts: Drafts, here: str | None) -> None:
    def rows(query: Any) -> list[Row[Any]]:
        found = connection.execute(query, {"schema": schema})
        return [row for row in found if (schema, row.tbl) in drafts]

    for row in rows(_COLUMNS):
        drafts[schema, row.tbl].columns.append(_column(row))
    for table, parts in _grouped(rows(_INDEXES)):
        _add_index(drafts[schema, table], parts)
    for table, parts in _grouped(rows(_FOREIGN_KEYS)):
        drafts[schema, table].foreign_keys.append(_foreign_key(drafts, parts, here))
    for row in rows(_TRIGGERS):
        trigger = Trigger(row.name, f"{row.timing} {row.event}", row.body)
        drafts[schema, row.tbl].triggers.append(trigger)


def _grouped(rows: list[Row[Any]]) -> Iterator[tuple[str, list[Row[Any]]]]:
    """The rows of each index or key. The server sorts ``T`` and ``t`` into each other."""

    def whole(row: Row[Any]) -> tuple[str, str]:
        return row.tbl, row.name

    for (table, _), parts in groupby(sorted(rows, key=whole), whole):
        yield table, list(parts)


def _column(row: Row[Any]) -> LiveColumn:
    default = row.value
    if "on update" in row.extra.lower():
        # The column changes by itself whenever its row does; it belongs to the default here.
        default = f"{default or ''} {row.extra}".strip()
    return LiveColumn(
        name=row.name,
        type=row.type,
        kind=_KINDS.get(row.base.lower(), TypeKind.OTHER),
        nullable=row.nullable == "YES",
        generated=bool(row.expression),
        collation=row.collation,
        default=default,
    )


def _add_index(draft: Draft, parts: list[Row[Any]]) -> None:
    first = parts[0]
    primary = first.name == "PRIMARY"
    columns = tuple(part.col for part in parts)
    draft.indexes.append(
        Index(
            columns,
            unique=not int(first.repeats),
            primary=primary,
            whole=all(part.prefix is None for part in parts),
            searchable=first.type in ("BTREE", "HASH"),
        )
    )
    if primary:
        draft.key = columns


def _foreign_key(drafts: Drafts, parts: list[Row[Any]], here: str | None) -> ForeignKey:
    first = parts[0]
    schema = None if first.target_schema == here else first.target_schema
    return ForeignKey(
        columns=tuple(part.col for part in parts),
        target=target_ref(
            drafts,
            (first.target_schema, first.target_name),
            TableRef(first.target_name, schema),
        ),
        target_columns=tuple(part.target_column for part in parts),
        on_delete=first.on_delete,
    )
