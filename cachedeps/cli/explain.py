"""``cachedeps explain``."""

from __future__ import annotations

from typing import Annotated

import typer

Node = Annotated[
    str, typer.Argument(metavar="NODE", help="An upstream, or a cache as TABLE.CACHE.")
]
