"""What SQLite's catalog says of tables: a few queries for each schema, however many tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, TextClause, column, func, select, table, text
from sqlalchemy.exc import OperationalError

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
from cachedeps.errors import UnsupportedError

OLDEST = (3, 37)

Place = tuple[str, str]
Drafts = dict[Place, Draft]

_RELATIONS = {
    "table": RelationKind.TABLE,
    "virtual": RelationKind.TABLE,
    "view": RelationKind.VIEW,
}

# SQLite takes any word as a type; the first of these that stands in it decides, as people
# mean it rather than by affinity alone (a DATETIME has the affinity NUMERIC).
_KINDS = (
    ("JSON", TypeKind.JSON),
    ("UUID", TypeKind.UUID),
    ("BOOL", TypeKind.BOOLEAN),
    ("TIMESTAMP", TypeKind.TIMESTAMP),
    ("DATETIME", TypeKind.TIMESTAMP),
    ("DATE", TypeKind.DATE),
    ("TIME", TypeKind.TIME),
    ("INT", TypeKind.INTEGER),
    ("CHAR", TypeKind.TEXT),
    ("CLOB", TypeKind.TEXT),
    ("TEXT", TypeKind.TEXT),
    ("STRING", TypeKind.TEXT),
    ("BLOB", TypeKind.BYTES),
    ("BINARY", TypeKind.BYTES),
    ("BYTEA", TypeKind.BYTES),
    ("REAL", TypeKind.FLOAT),
    ("FLOA", TypeKind.FLOAT),
    ("DOUB", TypeKind.FLOAT),
    ("DEC", TypeKind.DECIMAL),
    ("NUMERIC", TypeKind.DECIMAL),
)

_LIST = text("""
    SELECT schema, name, type FROM pragma_table_list
    WHERE schema <> 'temp' AND type IN ('table', 'view', 'virtual')
      AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    ORDER BY schema, name
""")

_COLUMNS = text("""
    SELECT asked.value AS tbl, c.name, c.type, c."notnull" AS required, c.dflt_value, c.pk, c.hidden
    FROM json_each(:names) AS asked, pragma_table_xinfo(asked.value, :schema) AS c
    WHERE c.hidden <> 1 ORDER BY asked.key, c.cid
""")

_INDEXES = text("""
    SELECT asked.value AS tbl, i.name, i."unique" AS is_unique, i.origin, i.partial, c.cid,
           c.name AS column_name, c.coll AS collation
    FROM json_each(:names) AS asked, pragma_index_list(asked.value, :schema) AS i,
         pragma_index_xinfo(i.name, :schema) AS c
    WHERE c.key = 1 ORDER BY asked.key, i.origin <> 'pk', i.name, c.seqno
""")

_FOREIGN_KEYS = text("""
    SELECT asked.value AS tbl, f.id, f."table" AS target, f."from" AS source, f."to" AS target_column,
           f.on_delete
    FROM json_each(:names) AS asked, pragma_foreign_key_list(asked.value, :schema) AS f
    ORDER BY asked.key, f.id, f.seq
""")

_REFERENCES = text("""
    SELECT t.name AS tbl, f.id, f."to" AS target_column, f.on_delete, f.on_update
    FROM pragma_table_list AS t, pragma_foreign_key_list(t.name, :schema) AS f
    WHERE t.schema = :schema AND f."table" = :name COLLATE NOCASE
    ORDER BY t.name, f.id, f.seq
""")

_BROKEN = text("SELECT 1 FROM pragma_foreign_key_check(:name, :schema) LIMIT 1")
_SCHEMAS = text("SELECT name FROM pragma_database_list WHERE name <> 'temp' ORDER BY seq")

_NAME = r'(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\'(?:[^\']|\'\')*\'|\w+)'
_TRIGGER = re.compile(
    rf"\s*CREATE\s+TRIGGER\s+(?:{_NAME}\s*\.\s*)?{_NAME}\s*"
    r"(?P<timing>BEFORE|AFTER|INSTEAD\s+OF)?\s*(?P<event>DELETE|INSERT|UPDATE)"
    rf"(?:\s+OF\s+(?P<columns>{_NAME}(?:\s*,\s*{_NAME})*))?\s+ON\s+{_NAME}\s*"
    r"(?:FOR\s+EACH\s+ROW\s*)?(?:WHEN\b(?P<condition>.*?))?\bBEGIN\b(?P<body>.*)",
    re.IGNORECASE | re.DOTALL,
)


def list_tables(connection: Connection, schemas: tuple[str, ...]) -> tuple[Listed, ...]:
    """The tables and views of the attached databases ``schemas``, or of ``main``."""
    _require_version(connection)
    wanted = schemas or ("main",)
    rows = connection.execute(_LIST)
    return tuple(Listed(r.schema, r.name, r.schema == "main") for r in rows if r.schema in wanted)


def list_schemas(connection: Connection) -> tuple[str, ...]:
    """The attached databases."""
    return tuple(row.name for row in connection.execute(_SCHEMAS))


def broken_references(connection: Connection, refs: Iterable[TableRef]) -> tuple[TableRef, ...]:
    """The tables with rows whose foreign keys point nowhere.

    Whether foreign keys are enforced is up to each connection, and no file remembers it; such
    rows tell that somebody wrote without. So does a key that SQLite cannot enforce at all.
    """

    def broken(ref: TableRef) -> bool:
        try:
            place = {"name": ref.name, "schema": ref.schema or "main"}
            return connection.execute(_BROKEN, place).first() is not None
        except OperationalError as error:
            if "foreign key mismatch" in str(error.orig):
                return True
            raise

    return tuple(ref for ref in dict.fromkeys(refs) if broken(ref))


def references(connection: Connection, ref: TableRef) -> tuple[Reference, ...]:
    """The foreign keys that point to the table ``ref``; they never leave its own schema."""
    rows = connection.execute(_REFERENCES, {"schema": ref.schema or "main", "name": ref.name})
    key = next((table.key for table in read_tables(connection, (ref,))), ())
    return tuple(
        _reference(list(parts), ref, key)
        for _, parts in groupby(rows.all(), lambda row: (row.tbl, row.id))
    )


def read_sequence(connection: Connection, ref: TableRef, _column: str) -> LiveSequence | None:
    """The counter of the table ``ref``; SQLite has no sequences.

    The next rowid is behind the largest one, and with AUTOINCREMENT behind any that there was.
    """
    place = (ref.schema or "main", ref.name)
    if place not in {(r.schema, r.name) for r in connection.execute(_LIST) if r.type == "table"}:
        return None
    rows = table(ref.name, column("rowid"), schema=ref.schema)
    try:
        last = connection.execute(select(func.max(rows.c.rowid))).scalar() or 0
    except OperationalError:
        # a table WITHOUT ROWID counts nothing
        return None
    master = table("sqlite_master", column("name"), schema=ref.schema)
    counted = select(master.c.name).where(master.c.name == "sqlite_sequence")
    if connection.execute(counted).first() is not None:
        counters = table("sqlite_sequence", column("name"), column("seq"), schema=ref.schema)
        own = select(counters.c.seq).where(counters.c.name == ref.name)
        last = max(last, connection.execute(own).scalar() or 0)
    return LiveSequence(last + 1, last + 1)


def _reference(parts: list[Row[Any]], ref: TableRef, key: tuple[str, ...]) -> Reference:
    first = parts[0]
    named = tuple(part.target_column for part in parts)
    return Reference(
        table=TableRef(first.tbl, ref.schema),
        columns=key if named[0] is None else named,
        on_delete=first.on_delete.upper(),
        on_update=first.on_update.upper(),
    )


def read_tables(connection: Connection, refs: Iterable[TableRef]) -> tuple[LiveTable, ...]:
    """Everything known about the tables and views that ``refs`` name; no schema means main."""
    _require_version(connection)
    existing = {(r.schema, r.name): r.type for r in connection.execute(_LIST)}
    drafts: Drafts = {}
    for ref in dict.fromkeys(refs):
        place = (ref.schema or "main", ref.name)
        if place in existing:
            drafts.setdefault(place, Draft([], _RELATIONS[existing[place]])).refs.append(ref)
    for schema in dict.fromkeys(schema for schema, _ in drafts):
        _read_schema(connection, schema, drafts, existing)
    return finished(drafts)


def _require_version(connection: Connection) -> None:
    version = connection.dialect.server_version_info or ()
    if version < OLDEST:
        message = f"SQLite {'.'.join(map(str, version))} cannot list its tables fully"
        raise UnsupportedError(message, hint="use SQLite 3.37 or newer")


def _read_schema(
    connection: Connection, schema: str, drafts: Drafts, existing: dict[Place, str]
) -> None:
    names = [name for place, name in drafts if place == schema]
    rows = _Rows(connection, schema)
    _add_columns(drafts, schema, rows.of(_COLUMNS, names))
    _add_indexes(drafts, schema, rows.of(_INDEXES, names))
    for draft in (drafts[schema, name] for name in names):
        _add_key(draft)
    keys = list(rows.of(_FOREIGN_KEYS, names))
    spelled = {name.casefold(): name for place, name in existing if place == schema}
    targets = {spelled.get(row.target.casefold(), row.target) for row in keys}
    columns: dict[str, list[Row[Any]]] = {}
    for row in rows.of(_COLUMNS, sorted(targets)):
        columns.setdefault(row.tbl, []).append(row)
    for (name, _), parts in groupby(keys, lambda row: (row.tbl, row.id)):
        key = _foreign_key(drafts, schema, list(parts), spelled, columns)
        drafts[schema, name].foreign_keys.append(key)
    for row in rows.triggers():
        if (schema, row.tbl_name) in drafts:
            drafts[schema, row.tbl_name].triggers.append(_trigger(row.name, row.sql))


class _Rows:
    """The catalog's rows of one schema."""

    def __init__(self, connection: Connection, schema: str) -> None:
        self._connection = connection
        self._schema = schema

    def of(self, query: TextClause, names: list[str]) -> Iterable[Row[Any]]:
        """What ``query`` says of the tables ``names``."""
        asked = {"names": json.dumps(names), "schema": self._schema}
        return self._connection.execute(query, asked)

    def triggers(self) -> Iterable[Row[Any]]:
        """Every trigger: its name, its table, and its whole definition."""
        catalog = table(
            "sqlite_master",
            *(column(name) for name in ("type", "name", "tbl_name", "sql")),
            schema=self._schema,
        )
        wanted = select(catalog).where(catalog.c.type == "trigger").order_by(catalog.c.name)
        return self._connection.execute(wanted)


def _add_columns(drafts: Drafts, schema: str, rows: Iterable[Row[Any]]) -> None:
    keys: dict[str, dict[int, str]] = {}
    for row in rows:
        drafts[schema, row.tbl].columns.append(
            LiveColumn(
                name=row.name,
                type=row.type,
                kind=_kind(row.type),
                nullable=not row.required,
                generated=row.hidden in (2, 3),
                default=row.dflt_value,
            )
        )
        if row.pk:
            keys.setdefault(row.tbl, {})[row.pk] = row.name
    for name, columns in keys.items():
        drafts[schema, name].key = tuple(columns[place] for place in sorted(columns))


def _kind(declared: str) -> TypeKind:
    words = declared.upper()
    return next((kind for word, kind in _KINDS if word in words), TypeKind.OTHER)


def _add_indexes(drafts: Drafts, schema: str, rows: Iterable[Row[Any]]) -> None:
    for (name, _), group in groupby(rows, lambda row: (row.tbl, row.name)):
        parts = list(group)
        # Place -1 is the rowid, -2 an expression: neither is a column that can be named.
        columns = tuple(part.column_name if part.cid >= 0 else None for part in parts)
        first = parts[0]
        if first.origin in {"pk", "u"}:
            # made by the table itself, and so of the columns' own collations
            _collate(drafts[schema, name], {part.column_name: part.collation for part in parts})
        drafts[schema, name].indexes.append(
            Index(
                columns,
                unique=bool(first.is_unique),
                primary=first.origin == "pk",
                whole=not first.partial,
                searchable=not first.partial,
            )
        )


def _collate(draft: Draft, collations: dict[str, str]) -> None:
    draft.columns = [
        replace(column, collation=collations[column.name])
        if collations.get(column.name, "BINARY") != "BINARY"
        else column
        for column in draft.columns
    ]


def _add_key(draft: Draft) -> None:
    """An INTEGER PRIMARY KEY is the rowid: it has no index of its own and is never NULL."""
    if draft.key and not any(index.primary for index in draft.indexes):
        draft.columns = [
            replace(column, nullable=False) if column.name in draft.key else column
            for column in draft.columns
        ]


def _foreign_key(
    drafts: Drafts,
    schema: str,
    parts: list[Row[Any]],
    spelled: dict[str, str],
    columns: dict[str, list[Row[Any]]],
) -> ForeignKey:
    target = spelled.get(parts[0].target.casefold(), parts[0].target)
    there = columns.get(target, [])
    if parts[0].target_column is None:
        keys = sorted((row.pk, row.name) for row in there if row.pk)
        target_columns = tuple(name for _, name in keys)
    else:
        names = {row.name.casefold(): row.name for row in there}
        written = [part.target_column for part in parts]
        target_columns = tuple(names.get(name.casefold(), name) for name in written)
    plain = TableRef(target, None if schema == "main" else schema)
    return ForeignKey(
        columns=tuple(part.source for part in parts),
        target=target_ref(drafts, (schema, target), plain),
        target_columns=target_columns,
        on_delete=parts[0].on_delete.upper(),
    )


def _trigger(name: str, sql: str) -> Trigger:
    match = _TRIGGER.match(sql)
    if match is None:
        return Trigger(name, "", sql)
    timing = " ".join((match["timing"] or "BEFORE").upper().split())
    return Trigger(
        name=name,
        event=f"{timing} {match['event'].upper()}",
        body=match["body"].strip(),
        columns=tuple(_plain(part) for part in re.findall(_NAME, match["columns"] or "")),
        condition=(match["condition"] or "").strip(),
    )


def _plain(name: str) -> str:
    quote = name[0]
    if quote == "[":
        return name[1:-1]
    return name[1:-1].replace(quote * 2, quote) if quote in "\"`'" else name
