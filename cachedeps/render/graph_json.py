"""The picture as a JSON document."""

from __future__ import annotations

from cachedeps.domain.picture import Picture, PictureEdge, PictureNode
from cachedeps.render.documents import Document, head, text_of


def graph_document(picture: Picture) -> Document:
    """The document: nodes and edges in the order of the file.

    Conditions are given as in the file, null where there is none. ``faded`` says that the
    chosen node does not feed it.
    """
    return {
        **head("graph"),
        "upstream": picture.chosen,
        "nodes": [_node(node) for node in picture.nodes],
        "edges": [edge_entry(edge) for edge in picture.edges],
    }


def graph_json(picture: Picture) -> str:
    """The document as text."""
    return text_of(graph_document(picture))


def _node(node: PictureNode) -> Document:
    return {
        "name": node.name,
        "kind": node.kind.value,
        "table": node.table,
        "reset": node.reset,
        "irreplaceable": node.irreplaceable,
        "notes": list(node.notes),
        "faded": node.faded,
    }


def edge_entry(edge: PictureEdge) -> Document:
    """One edge: ``from`` feeds ``to``."""
    return {
        "from": edge.start,
        "to": edge.end,
        "kind": edge.kind.value,
        "when": edge.when or None,
        "via": edge.via or None,
        "except": list(edge.deaf_to),
        "stamp": edge.stamp or None,
        "faded": edge.faded,
    }
