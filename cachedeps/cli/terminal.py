"""The two streams and the person who may sit behind them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from cachedeps.render.screen import Line, Screen, Style, cut, printable, width

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

MOST_COLUMNS = 72
STAYS_WHOLE = (Style.CODE, Style.COPIED)


def show(screen: Screen, *, to: TextIO | None = None) -> None:
    """Prints a screen: coloured on a terminal, plain text of full width elsewhere."""
    stream = to or sys.stdout
    if stream.isatty():
        _coloured(screen, stream)
    else:
        stream.write(str(screen))
    stream.flush()


def show_document(document: Mapping[str, object]) -> None:
    """Prints the one JSON document on stdout."""
    from cachedeps.render.documents import text_of

    sys.stdout.write(text_of(document))
    sys.stdout.flush()


def say(text: str) -> None:
    """One line for people, on stderr."""
    sys.stderr.write(printable(text) + "\n")
    sys.stderr.flush()


def is_interactive() -> bool:
    """Whether a person can read the screen and answer a question."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str) -> str | None:
    """The answer, or None where the person turned away (end of input, Ctrl-C, hung up)."""
    try:
        sys.stdout.write(printable(question))
        sys.stdout.flush()
        line = sys.stdin.readline()
    except (KeyboardInterrupt, OSError, UnicodeDecodeError):
        line = ""
    if line.endswith("\n"):
        return line.strip()
    # who turned away has not ended the line of the question, and may be gone
    with suppress(OSError):
        sys.stdout.write("\n")
        sys.stdout.flush()
    return None


def login_name() -> str:
    """The name that the person is logged in with; empty where there is none."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Says on a terminal that a long look is under way, and takes the line away after it."""
    if not sys.stderr.isatty():
        yield
        return
    text = cut(f"reading {printable(what)} ...", MOST_COLUMNS)
    sys.stderr.write(text)
    sys.stderr.flush()
    try:
        yield
    finally:
        sys.stderr.write("\r" + " " * len(text) + "\r")
        sys.stderr.flush()


def _coloured(screen: Screen, stream: TextIO) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, soft_wrap=True)
    for line in screen.lines:
        text = Text(end="")
        for span in line:
            text.append(span.text, None if span.style is Style.PLAIN else str(span.style))
        text.rstrip()
        if line and line[-1].style is Style.EXCERPT:
            text.truncate(console.width, overflow="ellipsis")
        for part in _folded(text, line, console):
            console.print(part)


def _folded(text: Text, line: Line, console: Console) -> Iterable[Text]:
    """A line that is too long in several, below where it began.

    Commands and SQL are left as they are: they have to work where they are pasted.
    """
    if text.cell_len <= console.width or any(span.style in STAYS_WHOLE for span in line):
        return [text]
    first = line[0].text
    # a fact's value stands beside its name, all else below its own beginning
    beside = len(line) > 1 and first.endswith("  ")
    indent = width(first) if beside else len(first) - len(first.lstrip()) + 2
    room = console.width - indent
    if any(width(word) > room for word in text.plain.split()):
        # a URL or a digest in pieces could not be copied
        return [text]
    parts = text.wrap(console, room)
    for part in parts:
        part.rstrip()
    for part in parts[1:]:
        part.pad_left(indent)
    return parts
