"""Paths through the provenance graph, with ``except`` respected.

An edge may be deaf to some nodes: a change that came through one of those does not pass it.
A path is *heard* where none of its edges is deaf to a node that stands before it. Searching
heard paths needs more than the node at hand: also which of the names that some edge further on
is deaf to were passed. That memory is a bit mask; smaller masks get at least as far as larger
ones, so only the smallest are followed. Without ``except`` the mask is always 0 and the search
a plain breadth-first one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from cachedeps.domain.model import Edge

State = tuple[str, int]
Cell = tuple[str, "Cell | None"]


class Nodes(Protocol):
    """What a search needs of a graph."""

    parents: dict[str, tuple[Edge, ...]]
    children: dict[str, list[str]]

    def order(self) -> tuple[str, ...]:
        """Every node, parents before children."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Heard paths between two nodes: some of them, and how many there are in all.

    ``total`` is exact where all paths are given; where there are more, it counts also those
    that an ``except`` cuts off.
    """

    paths: tuple[tuple[str, ...], ...]
    total: int


class Deafness:
    """Which edges are deaf to which nodes, as bit masks.

    ``above[node]`` holds the names at or before the node, ``ahead[node]`` the names that some
    edge after it is deaf to; only what is in both can still matter.
    """

    def __init__(self, graph: Nodes) -> None:
        names = {n for edges in graph.parents.values() for e in edges for n in e.deaf_to}
        self.bit = {name: 1 << place for place, name in enumerate(sorted(names))}
        self.above: dict[str, int] = {}
        self.ahead: dict[str, int] = {}
        self._masks: dict[tuple[str, str], tuple[int, ...]] = {}
        if names:
            self._measure(graph)

    def _measure(self, graph: Nodes) -> None:
        order = graph.order()
        for node in order:
            here = self.bit.get(node, 0)
            for edge in graph.parents[node]:
                here |= self.above[edge.on]
                mask = sum(self.bit[name] for name in edge.deaf_to)
                self._masks[edge.on, node] = (*self._masks.get((edge.on, node), ()), mask)
            self.above[node] = here
        for node in reversed(order):
            after = 0
            for child in graph.children[node]:
                after |= self.ahead[child]
                for mask in self._masks[node, child]:
                    after |= mask
            self.ahead[node] = after

    def masks(self, parent: str, child: str) -> tuple[int, ...]:
        """What each edge from ``parent`` to ``child`` is deaf to."""
        return self._masks.get((parent, child), (0,))

    def heard(self, path: tuple[str, ...]) -> bool:
        """Whether no edge on the path is deaf to a node that stands before it."""
        if not self.bit:
            return True
        passed = 0
        for parent, child in pairwise(path):
            passed |= self.bit.get(parent, 0)
            if all(mask & passed for mask in self.masks(parent, child)):
                return False
        return True


class PathFinder:
    """Paths from one set of nodes; prepared once, asked for many.

    Args:
        graph: a graph without a cycle.
        starts: where the paths start; with ``backwards`` where they end.
        backwards: search against the direction of feeding. Paths are given in the direction
            of feeding all the same.
    """

    def __init__(self, graph: Nodes, starts: Iterable[str], *, backwards: bool = False) -> None:
        wanted = frozenset(starts)
        self._backwards = backwards
        self._order = graph.order()[::-1] if backwards else graph.order()
        self._starts = tuple(node for node in self._order if node in wanted)
        before = {n: list(dict.fromkeys(e.on for e in es)) for n, es in graph.parents.items()}
        self._last, self._next = (
            (graph.children, before) if backwards else (before, graph.children)
        )
        self._deafness = Deafness(graph)
        self._states: dict[str, list[State]] = {}
        self._came_from: dict[State, State | None] = {}
        self._count: dict[str, int] = {}
        self._all_paths: dict[str, tuple[tuple[str, ...], ...]] = {}
        self._routes: dict[State, tuple[str, ...]] = {}
        self._search()
        self._count_paths()

    @property
    def reached(self) -> frozenset[str]:
        """Every node that a heard path connects with a start, without the starts."""
        return frozenset(self._states).difference(self._starts)

    def carries(self, edge: Edge, child: str) -> bool:
        """Whether a heard path from a start goes on to ``child`` through this one edge.

        Only for a search in the direction of feeding.
        """
        deaf = sum(self._deafness.bit[name] for name in edge.deaf_to)
        return any(not deaf & passed for _, passed in self._states.get(edge.on, ()))

    def paths_to(self, node: str, *, most: int = 16) -> Paths:
        """The heard paths between the starts and ``node``.

        Where there are at most ``most`` paths, all of them; else one shortest path for each
        edge at the far end. A start counts as its own path.
        """
        total = self._count.get(node, 0)
        if total <= most:
            found = self._every(node)
            return Paths(tuple(self._directed(path) for path in found), len(found))
        return Paths(tuple(self._directed(path) for path in self._shortest(node)), total)

    def _directed(self, path: tuple[str, ...]) -> tuple[str, ...]:
        return path[::-1] if self._backwards else path

    def _search(self) -> None:
        queue: deque[State] = deque()
        for node in self._starts:
            first = (node, 0 if self._backwards else self._deafness.bit.get(node, 0))
            self._keep(first, None, queue)
        while queue:
            state = queue.popleft()
            for other in self._next[state[0]]:
                for reached in self._step(state, other):
                    self._keep(reached, state, queue)

    def _keep(self, state: State, origin: State | None, queue: deque[State]) -> None:
        kept = self._states.setdefault(state[0], [])
        if all(mask & state[1] != mask for _, mask in kept):
            kept.append(state)
            self._came_from[state] = origin
            queue.append(state)

    def _step(self, state: State, other: str) -> Iterator[State]:
        deafness = self._deafness
        if not deafness.bit:
            yield (other, 0)
        elif self._backwards:
            for deaf in deafness.masks(other, state[0]):
                forbidden = (state[1] | deaf) & deafness.above[other]
                if not forbidden & deafness.bit.get(other, 0):
                    yield (other, forbidden)
        elif not all(deaf & state[1] for deaf in deafness.masks(state[0], other)):
            passed = state[1] | deafness.bit.get(other, 0)
            yield (other, passed & deafness.ahead[other])

    def _count_paths(self) -> None:
        starts = frozenset(self._starts)
        for node in self._order:
            inner = sum(self._count.get(last, 0) for last in self._last[node])
            if inner or node in starts:
                self._count[node] = inner + (node in starts)

    def _every(self, node: str) -> tuple[tuple[str, ...], ...]:
        known = self._all_paths.get(node)
        if known is None:
            heard = self._deafness.heard
            known = tuple(p for p in self._walk_back(node) if heard(self._directed(p)))
            self._all_paths[node] = known
        return known

    def _walk_back(self, node: str) -> Iterator[tuple[str, ...]]:
        starts = frozenset(self._starts)
        stack: list[Cell] = [(node, None)] if node in self._count else []
        while stack:
            cell = stack.pop()
            name, rest = cell
            if name in self._all_paths:
                tail = _unwound(rest)
                yield from ((*path, *tail) for path in self._all_paths[name])
                continue
            if name in starts:
                yield _unwound(cell)
            stack.extend((p, cell) for p in reversed(self._last[name]) if p in self._count)

    def _shortest(self, node: str) -> Iterator[tuple[str, ...]]:
        if node in self._starts:
            yield (node,)
        for last in self._last[node]:
            for state in self._states.get(last, ()):
                if any(True for _ in self._step(state, node)):
                    yield (*self._route(state), node)
                    break

    def _route(self, state: State) -> tuple[str, ...]:
        tail: list[str] = []
        at: State | None = state
        while at is not None and at not in self._routes:
            tail.append(at[0])
            at = self._came_from[at]
        head = self._routes[at] if at is not None else ()
        self._routes[state] = (*head, *reversed(tail))
        return self._routes[state]


def _unwound(cell: Cell | None) -> tuple[str, ...]:
    names: list[str] = []
    while cell is not None:
        names.append(cell[0])
        cell = cell[1]
    return tuple(names)
