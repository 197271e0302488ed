"""Edges: what feeds what, and whether all of it can be true together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cachedeps.config.document import CacheEntry, Document, EdgeEntry, UpstreamEdgeEntry
from cachedeps.config.nearest import did_you_mean
from cachedeps.config.problems import Place
from cachedeps.config.reading import Reading
from cachedeps.domain.graph import find_cycle
from cachedeps.domain.model import Edge, TableRef, Via

# looking for the nearest of thousands of names takes a while; the first few are told
MOST_SUGGESTIONS = 20


@dataclass(frozen=True, slots=True)
class Nodes:
    """What may stand in ``depends_on``.

    ``rows`` holds the table whose rows a node is: each cache's, and that of an upstream with
    a source table. ``feeds`` names what each node depends on directly.
    """

    upstreams: frozenset[str]
    caches: frozenset[str]
    rows: Mapping[str, TableRef]
    feeds: Mapping[str, tuple[str, ...]]

    def upstream_of(self, node: str) -> frozenset[str]:
        """Every node that feeds ``node``, directly or not."""
        seen: set[str] = set()
        queue = deque(self.feeds.get(node, ()))
        while queue:
            other = queue.popleft()
            if other not in seen:
                seen.add(other)
                queue.extend(self.feeds.get(other, ()))
        return frozenset(seen)


def collect(document: Document, reading: Reading) -> Nodes:
    """The nodes of a document and their direct feeds, for a start without any details."""
    rows: dict[str, TableRef] = {}
    feeds: dict[str, tuple[str, ...]] = {}
    for name, upstream in document.upstreams.items():
        feeds[name] = _names(upstream.depends_on)
        if upstream.table is not None:
            place: Place = ("upstreams", name, "table")
            source = reading.problems.attempt(place, reading.names.read, upstream.table)
            if source:
                rows[name] = source
    caches: list[str] = []
    for key, table in document.tables.items():
        for name, cache in table.caches.items():
            node = f"{key}.{name}"
            if node in feeds:
                message = f"{node} names two things; rename one of them"
                reading.problems.add("duplicate", ("tables", key, "caches", name), message)
            caches.append(node)
            feeds[node] = _names(cache.depends_on)
            if key in reading.names.declared:
                rows[node] = reading.names.declared[key]
    return Nodes(frozenset(document.upstreams), frozenset(caches), rows, feeds)


def _names(entries: Iterable[str | UpstreamEdgeEntry]) -> tuple[str, ...]:
    return tuple(e if isinstance(e, str) else e.on for e in entries)


def check_names(nodes: Nodes, places: Mapping[str, Place], reading: Reading) -> None:
    """Every feed must be the name of a node; an upstream's must be an upstream's."""
    known = sorted((*nodes.upstreams, *nodes.caches))
    suggestions = 0
    for node, feeds in nodes.feeds.items():
        for index, name in enumerate(feeds):
            place = (*places[node], "depends_on", index)
            if name in nodes.caches and node in nodes.upstreams:
                message = f"{name} is a cache; an upstream depends on upstreams only"
                fix = f"let the caches that {node} feeds depend on {name}"
                reading.problems.add("unknown-name", place, message, fix=fix)
            elif name not in nodes.upstreams and name not in nodes.caches:
                near = did_you_mean(name, known) if suggestions < MOST_SUGGESTIONS else ""
                suggestions += 1
                message = f'no upstream or cache is named "{name}"'
                fix = near or f"declare it: [upstreams.{name}], or write table.cache"
                reading.problems.add(
                    "unknown-name", place, f"{message}; {near}".rstrip("; "), fix=fix
                )


def check_cycles(nodes: Nodes, places: Mapping[str, Place], reading: Reading) -> None:
    """Nothing may feed itself."""
    feeds = {node: [f for f in on if f in nodes.feeds] for node, on in nodes.feeds.items()}
    cycle = find_cycle(feeds)
    if cycle:
        message = f"a cycle: {' -> '.join(cycle)}"
        place = places[cycle[-1]]
        fix = "take one of these dependencies out; a value cannot be made from itself"
        reading.problems.add("cycle", (*place, "depends_on"), message, fix=fix)


def upstream_edges(
    entries: list[str | UpstreamEdgeEntry], nodes: Nodes, place: Place, reading: Reading
) -> tuple[Edge, ...]:
    """The edges into an upstream."""
    edges: dict[Edge, None] = {}
    for index, entry in enumerate(entries):
        here = (*place, "depends_on", index)
        edge = (
            Edge(entry)
            if isinstance(entry, str)
            else Edge(entry.on, deaf_to=_deaf(entry, nodes, here, reading))
        )
        _append(edges, edge, here, reading)
    return tuple(edges)


def cache_edges(
    cache: CacheEntry, own: TableRef, nodes: Nodes, place: Place, reading: Reading
) -> tuple[Edge, ...]:
    """The edges into a cache of the table ``own``."""
    edges: dict[Edge, None] = {}
    for index, entry in enumerate(cache.depends_on):
        here = (*place, "depends_on", index)
        if isinstance(entry, str):
            edge = Edge(entry)
            _check_across(edge, own, nodes, here, reading)
        else:
            edge = _long_edge(entry, own, nodes, here, reading)
        _append(edges, edge, here, reading)
    return tuple(edges)


def _append(edges: dict[Edge, None], edge: Edge, place: Place, reading: Reading) -> None:
    if edge in edges:
        reading.problems.add("duplicate", place, f"{edge.on} is named twice in the same way")
    else:
        edges[edge] = None


def _long_edge(
    entry: EdgeEntry, own: TableRef, nodes: Nodes, place: Place, reading: Reading
) -> Edge:
    when = reading.condition(entry.when, own, (*place, "when"))
    deaf_to = _deaf(entry, nodes, place, reading)
    parent = nodes.rows.get(entry.on)
    via: Via | None = None
    if entry.via is None:
        _check_across(Edge(entry.on), own, nodes, place, reading)
    elif parent is not None:
        via = reading.problems.attempt(
            (*place, "via"), reading.paths_from(own).edge_via, entry.via, parent
        )
    elif entry.on in nodes.upstreams:
        message = f"the upstream {entry.on} has no rows that a via could lead to"
        fix = f'take via out, or give [upstreams.{entry.on}] its table = "..."'
        reading.problems.add("bad-via", (*place, "via"), message, fix=fix)
    return Edge(entry.on, when, via, deaf_to)


def _check_across(edge: Edge, own: TableRef, nodes: Nodes, place: Place, reading: Reading) -> None:
    parent = nodes.rows.get(edge.on)
    if parent is not None and parent != own:
        message = f"{edge.on} stands in rows of {parent}, and this cache in rows of {own}: no via says how they belong together"
        fix = f'{{ on = "{edge.on}", via = "<column> -> {parent}.<column>" }}, or via = "all"'
        reading.problems.add("missing-via", place, message, fix=fix)


def _deaf(
    entry: UpstreamEdgeEntry, nodes: Nodes, place: Place, reading: Reading
) -> frozenset[str]:
    """The upstreams that an edge is deaf to; one that does not feed it anyway does no harm."""
    unknown = [name for name in entry.deaf_to if name not in nodes.upstreams]
    for name in unknown:
        here = (*place, "except", entry.deaf_to.index(name))
        above = nodes.upstream_of(entry.on) & nodes.upstreams
        near = did_you_mean(name, sorted(above or nodes.upstreams))
        message = f'no upstream is named "{name}"; {near}'.rstrip("; ")
        reading.problems.add("unknown-name", here, message)
    return frozenset(entry.deaf_to)
