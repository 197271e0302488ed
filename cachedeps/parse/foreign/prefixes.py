"""What stands before or within a statement and keeps the parser from reading it.

Each is taken out in place, so that everything else is read as it was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from cachedeps.parse.foreign.lexing import MYSQL, Cut

_EXPLAIN = re.compile(
    r"\s*(?:explain|desc|describe|analyze)\b(?P<options>\s*\([^()]*\)|(?:\s+(?:analyze|verbose|"
    r"extended|partitions|query\s+plan|format\s*=\s*\w+))*)"
    r"(?=\s*\(*\s*(?:select|with|insert|update|delete|replace|merge|values|table|create|execute)\b)",
    re.IGNORECASE,
)
_MODIFIERS = re.compile(
    r"\s*(?:update|delete|insert|replace)(?P<words>(?:\s+(?:low_priority|high_priority|delayed|"
    r"quick|ignore))+)\b",
    re.IGNORECASE,
)
_OR_ACTION = re.compile(
    r"\s*(?:update|insert)\s+(?P<words>or\s+(?P<action>replace|ignore|abort|fail|rollback))\b",
    re.IGNORECASE,
)
_REPLACE = re.compile(
    r"\s*(?P<words>replace)\b(?!\s*\()(?:\s+(?:low_priority|delayed))?(?:\s+(?P<into>into)\b)?",
    re.IGNORECASE,
)


_CURSOR = re.compile(
    r"\s*(?P<words>declare\s+\S+\s+(?:\w+\s+){0,3}cursor\s+(?:with(?:out)?\s+hold\s+)?for)\s+"
    r"(?=select|with|values)",
    re.IGNORECASE,
)
_OVERRIDING = re.compile(
    r"\s*insert\s[^()]*(?:\([^()]*\))?\s*(?P<words>overriding\s+(?:system|user)\s+value)\b",
    re.IGNORECASE,
)
_ON_COMMIT = re.compile(
    r"\s*create\s+(?:(?:global|local)\s+)?temp(?:orary)?\s+table\s+[^()]*?"
    r"(?P<words>\bon\s+commit\s+(?:drop|delete\s+rows|preserve\s+rows))\s+as\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Explained:
    """The statement that an EXPLAIN is about, and whether it is executed."""

    inner: Cut
    executes: bool


@dataclass(frozen=True, slots=True)
class Prefix:
    """A statement without the words that the parser stumbles over."""

    cut: Cut
    replaces: bool


def explained(found: Cut, dialect: str) -> Explained | None:
    """What stands behind EXPLAIN; None for every other statement."""
    match = _EXPLAIN.match(found.code)
    if match is None:
        return None
    head = found.code[: match.end()].lower()
    if head.split()[0] == "analyze" and dialect != "mariadb":
        return None
    off = re.search(r"\banalyze\s+(?:false|off|0)\b", head)
    executes = re.search(r"\banalyze\b", head) is not None and off is None
    return Explained(_blanked(found, 0, match.end()), executes)


def prepared(found: Cut, dialect: str) -> Cut | None:
    """The statement that PREPARE .. AS keeps for later; None for every other statement."""
    match = _PREPARED.match(found.code) if dialect == "postgresql" else None
    return _blanked(found, 0, match.end()) if match is not None else None


def taken(found: Cut, dialect: str) -> Prefix:
    """The statement without priorities, OR .. actions and REPLACE, and whether it replaces."""
    replaces = False
    match = _OR_ACTION.match(found.code)
    if match is not None:
        replaces = match["action"].lower() == "replace"
        found = _blanked(found, *match.span("words"))
    match = _REPLACE.match(found.code)
    if match is not None:
        replaces = True
        found = _put(found, match.start("words"), match.end(), "INSERT INTO ")
    for pattern in (_CURSOR, _ON_COMMIT, _OVERRIDING):
        match = pattern.match(found.code)
        if match is not None:
            found = _blanked(found, *match.span("words"))
    found = _sequences(found)
    return Prefix(_of_mysql(found) if dialect in MYSQL else found, replaces)


def _sequences(found: Cut) -> Cut:
    """``NEXT VALUE FOR s`` as the function that it is."""
    for match in reversed(tuple(_NEXT_VALUE.finditer(found.code))):
        function = "nextval" if match["which"].lower() == "next" else "lastval"
        name = found.text[slice(*match.span("name"))]
        found = _put(found, *match.span(), f"{function}({name})")
    return found


def _of_mysql(found: Cut) -> Cut:
    match = _DO.match(found.code)
    if match is not None:
        # it evaluates expressions and returns nothing
        found = _put(found, *match.span("words"), "SELECT")
    match = _MODIFIERS.match(found.code)
    return found if match is None else _blanked(found, *match.span("words"))


def is_cursor(found: Cut) -> bool:
    """Whether this declares a cursor over a query."""
    return _CURSOR.match(found.code) is not None


def _blanked(found: Cut, start: int, end: int) -> Cut:
    return _put(found, start, end, " " * (end - start))


def _put(found: Cut, start: int, end: int, words: str) -> Cut:
    return replace(
        found,
        text=found.text[:start] + words + found.text[end:],
        code=found.code[:start] + words + found.code[end:],
    )


_PREPARED = re.compile(
    r"\s*prepare\s+\S+?\s*(?:\([^()]*\)\s*)?\bas\s+"
    r"(?=\(*\s*(?:select|with|insert|update|delete|merge|values)\b)",
    re.IGNORECASE,
)
_NEXT_VALUE = re.compile(
    r"\b(?P<which>next|previous)\s+value\s+for\s+(?P<name>[\w$'.]+)", re.IGNORECASE
)
_DO = re.compile(r"\s*(?P<words>do)\s", re.IGNORECASE)
_POSITIONAL = r"(?<![\w)\]%])%s\b|\$\d+"
_QUESTION = r"|\?\d*"
_NAMED = r"|%\((?P<name>\w+)\)s"
_DOLLAR = r"|(?<![\w$])\$(?P<dollar>[A-Za-z_]\w*)"


class Numbering:
    """Gives placeholders one spelling, and those without a name their number in the text."""

    def __init__(self) -> None:
        self._last = 0

    def named(self, found: Cut, dialect: str) -> str:
        """The text with ``:name`` or ``:p__N`` for each placeholder outside of quotes."""
        question = "" if dialect == "postgresql" else _QUESTION
        out, place = [], 0
        dollar = _DOLLAR if dialect == "sqlite" else r"|(?P<dollar>(?!))"
        for match in re.finditer(_POSITIONAL + question + _NAMED + dollar, found.code):
            out += [found.text[place : match.start()], f" :{self._name(match)} "]
            place = match.end()
        text = "".join([*out, found.text[place:]])
        return text.replace("%%", "%") if out and "%s" in found.code else text

    def _name(self, match: re.Match[str]) -> str:
        if given := match["name"] or match["dollar"]:
            return given
        digits = match[0].lstrip("$?")
        if digits.isdigit():
            return f"p__{digits}"
        self._last += 1
        return f"p__{self._last}"
