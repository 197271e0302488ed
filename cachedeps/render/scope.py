"""A resolved scope, as a document and in words."""

from __future__ import annotations

from cachedeps.domain.plan import RowScope
from cachedeps.domain.rows import Bound


def scope_document(scope: RowScope) -> dict[str, object]:
    """The scope with its resolved bounds. Owners and keys are counted, never listed."""
    return {
        "since": _instant(scope.since),
        "until": _instant(scope.until),
        "until_frozen": scope.until_frozen,
        "since_local": scope.since.local if scope.since else None,
        "until_local": scope.until.local if scope.until else None,
        "where": [{"table": table, "predicate": p.text} for table, p in scope.where],
        "keys": sum(len(keys) for _, keys in scope.keys),
        "owners": len(scope.owners),
        "bad_versions": _bad_versions(scope),
        "unstamped": "keep" if scope.keep_unstamped else "reset",
        "fixed_at": _instant(scope.fixed_at),
        "stale": scope.stale,
    }


def scope_facts(scope: RowScope) -> list[tuple[str, str]]:
    """The scope in words, one fact a line; one line says so where it is every row."""
    facts = [*_window_facts(scope)]
    facts += [("where", f"{table}: {p.text}" if table else p.text) for table, p in scope.where]
    facts += [
        ("keys", f"{len(keys)} chosen" + (f" of {table}" if table else ""))
        for table, keys in scope.keys
    ]
    if scope.owners:
        facts.append(("owners", f"{len(scope.owners)} chosen"))
    versions = _bad_versions(scope)
    if versions:
        facts.append(("bad versions", ", ".join(str(version) for version in versions)))
    if scope.keep_unstamped:
        facts.append(("unstamped", "kept"))
    if scope.stale:
        facts.append(("stale", "what stamps and change times say is behind"))
    return facts or [("scope", "every row")]


def _window_facts(scope: RowScope) -> list[tuple[str, str]]:
    facts = []
    if scope.since:
        facts.append(("since", _words(scope.since, "included")))
    if scope.until:
        end = "not included; frozen when it was planned" if scope.until_frozen else "not included"
        facts.append(("until", _words(scope.until, end)))
    if scope.fixed_at:
        facts.append(("fixed at", _words(scope.fixed_at, "computed before is stale")))
    return facts


def _words(bound: Bound, note: str) -> str:
    local = f", {bound.local} local" if bound.local != bound.utc else ""
    return f"{bound.utc} UTC{local} ({note})"


def _instant(bound: Bound | None) -> str | None:
    return f"{bound.utc.replace(' ', 'T')}Z" if bound else None


def _bad_versions(scope: RowScope) -> list[int | str]:
    return [*scope.bad, *(f"{low}..{high}" for low, high in scope.bad_ranges)]
