"""Screens for people: lines of styled text that hold no control characters.

A screen is a value. ``str(screen)`` is plain text of full width; whoever owns a terminal may
colour the spans by their style.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

CUT_MARK = "…"
# These turn or hide text on a terminal without being control characters themselves.
UNSEEN = frozenset("\u2028\u2029")
NAMED_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Style(StrEnum):
    """What a span means; a terminal decides how it looks."""

    PLAIN = ""
    STRONG = "bold"
    DIM = "dim"
    GOOD = "green"
    WARN = "yellow"
    BAD = "red"
    CODE = "cyan"
    # plain, but it stays on one line where a terminal is narrow: it is going to be copied
    COPIED = "not reverse"
    # the end of a line that may be cut where the terminal is narrower
    EXCERPT = "none"


def printable(text: str) -> str:
    """The text with everything that could steer a terminal written as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in NAMED_ESCAPES:
        return NAMED_ESCAPES[character]
    # Cc: controls, Cf: bidi overrides and the like, Cs: lone surrogates
    if unicodedata.category(character) in {"Cc", "Cf", "Cs"} or character in UNSEEN:
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    return character


def cut(text: str, most: int) -> str:
    """At most ``most`` characters of the text; a cut is marked with an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + CUT_MARK


def width(text: str) -> int:
    """The columns that printable text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text of one style. The text is always printable."""

    text: str
    style: Style = Style.PLAIN


Line = tuple[Span, ...]


class Screen:
    """Collects lines; everything that comes in is made printable."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def __str__(self) -> str:
        return "".join(f"{text.rstrip()}\n" for text in map(_plain, self.lines))

    def line(self, text: str = "", style: Style = Style.PLAIN) -> None:
        """One line of one style."""
        self.lines.append((Span(printable(text), style),))

    def spans(self, *spans: tuple[str, Style]) -> None:
        """One line of several styles."""
        self.lines.append(tuple(Span(printable(text), style) for text, style in spans))

    def heading(self, text: str) -> None:
        """A blank line and a heading."""
        self.line()
        self.line(text, Style.STRONG)

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Names and values side by side."""
        rows = [(name, printable(value)) for name, value in facts]
        wide = max((width(name) for name, _ in rows), default=0)
        for name, value in rows:
            self.lines.append((Span(name.ljust(wide + 2), Style.DIM), Span(value)))

    def block(self, text: str, style: Style = Style.PLAIN, *, indent: int = 2) -> None:
        """Text of several lines, indented."""
        for row in text.splitlines() or [""]:
            self.line(" " * indent + row, style)

    def table(
        self,
        header: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        right: Sequence[str] = (),
        excerpts: bool = False,
    ) -> None:
        """Columns of equal width.

        The columns named in ``right`` align right. With ``excerpts`` the last column's cells
        are excerpts, which may be cut further where a terminal is narrow.
        """
        body = [[printable(cell) for cell in row] for row in rows]
        wide = [max(map(width, column)) for column in zip(header, *body, strict=True)]
        flush = [name in right for name in header]
        for number, cells in enumerate((header, *body)):
            padded = [_pad(c, w, right=r) for c, w, r in zip(cells, wide, flush, strict=True)]
            last = [Span(f"  {padded.pop()}", Style.EXCERPT)] if excerpts and number else []
            text = "  " + "  ".join(padded)
            self.lines.append((Span(text, Style.PLAIN if number else Style.DIM), *last))

    def extend(self, other: Screen) -> None:
        """All lines of another screen."""
        self.lines.extend(other.lines)


def _plain(line: Line) -> str:
    return "".join(span.text for span in line)


def _pad(text: str, wide: int, *, right: bool) -> str:
    space = " " * (wide - width(text))
    return space + text if right else text + space
