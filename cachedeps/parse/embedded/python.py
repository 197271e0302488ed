"""SQL in a Python file: found by reading its syntax tree. Nothing of it is imported or run."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cachedeps.parse.embedded import unknowns
from cachedeps.parse.embedded.pieces import Hole, Known, Pieces, Reader
from cachedeps.parse.embedded.places import Place, constants_of, places
from cachedeps.parse.embedded.shape import is_statement
from cachedeps.parse.foreign import lexing

_TEMPLATE = re.compile(r"\w%(?:s|\(\w+\)s)|%(?:s|\(\w+\)s)\w|(?<!')\{\w*\}(?!')")
_WRITES = frozenset(
    {"update", "delete", "insert", "replace", "merge", "truncate", "drop", "alter"}
)


class Unreadable(Exception):  # noqa: N818  (carries a reason within this package only)
    """The file is no Python of this version; the message says why, ``line`` where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Found:
    """SQL that a file holds.

    ``starts`` are the lines of the file on which the text's lines begin. ``runs`` says that it
    is given to what runs SQL. ``allows`` are the suppressions of the file's own comments around
    it. ``tables`` and ``unknown`` are as in ``unknowns.Filled``.
    """

    sql: str
    starts: tuple[int, ...]
    runs: bool
    allows: tuple[tuple[str, str], ...]
    tables: str | None = None
    unknown: str | None = None

    @property
    def is_spoken(self) -> bool:
        """Whether it may be words of a person: given to nothing that runs it, in small letters."""
        verb = re.search(r"[A-Za-z]+", self.sql)
        return not self.runs and verb is not None and verb[0].islower()

    def line(self, line: int) -> int:
        """The line of the file for a line of the text."""
        return self.starts[min(line, len(self.starts)) - 1]


def sql_in(source: bytes, dialect: str) -> tuple[Found, ...]:
    """Every statement of SQL that the file holds, as far as it is known.

    Raises:
        Unreadable: the file cannot be read as Python.
    """
    text, tree = _tree(source)
    reader = Reader(text.encode("utf-8", "surrogatepass"), constants_of(tree))
    comments = _comments(text)
    found: list[Found] = []
    for place in places(tree):
        first = place.parts[0]
        if first is None or id(first) in reader.used:
            continue
        pieces = _begun(tuple(_pieces(reader, place)))
        shown = _shown(pieces)
        if not place.runs and _TEMPLATE.search(shown):
            # names are filled in somewhere else
            continue
        if is_statement(shown, runs=place.runs):
            found += _found(pieces, place, dialect, _allows(comments, place))
    return tuple(found)


def _tree(source: bytes) -> tuple[str, ast.Module]:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = source.decode(encoding)
        # line ends as Python itself counts them
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        with warnings.catch_warnings():
            # what Python thinks of the file's style is not asked here
            warnings.simplefilter("ignore")
            return text, ast.parse(text)
    except SyntaxError as error:
        raise Unreadable(error.msg or "invalid syntax", error.lineno or 1) from None
    except (ValueError, RecursionError, MemoryError, LookupError) as error:
        raise Unreadable(str(error) or type(error).__name__, 1) from None


def _pieces(reader: Reader, place: Place) -> Iterator[Known | Hole]:
    for part in place.parts:
        if part is None:
            # it begins with a blank: nobody adds to a name that stands there already
            yield Known(" ", (place.last,))
            yield Hole(place.last, "what is added later")
        else:
            yield from reader.pieces(part)


def _begun(pieces: Pieces) -> Pieces:
    """Without what stands before the statement and is not known: a comment, or an EXPLAIN."""
    held = tuple(piece for piece in pieces if isinstance(piece, Hole) or piece.text)
    if len(held) > 1 and isinstance(held[0], Hole) and isinstance(held[1], Known):
        parted = held[1].text[:1].isspace()
        if parted and is_statement(_shown(held[1:]), runs=True):
            return held[1:]
    return pieces


def _shown(pieces: Pieces) -> str:
    return "".join(
        piece.text if isinstance(piece, Known) else unknowns.mark(place)
        for place, piece in enumerate(pieces)
    )


def _starts(pieces: Pieces) -> tuple[int, ...]:
    starts: list[int] = []
    fresh = True
    for piece in pieces:
        lines = piece.starts if isinstance(piece, Known) else (piece.line,)
        if isinstance(piece, Known) and not piece.text:
            continue
        starts += lines if fresh else lines[1:]
        # a line that ends a piece begins where the next piece does
        fresh = isinstance(piece, Known) and piece.text.endswith("\n")
        if fresh:
            starts.pop()
    if fresh:
        starts.append(starts[-1] if starts else 1)
    return tuple(starts)


def _found(
    pieces: Pieces, place: Place, dialect: str, allows: tuple[tuple[str, str], ...]
) -> Iterator[Found]:
    shown, starts = _shown(pieces), _starts(pieces)
    said = {at: piece.said for at, piece in enumerate(pieces) if isinstance(piece, Hole)}
    if not said:
        yield Found(shown, starts, place.runs, allows)
        return
    try:
        cuts = lexing.cut(shown, dialect)
    except lexing.Ambiguous as ambiguous:
        yield Found(shown, starts, place.runs, allows, unknown=str(ambiguous))
        return
    for one in cuts:
        filled = unknowns.fill(one, dialect, said)
        verb = one.code.split(None, 1)[0].strip("(").lower()
        if (filled.unknown or filled.tables) and not _writes(verb, one.code):
            # a read of what is not known changes nothing
            continue
        text = filled.text
        before = len(text) - len(text.lstrip())
        start = one.line - 1
        yield Found(
            text[before:], starts[start:] or starts[-1:], place.runs, (*allows, *one.allows),
            filled.tables, filled.unknown,
        )  # fmt: skip


def _writes(verb: str, code: str) -> bool:
    return verb in _WRITES or (verb == "with" and bool(_WRITES & set(code.lower().split())))


def _comments(text: str) -> Mapping[int, tuple[str, bool]]:
    """Every comment by its line, and whether the line holds nothing else."""
    found: dict[int, tuple[str, bool]] = {}
    if "cachedeps:" not in text:
        return found
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                alone = not token.line[: token.start[1]].strip()
                found[token.start[0]] = (token.string, alone)
    except (tokenize.TokenError, SyntaxError):
        # the tree could be read; what comments say behind this place is not known
        return found
    return found


def _allows(comments: Mapping[int, tuple[str, bool]], place: Place) -> tuple[tuple[str, str], ...]:
    """The suppressions within the lines of a place, and in the comments right before it."""
    told = [comments[line][0] for line in range(place.first, place.last + 1) if line in comments]
    before = place.first - 1
    while before in comments and comments[before][1]:
        told.insert(0, comments[before][0])
        before -= 1
    return tuple(allowed for comment in told for allowed in lexing.suppressions(comment))
