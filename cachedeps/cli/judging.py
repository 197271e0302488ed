"""Verdicts by the line, for programs that ask about many statements."""

from __future__ import annotations

import json
from typing import Any, TextIO

from cachedeps.domain.verdict import Objection, Ruling, Verdict
from cachedeps.errors import UsageError
from cachedeps.project import Project
from cachedeps.render.verdict import verdict_line


def judge_lines(project: Project, dialect: str | None, asked: TextIO, answers: TextIO) -> Ruling:
    """Answers each line in order, at once; returns the worst ruling.

    A line that is no question is refused like SQL that cannot be read: whoever asked must not
    take silence, or a verdict on another line, for an answer.
    """
    worst = Ruling.ALLOW
    for line in asked:
        if not line.strip():
            continue
        identity, verdict = _answer(project, dialect, line)
        answers.write(verdict_line(identity, verdict))
        answers.flush()
        worst = max(worst, verdict.ruling, key=lambda ruling: ruling.weight)
    return worst


def _answer(project: Project, dialect: str | None, line: str) -> tuple[object, Verdict]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return None, _unreadable("the line is not JSON")
    if not isinstance(asked, dict) or not isinstance(asked.get("sql"), str):
        identity = asked.get("id") if isinstance(asked, dict) else None
        return identity, _unreadable('the line has no text "sql"')
    return asked.get("id"), _judged(project, dialect, asked)


def _judged(project: Project, dialect: str | None, asked: dict[str, Any]) -> Verdict:
    params = asked.get("params")
    try:
        return project.guard(
            asked["sql"],
            dialect=asked.get("dialect") or dialect,
            params=params if isinstance(params, list | dict) else None,
        )
    except UsageError as error:
        return _unreadable(error.message)


def _unreadable(why: str) -> Verdict:
    objection = Objection("opaque-statement", Ruling.REFUSE, f"this cannot be judged: {why}")
    return Verdict.of((objection,), 1)
