"""Declarations made by hand, for tests that need a graph and no file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cachedeps.domain.model import (
    Cache,
    ColumnRef,
    Condition,
    DatabaseSettings,
    Declaration,
    Edge,
    Predicate,
    Table,
    TableRef,
    Upstream,
    Via,
)

Feeds = Mapping[str, Iterable[str | Edge]]


def declare(upstreams: Feeds, tables: Mapping[str, Feeds] | None = None) -> Declaration:
    """``{"analytics": ["pose_model"]}, {"uploads": {"metrics": ["analytics"]}}``."""
    return declaration_of(
        [Upstream(name, edges=edges(feeds)) for name, feeds in upstreams.items()],
        [
            Cache(table, name, name, edges=edges(feeds))
            for table, caches in (tables or {}).items()
            for name, feeds in caches.items()
        ],
    )


def declaration_of(upstreams: Iterable[Upstream], caches: Iterable[Cache]) -> Declaration:
    """A declaration with these nodes; tables are made for the caches."""
    by_table: dict[str, list[Cache]] = {}
    for cache in caches:
        by_table.setdefault(cache.table, []).append(cache)
    tables = tuple(Table(n, TableRef(n), caches=tuple(c)) for n, c in by_table.items())
    return Declaration(DatabaseSettings(), tuple(upstreams), tables)


def edges(feeds: Iterable[str | Edge]) -> tuple[Edge, ...]:
    return tuple(feed if isinstance(feed, Edge) else Edge(feed) for feed in feeds)


def chain(length: int) -> Declaration:
    """One upstream ``n0`` and a chain of caches ``t.n1 .. t.n<length - 1>`` behind it."""
    caches = {"n1": ["n0"]} | {f"n{i}": [f"t.n{i - 1}"] for i in range(2, length)}
    return declare({"n0": []}, {"t": caches})


def diamonds(count: int) -> Declaration:
    """``count`` diamonds one behind the other: 2 ** count paths from ``s`` to the last join."""
    caches: dict[str, list[str]] = {}
    top = "s"
    for i in range(count):
        caches |= {f"a{i}": [top], f"b{i}": [top], f"j{i}": [f"t.a{i}", f"t.b{i}"]}
        top = f"t.j{i}"
    return declare({"s": []}, {"t": caches})


def when(text: str, via: str = "") -> Condition:
    """A condition as the file would give it, its columns left unparsed."""
    there = Via(TableRef("other"), text=via) if via else None
    return Condition(Predicate(text, (ColumnRef(text),)), there)


def through(text: str, target: str = "other") -> Via:
    return Via(TableRef(target), text=text, every=text == "all")
