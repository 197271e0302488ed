"""What speaks against a run, or should be known before it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from cachedeps.actions.closures.survey import Bound, Survey, live_tables
from cachedeps.actions.context import Context
from cachedeps.actions.hazards import Hazards
from cachedeps.db.inspect import references
from cachedeps.domain.closure import is_delete
from cachedeps.domain.finding import Notice, Refusal
from cachedeps.domain.model import ResetKind
from cachedeps.domain.schema import LiveTable
from cachedeps.parse.foreign.tree import Verb

SAFE = frozenset({"NO ACTION", "RESTRICT", ""})


def hazards(context: Context, connection: Connection, bound: Bound, seen: Survey) -> Hazards:
    """Compares what a statement would do with what could be undone.

    Args:
        context: the declaration and the open database.
        connection: a connection inside a transaction; only the catalog is read.
        bound: the statement and its tables.
        seen: its rows, and what hangs on them.
    """
    refusals = [*_tables(bound, seen), *_standing_in_the_way(seen)]
    if bound.frozen.splice.verb is Verb.DELETE:
        refusals += _switched_off(context, connection, bound)
    else:
        refusals += _keys_move(context, connection, bound)
        refusals += _pages(connection, bound, seen)
    return Hazards(tuple(_notices(context, bound, seen)), tuple(refusals))


def _touched(bound: Bound, seen: Survey) -> Iterator[LiveTable]:
    names = {effect.table for effect in seen.effects}
    for live in live_tables(bound):
        if bound.network.names[live.ref] in names:
            yield live


def _tables(bound: Bound, seen: Survey) -> Iterator[Refusal]:
    for live in _touched(bound, seen):
        if live.unsafe:
            message = f"a change of {live.ref} could not be undone: {live.unsafe}"
            yield Refusal(
                "unsafe-table", message, "nothing of this table can be written by cachedeps"
            )


def _standing_in_the_way(seen: Survey) -> Iterator[Refusal]:
    for link, rows in seen.kept:
        message = f"{rows} rows of {link.child} refer to rows that would go ({link})"
        hint = "delete these first, or, where other rows of the statement take them along, give --page-rows"
        yield Refusal("referenced-rows", message, hint)


def _switched_off(context: Context, connection: Connection, bound: Bound) -> Iterator[Refusal]:
    if bound.network.links and not context.session.dialect.enforces_references(connection):
        message = "foreign keys are switched off for this connection: rows that hang on others would stay behind"
        yield Refusal("foreign-keys-off", message, "switch them on before the connection is bound")


def _keys_move(context: Context, connection: Connection, bound: Bound) -> Iterator[Refusal]:
    """Rows are named by their keys: one that gets another key could not be put back."""
    frozen = bound.frozen
    changed = {write.column for write in bound.plan.writes}
    named = {name.casefold() for name in frozen.splice.assigned}
    key = {column.name for column in frozen.table.key}
    if any(name.casefold() in named for name in key):
        message = f"the key of rows of {frozen.name} would change, by which they are journaled"
        yield Refusal(
            "key-column", message, "insert rows with the new keys, then delete the old ones"
        )
        return
    for found in references(connection, frozen.table.ref, dialect=context.session.dialect.name):
        moved = {c for c in found.columns if c in changed and c.casefold() in named}
        if moved and found.on_update not in SAFE:
            message = f"rows of {found.table} refer to {', '.join(sorted(moved))} and would follow"
            yield Refusal("referenced-rows", message, "change the rows that refer to it first")


def _pages(connection: Connection, bound: Bound, seen: Survey) -> Iterator[Refusal]:
    frozen = bound.frozen
    if frozen.splice.reads_itself and len(seen.pages) > 1:
        message = f"it reads other rows of {frozen.name}, which its first pages would have changed"
        hint = f"run it in one page: --page-rows {seen.rows}"
        yield Refusal("not-in-pages", message, hint)
    if frozen.splice.joined and frozen.matches(connection) > seen.rows:
        message = (
            f"some rows of {frozen.name} meet several joined rows: which value they get is chance"
        )
        yield Refusal("ambiguous-join", message, "choose one joined row for each")


def _notices(context: Context, bound: Bound, seen: Survey) -> Iterator[Notice]:
    yield from _only_copies(context, bound, seen)
    deletes = bound.frozen.splice.verb is Verb.DELETE
    if not deletes and any(page.rows > 1 for page in seen.pages):
        yield from _moving_values(bound)
    for live in _touched(bound, seen):
        gone = any(write.ref == live.ref and is_delete(write) for write in bound.plan.writes)
        for trigger in live.triggers:
            event = "DELETE" if deletes and gone else "UPDATE"
            if event in trigger.event.upper():
                message = f"trigger {trigger.name} ({trigger.event}) on {live.ref} will fire"
                if deletes and not gone:
                    message += "; what it changes in rows that stay is not journaled"
                if not context.session.dialect.counts_writes:
                    message += "; what it does is not measured here, and not undone by restore"
                yield Notice("trigger", message)


def _only_copies(context: Context, bound: Bound, seen: Survey) -> Iterator[Notice]:
    """Rows that would go with the only copy of a value, in whatever table they are."""
    for effect in seen.effects:
        table = context.graph.tables.get(effect.table)
        if table is None or effect.column:
            continue
        changed = {write.column for write in bound.plan.writes if write.kind is ResetKind.NULL}
        deletes = bound.frozen.splice.verb is Verb.DELETE
        names = [
            cache.name
            for cache in table.caches
            if cache.irreplaceable and (deletes or cache.column in changed)
        ]
        if names:
            message = (
                f"{effect.rows} rows of {effect.table} may hold the only copy of "
                f"{' and '.join(names)} (irreplaceable); from then on only the journal has it"
            )
            yield Notice("irreplaceable", message)


def _moving_values(bound: Bound) -> Iterator[Notice]:
    """One row's old value may be another one's new value: in what order do they go back?"""
    live, named = bound.frozen.live, {name.casefold() for name in bound.frozen.splice.assigned}
    unique = {name for names in live.unique if set(names) != set(live.key) for name in names}
    for name in sorted(name for name in unique if name.casefold() in named):
        message = (
            f"{bound.frozen.name}.{name} is unique: where its values move from row to row, a "
            "restore of several at once meets them; --page-rows 1 goes back row by row"
        )
        yield Notice("unique-column", message)
