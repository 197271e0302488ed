"""What a Python expression says of the text that it makes: what is known, and where it is not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cachedeps.parse.embedded.lines import line_starts

MAX_LABEL = 40
MAX_DEPTH = 100
_FORMAT = re.compile(r"\{\{|\}\}|\{(?P<field>[^{}!:]*)(?:![rsa])?(?::[^{}]*)?\}")
_PERCENT = re.compile(r"%%|%(?:\((?P<field>\w+)\))?[-#0 +]*\d*(?:\.\d+)?[sdrifxaegu]")
# what these are given is the text; what else they do does not change what it says
_WRAPPERS = frozenset({"text", "SQL", "DDL", "dedent", "cleandoc", "TextClause", "str"})
_METHODS = frozenset(
    {"strip", "lstrip", "rstrip", "bindparams", "columns", "execution_options", "encode"}
)
_PLACEHOLDERS = frozenset({"Placeholder", "Literal"})


@dataclass(frozen=True, slots=True)
class Known:
    """A run of text; ``starts`` are the lines of its first character and behind each newline."""

    text: str
    starts: tuple[int, ...]

    def cut(self, start: int, end: int) -> Known:
        """A part of it."""
        before = self.text.count("\n", 0, start)
        part = self.text[start:end]
        return Known(part, self.starts[before : before + part.count("\n") + 1])


@dataclass(frozen=True, slots=True)
class Hole:
    """Text that is not known before the program runs, and the expression for it."""

    line: int
    expression: ast.expr | str

    @property
    def said(self) -> str:
        """The expression as it is written, cut where it is long."""
        # asked for only where it is told: writing out a large expression takes long
        e = self.expression
        said = " ".join((e if isinstance(e, str) else ast.unparse(e)).split())
        return said if len(said) <= MAX_LABEL else said[: MAX_LABEL - 3] + "..."


Pieces = tuple[Known | Hole, ...]


def call_name(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


class Reader:
    """Reads expressions of one file; ``used`` are those that became part of a text.

    Args:
        source: the file's bytes as UTF-8.
        constants: names that stand for one text throughout the file.
    """

    def __init__(self, source: bytes, constants: Mapping[str, ast.expr]) -> None:
        self._lines = source.splitlines(keepends=True)
        self._constants = constants
        self.used: set[int] = set()

    def pieces(self, e: ast.expr, depth: int = MAX_DEPTH) -> Pieces:
        """The text that an expression makes; one hole where nothing of it is known."""
        found = self._known(e, depth - 1) if depth else None
        return (Hole(e.lineno, e),) if found is None else found

    def _known(self, e: ast.expr, depth: int) -> Pieces | None:
        found = self._read(e, depth)
        if found is not None:
            self.used.add(id(e))
        return found

    def _read(self, e: ast.expr, depth: int) -> Pieces | None:
        if isinstance(e, ast.Constant):
            return self._constant(e)
        if isinstance(e, ast.JoinedStr):
            return tuple(self._joined(e, depth))
        if isinstance(e, ast.BinOp) and isinstance(e.op, ast.Add):
            return self.pieces(e.left, depth) + self.pieces(e.right, depth)
        if isinstance(e, ast.BinOp) and isinstance(e.op, ast.Mod):
            return self._filled(e.left, _PERCENT, _percent_values(e.right), depth)
        if isinstance(e, ast.Name) and e.id in self._constants:
            return self.pieces(self._constants[e.id], depth)
        return self._call(e, depth) if isinstance(e, ast.Call) else None

    def _constant(self, e: ast.Constant) -> Pieces | None:
        if not isinstance(e.value, str | bytes | int | float):
            return None
        value = e.value
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        starts = line_starts(self._written(e), e.lineno, text.count("\n"))
        return (Known(text, starts),)

    def _joined(self, e: ast.JoinedStr, depth: int) -> Iterator[Known | Hole]:
        texts = [v.value for v in e.values if isinstance(v, ast.Constant)]
        newlines = sum(str(text).count("\n") for text in texts)
        starts = line_starts(self._written(e), e.lineno, newlines)
        place = 0
        for value in e.values:
            if isinstance(value, ast.FormattedValue):
                for piece in self._value(value.value, depth):
                    # what fills it in stands elsewhere, but is read here
                    yield _moved(piece, starts[place])
            elif isinstance(value, ast.Constant):
                end = place + str(value.value).count("\n")
                yield Known(str(value.value), starts[place : end + 1])
                place = end

    def _value(self, e: ast.expr, depth: int) -> Pieces:
        """What stands in the place of a field."""
        if isinstance(e, ast.Call) and call_name(e) == "Identifier" and len(e.args) == 1:
            name = e.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                return (Known('"{}"'.format(name.value.replace('"', '""')), (e.lineno,)),)
        if isinstance(e, ast.Call) and call_name(e) in _PLACEHOLDERS:
            return (Known("%s", (e.lineno,)),)
        return self.pieces(e, depth)

    def _call(self, e: ast.Call, depth: int) -> Pieces | None:
        name = call_name(e)
        if isinstance(e.func, ast.Attribute):
            if name == "format":
                return self._filled(e.func.value, _FORMAT, _format_values(e), depth)
            if name == "join" and len(e.args) == 1:
                return self._spliced(e.func.value, e.args[0], depth)
            if name in _METHODS:
                return self._known(e.func.value, depth)
        if name in _WRAPPERS and e.args:
            return self._known(e.args[0], depth)
        return None

    def _filled(
        self,
        template: ast.expr,
        fields: re.Pattern[str],
        values: Mapping[str, ast.expr],
        depth: int,
    ) -> Pieces | None:
        """A template with its fields replaced by what is known of their values."""
        out: list[Known | Hole] = []
        number = 0
        for piece in self.pieces(template, depth):
            if isinstance(piece, Hole):
                out.append(piece)
                continue
            place = 0
            for match in fields.finditer(piece.text):
                out.append(piece.cut(place, match.start()))
                place = match.end()
                line = piece.cut(match.start(), place).starts[0]
                if match[0] in {"{{", "}}", "%%"}:
                    out.append(Known(match[0][0], (line,)))
                    continue
                field = match["field"] or str(number)
                number += not match["field"]
                value = values.get(re.split(r"[.\[]", field)[0])
                simple = value is not None and value_is_whole(field)
                found = self._value(value, depth) if value is not None and simple else None
                out += [_moved(p, line) for p in found or (Hole(line, field),)]
            out.append(piece.cut(place, len(piece.text)))
        return tuple(out)

    def _spliced(self, separator: ast.expr, e: ast.expr, depth: int) -> Pieces | None:
        if not isinstance(e, ast.List | ast.Tuple):
            return None
        out: list[Known | Hole] = []
        between = self.pieces(separator, depth)
        for place, element in enumerate(e.elts):
            out += (between if place else ()) + self.pieces(element, depth)
        return tuple(out)

    def _written(self, e: ast.expr) -> str:
        last = (e.end_lineno or e.lineno) - 1
        lines = self._lines[e.lineno - 1 : last + 1]
        if not lines:
            return ""
        lines[-1] = lines[-1][: e.end_col_offset]
        lines[0] = lines[0][e.col_offset :]
        return b"".join(lines).decode("utf-8", "replace")


def value_is_whole(field: str) -> bool:
    """Whether a field names a value, not a part of one."""
    return "." not in field and "[" not in field


def _moved(piece: Known | Hole, line: int) -> Known | Hole:
    if isinstance(piece, Hole):
        return Hole(line, piece.expression)
    return Known(piece.text, (line,) * len(piece.starts))


def _percent_values(e: ast.expr) -> dict[str, ast.expr]:
    if isinstance(e, ast.Tuple):
        return {str(place): value for place, value in enumerate(e.elts)}
    if isinstance(e, ast.Dict):
        return {
            key.value: value
            for key, value in zip(e.keys, e.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
        }
    return {"0": e}


def _format_values(e: ast.Call) -> dict[str, ast.expr]:
    placed: dict[str, ast.expr] = {}
    for place, value in enumerate(e.args):
        if isinstance(value, ast.Starred):
            break
        placed[str(place)] = value
    return placed | {word.arg: word.value for word in e.keywords if word.arg}
