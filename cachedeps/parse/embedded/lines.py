"""On which line of a program each line of a text stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPENING = re.compile(r"(?P<prefix>[A-Za-z]{0,3})(?P<quote>\"\"\"|'''|\"|')")
_GAP = re.compile(r"(?:[\s\\()]|#[^\n]*)*")


def line_starts(written: str, first: int, newlines: int) -> tuple[int, ...]:
    """The lines on which the text's first character and the one behind each newline stand.

    Args:
        written: the literal as it is written, quotes and all; several where they are joined.
        first: the line on which it begins.
        newlines: how many the text has; where they cannot be told apart, the first line is
            taken for all.
    """
    starts: list[int] = []
    new, line = True, first
    for character, line in _characters(written, first):
        if new:
            starts.append(line)
        new = character == "\n"
    if new:
        starts.append(line)
    return tuple(starts) if len(starts) == newlines + 1 else (first,) * (newlines + 1)


def _characters(written: str, line: int) -> Iterator[tuple[str, int]]:
    """Every character that the text has in the end, an escape counting as one or more."""
    place = 0
    while opening := _OPENING.match(written, place):
        end = _end(written, opening)
        inner = written[opening.end() : end]
        yield from _inner(inner, line, opening["prefix"].lower())
        place = end + len(opening["quote"])
        line += inner.count("\n")
        gap = _GAP.match(written, place)
        if gap is not None:
            line += gap[0].count("\n")
            place = gap.end()


def _end(written: str, opening: re.Match[str]) -> int:
    place = opening.end()
    while place < len(written):
        if written[place] == "\\":
            place += 2
        elif written.startswith(opening["quote"], place):
            return place
        else:
            place += 1
    return len(written)


def _inner(inner: str, line: int, prefix: str) -> Iterator[tuple[str, int]]:
    depth = place = 0
    while place < len(inner):
        two = inner[place : place + 2]
        character = two[0]
        place += 1
        if "f" in prefix and not depth and two in {"{{", "}}"}:
            place += 1
            yield character, line
        elif "f" in prefix and character in "{}":
            depth += 1 if character == "{" else -1
        elif depth:
            line += character == "\n"
        elif character == "\\" and "r" not in prefix:
            place += 1
            if two == "\\\n":
                line += 1
            else:
                yield ("\n" if two == "\\n" else "\\"), line
        else:
            yield character, line
            line += character == "\n"
