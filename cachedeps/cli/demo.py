"""``cachedeps demo``."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import typer

from cachedeps.actions.demo import build_honeychat, build_jumponion
from cachedeps.cli import options, terminal
from cachedeps.cli.call import said
from cachedeps.cli.command_line import run
from cachedeps.project import load
from cachedeps.render.documents import head
from cachedeps.render.receipt_document import history_document
from cachedeps.render.screen import Screen, Style

APPROVER = "you@example.com"
PLAN = "plan.json"
NIGHTLY = "nightly.sql"
FORCED = "forced.sql"

Folder = Annotated[
    Path | None,
    typer.Option("--folder", metavar="DIR", help="Where to build it, instead of a new folder."),
]
Incident = Annotated[
    Literal["jumponion", "honeychat"],
    typer.Option("--incident", help="Which of the two to replay."),
]


def demo(
    folder: Folder = None,
    incident: Incident = "jumponion",
    json: options.Json = False,
) -> int:
    """Replay an incident on SQLite, from plan to restore.

    Builds a small database in a temporary folder and runs the main job on it; with --incident
    honeychat a clean-up that would have taken ten people along. Every command is printed as it
    can be typed by hand; with --json on stderr.
    """
    place = folder or Path(tempfile.mkdtemp(prefix="cachedeps-demo-"))
    build, story = (
        (build_jumponion, _jumponion) if incident == "jumponion" else (build_honeychat, _honeychat)
    )
    build(place)
    with contextlib.chdir(place):
        if not json:
            return story(place)
        with contextlib.redirect_stdout(sys.stderr):
            code = story(place)
        terminal.show_document(_document(place))
    return code


def _document(place: Path) -> dict[str, object]:
    with load().connect() as database:
        runs = history_document(database.history())
    return {**head("demo"), "folder": str(place), "entries": runs["entries"]}


def _jumponion(place: Path) -> int:
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


def _honeychat(place: Path) -> int:
    _tell(f"A chat service, one hour before its nightly clean-up of test users, is in {place}.")
    _type(f"cd {place}")
    nightly = "DELETE FROM users WHERE id BETWEEN -91111200 AND -91111100;"
    Path(NIGHTLY).write_text(nightly + "\n", encoding="utf-8")
    _tell(f"What runs every night, in {NIGHTLY}: {nightly}")
    _run("guard", NIGHTLY)
    _tell("Refused. On this copy we set the rule aside, to see whom it would have taken along.")
    forced = f"-- cachedeps: allow range-delete-on-key because the night is replayed\n{nightly}\n"
    Path(FORCED).write_text(forced, encoding="utf-8")
    approval = ("--approved-by", APPROVER, "--expect-rows", "13", "--expect", "web_messages=132")
    code = _run("run", FORCED, "--apply", *approval)
    _tell("Ten people and three test users are gone, and all that hung on them. Take it back.")
    back = ("--apply", "--approved-by", APPROVER, "--expect-rows", "181")
    code = code or _run("restore", _last_receipt(), *back)
    _tell("The clean-up as it should be: by the attribute. Two who carry it are somebody real.")
    code = code or _run("cleanup", "users")
    _tell("The database is as it was. What could have been seen for weeks:")
    _type(said("check"))
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
