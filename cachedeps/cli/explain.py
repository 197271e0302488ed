"""``cachedeps explain``."""

from __future__ import annotations

from typing import Annotated

import typer

from cachedeps.cli import exits, options, terminal
from cachedeps.project import load
from cachedeps.render.explanation import explanation_document, explanation_screen

Node = Annotated[
    str, typer.Argument(metavar="NODE", help="An upstream, or a cache as TABLE.CACHE.")
]


def explain(node: Node, config: options.Config = None, json: options.Json = False) -> int:
    """Show what feeds one node, what it feeds, and what makes it stale."""
    explanation = load(config).explain(node)
    if json:
        terminal.show_document(explanation_document(explanation))
    else:
        terminal.show(explanation_screen(explanation))
    return exits.DONE
