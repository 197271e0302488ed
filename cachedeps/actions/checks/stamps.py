"""Do stamps and times say what they are declared to say, and what does sharing one cost?"""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.actions.checks.subject import Subject, dotted, key_of, key_of_cache
from cachedeps.domain.finding import Finding
from cachedeps.domain.model import Cache, ResetKind, Stamp, Table, TableRef
from cachedeps.domain.schema import LiveColumn, TypeKind

_TIMES = frozenset({TypeKind.DATE, TypeKind.TIMESTAMP, TypeKind.TIMESTAMP_ZONED})
# SQLite has no types for times: ISO text, or seconds since 1970.
_SQLITE_TIMES = _TIMES | {
    TypeKind.TEXT,
    TypeKind.INTEGER,
    TypeKind.FLOAT,
    TypeKind.DECIMAL,
    TypeKind.OTHER,
}
_INTEGERS = frozenset({TypeKind.INTEGER, TypeKind.DECIMAL})


def check_times(subject: Subject) -> Iterator[Finding]:
    """Columns that are to be compared with an instant, but hold no times."""
    allowed = _SQLITE_TIMES if subject.schema.dialect == "sqlite" else _TIMES
    for ref, name, key in _times(subject):
        live = subject.live(ref)
        column = live.column(name) if live else None
        if column is not None and column.kind not in allowed:
            message = f"{ref}.{name} is {column.type or 'untyped'}: it holds no date or time"
            fix = "name a date or timestamp column"
            yield subject.finding("time-type", key, message, fix)


def _times(subject: Subject) -> Iterator[tuple[TableRef, str, str]]:
    for upstream in subject.declaration.upstreams:
        if upstream.source is not None and upstream.source.changed_at:
            key = dotted("upstreams", upstream.name, "changed_at")
            yield upstream.source.table, upstream.source.changed_at, key
    for table in subject.declaration.tables:
        if table.time:
            yield table.ref, table.time, key_of(table, "time")
        for cache in table.caches:
            if cache.computed_at:
                yield table.ref, cache.computed_at, key_of_cache(cache, "computed_at")


def check_stamps(subject: Subject) -> Iterator[Finding]:
    """Stamps that cannot hold the version, and stamps that caches share."""
    versions = {u.name: u.fresh_versions for u in subject.declaration.upstreams}
    for table, live in subject.tables():
        for cache in table.caches:
            for stamp in cache.stamps:
                column = live.column(stamp.column)
                if column is not None:
                    yield from _type(subject, cache, stamp, column, versions.get(stamp.of, ()))
        yield from _shared(subject, table)


def _type(
    subject: Subject,
    cache: Cache,
    stamp: Stamp,
    column: LiveColumn,
    versions: tuple[int | str, ...],
) -> Iterator[Finding]:
    numbers = [version for version in versions if isinstance(version, int)]
    texts = [version for version in versions if isinstance(version, str)]
    wrong_text = texts and column.kind in _INTEGERS
    wrong_number = numbers and column.kind is TypeKind.TEXT
    undividable = stamp.divide is not None and column.kind not in _INTEGERS
    if wrong_text or wrong_number or undividable:
        version = texts[0] if wrong_text else numbers[0] if numbers else "a number"
        message = (
            f"the stamp {column.name} of {cache.node} is {column.type}, "
            f"but {stamp.of} has the version {version!r}"
        )
        fix = f"write the version of {stamp.of} as the stamp holds it"
        yield subject.finding("stamp-type", key_of_cache(cache, "stamp"), message, fix)


def _shared(subject: Subject, table: Table) -> Iterator[Finding]:
    groups: dict[str, list[Cache]] = {}
    for cache in table.caches:
        for column in dict.fromkeys(stamp.column for stamp in cache.stamps):
            groups.setdefault(column, []).append(cache)
    for column, caches in groups.items():
        if _sharing_costs(caches):
            names = ", ".join(cache.node for cache in caches)
            message = f"{names} share the stamp {column}: {_cost(caches)}"
            fix = "give each of them a stamp column of its own"
            key = key_of_cache(caches[0], "stamp")
            yield subject.finding("shared-stamp", key, message, fix)


def _sharing_costs(caches: list[Cache]) -> bool:
    """Sharing is free where the caches are never stale apart, or never stand in one row."""
    fed = {frozenset((edge.on, edge.when) for edge in cache.edges) for cache in caches}
    return len(fed) > 1 and len({cache.column for cache in caches}) > 1


def _cost(caches: list[Cache]) -> str:
    if any(cache.reset.kind is ResetKind.MARK for cache in caches):
        usd = sum(cache.cost.usd for cache in caches)
        seconds = sum(cache.cost.seconds for cache in caches)
        price = f" ({usd:g} USD and {seconds:g} s a row together)" if usd or seconds else ""
        return (
            f"marking one marks all {len(caches)}, so a fix that reaches one of them is refused "
            f"unless all are planned, and then all are regenerated{price}"
        )
    return "as soon as one of them is regenerated, the others look fresh although they are stale"
