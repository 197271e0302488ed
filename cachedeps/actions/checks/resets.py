"""Can each cache be reset in the way that is declared?"""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.actions.checks.subject import Subject, key_of_cache
from cachedeps.domain.finding import Finding
from cachedeps.domain.model import Cache, ResetKind
from cachedeps.domain.schema import LiveColumn, LiveTable, RelationKind, TypeKind

_NUMBERS = frozenset({TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.DECIMAL, TypeKind.BOOLEAN})
_NEVER_NUMBERS = frozenset(
    {TypeKind.DATE, TypeKind.TIMESTAMP, TypeKind.TIMESTAMP_ZONED, TypeKind.UUID, TypeKind.BYTES}
)


def check_resets(subject: Subject) -> Iterator[Finding]:
    """Resets that the live column or table cannot take."""
    for cache, live, column in subject.caches():
        if cache.reset.kind is ResetKind.NONE:
            continue
        if cache.reset.kind is ResetKind.REFRESH or live.kind is not RelationKind.TABLE:
            yield from _relation(subject, cache, live)
        elif column.generated:
            yield _generated(subject, cache)
        else:
            yield from _column(subject, cache, live, column)


def _relation(subject: Subject, cache: Cache, live: LiveTable) -> Iterator[Finding]:
    kind = cache.reset.kind
    key = key_of_cache(cache, "reset")
    if live.kind is RelationKind.MATERIALIZED_VIEW:
        if kind is not ResetKind.REFRESH:
            message = f"{live.ref} is a materialized view: its cells cannot be updated"
            yield subject.finding(
                "materialized-view-reset", key, message, 'declare reset = "refresh"'
            )
    elif kind is ResetKind.REFRESH:
        message = f"{live.ref} is no materialized view, so it cannot be refreshed"
        fix = 'declare another reset, such as "null" or "recompute"'
        yield subject.finding("refresh-of-table", key, message, fix)
    elif kind is not ResetKind.RECOMPUTE:
        message = f"{live.ref} is a view: it stores nothing that could be reset"
        fix = 'declare the table that stores the value, or reset = "none"'
        yield subject.finding("view-reset", key, message, fix)


def _generated(subject: Subject, cache: Cache) -> Finding:
    message = f"{cache.node} is a generated column: the database computes it and allows no write"
    fix = 'declare reset = "none"; it is then kept, and passes staleness on'
    return subject.finding("generated-column", key_of_cache(cache, "reset"), message, fix)


def _column(
    subject: Subject, cache: Cache, live: LiveTable, column: LiveColumn
) -> Iterator[Finding]:
    key = key_of_cache(cache, "reset")
    yield from _key_column(subject, cache, live)
    if cache.reset.kind is ResetKind.NULL and not column.nullable:
        message = f"{cache.node} is NOT NULL, so it cannot be reset to NULL"
        yield subject.finding("not-null-reset", key, message, _alternatives(cache))
    if cache.reset.kind is ResetKind.VALUE:
        yield from _value(subject, cache, live, column)
    if cache.reset.kind is ResetKind.MARK:
        yield from _mark(subject, cache, live)


def _alternatives(cache: Cache) -> str:
    options = ['reset = { value = ... } where a value means "empty"']
    if cache.mark_column:
        options.append('reset = "mark" (keep the value, empty its stamp)')
    options.append('reset = "recompute" (write nothing, hand the keys over)')
    options.append('reset = "delete_row" where the row holds nothing else')
    return "declare " + ", or ".join(options)


def _key_column(subject: Subject, cache: Cache, live: LiveTable) -> Iterator[Finding]:
    foreign = next((f for f in live.foreign_keys if cache.column in f.columns), None)
    if cache.column in live.key:
        message = f"{cache.node} belongs to the primary key of {live.ref}: it identifies rows"
    elif foreign is not None:
        message = f"{cache.node} is a foreign key to {foreign.target}: it links rows"
    else:
        return
    fix = 'take it out, or declare reset = "none" if the database itself maintains it'
    yield subject.finding("key-column", key_of_cache(cache), message, fix)


def _value(
    subject: Subject, cache: Cache, live: LiveTable, column: LiveColumn
) -> Iterator[Finding]:
    key = key_of_cache(cache, "reset")
    value = cache.reset.value
    text_in_number = isinstance(value, str) and column.kind in _NUMBERS
    number_elsewhere = not isinstance(value, str) and column.kind in _NEVER_NUMBERS
    if text_in_number or number_elsewhere:
        message = f"the reset value {value!r} does not fit {cache.node}, which is {column.type}"
        fix = f"give a value that {column.type} can hold"
        yield subject.finding("reset-value-type", key, message, fix)
    if (cache.column,) in live.unique:
        message = f"{cache.node} is unique: only one row could be reset to {value!r}"
        fix = 'declare reset = "null" or "recompute"'
        yield subject.finding("reset-value-unique", key, message, fix)


def _mark(subject: Subject, cache: Cache, live: LiveTable) -> Iterator[Finding]:
    stamp = live.column(cache.mark_column) if cache.mark_column else None
    if stamp is None or (stamp.nullable and not stamp.generated):
        return
    why = "a generated column" if stamp.generated else "NOT NULL"
    message = f"reset = mark empties the stamp {stamp.name} of {cache.node}, but that is {why}"
    fix = 'make the stamp nullable, or declare reset = "null" or "recompute"'
    yield subject.finding("mark-not-null", key_of_cache(cache, "reset"), message, fix)
