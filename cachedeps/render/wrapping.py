"""Long names and conditions, broken into short lines where a reader would break them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachedeps.render.screen import CUT_MARK, printable, width

WORD = re.compile(r"[^ ]+ *| +")
BREAKS_AFTER = frozenset(" _-.,;:/")


def wrapped(text: str, wide: int, most_lines: int = 4) -> list[str]:
    """The printable text in lines of at most ``wide`` columns.

    What does not fit into ``most_lines`` is cut, and the cut is marked with an ellipsis.
    """
    lines = [""]
    for piece in _pieces(printable(text), wide):
        if lines[-1] and width(lines[-1] + piece.rstrip()) > wide:
            lines.append("")
        lines[-1] += piece
    lines = [line.strip() for line in lines]
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], lines[most_lines - 1] + CUT_MARK]
    return lines


def _pieces(text: str, wide: int) -> Iterator[str]:
    """The words with the blanks behind them; what is too long for a line is cut further."""
    for word in WORD.findall(text):
        if width(word.rstrip()) <= wide:
            yield word
        else:
            yield from _cut(word, wide)


def _cut(text: str, wide: int) -> list[str]:
    """The text cut after every place where a line may end, and where a piece is too long."""
    pieces: list[str] = []
    start = 0
    for place, character in enumerate(text):
        here = text[start : place + 1]
        if character in BREAKS_AFTER or width(here) >= wide:
            pieces.append(here)
            start = place + 1
    if start < len(text):
        pieces.append(text[start:])
    return pieces
