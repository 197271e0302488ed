"""``[[guard.allow]]``: rules of the guard that do not count, each with its reason."""

from __future__ import annotations

from cachedeps.config.document import AllowEntry, Document
from cachedeps.config.nearest import did_you_mean
from cachedeps.config.problems import Place, Problems
from cachedeps.domain.model import Exemption
from cachedeps.domain.verdict import RULES


def exemptions(document: Document, problems: Problems) -> tuple[Exemption, ...]:
    """Every exemption; a rule and a table must exist, and a reason must be given."""
    for number, entry in enumerate(document.guard.allow):
        _check(entry, document, ("guard", "allow", number), problems)
    return tuple(
        Exemption(entry.rule, entry.reason.strip(), entry.table) for entry in document.guard.allow
    )


def _check(entry: AllowEntry, document: Document, place: Place, problems: Problems) -> None:
    if entry.rule not in RULES:
        near = did_you_mean(entry.rule, RULES) or f"the rules: {', '.join(RULES)}"
        message = f'the guard has no rule "{entry.rule}"; {near}'
        problems.add("unknown-name", (*place, "rule"), message)
    if not entry.reason.strip():
        problems.add("wrong-value", (*place, "reason"), "the reason is empty")
    if entry.table is not None and entry.table not in document.tables:
        near = did_you_mean(entry.table, sorted(document.tables))
        message = f'no table is declared as "{entry.table}"; {near}'.rstrip("; ")
        problems.add("unknown-name", (*place, "table"), message)
