"""``cachedeps graph``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from cachedeps.cli import exits, options, terminal
from cachedeps.cli.files import write_bytes
from cachedeps.errors import UsageError
from cachedeps.project import load

Fixed = Annotated[
    str | None,
    typer.Option("--upstream", metavar="NAME", help="Make what depends on it stand out."),
]
Form = Annotated[
    Literal["tree", "dot", "svg", "png", "mermaid", "json"],
    typer.Option("--format", help="How to show it."),
]
Target = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to FILE instead of stdout."),
]


def graph(
    upstream: Fixed = None,
    format: Form = "tree",  # noqa: A002 - the option's name
    output: Target = None,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    """Show the provenance: which upstream feeds which cache."""
    shown = load(config).graph(upstream, form="json" if json else format)
    data = shown if isinstance(shown, bytes) else shown.encode()
    if output:
        write_bytes(output, data)
        terminal.say(f"wrote {output}")
    elif isinstance(shown, bytes) and sys.stdout.isatty():
        message = f"{format} is a picture, not text for a terminal"
        raise UsageError(message, hint="say where to write it: -o FILE")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
    return exits.DONE
