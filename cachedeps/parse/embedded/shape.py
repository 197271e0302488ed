"""Whether a text is a statement of SQL at all, or words of a person."""

from __future__ import annotations

import re

_NAME = r"[\w$.*\"'`\[\]%{}:]+"
_MADE = (
    r"(?:table|view|materialized\s+view|index|trigger|function|procedure|schema|sequence|rule|"
    r"event|policy)"
)
_CHANGED = (
    r"(?:table|view|materialized\s+view|index|sequence|schema|database|role|type|function|"
    r"procedure|trigger|event|system|policy)"
)
_GONE = (
    r"(?:table|view|materialized\s+view|index|trigger|schema|database|sequence|function|type|"
    r"procedure|owned\s+by|rule|event|policy)"
)
_SHAPES = re.compile(
    r"(?:"
    r"select\s+\S"
    rf"|with\s+(?:recursive\s+)?{_NAME}\s*(?:\([^()]*\)\s*)?as\s+(?:(?:not\s+)?materialized\s+)?\("
    rf"|update\s+(?:or\s+\w+\s+|low_priority\s+|ignore\s+|only\s+)*{_NAME}"
    r"[\w\s$.,=*\"'`\[\]%{}:()]{0,2000}?\s"
    r"set\s+(?:\(|[\w$.\"'`\[\]%{}:]+\s*(?:=|$))"
    rf"|delete\s+(?:low_priority\s+|quick\s+|ignore\s+)*(?:{_NAME}(?:\s*,\s*{_NAME})*\s+)?from\s+\S"
    r"|insert\s+(?:or\s+\w+\s+|low_priority\s+|delayed\s+|high_priority\s+|ignore\s+)*"
    rf"into\s+{_NAME}"
    rf"|replace\s+(?:low_priority\s+|delayed\s+)?(?:into\s+{_NAME}|{_NAME}\s*(?:\(|(?:values?|set)\b))"
    rf"|merge\s+into\s+{_NAME}"
    rf"|truncate\s+(?:table\s+)?(?:only\s+)?{_NAME}\s*(?:$|,|restart\b|continue\b|cascade\b)"
    rf"|drop\s+{_GONE}\s+(?:if\s+exists\s+(?=\S)|concurrently\s+(?=\S))*(?!if\b)\S"
    rf"|alter\s+{_CHANGED}\s+\S"
    r"|create\s+(?:or\s+replace\s+)?(?:(?:global|local|temp|temporary|unique|virtual|unlogged|"
    rf"definer\s*=\s*\S+)\s+)*{_MADE}\s+\S"
    rf"|call\s+{_NAME}\s*\("
    r"|do\s+(?:(?:language\s+\w+\s+)?(?:\$\w*\$|')|[\w.]+\()"
    r"|vacuum\s+into\s+['\"]"
    r"|set\s+(?:session\s+|global\s+|local\s+|persist\s+)?[\w.@\"`]+\s*(?::?=|\bto\b)"
    r"|set\s+(?:session\s+authorization|role|statement)\b"
    r"|pragma\s+\w+"
    rf"|copy\s*(?:\(|{_NAME}\s*(?:\([^()]*\)\s*)?(?:from|to)\b)"
    r"|load\s+(?:data|xml)\s+(?:low_priority\s+|concurrent\s+)?(?:local\s+)?infile\b"
    r"|(?:explain|analyze)\s*(?:\([^()]*\)|(?:analyze|verbose|extended|query\s+plan|\s)*)\s*"
    r"(?:select|with|insert|update|delete|replace|merge|execute)\b"
    r"|prepare\s+\w+\s*(?:\([^()]*\)\s*)?(?:as|from)\s+\S"
    r"|execute\s+(?:immediate\b|\w+\s*(?:\(|using\b))"
    r"|declare\s+\S+\s+(?:\w+\s+){0,3}cursor\b"
    r"|begin\s+not\s+atomic\b"
    r"|attach\s+(?:database\s+)?['\"]|detach\s+database\s"
    r"|rename\s+table\s+\S|reassign\s+owned\s+by\s"
    r")",
    re.IGNORECASE,
)
# those of MySQL that are executed are no comments
_COMMENTS = re.compile(r"/\*M?!\d*|\*/|/\*(?!M?!).*?\*/|--[^\n]*", re.DOTALL)
_TRANSACTION = re.compile(
    r"(?:begin|start\s+transaction|commit|rollback|end)(?:\s+(?:work|transaction))?\s*$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]+")
# "delete users from the list" is MySQL's only where it is shouted, or run
_TWO_TABLES = re.compile(r"delete\s+(?!from\b)")


def is_statement(text: str, *, runs: bool) -> bool:
    """Whether a text has the shape of a statement, or of several.

    ``runs`` says that it is given to what runs SQL; elsewhere "Update", with a capital in front
    of small letters, begins a sentence.
    """
    bare = _COMMENTS.sub(" ", text) if "/*" in text or "--" in text else text
    for part in bare.split(";"):
        begun = part.lstrip(" \t\r\n(")
        if begun and not _TRANSACTION.match(begun):
            found = _SHAPES.match(begun)
            if found is not None and (runs or _is_written(found[0])):
                return True
            if not runs:
                return False
    return False


def _is_written(begun: str) -> bool:
    verb = _WORD.match(begun)
    if verb is None or verb[0].isupper():
        return True
    return verb[0].islower() and _TWO_TABLES.match(begun) is None
