"""Whether a text is a statement of SQL at all, or words of a person."""

from __future__ import annotations

import re

_NAME = r"[\w$.\"`\[\]%{}:]+"
_TABLE = rf"(?:only\s+)?{_NAME}"
_SHAPES = re.compile(
    r"(?:"
    r"select\s+\S"
    rf"|with\s+(?:recursive\s+)?{_NAME}\s*(?:\([^()]*\)\s*)?as\s+(?:(?:not\s+)?materialized\s+)?\("
    rf"|update\s+(?:or\s+\w+\s+|low_priority\s+|ignore\s+)?{_TABLE}[\w\s$.,=\"`\[\]%{{}}:()]{{0,2000}}?\s"
    r"set\s+(?:\(|[\w$.\"`\[\]%{}:]+\s*(?:=|$))"
    rf"|delete\s+(?:low_priority\s+|quick\s+|ignore\s+)*(?:{_NAME}(?:\s*,\s*{_NAME})*\s+)?from\s+\S"
    rf"|insert\s+(?:or\s+\w+\s+|low_priority\s+|delayed\s+|high_priority\s+|ignore\s+)*into\s+{_NAME}"
    rf"|replace\s+into\s+{_NAME}"
    rf"|merge\s+into\s+{_NAME}"
    rf"|truncate\s+(?:table\s+)?(?:only\s+)?{_NAME}\s*(?:$|;|,|restart\b|continue\b|cascade\b)"
    r"|drop\s+(?:table|view|materialized\s+view|index|trigger|schema|database|sequence|function|type)"
    r"\s+(?:if\s+exists\s+(?=\S)|concurrently\s+(?=\S))*(?!if\b)\S"
    r"|alter\s+(?:table|view|materialized\s+view|index|sequence|schema|database|role|type)\s+\S"
    r"|create\s+(?:or\s+replace\s+)?(?:(?:global|local|temp|temporary|unique|virtual|unlogged|"
    r"definer\s*=\s*\S+)\s+)*"
    r"(?:table|view|materialized\s+view|index|trigger|function|procedure|schema|sequence)\s+\S"
    rf"|call\s+{_NAME}\s*\("
    r"|do\s+(?:language\s+\w+\s+)?(?:\$\w*\$|')"
    r"|set\s+(?:session\s+|global\s+|local\s+|@@)?[\w.]+\s*(?:=|\bto\b)"
    r"|pragma\s+\w+"
    rf"|copy\s+{_NAME}\s*(?:\([^()]*\)\s*)?(?:from|to)\b"
    r"|load\s+data\s+(?:low_priority\s+|concurrent\s+)?(?:local\s+)?infile\b"
    r")",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?:\s|\(|;|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
# "delete users from the list" is MySQL's only where it is shouted, or run
_TWO_TABLES = re.compile(r"delete\s+(?!from\b)")
_WORD = re.compile(r"[A-Za-z]+")


def is_statement(text: str, *, runs: bool) -> bool:
    """Whether a text has the shape of a statement.

    ``runs`` says that it is given to what runs SQL; elsewhere "Update", with a capital in front
    of small letters, begins a sentence.
    """
    before = _BEFORE.match(text)
    start = before.end() if before else 0
    found = _SHAPES.match(text, start)
    if found is None:
        return False
    verb = _WORD.match(found[0])
    if runs or verb is None or verb[0].isupper():
        return True
    return verb[0].islower() and _TWO_TABLES.match(found[0]) is None
