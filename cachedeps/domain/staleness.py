"""The rules of staleness: which rows of a cache depend on the fix, as row choices.

Scope chooses seeds: rows of the caches (or source rows) that the fixed upstreams feed
directly. The rest follows by row in one table and by ``via`` across tables. A stale cell
passes staleness on whether or not it holds a value or may be written; a cell that is known to
be fresh by its own stamp is not stale and passes nothing on. A stamp of an upstream speaks
about changes that came through that upstream, and about no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cachedeps.domain.evidence import Evidence
from cachedeps.domain.graph import Graph, PathFinder
from cachedeps.domain.links import Links
from cachedeps.domain.model import Cache, Edge, Stamp, TableRef
from cachedeps.domain.plan import RowScope
from cachedeps.domain.rows import Arena, ComputedEarlier
from cachedeps.domain.seeds import Seeds
from cachedeps.domain.trails import Mask, Trails


@dataclass(frozen=True, slots=True)
class Staleness:
    """Two row choices of one cache: where staleness arrives, and where it stays.

    ``reached`` ignores what the cache's own stamps say; ``stale`` leaves out the rows that are
    known to be fresh.
    """

    reached: int
    stale: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """Staleness that one edge brings, and the trail that it came by."""

    mask: Mask
    reached: int
    stale: int


class Spread:
    """Follows staleness from the fixed nodes through the graph.

    Args:
        graph: the provenance graph.
        fixed: the fixed upstreams, or cache nodes whose own cells are to be redone.
        scope: the resolved scope.
        arena: where the row choices are made.
    """

    def __init__(self, graph: Graph, fixed: frozenset[str], scope: RowScope, arena: Arena) -> None:
        self._graph = graph
        self._scope = scope
        self._arena = arena
        self._seeds = Seeds(graph, scope, arena)
        self._evidence = Evidence(graph, scope, arena)
        self._links = Links(arena)
        self._trails = Trails(graph)
        self._fixed = fixed
        self._upstreams = self._trails.of_upstreams(frozenset() if scope.stale else fixed)
        self._found: dict[str, Staleness] = {}
        self._stale: dict[str, dict[Mask, int]] = {}
        for node in graph.order():
            if node in graph.caches:
                self._visit(graph.caches[node])

    def of(self, node: str) -> Staleness:
        """The staleness of a cache node; nothing where no fix reaches it."""
        return self._found.get(node, Staleness(self._arena.never, self._arena.never))

    @cached_property
    def reached(self) -> frozenset[str]:
        """Every cache that the fix reaches through at least one path that is not deaf to it."""
        return frozenset(self._found)

    def directly_fed(self) -> frozenset[str]:
        """The declared names of the tables whose rows the scope chooses."""
        return self._seeds.used

    @property
    def hears_stamps(self) -> bool:
        """Whether some stamp says something about this fix."""
        return self._evidence.hears_stamps

    @property
    def simplified(self) -> frozenset[str]:
        """The nodes where so many trails meet that stamps vouch only for what is on all."""
        return frozenset(self._trails.simplified)

    def _visit(self, cache: Cache) -> None:
        arrivals = tuple(self._arrivals(cache))
        rows = self._links.condition(cache.rows)
        reached = self._arena.all_of((rows, self._arena.any_of(a.reached for a in arrivals)))
        if reached == self._arena.never:
            return
        gathered = self._trails.gathered(cache.node, (a.mask for a in arrivals))
        by_mask: defaultdict[Mask, list[int]] = defaultdict(list)
        for arrival in arrivals:
            by_mask[gathered[arrival.mask]].append(arrival.stale)
        stale = {
            mask: self._arena.all_of((rows, self._arena.any_of(places)))
            for mask, places in by_mask.items()
        }
        self._stale[cache.node] = {
            m: place for m, place in stale.items() if place != self._arena.never
        }
        self._found[cache.node] = Staleness(reached, self._arena.any_of(stale.values()))

    def _arrivals(self, cache: Cache) -> Iterator[Arrival]:
        if self._scope.stale:
            yield from self._behind(cache)
        elif cache.node in self._fixed:
            yield self._named(cache)
        for edge in cache.edges:
            if edge.on in self._stale:
                origin = self._graph.table_of(edge.on).ref
                yield from self._from_parent(cache, edge, origin, self._stale[edge.on])
            elif edge.on in self._upstreams:
                origin, seeds = self._seeds_of(cache, edge)
                masks = dict.fromkeys(self._upstreams[edge.on], seeds)
                yield from self._from_parent(cache, edge, origin, masks)

    def _seeds_of(self, cache: Cache, edge: Edge) -> tuple[TableRef, int]:
        """The rows in scope that an upstream feeds: its own, or else the cache's."""
        source = self._graph.upstreams[edge.on].source
        if source is not None:
            return source.table, self._seeds.of_source(source)
        table = self._graph.tables[cache.table]
        return table.ref, self._seeds.of_table(table)

    def _from_parent(
        self, cache: Cache, edge: Edge, origin: TableRef, stale: dict[Mask, int]
    ) -> Iterator[Arrival]:
        """What one edge brings; trails that lead to the same are taken together."""
        alike: defaultdict[tuple[Mask, tuple[Stamp, ...]], list[int]] = defaultdict(list)
        for mask, place in stale.items():
            if self._trails.hears(edge, mask):
                onward = self._trails.through(cache.node, mask)
                alike[onward, self._trails.vouching(cache, mask)].append(place)
        for (mask, stamps), places in alike.items():
            own = self._evidence.own(cache, stamps)
            yield self._arrival(cache, edge, (origin, self._arena.any_of(places)), mask, own)

    def _arrival(
        self, cache: Cache, edge: Edge, rows: tuple[TableRef, int], mask: Mask, own: int | None
    ) -> Arrival:
        """What ``rows`` of the parent's table bring, less the cells known to be fresh.

        Fresh is what all evidence calls fresh. Where there is none, a named fix counts, and a
        search for what is behind finds nothing.
        """
        here = self._graph.tables[cache.table].ref
        reached = self._links.follow(edge, *rows, here)
        signs = [] if own is None else [self._arena.all_of((reached, own))]
        newer = self._newer(cache, edge)
        if newer is not None:
            signs.append(self._links.follow(edge, *rows, here, newer))
        if not signs and (not self._scope.stale or edge.on in self._graph.caches):
            signs = [reached]
        return Arrival(mask, reached, self._arena.any_of(signs))

    def _newer(self, cache: Cache, edge: Edge) -> ComputedEarlier | None:
        upstream = self._graph.upstreams.get(edge.on)
        return self._evidence.newer(cache, upstream.source) if upstream else None

    def _named(self, cache: Cache) -> Arrival:
        """The rows in scope of a cache that was named itself: all its stamps count."""
        seeds = self._seeds.of_table(self._graph.tables[cache.table])
        own = self._evidence.own(cache, cache.stamps)
        stale = seeds if own is None else self._arena.all_of((seeds, own))
        return Arrival(self._trails.through(cache.node), seeds, stale)

    def _behind(self, cache: Cache) -> Iterator[Arrival]:
        """Rows whose own stamp or time says that they are behind, upstream by upstream."""
        stamped = set()
        for stamp in cache.stamps:
            rule = self._evidence.stamp(stamp) if self._is_asked(stamp.of) else None
            if rule is not None:
                stamped.add(stamp.of)
                table = self._seeds.of_table(self._graph.tables[cache.table])
                seeds = self._arena.all_of((table, self._fed(cache, stamp.of)))
                stale = self._arena.all_of((seeds, rule))
                yield Arrival(self._origin(cache, stamp.of), seeds, stale)
        for edge in cache.edges:
            if edge.on not in self._graph.upstreams or not self._is_asked(edge.on):
                continue
            own = None if edge.on in stamped else self._evidence.own(cache, ())
            if own is not None or self._newer(cache, edge):
                rows = self._seeds_of(cache, edge)
                yield self._arrival(cache, edge, rows, self._origin(cache, edge.on), own)

    def _is_asked(self, upstream: str) -> bool:
        """Whether a search for what is behind asks about this upstream: all, or those named."""
        return not self._fixed or upstream in self._asked

    @cached_property
    def _asked(self) -> frozenset[str]:
        return self._fixed | self._graph.downstream_of(self._fixed)

    def _origin(self, cache: Cache, upstream: str) -> Mask:
        return self._trails.through(cache.node, self._trails.through(upstream))

    def _fed(self, cache: Cache, upstream: str) -> int:
        """The rows that an upstream feeds at all, so that a stamp of it means something."""
        direct = [edge for edge in cache.edges if edge.on == upstream]
        if any(edge.when is None for edge in direct):
            return self._arena.always
        reach = PathFinder(self._graph, (upstream,)).reached
        feeding = [e for e in cache.edges if e.on in reach and upstream not in e.deaf_to]
        return self._arena.any_of(self._links.condition(e.when) for e in (*direct, *feeding))
