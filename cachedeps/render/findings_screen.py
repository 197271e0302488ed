"""Screens of what is wrong: findings of a check, and errors."""

from __future__ import annotations

from collections.abc import Sequence

from cachedeps.domain.finding import Finding, Refusal
from cachedeps.errors import (
    ApprovalRefusedError,
    CachedepsError,
    DeclarationError,
    InterruptedRunError,
    RefusedError,
)
from cachedeps.render import amounts
from cachedeps.render.screen import Screen, Style


def check_screen(findings: Sequence[Finding], what: str) -> Screen:
    """All findings, or that there are none. ``what`` says what was checked."""
    screen = Screen()
    if not findings:
        screen.line(f"No findings: {what}.", Style.GOOD)
        return screen
    screen.line(amounts.count(len(findings), "finding"), Style.STRONG)
    for finding in findings:
        screen.line()
        add_finding(screen, finding)
    return screen


def add_finding(screen: Screen, finding: Finding) -> None:
    """One finding: where, which rule, what, and how to mend it."""
    screen.spans((finding.where, Style.STRONG), (f"  [{finding.rule}]", Style.WARN))
    screen.block(finding.message)
    if finding.fix:
        screen.line("  fix:", Style.DIM)
        screen.block(finding.fix, Style.CODE, indent=4)


def error_screen(error: CachedepsError) -> Screen:
    """An error for people: what, the rule's slug, every reason, the next thing to do."""
    screen = Screen()
    word = "refused" if isinstance(error, RefusedError) else "error"
    reasons = _reasons(error)
    first, *rest = error.message.splitlines() or [""]
    problems = [problem for problem in _problems(error) if problem.message not in first]
    if reasons:
        first = "nothing was written, because:"
    screen.spans((f"{word} [{error.slug}]: ", Style.BAD), (first, Style.PLAIN))
    # reasons and problems say each for itself what the other lines of the message say
    for line in () if reasons or problems else rest:
        screen.line(f"  {line}")
    for reason in reasons:
        screen.line(f"  [{reason.slug}] {reason.message}")
        if reason.hint:
            screen.line(f"    do: {reason.hint}", Style.COPIED)
    for problem in problems:
        screen.line()
        add_finding(screen, problem)
    if not reasons:
        _what_to_do(screen, error, apart=bool(problems))
    return screen


def _what_to_do(screen: Screen, error: CachedepsError, *, apart: bool) -> None:
    if error.hint and apart:
        screen.line()
    if error.hint:
        # a hint of several lines (statements for an administrator) must stay fit to copy
        hint = f"do:\n{error.hint}" if "\n" in error.hint else f"do: {error.hint}"
        screen.block(hint, Style.COPIED)
    if isinstance(error, InterruptedRunError):
        screen.line(f"  receipt: {error.receipt_id}")


def _reasons(error: CachedepsError) -> list[Refusal]:
    if not isinstance(error, ApprovalRefusedError):
        return []
    return [refusal for refusal in error.refusals if isinstance(refusal, Refusal)]


def _problems(error: CachedepsError) -> list[Finding]:
    if not isinstance(error, DeclarationError):
        return []
    return [problem for problem in error.problems if isinstance(problem, Finding)]
