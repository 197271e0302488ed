"""Random requests for a world: what was fixed, and for which rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.properties.predicates import HOLDS
from tests.properties.world import Key, Request, World
from tests.properties.worlds import DAYS, PEOPLE, worlds

KINDS = ("upstreams", "upstreams", "upstreams", "columns", "stale", "both", "stale-upstreams")
PARTS = ("time", "where", "table-where", "keys", "owners", "bad", "unstamped", "fixed")


@st.composite
def requests(draw: DrawFn, world: World) -> Request:
    """A request that fits the world, or nearly so."""
    asked: dict[str, Any] = _named(draw, world)
    for part in draw(st.sets(st.sampled_from(PARTS), max_size=2)):
        asked |= _part(draw, world, part)
    return Request(**asked)


@st.composite
def questions(draw: DrawFn) -> tuple[World, Request]:
    """A world and a request for it."""
    world = draw(worlds())
    return world, draw(requests(world))


@st.composite
def fixes(draw: DrawFn) -> tuple[World, Request]:
    """A world and two upstreams of it, with a scope that fits both or one."""
    world = draw(worlds())
    names = st.sampled_from([upstream.name for upstream in world.upstreams])
    both = tuple(draw(st.lists(names, min_size=2, max_size=2, unique=True)))
    part = draw(st.sampled_from(("", "where", "time", "unstamped", "owners")))
    return world, Request(upstreams=both, **(_part(draw, world, part) if part else {}))


@st.composite
def shuffles(draw: DrawFn, world: World) -> World:
    """The same world, its rows in another order."""
    rows = {name: tuple(draw(st.permutations(rows))) for name, rows in world.rows.items()}
    return replace(world, rows=rows)


def _named(draw: DrawFn, world: World) -> dict[str, Any]:
    kind = draw(st.sampled_from(KINDS))
    names = st.sampled_from([upstream.name for upstream in world.upstreams])
    nodes = st.sampled_from([cache.node for cache in world.caches])
    asked: dict[str, Any] = {"stale": kind.startswith("stale")}
    if kind in {"upstreams", "both", "stale-upstreams"}:
        asked["upstreams"] = tuple(draw(st.lists(names, min_size=1, max_size=2, unique=True)))
    if kind in {"columns", "both"}:
        asked["columns"] = tuple(draw(st.lists(nodes, min_size=1, max_size=2, unique=True)))
    return asked


def _part(draw: DrawFn, world: World, part: str) -> dict[str, Any]:
    tables = [table.name for table in world.tables if table.name != "people"]
    some = draw(st.lists(st.sampled_from(tables), min_size=1, max_size=2, unique=True))
    predicates = st.sampled_from(tuple(HOLDS))
    match part:
        case "time":
            since, until = sorted(draw(st.tuples(*[st.sampled_from(DAYS)] * 2)))
            return draw(st.sampled_from(({"since": since}, {"since": since, "until": until})))
        case "where":
            return {"where": {"": draw(predicates)}}
        case "table-where":
            return {"where": {table: draw(predicates) for table in some}}
        case "keys":
            return {"keys": {table: keys for table in some if (keys := _keys(draw, world, table))}}
        case "owners":
            return {"owners": (str(draw(st.sampled_from(PEOPLE))["email"]),)}
        case "bad":
            return {"bad_versions": draw(st.sampled_from(_bad_versions(world)))}
        case "unstamped":
            return {"keep_unstamped": True}
        case _:
            return {"fixed_at": draw(st.sampled_from(DAYS))}


def _keys(draw: DrawFn, world: World, table: str) -> tuple[Key, ...]:
    keys = [world.key(table, row) for row in world.rows[table]]
    return tuple(draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))) if keys else ()


def _bad_versions(world: World) -> tuple[Any, ...]:
    if any(isinstance(upstream.version, str) for upstream in world.upstreams):
        return (("b2",), ("b2", "b4"))
    return ((2,), (2, 4), ((3, 9),), ((1, 2), 4))
