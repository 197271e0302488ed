"""Random small worlds: declarations of every form that the grammar has, with data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.properties.predicates import HOLDS
from tests.properties.world import (
    Cache,
    Condition,
    Edge,
    Path,
    Row,
    Stamp,
    Table,
    Upstream,
    Value,
    World,
)

T = TypeVar("T")

PEOPLE: tuple[Row, ...] = tuple(
    {"id": place, "email": f"{name}@example.com"} for place, name in enumerate(("ann", "bob"), 1)
)
JOINED = ("id", "a", "b")
PREDICATES = tuple(HOLDS)
RESETS = ("null", "null", "null", "=old", "none", "recompute")
DAYS = tuple(f"2026-01-{day:02} 00:00:00" for day in range(1, 6))


@dataclass
class Makings:
    """A world in the making; columns are added as caches ask for them."""

    draw: DrawFn
    text_versions: bool
    keys: Mapping[str, tuple[str, ...]]
    upstreams: list[Upstream] = field(default_factory=list)
    caches: list[Cache] = field(default_factory=list)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)

    def one(self, *choices: T) -> T:
        return self.draw(st.sampled_from(choices))

    def often(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) >= 100 - percent

    def above(self, node: str) -> list[str]:
        """The upstreams that feed a node, directly or not."""
        nodes = {u.name: u.edges for u in self.upstreams} | {c.node: c.edges for c in self.caches}
        found: dict[str, None] = {}
        for edge in nodes[node]:
            found |= dict.fromkeys((edge.on, *self.above(edge.on)))
        return [name for name in found if any(u.name == name for u in self.upstreams)]

    def deaf(self, on: str, percent: int) -> tuple[str, ...]:
        above = self.above(on)
        return (self.one(*above),) if above and self.often(percent) else ()


@st.composite
def worlds(draw: DrawFn) -> World:
    """A world of up to 5 upstreams, 4 tables and 7 caches."""
    names = [f"t{n}" for n in range(draw(st.integers(2, 4)))]
    composite = draw(st.sets(st.sampled_from(names)))
    keys = {name: ("id", "part") if name in composite else ("id",) for name in names}
    makings = Makings(draw, draw(st.booleans()), keys)
    for name in names:
        part = {"part": "integer"} if name in composite else {}
        makings.columns[name] = {"id": "integer", **part} | dict.fromkeys(
            ("a", "b", "kind", "person_id"), "integer"
        )
        makings.columns[name] |= {"note": "text", "at": "time", "changed": "time"}
    for number in range(draw(st.integers(2, 5))):
        makings.upstreams.append(_upstream(makings, f"u{number}"))
    for number in range(draw(st.integers(2, 7))):
        makings.caches.append(_cache(makings, number))
    _delete_rows(makings)
    return _filled(makings)


def _upstream(m: Makings, name: str) -> Upstream:
    feeding = [u.name for u in m.upstreams if m.often(35)]
    source = m.one(*m.keys, "source") if m.often(30) else None
    version: int | str | None = ("b3" if m.text_versions else 3) if m.often(60) else None
    older: int | str = "b2" if m.text_versions else 2
    return Upstream(
        name,
        version,
        (older,) if version is not None and m.often(30) else (),
        tuple(Edge(on, deaf_to=m.deaf(on, 25)) for on in feeding),
        source,
        "changed" if source and m.often(70) else None,
    )


def _cache(m: Makings, number: int) -> Cache:
    table = m.one(*m.keys)
    nodes = [u.name for u in m.upstreams] + [c.node for c in m.caches]
    parents = m.draw(st.lists(st.sampled_from(nodes), min_size=1, max_size=3))
    edges = dict.fromkeys(_edge(m, table, on) for on in parents)
    rows = _condition(m, table) if m.often(20) else None
    cache = Cache(table, f"c{number}", f"c{number}", tuple(edges), m.one(*RESETS), rows)
    m.caches.append(cache)
    above = m.above(cache.node)
    m.caches.pop()
    wanted = m.draw(st.lists(st.sampled_from(above), max_size=2, unique=True)) if above else []
    stamps = tuple(_stamp(m, table, f"s{number}{of}", of) for of in wanted)
    computed_at = f"w{number}" if m.often(30) else None
    cache = replace(cache, stamps=stamps, computed_at=computed_at)
    if (stamps or computed_at) and m.often(40):
        cache = replace(cache, reset="mark")
    return _with_columns(m, _beside(m, cache) if m.often(20) else cache)


def _edge(m: Makings, table: str, on: str) -> Edge:
    upstream = next((u for u in m.upstreams if u.name == on), None)
    target = upstream.table if upstream else on.split(".")[0]
    via = None
    if target is not None and (target != table or m.often(30)):
        via = _path(m, table, target, every=True)
    when = _condition(m, table) if m.often(25) else None
    return Edge(on, when, via, m.deaf(on, 25))


def _path(m: Makings, own: str, target: str, *, every: bool) -> Path:
    form = m.one("one", "one", "two", "hops", *(("all",) if every else ()))
    pairs = [(m.one(*JOINED), f"{target}.{m.one(*JOINED)}")]
    between = [name for name in m.keys if name not in {own, target}]
    if form == "all":
        return Path(target)
    if form == "two":
        pairs.append((m.one(*JOINED), f"{target}.{m.one(*JOINED)}"))
    elif form == "hops" and between:
        middle = m.one(*between)
        pairs = [
            (m.one(*JOINED), f"{middle}.{m.one(*JOINED)}"),
            (f"{middle}.{m.one(*JOINED)}", f"{target}.{m.one(*JOINED)}"),
        ]
    return Path(target, tuple(dict.fromkeys(pairs)))


def _condition(m: Makings, table: str) -> Condition:
    via = _path(m, table, m.one(*m.keys), every=False) if m.often(30) else None
    return Condition(m.one(*PREDICATES), via)


def _stamp(m: Makings, table: str, column: str, of: str) -> Stamp:
    sharing = [s for c in m.caches if c.table == table for s in c.stamps if s.of == of]
    if sharing and m.often(50):
        return m.one(*sharing)
    return Stamp(column, of, 10 if not m.text_versions and m.often(30) else None)


def _beside(m: Makings, cache: Cache) -> Cache:
    """Puts the cache into the column of another one, in other rows."""
    columns = [c.column for c in m.caches]
    for place, other in enumerate(m.caches):
        if other.table == cache.table and columns.count(other.column) == 1:
            m.caches[place] = replace(other, rows=Condition("kind = 0"))
            return replace(cache, column=other.column, rows=Condition("kind = 1"))
    return cache


def _with_columns(m: Makings, cache: Cache) -> Cache:
    columns = m.columns[cache.table]
    columns[cache.column] = "text"
    for stamp in cache.stamps:
        columns[stamp.column] = "text" if m.text_versions else "integer"
    if cache.computed_at:
        columns[cache.computed_at] = "time"
    return cache


def _delete_rows(m: Makings) -> None:
    for place, cache in enumerate(m.caches):
        if [c.table for c in m.caches].count(cache.table) == 1 and m.often(50):
            m.caches[place] = replace(cache, reset="delete_row")


def _filled(m: Makings) -> World:
    divided = {(c.table, s.column) for c in m.caches for s in c.stamps if s.divide}
    plain = dict.fromkeys(("id", "a", "b", "kind"), "integer")
    tables = [Table(name, columns, m.keys[name]) for name, columns in m.columns.items()]
    if any(upstream.table == "source" for upstream in m.upstreams):
        columns = plain | {"note": "text", "changed": "time"}
        tables.append(Table("source", columns, declared=False))
    rows = {table.name: _rows(m, table, divided) for table in tables}
    tables.append(Table("people", {"id": "integer", "email": "text"}, declared=False))
    return World(tuple(m.upstreams), tuple(tables), tuple(m.caches), rows | {"people": PEOPLE})


def _rows(m: Makings, table: Table, divided: set[tuple[str, str]]) -> tuple[Row, ...]:
    strategy = st.fixed_dictionaries(
        {
            name: _values(m, name, kind, divided=(table.name, name) in divided)
            for name, kind in table.columns.items()
        }
    )
    many = st.lists(
        strategy,
        min_size=m.one(0, 2, 3, 3),
        max_size=4,
        unique_by=lambda row: tuple(row[c] for c in table.key),
    )
    return tuple(m.draw(many))


def _values(m: Makings, name: str, kind: str, *, divided: bool) -> SearchStrategy[Value]:
    if name in {"id", "part"}:
        return st.integers(1, 4)
    if kind == "time":
        return st.sampled_from((None, *DAYS))
    if name[0] == "s":
        versions: tuple[Value, ...] = ("b2", "b3", "b4") if m.text_versions else (2, 3, 4)
        return st.sampled_from((None, 29, 30, 37, 40) if divided else (None, *versions))
    texts = {"note": (None, "x", "y"), "kind": (None, 0, 1, 2), "person_id": (None, 1, 2)}
    joined: tuple[Value, ...] = (None, 1, 2, 3)
    return st.sampled_from(
        texts.get(name, ("old", "new", "new", None) if kind == "text" else joined)
    )
