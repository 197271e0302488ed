"""``cachedeps init``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cachedeps.cli import exits, options, terminal
from cachedeps.cli.files import write_new
from cachedeps.project import init as starter
from cachedeps.render.documents import head

HERE = Path("cachedeps.toml")

Url = Annotated[
    str, typer.Option("--url", metavar="URL", help="The database, or env:NAME; is only read.")
]
Target = Annotated[
    Path,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Where to write; must not exist. - is stdout only."
    ),
]


Schemas = Annotated[
    list[str] | None,
    typer.Option(
        "--schema", metavar="NAME", help="Look at this schema, not at the default one; repeats."
    ),
]


def init(
    url: Url, schema: Schemas = None, output: Target = HERE, json: options.Json = False
) -> int:
    """Write a starter cachedeps.toml from a live schema.

    The file is printed too: read the questions in it before it is used.
    """
    with terminal.reading("the schema"):
        text = starter(url, path=output, schemas=schema or ())
    to_file = str(output) != "-"
    if to_file:
        write_new(output, text)
    if json:
        written = str(output) if to_file else None
        terminal.show_document({**head("init"), "written": written, "toml": text})
        return exits.DONE
    sys.stdout.write(text)
    if to_file:
        terminal.say(f"wrote {output}; next: read it, then cachedeps check -c {output}")
    return exits.DONE
