"""Verdicts by the line, for programs that ask about many statements."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TextIO

from cachedeps.domain.verdict import Objection, Ruling, Verdict
from cachedeps.errors import UsageError
from cachedeps.project import Project
from cachedeps.render.verdict import verdict_line

Params = Sequence[object] | Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Judge:
    """What gives verdicts.

    ``sql`` takes SQL, the dialect that it says itself, and the values of its placeholders;
    ``file`` the name of a file.
    """

    sql: Callable[[str, str | None, Params], Verdict]
    file: Callable[[str], Verdict]


LOOK_SECONDS = 10.0
"""A look at the rows that a statement would hit takes no longer than this."""

_FAMILY = {"mariadb": "mysql"}


@contextmanager
def judging(project: Project, dialect: str | None, *, live: bool) -> Iterator[Judge]:
    """What gives verdicts: the declaration alone, or ``live`` with its database beside it."""
    if not live:
        yield Judge(
            lambda sql, asked, params: project.guard(sql, dialect=asked or dialect, params=params),
            lambda name: project.guard_file(name, dialect=dialect),
        )
        return
    with project.connect(statement_timeout_seconds=LOOK_SECONDS) as database:

        def suits(asked: str | None) -> None:
            wanted = asked or dialect or database.dialect
            if _FAMILY.get(wanted, wanted) != _FAMILY.get(database.dialect, database.dialect):
                message = f"the SQL is for {wanted}, and {database.name} is {database.dialect}"
                raise UsageError(message, hint="leave --live out, or --dialect")

        def ask(sql: str, asked: str | None, params: Params) -> Verdict:
            suits(asked)
            return database.guard(sql, params=params)

        def ask_file(name: str) -> Verdict:
            suits(None)
            return database.guard_file(name)

        yield Judge(ask, ask_file)


def judge_lines(judge: Judge, asked: TextIO, answers: TextIO) -> Ruling:
    """Answers each line in order, at once; returns the worst ruling.

    A line that is no question is refused like SQL that cannot be read: whoever asked must not
    take silence, or a verdict on another line, for an answer.
    """
    worst = Ruling.ALLOW
    for line in asked:
        if not line.strip():
            continue
        identity, verdict = _answer(judge, line)
        answers.write(verdict_line(identity, verdict))
        answers.flush()
        worst = max(worst, verdict.ruling, key=lambda ruling: ruling.weight)
    return worst


def _answer(judge: Judge, line: str) -> tuple[object, Verdict]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return None, _unreadable("the line is not JSON")
    if not isinstance(asked, dict) or not isinstance(asked.get("sql"), str):
        identity = asked.get("id") if isinstance(asked, dict) else None
        return identity, _unreadable('the line has no text "sql"')
    return asked.get("id"), _judged(judge, asked)


def _judged(judge: Judge, asked: dict[str, Any]) -> Verdict:
    params = asked.get("params")
    try:
        known = params if isinstance(params, list | dict) else None
        return judge.sql(asked["sql"], asked.get("dialect"), known)
    except UsageError as error:
        return _unreadable(error.message)


def _unreadable(why: str) -> Verdict:
    objection = Objection("opaque-statement", Ruling.REFUSE, f"this cannot be judged: {why}")
    return Verdict.of((objection,), 1)
