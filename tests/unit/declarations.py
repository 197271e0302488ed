"""Declarations made by hand, for tests that need a graph and no file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cachedeps.domain.model import (
    Cache,
    ColumnRef,
    Condition,
    Cost,
    DatabaseSettings,
    Declaration,
    Edge,
    Predicate,
    Reset,
    ResetKind,
    Source,
    Stamp,
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


def deaf(on: str, *names: str) -> Edge:
    return Edge(on, deaf_to=frozenset(names))


def every_kind() -> Declaration:
    """Every kind of node and edge that a picture tells apart."""
    return declaration_of(
        [
            Upstream("pose_model"),
            Upstream("analytics", edges=(Edge("pose_model"),), version=7),
            Upstream("diagnosis_llm"),
            Upstream("plan_llm"),
            Upstream("post_text", source=Source(TableRef("posts"), ("raw",), "changed_at")),
            Upstream("avatars"),
            Upstream("remote_fetch"),
        ],
        [
            Cache(
                "uploads",
                "rotation_metrics",
                "rotation_metrics",
                edges=(Edge("analytics"),),
                stamps=(Stamp("rotation_version", "analytics"),),
            ),
            Cache(
                "uploads",
                "diagnosis_text",
                "diagnosis_text",
                edges=(Edge("diagnosis_llm"),),
                irreplaceable=True,
                cost=Cost(0.04, 20),
            ),
            Cache(
                "uploads",
                "training_plan",
                "training_plan",
                edges=edges(["plan_llm", "uploads.diagnosis_text"]),
                reset=Reset(ResetKind.VALUE, ""),
            ),
            Cache(
                "posts",
                "cooked",
                "cooked",
                edges=(Edge("post_text", via=through("id = posts.id")), Edge("avatars")),
                reset=Reset(ResetKind.MARK),
                computed_at="cooked_at",
            ),
            Cache(
                "embeddings",
                "vector",
                "vector",
                edges=(
                    Edge(
                        "posts.cooked",
                        via=through("post_id -> posts.id", "posts"),
                        deaf_to=frozenset({"avatars"}),
                    ),
                ),
                reset=Reset(ResetKind.DELETE_ROW),
            ),
            Cache(
                "accounts",
                "remote_statuses",
                "statuses_count",
                edges=(Edge("remote_fetch", when=when("domain IS NOT NULL")),),
                rows=when("domain IS NOT NULL"),
                reset=Reset(ResetKind.RECOMPUTE),
            ),
            Cache(
                "accounts",
                "score",
                "score",
                edges=(Edge("accounts.remote_statuses", via=through("all")),),
            ),
        ],
    )


ODD = 'we"ird\\n <b>&amp; {x|y} \n\x1b[31m ü 日本語 %d %%{'


def odd_names() -> Declaration:
    """Names that mean something to whoever does not escape them."""
    condition = when("""a = 'x\\n' AND b <> "q" --> c""")
    return declaration_of(
        [Upstream("a_name_that_is_far_too_long_to_be_read_in_one_line_" * 4), Upstream(ODD)],
        [
            Cache('ta"ble\\', "<c>", "c", edges=(Edge(ODD, when=condition),)),
            Cache("t", "trail\\", "trail\\", edges=(Edge('ta"ble\\.<c>'),)),
            Cache("t", "<i>", "<i>"),
            Cache("t", "&lt;\\N\\G", "&lt;\\N\\G"),
            Cache("t", "a:b:c", "a:b:c", edges=(Edge("t.<i>"),)),
            Cache("t", "graph", "graph", edges=(Edge("t.a:b:c"),)),
        ],
    )


def many_tables(tables: int = 30, each: int = 8) -> Declaration:
    """A large declaration whose edges stay near each other, and some do not."""
    caches: list[Cache] = []
    for table in range(tables):
        for number in range(each):
            fed_by = [f"pipeline_{(table * 2 + number % 3) % (2 * tables)}"]
            if number % 3 == 2:
                fed_by.append(f"table_{table}.cache_{number - 1}")
            if number == 4 and table > 4:
                fed_by.append(f"table_{table - 5}.cache_0")
            name = f"cache_{number}"
            caches.append(Cache(f"table_{table}", name, name, edges=edges(fed_by)))
    return declaration_of([Upstream(f"pipeline_{n}") for n in range(2 * tables)], caches)
