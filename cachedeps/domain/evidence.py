"""What a cell itself tells about its age: stamps, and the time when it was computed."""

from __future__ import annotations

from collections.abc import Iterable

from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Cache, Source, Stamp
from cachedeps.domain.plan import RowScope
from cachedeps.domain.rows import Arena, ComputedBefore, ComputedEarlier, StampBad, StampNotGood


class Evidence:
    """Row choices *not known to be fresh*, each from one kind of evidence.

    Args:
        graph: the provenance graph.
        scope: the resolved scope.
        arena: where the row choices are made.
    """

    def __init__(self, graph: Graph, scope: RowScope, arena: Arena) -> None:
        self._graph = graph
        self._scope = scope
        self._arena = arena
        self.hears_stamps = False

    def own(self, cache: Cache, stamps: Iterable[Stamp]) -> int | None:
        """Rows that these stamps, or else the computation time, do not show to be fresh.

        None where the cell says nothing. One stamp that is not good is enough: fresh needs
        all of them.
        """
        versions = [rule for stamp in stamps if (rule := self.stamp(stamp)) is not None]
        if versions:
            return self._arena.any_of(versions)
        if self._scope.fixed_at is None or cache.computed_at is None:
            return None
        keep = self._scope.keep_unstamped
        return self._arena.add(
            ComputedBefore(cache.computed_at, self._scope.fixed_at, keep_unstamped=keep)
        )

    def stamp(self, stamp: Stamp) -> int | None:
        """Rows that this stamp does not show to be fresh; None where no version is known."""
        scope = self._scope
        if scope.bad or scope.bad_ranges:
            self.hears_stamps = True
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

    def newer(self, cache: Cache, source: Source | None) -> ComputedEarlier | None:
        """How to tell that a source row changed after the cell was computed, where one can."""
        if source is None or source.changed_at is None or cache.computed_at is None:
            return None
        # a row without a time of change was named by the fix, but shows nothing by itself
        unknown_counts = not self._scope.stale
        return ComputedEarlier(
            cache.computed_at, source.changed_at, unknown_counts, self._scope.keep_unstamped
        )
