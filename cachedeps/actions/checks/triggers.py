"""What else changes when a cache is reset, and who else writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachedeps.actions.checks.effects import Effect, effects, fires_on_update_of
from cachedeps.actions.checks.subject import Subject, key_of, key_of_cache
from cachedeps.domain.finding import Finding
from cachedeps.domain.model import Cache, ResetKind, Table
from cachedeps.domain.schema import LiveTable, Trigger, TypeKind
from cachedeps.render import toml_text

_TOUCH_NAME = re.compile(r"updated|modified|changed|touched|revision|lock_version|_(at|on)$", re.I)
_TIMES = frozenset({TypeKind.TIMESTAMP, TypeKind.TIMESTAMP_ZONED, TypeKind.DATE})
_UPDATES = frozenset({ResetKind.NULL, ResetKind.VALUE, ResetKind.MARK})


def check_triggers(subject: Subject) -> Iterator[Finding]:
    """Triggers that write a cache, and columns that move whenever a cache is reset."""
    seen = set()
    for table, live in subject.tables():
        for trigger in live.triggers:
            for effect in effects(trigger):
                for cache in _written(subject, table, effect):
                    if (trigger.name, cache.node) not in seen:
                        seen.add((trigger.name, cache.node))
                        yield _writes_cache(subject, live, trigger, cache)
        yield from _touches(subject, table, live)


def _written(subject: Subject, table: Table, effect: Effect) -> Iterator[Cache]:
    for other in subject.declaration.tables:
        same = other is table if effect.table is None else _same(other.ref.name, effect.table)
        if same:
            for cache in other.caches:
                if _same(cache.column, effect.column) and cache.reset.kind is not ResetKind.NONE:
                    yield cache


def _same(left: str, right: str) -> bool:
    return left.casefold() == right.casefold()


def _writes_cache(subject: Subject, live: LiveTable, trigger: Trigger, cache: Cache) -> Finding:
    message = (
        f"trigger {trigger.name} on {live.ref} ({trigger.event}) writes {cache.node}: "
        "a reset of ours and the trigger would work against each other"
    )
    fix = (
        'if the trigger keeps it up to date, declare reset = "none"; '
        "else take the column out of the trigger"
    )
    return subject.finding("trigger-writes-cache", key_of_cache(cache), message, fix)


def _touches(subject: Subject, table: Table, live: LiveTable) -> Iterator[Finding]:
    written = _reset_columns(table)
    if not written:
        return
    kept = {column.casefold() for column in (*table.not_caches, *written)}
    kept |= {cache.column.casefold() for cache in table.caches}
    for trigger in live.triggers:
        if any(fires_on_update_of(trigger, column) for column in written):
            bumped = [
                effect
                for effect in effects(trigger)
                if effect.column.casefold() not in kept and _is_touch(table, live, effect)
            ]
            if bumped:
                yield _bumps(subject, table, live, trigger, bumped)
    for column in live.columns:
        moves = column.default is not None and "on update" in column.default.lower()
        if moves and column.name.casefold() not in kept:
            message = f"{live.ref}.{column.name} moves whenever a row is updated, by a reset too"
            listed = toml_text.strings([*table.not_caches, column.name])
            fix = f"accept it with not_caches = {listed}, or let the application set the column"
            yield subject.finding("reset-touches-row", key_of(table), message, fix)


def _reset_columns(table: Table) -> tuple[str, ...]:
    columns = []
    for cache in table.caches:
        if cache.reset.kind in _UPDATES:
            mark = cache.mark_column if cache.reset.kind is ResetKind.MARK else None
            columns.append(mark or cache.column)
    return tuple(dict.fromkeys(columns))


def _is_touch(table: Table, live: LiveTable, effect: Effect) -> bool:
    own = effect.table is None or _same(effect.table, live.ref.name)
    if _TOUCH_NAME.search(effect.column):
        return True
    column = next((c for c in live.columns if _same(c.name, effect.column)), None)
    stamps = {stamp.column for cache in table.caches for stamp in cache.stamps}
    declared = {*stamps, table.time, *(cache.computed_at for cache in table.caches)}
    return own and column is not None and (column.kind in _TIMES or column.name in declared)


def _bumps(
    subject: Subject, table: Table, live: LiveTable, trigger: Trigger, bumped: list[Effect]
) -> Finding:
    names = ", ".join(f"{e.table or live.ref.name}.{e.column}" for e in bumped)
    condition = f" where {trigger.condition}" if trigger.condition else ""
    message = (
        f"trigger {trigger.name} on {live.ref} ({trigger.event}{condition}) writes {names} "
        "when a cache is reset: whoever watches that column takes the reset for a change"
    )
    own = [e.column for e in bumped if e.table is None or _same(e.table, live.ref.name)]
    return subject.finding("reset-touches-row", key_of(table), message, _fix(*own))


def _fix(*columns: str) -> str:
    limit = "let the trigger watch only the columns that it is about (UPDATE OF ...)"
    if not columns:
        return limit
    listed = ", ".join(toml_text.string(column) for column in columns)
    return f"{limit}, or accept it with not_caches = [{listed}]"
