"""``cachedeps demo``."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from cachedeps.actions.demo import build_jumponion
from cachedeps.cli import options, terminal
from cachedeps.cli.call import said
from cachedeps.cli.command_line import run
from cachedeps.project import load
from cachedeps.render.documents import head
from cachedeps.render.receipt_document import history_document
from cachedeps.render.screen import Screen, Style

APPROVER = "you@example.com"
PLAN = "plan.json"

Folder = Annotated[
    Path | None,
    typer.Option("--folder", metavar="DIR", help="Where to build it, instead of a new folder."),
]


def demo(folder: Folder = None, json: options.Json = False) -> int:
    """Replay an incident on SQLite, from plan to restore.

    Builds a small database in a temporary folder and runs the main job on it. Every command
    is printed as it can be typed by hand; with --json on stderr.
    """
    place = folder or Path(tempfile.mkdtemp(prefix="cachedeps-demo-"))
    build_jumponion(place)
    with contextlib.chdir(place):
        if not json:
            return _story(place)
        with contextlib.redirect_stdout(sys.stderr):
            code = _story(place)
        terminal.show_document(_document(place))
    return code


def _document(place: Path) -> dict[str, object]:
    with load().connect() as database:
        runs = history_document(database.history())
    return {**head("demo"), "folder": str(place), "entries": runs["entries"]}


def _story(place: Path) -> int:
    _tell(f"A small company's database, as it stood before the clean-up, is in {place}.")
    _type(f"cd {place}")
    _tell("One pipeline was fixed: analytics. What is stale, and what is not? This only reads.")
    code = _run("invalidate", "--upstream", "analytics", "-o", PLAN)
    rows = str(_rows())
    _tell(f"Somebody looked at the plan and says yes to {rows} rows.")
    approval = ("--approved-by", APPROVER, "--expect-rows", rows)
    code = code or _run("apply", PLAN, *approval)
    _tell("Every change is on record.")
    code = code or _run("history")
    _tell("Take it back: every byte returns.")
    code = code or _run("restore", _last_receipt(), "--apply", *approval)
    _tell("The database is as it was. Now try it by hand, in that folder:")
    _type(said("invalidate", "--upstream", "analytics"))
    return code


def _run(*arguments: str) -> int:
    _type(said(*arguments))
    return run(arguments)


def _tell(text: str) -> None:
    screen = Screen()
    screen.line()
    screen.line(f"# {text}", Style.STRONG)
    terminal.show(screen)


def _type(command: str) -> None:
    screen = Screen()
    screen.spans(("$ ", Style.DIM), (command, Style.CODE))
    terminal.show(screen)


def _rows() -> int:
    from cachedeps.actions.planfile import read_plan

    return read_plan(Path(PLAN)).rows


def _last_receipt() -> str:
    with load().connect() as database:
        return database.history()[0].id
