"""One node explained: what feeds it, what it feeds, and what would make it stale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from cachedeps.domain.graph import Graph, PathFinder
from cachedeps.domain.model import Cache, Stamp, Upstream
from cachedeps.domain.picture import PictureEdge, picture_edge

# beyond this many paths between two nodes, and this many names on paths in all, paths are left
# out, and ``Connection.more`` says so
MOST_PATHS = 4
MOST_NAMES_ON_PATHS = 2000


@dataclass(frozen=True, slots=True)
class Connection:
    """How a change of another node arrives here, or one of this node there.

    ``conditions`` are the edges on ``paths`` that do not simply feed; ``more`` says that there
    are paths beside those given; ``stamps`` tell cells that are fresh all the same.
    """

    node: str
    paths: tuple[tuple[str, ...], ...]
    more: bool = False
    conditions: tuple[PictureEdge, ...] = ()
    stamps: tuple[Stamp, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """All names are sorted, edges are in the order of the file.

    ``upstream`` and ``downstream`` hold what a change passes between, directly or not;
    ``deaf_to`` and ``unheard_by`` what only edges with an ``except`` for it lead from and to.
    ``causes`` are the upstreams whose change makes the node stale, ``effects`` the caches that
    its change makes stale.
    """

    node: str
    subject: Upstream | Cache
    upstream: tuple[str, ...]
    downstream: tuple[str, ...]
    deaf_to: tuple[str, ...]
    unheard_by: tuple[str, ...]
    edges_in: tuple[PictureEdge, ...]
    edges_out: tuple[PictureEdge, ...]
    causes: tuple[Connection, ...]
    effects: tuple[Connection, ...]


def explained(graph: Graph, node: str) -> Explanation:
    """The explanation of a node that the graph has."""
    above = PathFinder(graph, (node,), backwards=True)
    below = PathFinder(graph, (node,))
    cache = graph.caches.get(node)
    stamps = cache.stamps if cache else ()
    causes = sorted(above.reached & graph.upstreams.keys())
    effects = sorted(below.reached & graph.caches.keys())
    return Explanation(
        node=node,
        subject=cache or graph.upstreams[node],
        upstream=tuple(sorted(above.reached)),
        downstream=tuple(sorted(below.reached)),
        deaf_to=tuple(sorted(graph.upstream_of((node,)) - above.reached)),
        unheard_by=tuple(sorted(graph.downstream_of((node,)) - below.reached)),
        edges_in=tuple(picture_edge(edge, node, cache) for edge in graph.parents[node]),
        edges_out=tuple(e for child in graph.children[node] for e in _edges(graph, node, child)),
        causes=_connections(graph, above, causes, stamps),
        effects=_connections(graph, below, effects, ()),
    )


def _edges(graph: Graph, start: str, end: str) -> Iterable[PictureEdge]:
    cache = graph.caches.get(end)
    return (picture_edge(edge, end, cache) for edge in graph.parents[end] if edge.on == start)


def _connections(
    graph: Graph, finder: PathFinder, others: Iterable[str], stamps: tuple[Stamp, ...]
) -> tuple[Connection, ...]:
    found: list[Connection] = []
    names = 0
    for other in others:
        if names > MOST_NAMES_ON_PATHS:
            found.append(Connection(other, (), more=True))
            continue
        all_paths = finder.paths_to(other, most=MOST_PATHS)
        paths = all_paths.paths[:MOST_PATHS]
        names += sum(map(len, paths))
        steps = dict.fromkeys(step for path in paths for step in pairwise(path))
        edges = (edge for step in steps for edge in _edges(graph, *step) if edge.label)
        more = all_paths.total > len(paths)
        telling = () if more else _telling(graph, stamps, paths)
        found.append(Connection(other, paths, more, tuple(edges), telling))
    return tuple(found)


def _telling(
    graph: Graph, stamps: Iterable[Stamp], paths: Iterable[tuple[str, ...]]
) -> tuple[Stamp, ...]:
    """The stamps that can tell fresh cells from stale ones: every path passes their upstream."""
    return tuple(
        stamp
        for stamp in stamps
        if graph.upstreams[stamp.of].fresh_versions and all(stamp.of in path for path in paths)
    )
