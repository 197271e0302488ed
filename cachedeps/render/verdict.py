"""What the guard says: for people, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cachedeps.domain.verdict import Hit, Objection, Ruling, Verdict
from cachedeps.render import amounts
from cachedeps.render.documents import Document, head
from cachedeps.render.screen import Screen, Style

_STYLES = {Ruling.ALLOW: Style.GOOD, Ruling.REVIEW: Style.WARN, Ruling.REFUSE: Style.BAD}


def guard_screen(found: Sequence[tuple[str, Verdict]]) -> Screen:
    """The worst verdict first, then each finding with its place and what to write instead."""
    screen = Screen()
    worst = worst_of([verdict for _, verdict in found])
    statements = sum(verdict.statements for _, verdict in found)
    screen.line(f"{worst.value}: {amounts.count(statements, 'statement')}", _STYLES[worst])
    for name, verdict in found:
        for finding in verdict.findings:
            screen.line()
            _add(screen, name, finding)
        for hit in verdict.hits:
            screen.line()
            screen.spans(
                (f"{name}:{hit.line}", Style.STRONG), ("  as the rows are now", Style.DIM)
            )
            screen.block(hit.message)
    used = used_by([verdict for _, verdict in found])
    if used:
        screen.line()
        screen.line(f"The database was asked for: {', '.join(used)}.", Style.DIM)
    return screen


def _add(screen: Screen, name: str, finding: Objection) -> None:
    style = Style.DIM if finding.waived is not None else _STYLES[finding.ruling]
    word = "waived" if finding.waived is not None else finding.ruling.value
    screen.spans((f"{name}:{finding.line}", Style.STRONG), (f"  {word} [{finding.rule}]", style))
    screen.block(finding.message)
    if finding.waived is not None:
        screen.line(f"  because: {finding.waived}", Style.DIM)
    elif finding.suggestion:
        screen.line("  instead:", Style.DIM)
        screen.block(finding.suggestion, Style.CODE, indent=4)


def used_by(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """What was known of the live database, of all verdicts together; () where it was not asked."""
    return tuple(dict.fromkeys(word for verdict in verdicts for word in verdict.used))


def worst_of(verdicts: Sequence[Verdict]) -> Ruling:
    """The worst ruling; allow where there is nothing to judge."""
    rulings = [verdict.ruling for verdict in verdicts]
    return max(rulings, key=lambda ruling: ruling.weight, default=Ruling.ALLOW)


def guard_document(found: Sequence[tuple[str, Verdict]]) -> Document:
    """The verdict on everything, and every finding with its file and line."""
    return {
        **head("guard"),
        "verdict": worst_of([verdict for _, verdict in found]).value,
        "statements": sum(verdict.statements for _, verdict in found),
        "findings": [
            {**finding_document(finding), "where": f"{name}:{finding.line}"}
            for name, verdict in found
            for finding in verdict.findings
        ],
        "used": list(used_by([verdict for _, verdict in found])),
        "hits": [
            {**hit_document(hit), "where": f"{name}:{hit.line}"}
            for name, verdict in found
            for hit in verdict.hits
        ],
    }


def verdict_document(verdict: Verdict) -> Document:
    """One verdict within another document."""
    return {
        "verdict": verdict.ruling.value,
        "statements": verdict.statements,
        "findings": [finding_document(finding) for finding in verdict.findings],
    }


def finding_document(finding: Objection) -> Document:
    """One finding; ``waived`` is the reason for which it does not count, or null."""
    return {
        "rule": finding.rule,
        "verdict": finding.ruling.value,
        "message": finding.message,
        "suggestion": finding.suggestion,
        "waived": finding.waived,
    }


def hit_document(hit: Hit) -> Document:
    """Whom one statement would hit, without their names: a verdict is often kept in a log."""
    return {
        "table": hit.table,
        "verb": hit.verb,
        "rows": hit.rows,
        "owners": hit.owners,
        "emptied": dict(hit.emptied),
        "message": hit.message,
    }


def verdict_line(identity: object, verdict: Verdict) -> str:
    """One line of ``--jsonl``."""
    document: Document = {
        "id": identity,
        "verdict": verdict.ruling.value,
        "findings": [finding_document(finding) for finding in verdict.findings],
    }
    if verdict.used:
        document["used"] = list(verdict.used)
        document["hits"] = [hit_document(hit) for hit in verdict.hits]
    return json.dumps(document) + "\n"
