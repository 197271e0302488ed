"""``cachedeps history``."""

from __future__ import annotations

from cachedeps.cli import exits, options, terminal
from cachedeps.project import load
from cachedeps.render.receipt_document import history_document
from cachedeps.render.receipt_screen import history_screen


def history(config: options.Config = None, json: options.Json = False) -> int:
    """List every apply and restore that the journal knows."""
    with load(config).connect() as database:
        receipts = database.history()
    if json:
        terminal.show_document(history_document(receipts))
    else:
        terminal.show(history_screen(receipts))
    return exits.DONE
