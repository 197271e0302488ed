"""Reads one command's arguments with typer and calls it."""

from __future__ import annotations

from importlib import import_module

import typer
from typer.main import get_command

from cachedeps.cli.call import PROGRAM, Call
from cachedeps.errors import UsageError

MOST_HELP_COLUMNS = 98
SETTINGS = {"help_option_names": ["--help", "-h"], "max_content_width": MOST_HELP_COLUMNS}


def command_app(name: str) -> typer.Typer:
    """The typer application of one command; loads that command's module alone."""
    function = getattr(import_module(f"cachedeps.cli.{name}"), name)
    app = typer.Typer(add_completion=False, rich_markup_mode=None, context_settings=SETTINGS)
    app.command(name)(function)
    return app


def call_command(call: Call) -> int:
    """Parses what was typed after the command's name and calls it; returns its exit code.

    Raises:
        UsageError: the arguments cannot be read.
    """
    name, *arguments = call.argv
    command = get_command(command_app(name))
    try:
        with command.make_context(f"{PROGRAM} {name}", arguments, obj=call) as context:
            return int(command.invoke(context))
    except typer.Exit as ended:
        return ended.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.TyperException as error:
        raise UsageError(_in_one_line(error), hint=f"{PROGRAM} {name} --help") from None


def _in_one_line(error: typer.TyperException) -> str:
    """What the parser says, without its layout and the names of its own errors."""
    return " ".join(error.format_message().replace("Value error, ", "").split())
