"""What staleness remembers of its way: which of the upstreams that matter later it came through.

An edge may be deaf to an upstream, and a stamp vouches for one: both ask whether a path came
through it. Only upstreams lie on the first part of a path, so its memory is a set of these
names, kept as a bit mask and cut down to what something further on still asks for. Without
``except`` and stamps the mask is always 0.
"""

from __future__ import annotations

from collections.abc import Iterable

from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Cache, Edge, Stamp
from cachedeps.errors import UnsupportedError

MOST_TRAILS = 8
MOST_DEAF_TRAILS = 1_024

Mask = int


class Trails:
    """The masks of one graph.

    Args:
        graph: the provenance graph.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        stamped = {stamp.of for cache in graph.caches.values() for stamp in cache.stamps}
        deaf = {n for edges in graph.parents.values() for edge in edges for n in edge.deaf_to}
        self._bit = {name: 1 << place for place, name in enumerate(sorted(stamped | deaf))}
        self._deaf = self._mask(deaf)
        self.simplified: set[str] = set()
        self._ahead: dict[str, Mask] = dict.fromkeys(graph.parents, 0)
        if self._bit:
            self._look_ahead()

    def _look_ahead(self) -> None:
        for node in reversed(self._graph.order()):
            cache = self._graph.caches.get(node)
            asked = self._ahead[node] | self._mask(
                {s.of for s in cache.stamps} if cache else set()
            )
            for edge in self._graph.parents[node]:
                self._ahead[edge.on] |= asked | self._mask(edge.deaf_to)

    def _mask(self, names: Iterable[str]) -> Mask:
        return sum(self._bit[name] for name in names)

    def through(self, node: str, mask: Mask = 0) -> Mask:
        """The mask of a trail that goes on through ``node``."""
        return (mask | self._bit.get(node, 0)) & self._ahead[node]

    def hears(self, edge: Edge, mask: Mask) -> bool:
        """Whether the edge lets this trail pass."""
        return not (edge.deaf_to and mask & self._mask(edge.deaf_to))

    def vouching(self, cache: Cache, mask: Mask) -> tuple[Stamp, ...]:
        """The stamps of a cache that say something about a change that came by this trail."""
        return tuple(stamp for stamp in cache.stamps if self._bit[stamp.of] & mask)

    def of_upstreams(self, starts: frozenset[str]) -> dict[str, frozenset[Mask]]:
        """Every upstream that ``starts`` reach, with the different ways to come there.

        Raises:
            UnsupportedError: there are too many different ways.
        """
        found: dict[str, frozenset[Mask]] = {}
        for node in self._graph.order():
            if node not in self._graph.upstreams:
                continue
            masks = {self.through(node)} if node in starts else set()
            for edge in self._graph.parents[node]:
                heard = (m for m in found.get(edge.on, ()) if self.hears(edge, m))
                masks |= {self.through(node, mask) for mask in heard}
            if masks:
                found[node] = frozenset(self.gathered(node, masks).values())
        return found

    def gathered(self, node: str, masks: Iterable[Mask]) -> dict[Mask, Mask]:
        """What stands for each of the trails that meet at a node: as a rule itself.

        Where there are very many, those that the same edges hear are taken as one, which came
        through the upstreams that all of them came through: a stamp then vouches only for
        what is on every path. That may call a fresh cell stale, never a stale one fresh.

        Raises:
            UnsupportedError: ``except`` tells too many of them apart.
        """
        alike: dict[Mask, Mask] = {}
        different = frozenset(masks)
        if len(different) <= MOST_TRAILS:
            return {mask: mask for mask in different}
        for mask in different:
            alike[mask & self._deaf] = alike.get(mask & self._deaf, mask) & mask
        if len(alike) > MOST_DEAF_TRAILS:
            message = f"too many combinations of upstreams that an except names lead to {node}"
            raise UnsupportedError(message, hint="name fewer upstreams in except")
        self.simplified.add(node)
        return {mask: alike[mask & self._deaf] for mask in different}
