"""``cachedeps journal``."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from cachedeps.cli import exits, options, terminal
from cachedeps.project import load
from cachedeps.render.documents import head

What = Annotated[Literal["ddl"], typer.Argument(help="ddl: the statements, for review.")]


def journal(what: What, config: options.Config = None, json: options.Json = False) -> int:
    """Print the statements that create the journal's tables.

    Whoever lacks the right to create tables hands them to an administrator.
    """
    with load(config).connect() as database:
        ddl = database.journal_ddl()
    if json:
        terminal.show_document({**head("journal"), what: ddl})
    else:
        sys.stdout.write(ddl)
    return exits.DONE
