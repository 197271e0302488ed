"""Why a cache is in a plan, and why another one is not."""

from __future__ import annotations

from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Cache, Edge, ResetKind
from cachedeps.domain.plan import Arrival, Keep, RowScope


class Certificate:
    """Puts the reasons of one plan into words.

    Args:
        graph: the provenance graph.
        fixed: the nodes that the fix starts from.
        scope: the resolved scope.
    """

    def __init__(self, graph: Graph, fixed: frozenset[str], scope: RowScope) -> None:
        self._graph = graph
        self._fixed = fixed
        self._scope = scope
        self._downstream = graph.downstream_of(fixed)

    @property
    def _names(self) -> str:
        return " and ".join(sorted(self._fixed))

    def arrivals(self, cache: Cache, reached: frozenset[str]) -> tuple[Arrival, ...]:
        """One entry for each edge by which staleness reaches ``cache``."""
        found = [
            Arrival(edge.on, self._condition(cache, edge))
            for edge in cache.edges
            if self._is_live(edge.on, reached)
        ]
        if cache.node in self._fixed:
            found.insert(0, Arrival(cache.node, "named itself; rows in scope"))
        return tuple(found)

    def _is_live(self, node: str, reached: frozenset[str]) -> bool:
        """Whether staleness may come from a node."""
        if node in self._downstream or node in self._fixed:
            return True
        return self._scope.stale and (node in self._graph.upstreams or node in reached)

    def _condition(self, cache: Cache, edge: Edge) -> str:
        parts = []
        if edge.on in self._graph.caches:
            parts.append(f"rows where {edge.on} is stale")
        else:
            parts.append("rows in scope")
        if edge.via:
            parts.append("every row" if edge.via.every else f"via {edge.via.text}")
        if edge.when:
            parts.append(f"when {edge.when.text}")
        if edge.deaf_to:
            parts.append(f"except what comes from {', '.join(sorted(edge.deaf_to))}")
        if cache.rows:
            parts.append(f"rows: {cache.rows.text}")
        parts.extend(self._stamps(cache, edge))
        return "; ".join(parts)

    def _stamps(self, cache: Cache, edge: Edge) -> list[str]:
        parts = []
        for stamp in cache.stamps:
            good = self._graph.upstreams[stamp.of].fresh_versions
            if self._scope.bad or self._scope.bad_ranges:
                parts.append(f"{stamp.column} is a bad version of {stamp.of}")
            elif good and (stamp.of == edge.on or edge.on in self._graph.caches):
                listed = ", ".join(str(version) for version in good)
                parts.append(f"{stamp.column} is not {listed} of {stamp.of}")
        if cache.computed_at and self._scope.fixed_at and not parts:
            parts.append(f"{cache.computed_at} is before {self._scope.fixed_at.utc} UTC")
        return parts

    def kept(self, cache: Cache, *, reached: bool, chosen: bool) -> Keep:
        """Why ``cache`` is not in the plan."""
        node = cache.node
        if cache.reset.kind is ResetKind.NONE and (reached or node in self._downstream):
            return Keep(
                node, "maintained-by-database", "maintained by the database (reset = none)"
            )
        if reached and not chosen:
            return Keep(node, "not-selected", "not among the columns chosen by --column")
        if not self._fixed:
            return Keep(node, "nothing-behind", "no stamp and no change time says it is behind")
        if node not in self._downstream:
            return Keep(node, "not-downstream", f"not downstream of {self._names}")
        deaf = self._deaf_edge(cache)
        if deaf is not None:
            ignored = ", ".join(sorted(deaf.deaf_to))
            return Keep(node, "deaf-edge", f"its edge from {deaf.on} ignores {ignored}")
        return Keep(node, "outside-scope", "outside scope: the scope chooses no rows that feed it")

    def _deaf_edge(self, cache: Cache) -> Edge | None:
        reach = self._downstream | self._fixed
        seen = [cache.node]
        done = {cache.node}
        while seen:
            for edge in self._graph.parents[seen.pop()]:
                if edge.on in reach:
                    if edge.deaf_to & reach:
                        return edge
                    if edge.on not in done:
                        done.add(edge.on)
                        seen.append(edge.on)
        return None
