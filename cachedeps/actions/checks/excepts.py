"""Excepts that say nothing, told beside what the live schema says."""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.actions.checks.subject import Subject
from cachedeps.config.excepts import idle_excepts
from cachedeps.domain.finding import Finding


def check_excepts(subject: Subject) -> Iterator[Finding]:
    """Every except that names an upstream which does not feed the edge."""
    return idle_excepts(subject.declaration, subject.locate)
