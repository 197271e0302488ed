"""Where in a TOML text each key stands.

The text has been read by ``tomllib`` already, so it is well-formed; this walk only follows
its structure and notes lines. It runs only where there is something to report.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

from cachedeps.config.problems import Place, dotted

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\]|\\.)*"'
    r"|'[^']*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}\n#]*")


class Lines:
    """The line of every key (and list element) of a well-formed TOML text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self._found: dict[Place, int] = {}
        self._arrays: dict[Place, int] = {}
        self._at = 0
        try:
            self._document()
        except (RecursionError, IndexError):
            # what was found so far still helps; the rest is told at its table's line
            return

    def of(self, place: Place) -> int:
        """The line of ``place``, or of the nearest enclosing table; 1 where none is known."""
        for length in range(len(place), 0, -1):
            if place[:length] in self._found:
                return self._found[place[:length]]
        return 1

    def _note(self, place: Place, at: int) -> None:
        line = bisect_right(self._starts, at)
        for length in range(1, len(place) + 1):
            self._found.setdefault(place[:length], line)

    def _skip(self) -> str:
        """Goes to the next meaningful character and returns it; "" at the end."""
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _document(self) -> None:
        prefix: Place = ()
        while character := self._skip():
            if character == "[":
                prefix = self._header()
            else:
                self._pair(prefix)

    def _header(self) -> Place:
        start = self._at
        is_array = self._text.startswith("[[", start)
        self._at += 2 if is_array else 1
        prefix: Place = ()
        for key in self._key():
            prefix = (*prefix, key)
            if prefix in self._arrays:
                prefix = (*prefix, self._arrays[prefix])
        if is_array:
            prefix = self._next_of_array(prefix)
        self._note(prefix, start)
        self._found[prefix] = bisect_right(self._starts, start)
        self._at += 2 if is_array else 1
        return prefix

    def _next_of_array(self, prefix: Place) -> Place:
        base = prefix[:-1] if prefix and isinstance(prefix[-1], int) else prefix
        self._arrays[base] = self._arrays.get(base, -1) + 1
        return (*base, self._arrays[base])

    def _pair(self, prefix: Place) -> None:
        start = self._at
        place = (*prefix, *self._key())
        self._note(place, start)
        self._skip()
        self._at += 1  # the equals sign
        self._value(place)

    def _key(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip()
            match = _STRING.match(self._text, self._at) or _BARE.match(self._text, self._at)
            if match is None:
                raise IndexError
            keys.append(_plain(match[0]))
            self._at = match.end()
            if self._skip() != ".":
                return keys
            self._at += 1

    def _value(self, place: Place) -> None:
        character = self._skip()
        if character == "[":
            self._elements(place)
        elif character == "{":
            self._members(place)
        else:
            pattern = _STRING if character in "\"'" else _SCALAR
            match = pattern.match(self._text, self._at)
            if match is None:
                raise IndexError
            self._at = match.end()

    def _elements(self, place: Place) -> None:
        self._at += 1
        index = 0
        while self._skip() != "]":
            self._note((*place, index), self._at)
            self._value((*place, index))
            index += 1
            if self._skip() == ",":
                self._at += 1
        self._at += 1

    def _members(self, place: Place) -> None:
        self._at += 1
        while self._skip() != "}":
            self._pair(place)
            if self._skip() == ",":
                self._at += 1
        self._at += 1


def _plain(written: str) -> str:
    """A key without its quotes and escapes."""
    if written[0] not in "\"'":
        return written
    return next(iter(tomllib.loads(f"{written} = 0")))


def where(path: str | Path, key: str) -> str:
    """``cachedeps.toml:12 tables.uploads`` for a dotted key of a declaration file."""
    file = Path(path)
    try:
        lines = _lines_of(file, file.stat().st_mtime_ns)
        line = lines.of(place_of(key))
    except (OSError, ValueError):
        return f"{file.name} {key}"
    return f"{file.name}:{line} {key}"


@lru_cache(maxsize=4)
def _lines_of(file: Path, _changed: int) -> Lines:
    return Lines(file.read_text(encoding="utf-8-sig"))


def place_of(key: str) -> Place:
    """The place that a dotted key names; the reverse of ``problems.dotted``.

    Raises:
        ValueError: the key is not written as TOML writes it.
    """
    place: list[str | int] = []
    for part, index in re.findall(rf"\.?({_STRING.pattern}|[A-Za-z0-9_-]+)|\[(\d+)\]", key):
        place.append(int(index) if index else _plain(part))
    if dotted(tuple(place)) != key:
        message = f"not a dotted key: {key!r}"
        raise ValueError(message)
    return tuple(place)
