"""The graph as something to look at: what is shown of each node and edge, and what fades."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from cachedeps.domain.graph import Graph, PathFinder
from cachedeps.domain.model import Cache, Declaration, Edge, ResetKind, Upstream


class NodeKind(StrEnum):
    """What a node is."""

    UPSTREAM = "upstream"
    CACHE = "cache"


class EdgeKind(StrEnum):
    """What is special about an edge; where several things are, the one that narrows most."""

    PLAIN = "plain"
    WHEN = "when"
    VIA = "via"
    ALL = "all"
    EXCEPT = "except"


@dataclass(frozen=True, slots=True)
class PictureNode:
    """One node. ``title`` is its name within its table; ``notes`` say what is unusual."""

    name: str
    kind: NodeKind
    title: str
    table: str | None = None
    notes: tuple[str, ...] = ()
    reset: str | None = None
    irreplaceable: bool = False
    chosen: bool = False
    faded: bool = False


@dataclass(frozen=True, slots=True)
class PictureEdge:
    """``start`` feeds ``end``; the texts are as in the file, "" where there is none.

    ``stamp`` is the column in which ``end`` records the version of ``start``.
    """

    start: str
    end: str
    kind: EdgeKind
    when: str = ""
    via: str = ""
    deaf_to: tuple[str, ...] = ()
    stamp: str = ""
    faded: bool = False

    @property
    def label(self) -> str:
        """The conditions of the edge, as a person reads them."""
        parts = (
            f"when {self.when}" if self.when else "",
            f"via {self.via}" if self.via else "",
            f"except {', '.join(self.deaf_to)}" if self.deaf_to else "",
        )
        return "; ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is shown, in the order of the file. ``chosen`` stands out."""

    nodes: tuple[PictureNode, ...]
    edges: tuple[PictureEdge, ...]
    chosen: str | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the caches stand in, in the order of the file."""
        return tuple(dict.fromkeys(n.table for n in self.nodes if n.table is not None))


def draw(declaration: Declaration, chosen: str | None = None) -> Picture:
    """The picture of a declaration; where a node is ``chosen``, what it cannot change fades.

    Args:
        declaration: a valid declaration.
        chosen: the name of a node of it.
    """
    graph = Graph(declaration)
    finder = PathFinder(graph, (chosen,)) if chosen is not None else None
    bright = finder.reached | {chosen} if finder else frozenset(graph.parents)
    nodes = [
        *(_upstream(upstream) for upstream in declaration.upstreams),
        *(_cache(cache) for cache in declaration.caches()),
    ]
    seen = [replace(n, chosen=n.name == chosen, faded=n.name not in bright) for n in nodes]
    edges: list[PictureEdge] = []
    for node, fed_by in graph.parents.items():
        cache = graph.caches.get(node)
        for edge in fed_by:
            faded = finder is not None and not finder.carries(edge, node)
            edges.append(picture_edge(edge, node, cache, faded=faded))
    return Picture(tuple(seen), tuple(edges), chosen)


def edge_kind(edge: Edge) -> EdgeKind:
    """What is special about an edge."""
    if edge.deaf_to:
        return EdgeKind.EXCEPT
    if edge.via is not None:
        return EdgeKind.ALL if edge.via.every else EdgeKind.VIA
    return EdgeKind.WHEN if edge.when else EdgeKind.PLAIN


def picture_edge(edge: Edge, end: str, cache: Cache | None, *, faded: bool = False) -> PictureEdge:
    """One edge into the node ``end`` (which is ``cache``, unless it is an upstream)."""
    stamps = cache.stamps if cache else ()
    return PictureEdge(
        start=edge.on,
        end=end,
        kind=edge_kind(edge),
        when=edge.when.text if edge.when else "",
        via=("all" if edge.via.every else edge.via.text) if edge.via else "",
        deaf_to=tuple(sorted(edge.deaf_to)),
        stamp=next((stamp.column for stamp in stamps if stamp.of == edge.on), ""),
        faded=faded,
    )


def _upstream(upstream: Upstream) -> PictureNode:
    return PictureNode(
        name=upstream.name,
        kind=NodeKind.UPSTREAM,
        title=upstream.name,
        notes=tuple(upstream_notes(upstream)),
    )


def _cache(cache: Cache) -> PictureNode:
    return PictureNode(
        name=cache.node,
        kind=NodeKind.CACHE,
        title=cache.name,
        table=cache.table,
        notes=tuple(cache_notes(cache)),
        reset=cache.reset.kind.value,
        irreplaceable=cache.irreplaceable,
    )


def upstream_notes(upstream: Upstream) -> Iterable[str]:
    """What a picture says about an upstream beside its name."""
    if upstream.version is not None:
        yield f"version {upstream.version}"
    if upstream.source is not None:
        columns = ", ".join(upstream.source.columns)
        yield f"rows of {upstream.source.table}" + (f" ({columns})" if columns else "")


def cache_notes(cache: Cache) -> Iterable[str]:
    """What a picture says about a cache beside its name; the default reset is not mentioned."""
    if cache.column != cache.name:
        yield f"column {cache.column}"
    if cache.rows is not None:
        yield f"rows {cache.rows.text}"
    if cache.reset.kind is ResetKind.VALUE:
        yield f"reset to {cache.reset.value!r}"
    elif cache.reset.kind is not ResetKind.NULL:
        yield f"reset {cache.reset.kind.value}"
    if cache.irreplaceable:
        yield "irreplaceable"
