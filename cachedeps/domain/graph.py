"""The provenance graph: which node feeds which, and why.

The only module that may know networkx; everybody else asks domain questions. Nothing here
recurses or enumerates paths, so chains of thousands of nodes and diamonds with 2^200 paths
cost what their edges cost. Paths themselves are found by ``cachedeps.domain.paths``.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from cachedeps.domain.model import Cache, Declaration, Edge, Table, Upstream
from cachedeps.domain.paths import PathFinder, Paths

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Graph", "PathFinder", "Paths", "find_cycle"]


class Graph:
    """The nodes and edges of one declaration.

    Args:
        declaration: a declaration whose edges all name existing nodes.
    """

    def __init__(self, declaration: Declaration) -> None:
        self.upstreams: dict[str, Upstream] = {u.name: u for u in declaration.upstreams}
        self.caches: dict[str, Cache] = {c.node: c for c in declaration.caches()}
        self.tables: dict[str, Table] = {t.name: t for t in declaration.tables}
        self.parents: dict[str, tuple[Edge, ...]] = {
            **{name: upstream.edges for name, upstream in self.upstreams.items()},
            **{name: cache.edges for name, cache in self.caches.items()},
        }
        self.children: dict[str, list[str]] = {node: [] for node in self.parents}
        for node, edges in self.parents.items():
            for on in dict.fromkeys(edge.on for edge in edges):
                self.children[on].append(node)

    def __contains__(self, node: str) -> bool:
        return node in self.parents

    def table_of(self, node: str) -> Table:
        """The declared table that the cache ``node`` stands in."""
        return self.tables[self.caches[node].table]

    def cycle(self) -> tuple[str, ...]:
        """One cycle, first node repeated at the end, in the direction of feeding; or ()."""
        return find_cycle({n: [e.on for e in edges] for n, edges in self.parents.items()})

    def order(self) -> tuple[str, ...]:
        """Every node, parents before children; ties in the order of the file.

        Nodes on a cycle, and those behind one, are left out: see ``cycle``.
        """
        waiting = {node: len({e.on for e in edges}) for node, edges in self.parents.items()}
        ready = deque(node for node, count in waiting.items() if not count)
        out: list[str] = []
        while ready:
            node = ready.popleft()
            out.append(node)
            for child in self.children[node]:
                waiting[child] -= 1
                if not waiting[child]:
                    ready.append(child)
        return tuple(out)

    def downstream_of(self, nodes: Iterable[str]) -> frozenset[str]:
        """Every node that one of ``nodes`` feeds, directly or not, without ``nodes``.

        Follows every edge, whatever it is deaf to; ``changed_by`` does not.
        """
        starts = tuple(nodes)
        return frozenset(_reach(starts, lambda node: self.children[node])) - frozenset(starts)

    def upstream_of(self, nodes: Iterable[str]) -> frozenset[str]:
        """Every node that feeds one of ``nodes``, directly or not, without ``nodes``."""
        starts = tuple(nodes)
        reached = _reach(starts, lambda node: [e.on for e in self.parents[node]])
        return frozenset(reached) - frozenset(starts)

    def changed_by(self, nodes: Iterable[str]) -> frozenset[str]:
        """Every node that a change of ``nodes`` reaches: ``except`` edges stop what they name."""
        return PathFinder(self, nodes).reached

    def changes(self, node: str) -> frozenset[str]:
        """Every node whose change reaches ``node``; the counterpart of ``changed_by``."""
        return PathFinder(self, (node,), backwards=True).reached

    def closures(self, nodes: Iterable[str]) -> tuple[frozenset[str], ...]:
        """The caches ``nodes``, grouped so that caches which feed each other stand together.

        Two caches are in one closure where one is downstream of the other, or both belong to
        a chain of such pairs. Upstreams do not join caches: a common feed makes no closure.
        """
        groups: defaultdict[int | str, set[str]] = defaultdict(set)
        for node in nodes:
            groups[self._components.get(node, node)].add(node)
        return tuple(sorted((frozenset(group) for group in groups.values()), key=sorted))

    @cached_property
    def _components(self) -> dict[str, int]:
        """For each node below a cache, or a cache that feeds another: the number of its part."""
        import networkx as nx

        parts = nx.connected_components(self._links_below_caches())
        return {node: number for number, part in enumerate(parts) for node in part}

    def _links_below_caches(self) -> nx.Graph:
        """The edges that start at a cache, or at an upstream that a cache feeds."""
        import networkx as nx

        below = self.caches.keys() | self.downstream_of(self.caches)
        links = nx.Graph()
        for node, edges in self.parents.items():
            links.add_edges_from((edge.on, node) for edge in edges if edge.on in below)
        return links

    def why(self, sources: Iterable[str], node: str, *, most: int = 16) -> Paths:
        """The paths from any of ``sources`` to ``node``.

        Where there are at most ``most`` paths all of them are given; else one shortest path
        for each edge into ``node``. Paths that an ``except`` cuts off are left out.
        """
        return PathFinder(self, sources).paths_to(node, most=most)


def find_cycle(feeds: dict[str, list[str]]) -> tuple[str, ...]:
    """One cycle of a mapping node -> the nodes that feed it, in the direction of feeding.

    Works on names alone, so that a declaration can be checked before it is built.
    """
    try:
        TopologicalSorter(feeds).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def _reach(starts: Iterable[str], neighbours: Callable[[str], Iterable[str]]) -> set[str]:
    seen = set(starts)
    queue = deque(seen)
    while queue:
        for other in neighbours(queue.popleft()):
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return seen
