"""``cachedeps check``."""

from __future__ import annotations

from typing import Annotated

import typer

from cachedeps.cli import options, terminal
from cachedeps.cli.checking import checked_load, offline_check, tell

Offline = Annotated[bool, typer.Option("--offline", help="Check the file alone; ask no database.")]


def check(
    offline: Offline = False, config: options.Config = None, json: options.Json = False
) -> int:
    """Compare the declaration with the database; exit 1 on findings."""
    if offline:
        return offline_check(config, as_json=json)
    project, found = checked_load(config)
    if project is None:
        return tell(found, "", as_json=json)
    with terminal.reading("the schema"), project.connect() as database:
        found, name = database.check(), database.name
    return tell(found, f"{project.path.name} fits {name}", as_json=json)
