"""The rules of staleness: which rows of a cache depend on the fix, as row choices.

Scope chooses seeds: rows of the caches (or source rows) that the fixed upstreams feed
directly. The rest follows by row in one table and by ``via`` across tables. A stale cell
passes staleness on whether or not it holds a value or may be written; a cell that is known to
be fresh by its own stamp is not stale and passes nothing on.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Cache, Condition, Edge, Stamp, Table, TableRef, Via
from cachedeps.domain.plan import RowScope
from cachedeps.domain.rows import (
    Arena,
    ComputedBefore,
    ComputedEarlier,
    Linked,
    Matches,
    StampBad,
    StampNotGood,
)
from cachedeps.domain.seeds import Seeds

Without = frozenset[str]
NOTHING: Without = frozenset()


@dataclass(frozen=True, slots=True)
class Staleness:
    """Two row choices of one cache: where staleness arrives, and where it stays.

    ``reached`` ignores what stamps say; ``stale`` leaves out the rows known to be fresh.
    """

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
        self._fixed = fixed
        self._sources = fixed & graph.upstreams.keys() if not scope.stale else self._evidence()
        self._reachable: dict[Without, frozenset[str]] = {}
        self._found: dict[tuple[str, Without], Staleness] = {}
        self._follow()

    def of(self, node: str) -> Staleness:
        """The staleness of a cache node; nothing where no fix reaches it."""
        nothing = self._arena.never
        return self._found.get((node, NOTHING), Staleness(nothing, nothing))

    @property
    def reached(self) -> frozenset[str]:
        """Every node that the fix reaches through at least one path that is not deaf to it."""
        never = self._arena.never
        return frozenset(
            node for (node, w), found in self._found.items() if not w and found.reached != never
        )

    def directly_fed(self) -> frozenset[str]:
        """The declared names of the tables whose rows the scope chooses."""
        return self._seeds.used

    def _evidence(self) -> frozenset[str]:
        """The upstreams that stamps or change times can say something about."""
        told = {stamp.of for cache in self._graph.caches.values() for stamp in cache.stamps}
        told |= {n for n, u in self._graph.upstreams.items() if u.source and u.source.changed_at}
        if self._scope.fixed_at:
            told |= self._graph.upstreams.keys()
        if self._fixed:
            told &= self._fixed | self._graph.downstream_of(self._fixed)
        return frozenset(told)

    def _reach(self, without: Without) -> frozenset[str]:
        """The nodes that the sources reach when the nodes ``without`` are taken away."""
        found = self._reachable.get(without)
        if found is None:
            seen = set(self._starts() - without)
            queue = list(seen)
            while queue:
                for child in self._graph.children[queue.pop()]:
                    if child not in seen and child not in without:
                        seen.add(child)
                        queue.append(child)
            found = self._reachable[without] = frozenset(seen)
        return found

    def _starts(self) -> frozenset[str]:
        return self._sources | (self._fixed & self._graph.caches.keys())

    def _follow(self) -> None:
        order = [n for n in self._graph.order() if n in self._reach(NOTHING)]
        wanted: dict[str, set[Without]] = defaultdict(lambda: {NOTHING})
        for node in reversed(order):
            for edge in self._graph.parents[node]:
                for without in wanted[node]:
                    if edge.deaf_to or without:
                        wanted[edge.on].add(without | edge.deaf_to)
        for node in order:
            if node in self._graph.caches:
                for without in wanted[node]:
                    self._found[node, without] = self._cache(node, without)

    def _cache(self, node: str, without: Without) -> Staleness:
        cache = self._graph.caches[node]
        table = self._graph.tables[cache.table]
        reached: list[int] = []
        stale: list[int] = []
        if node in self._fixed and node not in without:
            seed = self._seeds.of_table(table)
            reached.append(seed)
            stale.append(self._arena.all_of((seed, *self._own_evidence(cache, cache.stamps))))
        for edge in cache.edges:
            arrived = self._arrival(cache, table, edge, without | edge.deaf_to)
            reached.append(arrived.reached)
            stale.append(arrived.stale)
        if self._scope.stale:
            stale.extend(self._distant_stamps(cache, table))
            reached.extend(stale)
        rows = self._condition(cache.rows)
        return Staleness(
            self._arena.all_of((rows, self._arena.any_of(reached))),
            self._arena.all_of((rows, self._arena.any_of(stale))),
        )

    def _arrival(self, cache: Cache, table: Table, edge: Edge, without: Without) -> Staleness:
        """The rows that one edge reaches, and those of them that it makes stale."""
        arena = self._arena
        if edge.on not in self._reach(without):
            return Staleness(arena.never, arena.never)
        if edge.on in self._graph.upstreams:
            return self._from_upstream(cache, table, edge, without)
        found = self._found.get((edge.on, without))
        if found is None:
            return Staleness(arena.never, arena.never)
        origin = self._graph.table_of(edge.on).ref
        rows = self._when(edge, self._across(origin, edge.via, found.stale, table.ref, None))
        return Staleness(rows, arena.all_of((rows, *self._freshness(cache, edge, without))))

    def _from_upstream(
        self, cache: Cache, table: Table, edge: Edge, without: Without
    ) -> Staleness:
        arena = self._arena
        source = self._graph.upstreams[edge.on].source
        rules = self._freshness(cache, edge, without)
        newer = None
        if source and source.changed_at and cache.computed_at:
            unknown_counts = not self._scope.stale
            newer = ComputedEarlier(cache.computed_at, source.changed_at, unknown_counts)
        if self._scope.stale and not rules and newer is None:
            return Staleness(arena.never, arena.never)
        if source is None:
            rows = self._when(edge, self._seeds.of_table(table))
            return Staleness(rows, arena.all_of((rows, *rules)))
        seeds = self._seeds.of_source(source)
        rows = self._when(edge, self._across(source.table, edge.via, seeds, table.ref, None))
        behind = self._when(edge, self._across(source.table, edge.via, seeds, table.ref, newer))
        return Staleness(rows, arena.all_of((behind, *rules)))

    def _across(
        self,
        origin: TableRef,
        via: Via | None,
        child: int,
        here: TableRef,
        newer: ComputedEarlier | None,
    ) -> int:
        """The rows of ``here`` that the rows ``child`` of ``origin`` belong to."""
        if via is None and origin == here:
            return child if newer is None else self._arena.all_of((child, self._arena.add(newer)))
        equalities = via.equalities if via else ()
        return self._arena.linked(Linked(origin, equalities, child, newer))

    def _when(self, edge: Edge, rows: int) -> int:
        return self._arena.all_of((rows, self._condition(edge.when)))

    def _condition(self, condition: Condition | None) -> int:
        if condition is None:
            return self._arena.always
        there = self._arena.add(Matches(condition.predicate))
        if condition.via is None:
            return there
        via = condition.via
        return self._arena.linked(Linked(via.target, via.equalities, there))

    def _freshness(self, cache: Cache, edge: Edge, without: Without) -> tuple[int, ...]:
        """What must hold for a row reached through ``edge`` not to be known as fresh."""
        stamps = tuple(
            stamp
            for stamp in cache.stamps
            if stamp.of == edge.on or edge.on not in self._reach(without | {stamp.of})
        )
        return self._own_evidence(cache, stamps)

    def _own_evidence(self, cache: Cache, stamps: tuple[Stamp, ...]) -> tuple[int, ...]:
        versions = [rule for stamp in stamps if (rule := self._stamp_rule(stamp)) is not None]
        if versions:
            # stale as soon as one stamp is not good: fresh needs all of them
            return (self._arena.any_of(versions),)
        if self._scope.fixed_at and cache.computed_at:
            keep = self._scope.keep_unstamped
            node = ComputedBefore(cache.computed_at, self._scope.fixed_at, keep_unstamped=keep)
            return (self._arena.add(node),)
        return ()

    def _stamp_rule(self, stamp: Stamp) -> int | None:
        scope = self._scope
        if scope.bad or scope.bad_ranges:
            return self._arena.add(
                StampBad(
                    stamp.column, stamp.divide, scope.bad, scope.bad_ranges, scope.keep_unstamped
                )
            )
        good = self._graph.upstreams[stamp.of].fresh_versions
        if not good:
            return None
        return self._arena.add(
            StampNotGood(stamp.column, stamp.divide, good, scope.keep_unstamped)
        )

    def _distant_stamps(self, cache: Cache, table: Table) -> list[int]:
        """For ``--stale``: stamps of upstreams that feed the cache only through others."""
        direct = {edge.on for edge in cache.edges}
        rules = [
            rule
            for stamp in cache.stamps
            if stamp.of not in direct and stamp.of in self._sources
            if (rule := self._stamp_rule(stamp)) is not None
        ]
        return [self._arena.all_of((self._seeds.of_table(table), rule)) for rule in rules]
