"""Edges of one upstream into one table, drawn as one line that fans out in front of it.

In large drawings an upstream may stand far from the caches it feeds. Lines that run side by
side for most of their way are drawn as one, which says the same and leaves room to see it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cachedeps.domain.picture import Picture, PictureEdge


@dataclass(frozen=True, slots=True)
class Bundle:
    """Edges that share their start and their look, and end in one column of one table.

    ``column`` is where the fan begins; None where the edges are drawn one by one.
    """

    edges: tuple[PictureEdge, ...]
    column: int | None = None


def bundles(picture: Picture, columns: Mapping[str, int]) -> Iterator[Bundle]:
    """Every edge of the picture, once, in bundles.

    Args:
        picture: what is drawn.
        columns: the column of every node; empty where none are given, then nothing is bundled.
    """
    tables = {node.name: node.table for node in picture.nodes}
    alike: dict[tuple[object, ...], list[PictureEdge]] = defaultdict(list)
    for number, edge in enumerate(picture.edges):
        far = bool(columns) and columns[edge.start] != columns[edge.end] - 1
        together = far and tables[edge.end] is not None and tables[edge.start] is None
        look: tuple[object, ...] = (number,)
        if together:
            look = (edge.start, tables[edge.end], columns[edge.end], edge.kind, edge.faded)
        alike[look].append(edge)
    for edges in alike.values():
        column = columns[edges[0].end] - 1 if len(edges) > 1 else None
        yield Bundle(tuple(edges), column)
