"""Which columns a trigger writes, as far as its text tells.

Triggers are read by patterns, not parsed: each database has its own language for them. A
column is taken as written where the text assigns to it; SQL that is put together at run time
stays unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cachedeps.domain.schema import Trigger

_NAME = r'(?:"(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\]|[^\W\d][\w$]*)'
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_ASSIGN = re.compile(rf"\bNEW\s*\.\s*({_NAME})\s*:=", re.IGNORECASE)
_ASSIGN_EQUALS = re.compile(
    rf"(?:^|;|,|\b(?:BEGIN|THEN|ELSE|LOOP|SET))\s*NEW\s*\.\s*({_NAME})\s*=(?!=)", re.IGNORECASE
)
_INTO = re.compile(rf"\bINTO\s+(?:STRICT\s+)?NEW\s*\.\s*({_NAME})", re.IGNORECASE)
_UPDATE = re.compile(
    r"\bUPDATE\s+(?:ONLY\s+|LOW_PRIORITY\s+|IGNORE\s+|OR\s+\w+\s+)*"
    rf"(?:{_NAME}\s*\.\s*)?(?P<table>{_NAME})(?:\s+(?:AS\s+)?(?!SET\b){_NAME})?\s+"
    r"SET\b(?P<assignments>.*?)(?=\bWHERE\b|\bFROM\b|\bRETURNING\b|;|$)",
    re.IGNORECASE | re.DOTALL,
)
_TARGET = re.compile(rf"(?:^|,)\s*\(?\s*(?:{_NAME}\s*\.\s*)?({_NAME})\s*=(?!=)")
_MODDATETIME = re.compile(r"\bmoddatetime\(\s*'?([^',)]+)'?", re.IGNORECASE)
_TSVECTOR = re.compile(r"\btsvector_update_trigger(?:_column)?\(\s*'?([^',)]+)'?", re.IGNORECASE)
_CHANGED = re.compile(
    rf"\s*(?:OLD|NEW)\s*\.\s*(?P<left>{_NAME})\s*(?:<>|!=|IS\s+DISTINCT\s+FROM|IS\s+NOT)\s*"
    rf"(?:OLD|NEW)\s*\.\s*(?P<right>{_NAME})\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Effect:
    """A column that a trigger writes; ``table`` is None for the row that fired it."""

    table: str | None
    column: str


def plain(name: str) -> str:
    """An identifier without its quotes."""
    if name[0] == "[":
        return name[1:-1]
    return name[1:-1].replace(name[0] * 2, name[0]) if name[0] in '"`' else name


def effects(trigger: Trigger) -> tuple[Effect, ...]:
    """What the trigger writes, each column once."""
    return tuple(dict.fromkeys(_effects(_COMMENT.sub(" ", trigger.body))))


def _effects(body: str) -> Iterator[Effect]:
    for pattern in (_ASSIGN, _ASSIGN_EQUALS, _INTO, _MODDATETIME, _TSVECTOR):
        for match in pattern.finditer(body):
            yield Effect(None, plain(match[1].strip()))
    for match in _UPDATE.finditer(body):
        for target in _TARGET.finditer(match["assignments"]):
            yield Effect(plain(match["table"]), plain(target[1]))


def fires_on_update_of(trigger: Trigger, column: str) -> bool:
    """Whether an UPDATE of that one column may fire the trigger."""
    if trigger.event and "UPDATE" not in trigger.event:
        return False
    wanted = column.casefold()
    if trigger.columns and wanted not in {name.casefold() for name in trigger.columns}:
        return False
    compared = _compared(trigger.condition)
    return compared is None or wanted in compared


def _compared(condition: str) -> frozenset[str] | None:
    """The columns of a condition that only asks whether some columns changed, else None."""
    text = condition.strip()
    if not text:
        return None
    names: set[str] = set()
    for term in re.split(r"\bOR\b", re.sub(r"[()]", " ", text), flags=re.IGNORECASE):
        match = _CHANGED.fullmatch(term)
        if match is None or plain(match["left"]) != plain(match["right"]):
            return None
        names.add(plain(match["left"]).casefold())
    return frozenset(names)
