"""Cuts foreign SQL into statements and takes its comments out, as the database would.

A database reads quotes and comments by rules of its own, and some by its settings. Where two
settings read the same text differently, the text is refused: it may do what nobody sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_CHARACTERS = 1_000_000
# stands for each character of a quoted text or name where only the words are looked at
QUOTED = "'"

MYSQL = frozenset({"mysql", "mariadb"})
_DOLLAR = re.compile(r"\$(?:[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]*)?\$")
_ALLOW = re.compile(
    r"cachedeps:\s*allow\s+(?P<slug>[a-z][a-z-]*)(?:\s+because\s+(?P<reason>.*\S))?", re.DOTALL
)
# nothing else begins a quote or a comment
_MAY_BEGIN = re.compile(r"['\"`\[$/#-]")
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


class Ambiguous(Exception):  # noqa: N818  (carries a reason within this package only)
    """The text cannot be cut in one certain way; the message says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: code, quoted, or comment."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cut:
    """One statement: its text without comments (blanks in their place), and its place.

    ``code`` is the same text with QUOTED for every character of a quoted text or name.
    """

    original: str
    text: str
    code: str
    line: int
    allows: tuple[tuple[str, str], ...]


def cut(text: str, dialect: str) -> tuple[Cut, ...]:
    """The statements of a text, empty ones left out.

    Raises:
        Ambiguous: the text can be read in two ways, or is not closed, or hides something.
    """
    if len(text) > MAX_CHARACTERS:
        message = f"the text is longer than {MAX_CHARACTERS:,} characters"
        raise Ambiguous(message)
    if found := _HIDDEN.search(text):
        message = f"the text holds the invisible character U+{ord(found[0]):04X}"
        raise Ambiguous(message)
    pieces = tuple(_pieces(text, dialect, escapes=dialect in MYSQL))
    if "\\" in text and dialect != "sqlite":
        _same_both_ways(text, dialect, pieces)
    return tuple(_statements(text, pieces))


def _same_both_ways(text: str, dialect: str, pieces: tuple[Piece, ...]) -> None:
    other: list[Piece] = []
    try:
        for piece in _pieces(text, dialect, escapes=dialect not in MYSQL):
            other.append(piece)
    except Ambiguous:
        # such a server finds a quote that is not closed, and runs what stands before it: nothing,
        # where that is no whole statement
        if not any(p.kind == "code" and ";" in text[p.start : p.end] for p in other):
            return
    if tuple(other) != pieces:
        message = "a backslash before a quote is read differently by different server settings"
        raise Ambiguous(message)


def _pieces(text: str, dialect: str, *, escapes: bool) -> Iterator[Piece]:
    place = code = 0
    while found := _MAY_BEGIN.search(text, place):
        place = found.start()
        kind, end = _special(text, place, dialect, escapes=escapes)
        if not kind:
            place = end
            continue
        if place > code:
            yield Piece("code", code, place)
        yield Piece(kind, place, end)
        place = code = end
    if code < len(text):
        yield Piece("code", code, len(text))


def _special(text: str, place: int, dialect: str, *, escapes: bool) -> tuple[str, int]:
    """The quoted text or comment that starts at ``place``; ("", next place) for code."""
    character = text[place]
    if character in "'\"" or (character == "`" and dialect != "postgresql"):
        if dialect == "postgresql" and re.search(
            r"(?<![\w$])[uU]&$", text[max(0, place - 3) : place]
        ):
            message = "a name or text is written in Unicode escapes"
            raise Ambiguous(message)
        slashes = escapes and character != "`"
        if dialect == "postgresql":
            slashes = character == "'" and (escapes or _is_escape_string(text, place))
        return "quoted", _quoted_end(text, place, slashes=slashes)
    if character == "[" and dialect == "sqlite":
        end = text.find("]", place)
        return ("quoted", end + 1) if end > 0 else ("", place + 1)
    if character == "$" and dialect == "postgresql":
        return _dollar(text, place)
    if comment := _comment_end(text, place, dialect):
        return "comment", comment
    return "", place + 1


def _is_escape_string(text: str, place: int) -> bool:
    return re.search(r"(?<![\w$])[eE]$", text[max(0, place - 2) : place]) is not None


def _quoted_end(text: str, place: int, *, slashes: bool) -> int:
    quote = text[place]
    at = place + 1
    while at < len(text):
        if slashes and text[at] == "\\":
            at += 2
        elif text[at] == quote:
            if text[at + 1 : at + 2] != quote:
                return at + 1
            at += 2
        else:
            at += 1
    message = f"the quote {quote} is not closed"
    raise Ambiguous(message)


def _dollar(text: str, place: int) -> tuple[str, int]:
    tag = _DOLLAR.match(text, place)
    if tag is None or re.search(r"[\w$]$", text[max(0, place - 1) : place]):
        return "", place + 1
    end = text.find(tag[0], tag.end())
    if end < 0:
        message = f"the quote {tag[0]} is not closed"
        raise Ambiguous(message)
    return "quoted", end + len(tag[0])


def _comment_end(text: str, place: int, dialect: str) -> int:
    """Where the comment that starts at ``place`` ends; 0 where none starts."""
    two = text[place : place + 2]
    if two == "/*":
        return _block_end(text, place, dialect)
    dashes = two == "--"
    if dashes and dialect in MYSQL:
        # without a blank behind them these are two minus signs
        dashes = not text[place + 2 : place + 3].strip()
    if dashes or (text[place] == "#" and dialect in MYSQL):
        end = re.compile(r"[\r\n]|\Z").search(text, place)
        return end.start() if end else len(text)
    return 0


def _block_end(text: str, place: int, dialect: str) -> int:
    if dialect in MYSQL and re.match(r"/\*M?!", text[place : place + 4]):
        message = "it holds a comment that the server executes (/*! .. */)"
        raise Ambiguous(message)
    depth, at = 1, place + 2
    while depth:
        following = re.compile(r"/\*|\*/").search(text, at)
        if following is None:
            message = "a comment is not closed"
            raise Ambiguous(message)
        at = following.end()
        if following[0] == "*/":
            depth -= 1
        elif dialect == "postgresql":
            depth += 1
        else:
            message = "a comment stands inside a comment, which not every reader ends alike"
            raise Ambiguous(message)
    return at


def _statements(text: str, pieces: tuple[Piece, ...]) -> Iterator[Cut]:
    ends = [
        piece.start + found.start()
        for piece in pieces
        if piece.kind == "code"
        for found in re.finditer(";", text[piece.start : piece.end])
    ]
    start = 0
    for end in [*ends, len(text)]:
        within = [p for p in pieces if p.start < end and p.end > start]
        found = _one(text, start, end, within)
        if found is not None:
            yield found
        start = end + 1


def _one(text: str, start: int, end: int, pieces: list[Piece]) -> Cut | None:
    bare, code, allows = [], [], []
    for piece in pieces:
        low, high = max(piece.start, start), min(piece.end, end)
        part = text[low:high]
        blank = re.sub(r"[^\n]", " ", part)
        bare.append(blank if piece.kind == "comment" else part)
        filled = re.sub(r"[^\n]", QUOTED, part) if piece.kind == "quoted" else blank
        code.append(part if piece.kind == "code" else filled)
        if piece.kind == "comment":
            allows += suppressions(part)
    joined = "".join(bare)
    if not joined.strip():
        return None
    line = text.count("\n", 0, start + len(joined) - len(joined.lstrip())) + 1
    return Cut(text[start:end].strip(), joined, "".join(code), line, tuple(allows))


def suppressions(comment: str) -> list[tuple[str, str]]:
    """The rules that a comment says do not count, each with its reason."""
    inner = comment.removeprefix("/*").removesuffix("*/").strip("-# \t\r\n")
    return [(m["slug"], (m["reason"] or "").strip()) for m in _ALLOW.finditer(inner)]
