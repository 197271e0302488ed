"""Excepts that say nothing: what they name does not feed the edge."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cachedeps.config.problems import dotted
from cachedeps.domain.finding import Finding
from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Declaration, Edge


def idle_excepts(declaration: Declaration, locate: Callable[[str], str]) -> Iterator[Finding]:
    """Every except that names an upstream which does not feed the edge.

    It does no harm, but mostly another name was meant. ``locate`` turns a dotted key into
    file, line and key.
    """
    placed = [
        (edge, f"{key}[{place}]")
        for key, edges in _edges(declaration)
        for place, edge in enumerate(edges)
        if edge.deaf_to
    ]
    if not placed:
        return
    graph = Graph(declaration)
    for edge, key in placed:
        above = graph.upstream_of([edge.on]) & graph.upstreams.keys()
        for name in sorted(edge.deaf_to - above):
            message = f"{name} does not feed {edge.on}, so an except of it says nothing"
            listed = ", ".join(sorted(above)) or "nothing"
            yield Finding("idle-except", locate(key), message, f"{edge.on} is fed by: {listed}")


def _edges(declaration: Declaration) -> Iterator[tuple[str, tuple[Edge, ...]]]:
    for upstream in declaration.upstreams:
        yield dotted(("upstreams", upstream.name, "depends_on")), upstream.edges
    for cache in declaration.caches():
        yield dotted(("tables", cache.table, "caches", cache.name, "depends_on")), cache.edges
