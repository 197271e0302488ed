"""Every table and column that a declaration names, and where it names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cachedeps.actions.checks.subject import dotted, key_of, key_of_cache
from cachedeps.domain.model import (
    Cache,
    Condition,
    CounterTable,
    Declaration,
    Equality,
    KeyWindow,
    OwnerPath,
    Predicate,
    RecoverySource,
    Table,
    TableRef,
    Term,
    Via,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A table, or a column of it, that the declaration names at ``key``.

    ``implied`` stands for a column that is not named: the table's single key column.
    ``in_sql`` names are read by the database, which may ignore case.
    """

    table: TableRef
    key: str
    role: str
    column: str | None = None
    implied: bool = False
    in_sql: bool = False


def tables_of(declaration: Declaration) -> tuple[TableRef, ...]:
    """Every table that the declaration names, each once."""
    return tuple(dict.fromkeys(mention.table for mention in mentions(declaration)))


def mentions(declaration: Declaration) -> Iterator[Mention]:
    """Every table and column that the declaration names."""
    for upstream in declaration.upstreams:
        if upstream.source is None:
            continue
        source, key = upstream.source, dotted("upstreams", upstream.name)
        yield Mention(source.table, key, "source table")
        for column in source.columns:
            yield Mention(source.table, f"{key}.columns", "source column", column)
        if source.changed_at:
            yield Mention(source.table, f"{key}.changed_at", "changed_at", source.changed_at)
    for table in declaration.tables:
        yield Mention(table.ref, key_of(table), "table")
        yield from _of_table(table)
        for cache in table.caches:
            yield from _of_cache(cache, table.ref)


def _of_table(table: Table) -> Iterator[Mention]:
    ref = table.ref
    if table.owner is not None:
        yield from _of_owner(table.owner, ref, key_of(table, "owner"))
    if table.time:
        yield Mention(ref, key_of(table, "time"), "time", table.time)
    for column in table.key:
        yield Mention(ref, key_of(table, "key"), "key", column)
    for column in table.not_caches:
        yield Mention(ref, key_of(table, "not_caches"), "not_caches", column)
    for reference in table.references:
        column = reference.partition("->")[0].strip()
        yield Mention(ref, key_of(table, "references"), "references", column)
    yield from _of_predicate(table.test_rows, ref, key_of(table, "test_rows"), "test_rows")
    key = key_of(table, "test_rows_conflict")
    yield from _of_condition(table.test_rows_conflict, ref, key, "test_rows_conflict")
    for window in table.key_windows:
        yield from _of_window(window, ref, key_of(table, "key_windows", window.name))


def _of_window(window: KeyWindow, ref: TableRef, key: str) -> Iterator[Mention]:
    yield from _of_predicate(window.rows, ref, f"{key}.rows", "rows")
    counter = window.sequence
    if isinstance(counter, CounterTable):
        key = f"{key}.sequence"
        yield Mention(counter.table, key, "counter")
        yield Mention(counter.table, key, "counter", counter.value)
        yield from _of_predicate(counter.where, counter.table, key, "counter")


def _of_cache(cache: Cache, ref: TableRef) -> Iterator[Mention]:
    yield Mention(ref, key_of_cache(cache), "cache", cache.column)
    for stamp in cache.stamps:
        yield Mention(ref, key_of_cache(cache, "stamp"), "stamp", stamp.column)
    if cache.computed_at:
        key = key_of_cache(cache, "computed_at")
        yield Mention(ref, key, "computed_at", cache.computed_at)
    yield from _of_condition(cache.rows, ref, key_of_cache(cache, "rows"), "rows")
    for edge in cache.edges:
        key = key_of_cache(cache, "depends_on")
        yield from _of_condition(edge.when, ref, key, "when")
        yield from _of_via(edge.via, ref, key)
    if cache.recovery is not None:
        yield from _of_recovery(cache.recovery, ref, key_of_cache(cache, "recovery"))


def _of_recovery(source: RecoverySource, ref: TableRef, key: str) -> Iterator[Mention]:
    there = source.table
    yield Mention(there, key, "recovery table")
    yield Mention(there, key, "recovery value", source.value)
    for log_column, own_column in source.match:
        yield Mention(there, key, "recovery match", log_column)
        yield Mention(ref, key, "recovery match", own_column)
    for column in source.latest:
        yield Mention(there, key, "recovery latest", column)
    yield from _of_predicate(source.where, there, key, "recovery where")
    yield from _of_predicate(source.complete, there, key, "recovery complete")


def _of_owner(owner: OwnerPath, ref: TableRef, key: str) -> Iterator[Mention]:
    yield from _of_equalities(owner.equalities, ref, key, "owner")
    yield _of_term(owner.label, ref, key, "owner")
    yield from _of_predicate(owner.where, owner.label.table or ref, key, "owner where")


def _of_condition(
    condition: Condition | None, ref: TableRef, key: str, role: str
) -> Iterator[Mention]:
    if condition is not None:
        yield from _of_via(condition.via, ref, key)
        there = condition.via.target if condition.via else ref
        yield from _of_predicate(condition.predicate, there, key, role)


def _of_via(via: Via | None, ref: TableRef, key: str) -> Iterator[Mention]:
    if via is not None:
        yield Mention(via.target, key, "via")
        yield from _of_equalities(via.equalities, ref, key, "via")


def _of_equalities(
    equalities: Iterable[Equality], ref: TableRef, key: str, role: str
) -> Iterator[Mention]:
    for equality in equalities:
        yield _of_term(equality.left, ref, key, role)
        yield _of_term(equality.right, ref, key, role)


def _of_term(term: Term, ref: TableRef, key: str, role: str) -> Mention:
    return Mention(term.table or ref, key, role, term.column, implied=term.column is None)


def _of_predicate(
    predicate: Predicate | None, ref: TableRef, key: str, role: str
) -> Iterator[Mention]:
    for column in predicate.columns if predicate else ():
        yield Mention(ref, key, role, column, in_sql=True)
