"""What the unknown parts of a statement stand for: a value, a table, or something else.

An unknown value is judged like a placeholder. An unknown table may be any table. Of anything
else (a column, a condition, a clause) nothing can be said before the program runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cachedeps.parse.foreign.lexing import QUOTED, Cut
from cachedeps.parse.vocabulary import words

ANY_TABLE = "cachedeps_any_table"
MARK = re.compile(r"cachedeps_unknown_(\d+)_")
_VALUE = ":cachedeps_value"
_NAME = "cachedeps_name"

_TABLE_WORDS = frozenset(
    {"update", "into", "from", "join", "table", "truncate", "only", "using", "exists", "ignore"}
)
_VALUE_WORDS = frozenset(
    {"like", "ilike", "limit", "offset", "then", "else", "interval", "escape", "top", "regexp"}
)
_BEHIND_VALUES = words(
    """
    and or where order group having limit offset returning from on then else end when union is
    between collate as asc desc for join left inner set in not like
    """
)
_CLAUSES = frozenset(
    {"where", "and", "or", "not", "on", "select", "set", "from", "by", "conflict"}
)
_QUOTED_UNITS = re.compile(r"\b(?:interval|date|timestamp|time)\s*$", re.IGNORECASE)
_ADDS = re.compile(
    r"\s*alter\b(?!.*\b(?:drop|modify|change|rename|set|disable|enable)\b)", re.DOTALL
)
# IS DISTINCT FROM, FOR UPDATE, DO UPDATE, ON DUPLICATE KEY UPDATE
_NO_TABLE = re.compile(r"\b(?:distinct|for|do|key)\s+\w+\s*$")
_DROPS_NO_ROWS = re.compile(
    r"\s*drop\s+(?:index|trigger|function|view|type|sequence|procedure|role|user|policy)\b"
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A statement whose unknown values are placeholders.

    Where ``tables`` is true ANY_TABLE stands for unknown tables. ``unknown`` is what stands
    where nothing can be said of it, None where there is no such thing.
    """

    text: str
    tables: str | None = None
    unknown: str | None = None


def mark(number: int) -> str:
    """A word that stands for the unknown part of that number."""
    return f"cachedeps_unknown_{number}_"


def fill(found: Cut, dialect: str, said: Mapping[int, str]) -> Filled:
    """The statement with its marks replaced; ``said`` are the expressions behind the marks."""
    text, code = found.text, found.code
    tables = unknown = None
    while match := _last_mark(text, code):
        start, end = match.span()
        label = said.get(int(match[1]), "")
        if code[start] == QUOTED:
            start, end = _run(code, text, start)
            role = _role_of_quoted(text, code, start, end, dialect)
        else:
            start, end, glued = _word(code, start, end)
            role = _role(code[:start], code[end:], glued=glued)
        if role is None:
            unknown, role = unknown or label, _NAME
        elif role == ANY_TABLE:
            tables = tables or label
        new = role + "\n" * text.count("\n", start, end)
        text = text[:start] + new + text[end:]
        code = code[:start] + new + code[end:]
    return Filled(text, tables, unknown)


def _last_mark(text: str, code: str) -> re.Match[str] | None:
    last = None
    for match in MARK.finditer(text):
        # in a comment it says nothing
        if code[match.start() : match.end()].strip():
            last = match
    return last


def _run(code: str, text: str, place: int) -> tuple[int, int]:
    """The quoted text around a place, with the letter that says how it is quoted."""
    start, end = place, place
    while start and code[start - 1] in (QUOTED, "\n"):
        start -= 1
    while end < len(code) and code[end] in (QUOTED, "\n"):
        end += 1
    while code[start] == "\n":
        start += 1
    while code[end - 1] == "\n":
        end -= 1
    if (
        start
        and re.fullmatch(r"[eEnNbBxX]", code[start - 1])
        and not re.search(r"\w$", code[: start - 1])
    ):
        start -= 1
    return start, end


def _role_of_quoted(text: str, code: str, start: int, end: int, dialect: str) -> str | None:
    as_name = text[start] in '`"[' and not (text[start] == '"' and dialect in {"mysql", "mariadb"})
    role = _role(code[:start], code[end:], glued=as_name)
    if as_name or role == ANY_TABLE:
        return role
    if _QUOTED_UNITS.search(code[:start]):
        return "'1'"
    return _VALUE


def _word(code: str, start: int, end: int) -> tuple[int, int, bool]:
    """The whole dotted name that a mark is a part of, and whether it is only a part of it."""
    first, last = start, end
    while start and re.match(r"[\w$.]", code[start - 1]):
        start -= 1
    while end < len(code) and re.match(r"[\w$]", code[end]):
        end += 1
    if code[end : end + 1] == ".":
        # what qualifies a name says little: the name itself stands behind it
        rest = re.compile(r"\.[\w$*]+").match(code, end)
        if rest is not None and not MARK.search(rest[0]):
            return start, end, True
    return start, end, (start, end) != (first, last)


def _role(before: str, after: str, *, glued: bool) -> str | None:
    """What to write in a mark's place; None where nothing can be said.

    ``glued`` says that the mark is a part of a longer name, so that it cannot be a value.
    """
    named = _as_name(before, after, glued=glued)
    return named if named is not None or glued else _as_value(before, after)


def _as_name(before: str, after: str, *, glued: bool) -> str | None:
    if after.startswith(".") and glued:
        return _NAME
    if _DROPS_NO_ROWS.match(before.lower()):
        return _NAME
    if _last_word(before) in _TABLE_WORDS and not _NO_TABLE.search(before.lower()):
        return ANY_TABLE
    return _NAME if _ADDS.match(f"{before} {after}".lower()) else None


def _as_value(before: str, after: str) -> str | None:
    word, opener = _last_word(before), _opener(before)
    if word in {"in", "any", "all", "values"}:
        return f"({_VALUE})"
    if word == "returning":
        return "1"
    inserts = _first_word(before) in {"insert", "replace"}
    if inserts and _is_of_new_rows(before, after, word, opener):
        return _NAME
    return _VALUE if _is_value(before, after, word, opener) else None


def _is_value(before: str, after: str, word: str, opener: int | None) -> bool:
    following = after.lstrip()
    ends = (
        not following
        or following[0] in ",);|+-*/<>=!:%"
        or _first_word(following) in _BEHIND_VALUES
    )
    if not ends:
        return False
    symbol = before.rstrip()[-1:]
    if symbol in tuple("=<>~+-*/|") or word in _VALUE_WORDS:
        return True
    if word == "and":
        return re.search(r"\bbetween\s+\S+\s+and\s*$", before.lower()) is not None
    if word == "between":
        return True
    if symbol in ("(", ","):
        return opener is not None and _holds_values(before[:opener])
    return False


def _holds_values(before: str) -> bool:
    """Whether a parenthesis behind this text holds values: of a list, a row or a call."""
    word = _last_word(before)
    behind_row = before.rstrip().endswith(",") and "values" in before.lower()
    return behind_row or (bool(word) and word not in _CLAUSES)


def _opener(before: str) -> int | None:
    """Where the innermost parenthesis that is still open stands."""
    depth = 0
    for place in range(len(before) - 1, -1, -1):
        if before[place] == ")":
            depth += 1
        elif before[place] == "(":
            if not depth:
                return place
            depth -= 1
    return None


def _is_of_new_rows(before: str, after: str, word: str, opener: int | None) -> bool:
    """Whether it is in an INSERT's list of columns, or in the SELECT that its rows come from."""
    if opener is not None:
        return re.search(r"\binto\s+[\w$.\"`'\[\]]+\s*$", before[:opener].lower()) is not None
    return word == "select" and _first_word(after) == "from"


def _first_word(text: str) -> str:
    found = re.match(r"[\s(]*([A-Za-z_]\w*)", text)
    return found[1].lower() if found else ""


def _last_word(text: str) -> str:
    found = re.search(r"([A-Za-z_]\w*)\s*$", text)
    return found[1].lower() if found else ""
