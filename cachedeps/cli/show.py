"""``cachedeps show``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cachedeps.cli import exits, options, terminal
from cachedeps.cli.saved_plan import show_plan
from cachedeps.project import load
from cachedeps.render.receipt_document import receipt_document
from cachedeps.render.receipt_screen import receipt_screen

Shown = Annotated[
    str, typer.Argument(metavar="PLAN|RECEIPT", help="A plan file, or the id of a receipt.")
]


def show(shown: Shown, config: options.Config = None, json: options.Json = False) -> int:
    """Show a plan file or a receipt, and what of it is stale by now."""
    path = Path(shown)
    if path.suffix or path.exists() or path.name != shown:
        return show_plan(path, config, as_json=json)
    with load(config).connect() as database:
        receipt = database.receipt(shown)
        still_old = database.still_old(receipt.id)
    if json:
        terminal.show_document(receipt_document("show", receipt, still_old))
    else:
        terminal.show(receipt_screen(receipt, still_old=still_old))
    return exits.DONE
