"""What in the live schema speaks against a plan, or should be known before it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from cachedeps.actions.context import Context
from cachedeps.db.inspect import references
from cachedeps.domain.finding import Notice, Refusal
from cachedeps.domain.model import ResetKind
from cachedeps.domain.rows import Matches, RowNode, Within
from cachedeps.domain.schema import LiveTable, RelationKind
from cachedeps.sql.statements import Statements, TableTargets, Target

LARGE_TABLE_ROWS = 100_000
HARMLESS = {"NO ACTION", "RESTRICT"}


@dataclass(frozen=True, slots=True)
class Hazards:
    """Notices for people, and refusals that no approval can overrule."""

    notices: tuple[Notice, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a table's target: distinct rows, and rows whose key has a NULL."""

    rows: int
    keyless: int


def hazards(
    context: Context,
    connection: Connection,
    statements: Statements,
    counted: Mapping[str, Seen],
) -> Hazards:
    """Compares the plan's writes with what the database would make of them."""
    refusals = list(schema_refusals(connection, statements))
    notices: list[Notice] = []
    for table in statements.tables():
        live = statements.catalog.table(table.ref)
        if counted[table.name].keyless:
            message = f"{counted[table.name].keyless} target rows of {table.name} have a NULL key"
            refusals.append(Refusal("null-key", message, "give these rows keys first"))
        notices.extend(_triggers(table, live))
        notices.extend(_index(context, connection, statements, table, counted[table.name]))
    return Hazards(tuple(notices), tuple(refusals))


def schema_refusals(connection: Connection, statements: Statements) -> Iterator[Refusal]:
    """What the live schema has against the plan's writes, whatever rows there are."""
    for table in statements.tables():
        live = statements.catalog.table(table.ref)
        yield from _relation(table, live)
        for target in table.targets:
            if target.write.kind is ResetKind.DELETE_ROW:
                yield from _children(connection, statements, table)
            elif target.write.changes_data:
                yield from _column(target, live, table)
                yield from _copies(connection, statements, target, live)
    yield from _refreshes(statements)


def _relation(table: TableTargets, live: LiveTable) -> Iterator[Refusal]:
    if live.kind is not RelationKind.TABLE:
        kind = live.kind.value.replace("_", " ")
        message = f"{table.name} is a {kind}; its columns cannot be reset"
        yield Refusal("not-a-table", message, 'declare the base table, or reset = "refresh"')
    if live.unsafe and any(target.write.changes_data for target in table.targets):
        message = f"a change of {table.name} could not be undone: {live.unsafe}"
        yield Refusal("unsafe-table", message, "nothing of this table can be written by cachedeps")


def _column(target: Target, live: LiveTable, table: TableTargets) -> Iterator[Refusal]:
    column, write = target.live, target.write
    name = f"{write.table}.{column.name}"
    if column.generated:
        message = f"{name} is a generated column; the database computes it"
        yield Refusal("generated-column", message, 'declare it with reset = "none"')
    keys = (live.key, tuple(c.name for c in table.key), *(k.columns for k in live.foreign_keys))
    if any(column.name in key for key in keys):
        message = f"{name} is part of a key; resetting it would cut rows loose"
        yield Refusal("key-column", message, "keys are not caches: take it out of the declaration")
    if write.value is None and not column.nullable:
        message = f"{name} is NOT NULL and cannot be set to NULL"
        hint = 'declare reset = { value = ... }, "mark" or "recompute"'
        yield Refusal("not-null", message, hint)


def _children(
    connection: Connection, statements: Statements, table: TableTargets
) -> Iterator[Refusal]:
    """Rows that go, or lose their link, with a deleted row: none of them would be journaled."""
    for found in references(connection, table.ref, dialect=statements.say.name):
        same = found.table == table.ref
        if not same or found.on_delete not in HARMLESS:
            whose = f"rows of {table.name} itself" if same else f"rows of {found.table}"
            message = f"{whose} refer to {table.name}; deleting would reach them"
            yield Refusal("referenced-rows", message, "reset the column instead of the row")


def _copies(
    connection: Connection, statements: Statements, target: Target, live: LiveTable
) -> Iterator[Refusal]:
    """Foreign keys to the cache itself: their columns would follow, or stop the write."""
    column = target.live.name
    if not any(column in columns for columns in (*live.unique, *live.indexed)):
        # nothing can refer to a column without an index
        return
    for found in references(connection, live.ref, dialect=statements.say.name):
        if column in found.columns:
            message = f"rows of {found.table} refer to {target.write.table}.{column}"
            hint = "keys are not caches: take it out of the declaration"
            yield Refusal("key-column", message, hint)


def _triggers(table: TableTargets, live: LiveTable) -> Iterator[Notice]:
    kinds = {t.write.kind for t in table.targets if t.write.changes_data}
    events = {"DELETE" if kind is ResetKind.DELETE_ROW else "UPDATE" for kind in kinds}
    for trigger in live.triggers:
        if any(event in trigger.event.upper() for event in events):
            message = f"trigger {trigger.name} ({trigger.event}) on {table.name} will fire"
            yield Notice("trigger", message)
    for column in live.columns if "UPDATE" in events else ():
        if "on update" in (column.default or "").lower():
            message = f"every UPDATE of {table.name} sets {column.name} ({column.default})"
            yield Notice("trigger", message)


def _index(
    context: Context,
    connection: Connection,
    statements: Statements,
    table: TableTargets,
    counted: Seen,
) -> Iterator[Notice]:
    """A scope that has to read a large table for few rows is slow without an index."""
    used = {name for node in statements.plan.rows for name in _filtered(node)}
    live = statements.catalog.table(table.ref)
    used &= {column.name for column in live.columns}
    leading = {columns[0] for columns in live.indexed if columns}
    if not used or used & leading:
        return
    rows = context.session.dialect.estimated_rows(connection, table.ref)
    if rows >= LARGE_TABLE_ROWS and counted.rows * 10 < rows:
        columns = ", ".join(sorted(used))
        message = f"no index of {table.name} starts with {columns}: about {rows:,} rows are read"
        yield Notice("missing-index", message)


def _filtered(node: RowNode) -> tuple[str, ...]:
    if isinstance(node, Matches):
        return node.predicate.columns
    return (node.column,) if isinstance(node, Within) else ()


def _refreshes(statements: Statements) -> Iterator[Refusal]:
    for write in statements.refreshes():
        live = statements.catalog.table(write.ref)
        if statements.say.refresh(write.ref) is None:
            message = f"{statements.say.name} has no materialized views to refresh"
            yield Refusal("no-refresh", message, "declare another reset")
        elif live.kind is not RelationKind.MATERIALIZED_VIEW:
            message = f"{write.ref} is no materialized view and cannot be refreshed"
            yield Refusal("no-refresh", message, "declare another reset")
