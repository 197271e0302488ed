"""Explains one node of the provenance graph."""

from __future__ import annotations

from cachedeps.actions.graph import check_node
from cachedeps.domain.explanation import Explanation, explained
from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Declaration


def explain(declaration: Declaration, node: str) -> Explanation:
    """What feeds a node, what it feeds, and what would make it stale.

    Needs no database. ``cachedeps.render.explanation`` shows it as text or as JSON.

    Args:
        declaration: where the node is declared.
        node: an upstream's name, or ``table.cache``.

    Raises:
        UnknownNameError: there is no such node; the hint names the nearest ones.
    """
    check_node(declaration, node)
    return explained(Graph(declaration), node)
