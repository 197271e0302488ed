"""Runs one command line and turns whatever happens into an exit code.

Nothing is raised from here, and nothing is printed that an error's own text could give away.
"""

from __future__ import annotations

import os
import sys

from cachedeps.cli.call import Call
from cachedeps.cli.commands import COMMANDS, help_text
from cachedeps.cli.exits import DONE, FAILED, USAGE
from cachedeps.errors import CachedepsError, FailedError, UnknownNameError, UsageError

TYPE_CHECKING = False  # what typing says too, without the cost of importing it
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

DEBUG_VARIABLE = "CACHEDEPS_DEBUG"


def run(arguments: Sequence[str]) -> int:
    """Runs ``cachedeps ARGUMENTS`` and returns the exit code; raises nothing."""
    argv = tuple(arguments)
    _make_streams_safe()
    call = Call(argv)
    try:
        code = _dispatch(call)
        sys.stdout.flush()
        return code
    except CachedepsError as error:
        return _report(call, error)
    except KeyboardInterrupt:
        return _report(call, _interrupted())
    except BrokenPipeError:
        # nobody reads any more; what was done is in the history
        _forget_output()
        return FAILED
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE):
            raise
        return _report(call, _unexpected(error))


def _dispatch(call: Call) -> int:
    argv = call.argv
    if not argv:
        sys.stderr.write(help_text())
        return USAGE
    if argv[0] in {"--help", "-h"}:
        sys.stdout.write(help_text())
        return DONE
    if argv[0] == "--version":
        return _print_version()
    if argv[0] not in COMMANDS:
        raise _unknown_command(argv[0])
    if argv[0] == "check":
        from cachedeps.cli.checking import quick_offline_check

        code = quick_offline_check(argv[1:])
        if code is not None:
            return code
    from cachedeps.cli.typed import call_command

    return call_command(call)


def _print_version() -> int:
    from cachedeps import __version__

    sys.stdout.write(f"cachedeps {__version__}\n")
    return DONE


def _unknown_command(name: str) -> UsageError:
    from difflib import get_close_matches

    if name.startswith("-"):
        message = f"{name}: no such option here"
        return UsageError(message, hint="options stand after the command: cachedeps --help")
    close = get_close_matches(name, COMMANDS, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return UnknownNameError(f"there is no command {name}", hint=f"{hint}cachedeps --help")


def _report(call: Call, error: CachedepsError) -> int:
    """Prints the error: in JSON as the one document on stdout, else for people on stderr."""
    from cachedeps.cli import terminal
    from cachedeps.render.documents import error_document
    from cachedeps.render.findings_screen import error_screen

    try:
        if "--json" in call.argv:
            terminal.show_document(error_document(_command(call), error, call.document))
        else:
            sys.stdout.flush()
            terminal.show(error_screen(error), to=sys.stderr)
    except OSError:
        # nobody is there to read it; the exit code still says it
        _forget_output()
    return error.exit_code


def _command(call: Call) -> str:
    return call.argv[0] if call.argv and call.argv[0] in COMMANDS else ""


def _interrupted() -> FailedError:
    message = "stopped at once; a page that was under way was rolled back"
    return FailedError(message, hint="cachedeps history says whether a run is unfinished")


def _unexpected(error: Exception) -> FailedError:
    """Says what and where, but not the error's own text: it may hold values or a password."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = ""
    if place:
        where = f" in {os.path.basename(place.tb_frame.f_code.co_filename)}:{place.tb_lineno}"  # noqa: PTH119
    message = f"unexpected {type(error).__name__}{where}; this is a bug in cachedeps"
    hint = f"cachedeps history says what was written; {DEBUG_VARIABLE}=1 shows the traceback"
    return FailedError(message, hint=hint)


def _make_streams_safe() -> None:
    """No character of anybody's data may end a run because a stream cannot encode it."""
    for stream in (sys.stdout, sys.stderr):
        _never_fail(stream)


def _never_fail(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _forget_output() -> None:
    """Points the streams to nowhere, so that the interpreter's last flush fails for nobody."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):
            continue
