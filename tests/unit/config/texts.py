"""Declarations written as text, and what comes of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from cachedeps.config.load import load
from cachedeps.domain.finding import Finding
from cachedeps.domain.model import Cache, Declaration, Table
from cachedeps.errors import DeclarationError


def declared(text: str, **environ: str) -> Declaration:
    """The declaration that a text means."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cachedeps.toml"
        path.write_text(text, encoding="utf-8")
        return load(path, environ=environ)


def problems_of(text: str) -> tuple[Finding, ...]:
    """The problems that a text has."""
    with pytest.raises(DeclarationError) as refused:
        declared(text)
    found = tuple(p for p in refused.value.problems if isinstance(p, Finding))
    assert len(found) == len(refused.value.problems)
    for finding in found:
        assert finding.where in refused.value.message
        assert finding.message in refused.value.message
    return found


def problem_of(text: str) -> Finding:
    """The only problem that a text has."""
    found = problems_of(text)
    assert len(found) == 1, found
    return found[0]


def table(declaration: Declaration, name: str) -> Table:
    return next(t for t in declaration.tables if t.name == name)


def cache(declaration: Declaration, node: str) -> Cache:
    return next(c for c in declaration.caches() if c.node == node)
