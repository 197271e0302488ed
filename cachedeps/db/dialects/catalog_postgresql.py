"""What PostgreSQL's catalog says of tables: five queries, however many tables are asked for."""

from __future__ import annotations

from collections.abc import Iterable
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

Drafts = dict[int, Draft]

_RELATIONS = {
    "r": RelationKind.TABLE,
    "p": RelationKind.TABLE,
    "f": RelationKind.TABLE,
    "v": RelationKind.VIEW,
    "m": RelationKind.MATERIALIZED_VIEW,
}

_KINDS = {
    "int2": TypeKind.INTEGER,
    "int4": TypeKind.INTEGER,
    "int8": TypeKind.INTEGER,
    "float4": TypeKind.FLOAT,
    "float8": TypeKind.FLOAT,
    "numeric": TypeKind.DECIMAL,
    "bool": TypeKind.BOOLEAN,
    "text": TypeKind.TEXT,
    "varchar": TypeKind.TEXT,
    "bpchar": TypeKind.TEXT,
    "name": TypeKind.TEXT,
    "citext": TypeKind.TEXT,
    "bytea": TypeKind.BYTES,
    "uuid": TypeKind.UUID,
    "date": TypeKind.DATE,
    "time": TypeKind.TIME,
    "timetz": TypeKind.TIME,
    "timestamp": TypeKind.TIMESTAMP,
    "timestamptz": TypeKind.TIMESTAMP_ZONED,
    "json": TypeKind.JSON,
    "jsonb": TypeKind.JSON,
}

INHERITED = "other tables inherit from it, so that several rows can have one key"

_ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}

# to_regclass follows the search path as a statement would, but it cuts long names: hence the
# comparison with the name itself.
_RESOLVE = text("""
    SELECT asked.schema AS asked_schema, asked.name AS asked_name, CAST(c.oid AS bigint) AS id,
           CAST(c.relkind AS text) AS relkind,
           c.relkind = 'r' AND EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i
                                       WHERE i.inhparent = c.oid) AS inherited
    FROM unnest(CAST(:schemas AS text[]), CAST(:names AS text[]))
         WITH ORDINALITY AS asked (schema, name, place)
    JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(
        CASE WHEN asked.schema IS NULL THEN '' ELSE pg_catalog.quote_ident(asked.schema) || '.' END
        || pg_catalog.quote_ident(asked.name))
    WHERE c.relname = asked.name AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
    ORDER BY asked.place
""")

# A domain is followed down to the type below it. The type's text names the schema of every
# type that is not built in, so that it means the same under any search path.
_COLUMNS = text("""
    WITH RECURSIVE base (type, id, required) AS (
        SELECT t.oid, t.oid, t.typnotnull
        FROM pg_catalog.pg_type t
        WHERE t.oid IN (SELECT a.atttypid FROM pg_catalog.pg_attribute a
                        WHERE a.attrelid = ANY (CAST(:ids AS oid[])))
        UNION ALL
        SELECT b.type, below.oid, b.required OR below.typnotnull
        FROM base b
        JOIN pg_catalog.pg_type t ON t.oid = b.id AND t.typtype = 'd'
        JOIN pg_catalog.pg_type below ON below.oid = t.typbasetype
    )
    SELECT CAST(a.attrelid AS bigint) AS id, a.attname AS name,
           CASE WHEN s.nspname <> 'pg_catalog' AND pg_catalog.pg_type_is_visible(named.oid)
                THEN pg_catalog.quote_ident(s.nspname) || '.' ELSE '' END
               || pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
           below.typname AS base, CAST(below.typtype AS text) AS base_type,
           NOT (a.attnotnull OR b.required) AS nullable,
           a.attgenerated <> '' AS generated, co.collname AS collation,
           pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS "default"
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_type named ON named.oid =
        CASE WHEN t.typtype <> 'd' AND t.typcategory = 'A' AND t.typelem <> 0
             THEN t.typelem ELSE t.oid END
    JOIN pg_catalog.pg_namespace s ON s.oid = named.typnamespace
    JOIN base b ON b.type = a.atttypid
    JOIN pg_catalog.pg_type below ON below.oid = b.id AND below.typtype <> 'd'
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_catalog.pg_collation co
        ON co.oid = a.attcollation AND a.attcollation <> t.typcollation
    WHERE a.attrelid = ANY (CAST(:ids AS oid[])) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum
""")

_INDEXES = text("""
    SELECT CAST(i.indrelid AS bigint) AS id, i.indisprimary AS "primary", i.indisunique AS "unique",
           i.indpred IS NULL AS whole,
           i.indpred IS NULL AND am.amname IN ('btree', 'hash', 'brin') AS searchable,
           ARRAY(SELECT a.attname
                 FROM pg_catalog.generate_series(0, i.indnkeyatts - 1) AS place
                 LEFT JOIN pg_catalog.pg_attribute a
                     ON a.attrelid = i.indrelid AND a.attnum = i.indkey[place] AND a.attnum <> 0
                 ORDER BY place) AS columns
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_am am ON am.oid = c.relam
    WHERE i.indrelid = ANY (CAST(:ids AS oid[])) AND i.indisvalid
    ORDER BY i.indrelid, i.indisprimary DESC, c.relname
""")

# A foreign key to a partitioned table has a child for each partition: those are left out.
_FOREIGN_KEYS = text("""
    SELECT CAST(f.conrelid AS bigint) AS id, CAST(f.confrelid AS bigint) AS target,
           s.nspname AS target_schema, c.relname AS target_name,
           pg_catalog.pg_table_is_visible(c.oid) AS target_visible,
           CAST(f.confdeltype AS text) AS on_delete,
           ARRAY(SELECT a.attname FROM pg_catalog.unnest(f.conkey) WITH ORDINALITY k (n, place)
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.n
                 ORDER BY k.place) AS columns,
           ARRAY(SELECT a.attname FROM pg_catalog.unnest(f.confkey) WITH ORDINALITY k (n, place)
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.n
                 ORDER BY k.place) AS target_columns,
           -- PostgreSQL 15 and later may name some of the columns
           ARRAY(SELECT a.attname FROM pg_catalog.jsonb_array_elements_text(
                     nullif(pg_catalog.to_jsonb(f) -> 'confdelsetcols', 'null')) AS k (n)
                 JOIN pg_catalog.pg_attribute a
                     ON a.attrelid = f.conrelid AND a.attnum = CAST(k.n AS integer)
                 ORDER BY a.attnum) AS sets
    FROM pg_catalog.pg_constraint f
    JOIN pg_catalog.pg_class c ON c.oid = f.confrelid
    JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_constraint parent ON parent.oid = f.conparentid
    WHERE f.contype = 'f' AND f.conrelid = ANY (CAST(:ids AS oid[]))
      AND (parent.oid IS NULL OR parent.conrelid <> f.conrelid)
    ORDER BY f.conrelid, f.conname
""")

# A key that points to a partitioned table has a copy for each partition.
_REFERENCES = text("""
    SELECT DISTINCT s.nspname AS schema, c.relname AS name,
           pg_catalog.pg_table_is_visible(c.oid) AS visible,
           CAST(f.confdeltype AS text) AS on_delete, CAST(f.confupdtype AS text) AS on_update,
           ARRAY(SELECT a.attname FROM pg_catalog.unnest(f.confkey) WITH ORDINALITY k (n, place)
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.n
                 ORDER BY k.place) AS columns
    FROM pg_catalog.pg_constraint f
    JOIN pg_catalog.pg_class c ON c.oid = f.conrelid
    JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
    WHERE f.contype = 'f' AND NOT c.relispartition
      AND (f.confrelid = CAST(:id AS oid) OR f.confrelid IN
           (SELECT relid FROM pg_catalog.pg_partition_tree(CAST(CAST(:id AS oid) AS regclass))))
    ORDER BY s.nspname, c.relname
""")

_TRIGGERS = text("""
    SELECT CAST(t.tgrelid AS bigint) AS id, t.tgname AS name, CAST(t.tgtype AS integer) AS bits,
           p.prosrc AS body, pg_catalog.pg_get_triggerdef(t.oid) AS definition,
           t.tgqual IS NOT NULL AS conditional,
           ARRAY(SELECT a.attname FROM pg_catalog.pg_attribute a
                 WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr)
                 ORDER BY a.attnum) AS columns
    FROM pg_catalog.pg_trigger t
    JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgrelid = ANY (CAST(:ids AS oid[])) AND NOT t.tgisinternal AND t.tgenabled <> 'D'
    ORDER BY t.tgrelid, t.tgname
""")

# Tables of extensions and single partitions are nobody's to declare.
_LIST = text("""
    SELECT s.nspname AS schema, c.relname AS name, pg_catalog.pg_table_is_visible(c.oid) AS visible
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND NOT c.relispartition
      AND s.nspname NOT IN ('pg_catalog', 'information_schema') AND s.nspname !~ '^pg_(toast|temp)'
      AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                      WHERE d.classid = CAST('pg_catalog.pg_class' AS regclass)
                        AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY s.nspname, c.relname
""")


# A name means a sequence, or a table, whose key column owns one.
_SEQUENCE = text("""
    SELECT n.nspname AS schema, c.relname AS name, s.seqincrement AS step, s.seqcache AS block,
           s.seqmin AS lowest, s.seqmax AS highest, s.seqcycle AS cycles
    FROM pg_catalog.pg_class asked
    JOIN pg_catalog.pg_sequence s ON s.seqrelid = asked.oid OR s.seqrelid IN (
        SELECT d.objid FROM pg_catalog.pg_depend d
        JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.refobjid = asked.oid AND a.attname = :column AND d.deptype IN ('a', 'i')
          AND d.classid = CAST('pg_catalog.pg_class' AS regclass))
    JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE asked.relname = :name AND asked.oid = pg_catalog.to_regclass(
        CASE WHEN CAST(:schema AS text) IS NULL THEN ''
             ELSE pg_catalog.quote_ident(:schema) || '.' END || pg_catalog.quote_ident(:name))
""")


def list_tables(connection: Connection, schemas: tuple[str, ...]) -> tuple[Listed, ...]:
    """The tables and views of ``schemas``, or of the search path where none are named."""
    found = [Listed(r.schema, r.name, r.visible) for r in connection.execute(_LIST)]
    if schemas:
        return tuple(listed for listed in found if listed.schema in schemas)
    return tuple(listed for listed in found if listed.default)


def list_schemas(connection: Connection) -> tuple[str, ...]:
    """The schemas that hold tables of users."""
    return tuple(dict.fromkeys(row.schema for row in connection.execute(_LIST)))


def broken_references(_connection: Connection, _refs: Iterable[TableRef]) -> tuple[TableRef, ...]:
    """None: PostgreSQL always enforces foreign keys."""
    return ()


def references(connection: Connection, ref: TableRef) -> tuple[Reference, ...]:
    """The foreign keys of any schema that point to the table ``ref``."""
    rows = [
        row
        for place in _resolve(connection, (ref,))
        for row in connection.execute(_REFERENCES, {"id": place})
    ]
    return tuple(
        Reference(
            table=TableRef(row.name, None if row.visible else row.schema),
            columns=tuple(row.columns),
            on_delete=_ACTIONS[row.on_delete],
            on_update=_ACTIONS[row.on_update],
        )
        for row in rows
    )


def read_sequence(connection: Connection, ref: TableRef, key: str) -> LiveSequence | None:
    """The sequence ``ref``, or that of the column ``key`` of the table ``ref``."""
    asked = {"schema": ref.schema, "name": ref.name, "column": key}
    row = connection.execute(_SEQUENCE, asked).first()
    if row is None:
        return None
    state = sa.table(row.name, sa.column("last_value"), sa.column("is_called"), schema=row.schema)
    last, is_called = connection.execute(sa.select(state)).one()
    ahead = last + row.step if is_called else last
    # of a block that a session has set aside, the last number alone is known
    first = ahead - row.step * (row.block - 1) if is_called else ahead
    limit = row.highest if row.step > 0 else row.lowest
    return LiveSequence(first, ahead, row.step, None if row.cycles else limit)


def read_tables(connection: Connection, refs: Iterable[TableRef]) -> tuple[LiveTable, ...]:
    """Everything known about the tables and views that ``refs`` resolve to."""
    drafts = _resolve(connection, tuple(dict.fromkeys(refs)))
    if drafts:
        ids = {"ids": list(drafts)}
        for row in connection.execute(_COLUMNS, ids):
            drafts[row.id].columns.append(_column(row))
        for row in connection.execute(_INDEXES, ids):
            _add_index(drafts[row.id], row)
        for row in connection.execute(_FOREIGN_KEYS, ids):
            drafts[row.id].foreign_keys.append(_foreign_key(drafts, row))
        for row in connection.execute(_TRIGGERS, ids):
            drafts[row.id].triggers.append(_trigger(row))
    return finished(drafts)


def _resolve(connection: Connection, refs: tuple[TableRef, ...]) -> Drafts:
    asked = {"schemas": [ref.schema for ref in refs], "names": [ref.name for ref in refs]}
    drafts: Drafts = {}
    for row in connection.execute(_RESOLVE, asked):
        draft = drafts.setdefault(row.id, Draft([], _RELATIONS[row.relkind]))
        draft.refs.append(TableRef(row.asked_name, row.asked_schema))
        draft.unsafe = INHERITED if row.inherited else ""
    return drafts


def _column(row: Row[Any]) -> LiveColumn:
    known = row.base_type == "b"
    return LiveColumn(
        name=row.name,
        type=row.type,
        kind=_KINDS.get(row.base, TypeKind.OTHER) if known else TypeKind.OTHER,
        nullable=row.nullable,
        generated=row.generated,
        collation=row.collation,
        default=row.default,
    )


def _add_index(draft: Draft, row: Row[Any]) -> None:
    columns = tuple(row.columns)
    draft.indexes.append(Index(columns, row.unique, row.primary, row.whole, row.searchable))
    if row.primary:
        draft.key = columns


def _foreign_key(drafts: Drafts, row: Row[Any]) -> ForeignKey:
    plain = TableRef(row.target_name, None if row.target_visible else row.target_schema)
    return ForeignKey(
        columns=tuple(row.columns),
        target=target_ref(drafts, row.target, plain),
        target_columns=tuple(row.target_columns),
        on_delete=_ACTIONS[row.on_delete],
        sets=tuple(row.sets),
    )


def _trigger(row: Row[Any]) -> Trigger:
    timing = "BEFORE" if row.bits & 2 else "INSTEAD OF" if row.bits & 64 else "AFTER"
    events = [
        name
        for bit, name in ((4, "INSERT"), (8, "DELETE"), (16, "UPDATE"), (32, "TRUNCATE"))
        if row.bits & bit
    ]
    # The definition ends in the function's call, whose arguments may name columns.
    before, _, call = row.definition.rpartition(" EXECUTE ")
    return Trigger(
        name=row.name,
        event=f"{timing} {' OR '.join(events)}",
        body=f"{call}\n{row.body}",
        columns=tuple(row.columns),
        condition=before.partition(" WHEN ")[2] if row.conditional else "",
    )
