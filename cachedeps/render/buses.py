"""Edges of one node that lead far, drawn as one line with a fan at each column it serves.

In large drawings an upstream may stand far from the caches it feeds. Lines that run side by
side for most of their way are drawn as one, which says the same and leaves room to see it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from cachedeps.domain.picture import EdgeKind, Picture, PictureEdge


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a fan begins: in the column before the nodes that its edges lead to."""

    column: int
    edges: tuple[PictureEdge, ...]


@dataclass(frozen=True, slots=True)
class Bus:
    """One line from ``start`` past its stops, nearest first; all edges look the same."""

    start: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Every edge of a picture once: alone, or on a bus."""

    single: tuple[PictureEdge, ...]
    buses: tuple[Bus, ...]


def lines(picture: Picture, columns: Mapping[str, int]) -> Lines:
    """What is drawn as one line, and what as its own.

    Args:
        picture: what is drawn.
        columns: the column of every node; empty where none are given, then there is no bus.
    """
    if not columns:
        return Lines(picture.edges, ())
    alike: dict[tuple[str, EdgeKind, bool, bool], list[PictureEdge]] = defaultdict(list)
    single: list[PictureEdge] = []
    for edge in picture.edges:
        behind = columns[edge.end] <= columns[edge.start]
        if columns[edge.end] == columns[edge.start] + 1:
            single.append(edge)
        else:
            alike[edge.start, edge.kind, edge.faded, behind].append(edge)
    buses: list[Bus] = []
    for (start, _, _, behind), edges in alike.items():
        if len(edges) == 1:
            single.extend(edges)
        else:
            buses.append(Bus(start, _stops(edges, columns, nearest_last=behind)))
    return Lines(tuple(single), tuple(buses))


def _stops(
    edges: list[PictureEdge], columns: Mapping[str, int], *, nearest_last: bool
) -> tuple[Stop, ...]:
    by_column: dict[int, list[PictureEdge]] = defaultdict(list)
    for edge in edges:
        by_column[columns[edge.end] - 1].append(edge)
    return tuple(Stop(c, tuple(by_column[c])) for c in sorted(by_column, reverse=nearest_last))
