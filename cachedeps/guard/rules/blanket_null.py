"""blanket-null: one statement resets caches that do not depend on each other.

A cache is reset because its upstream changed. Caches of several closures have no upstream in
common that says they are all stale, so somebody took them for "the cache".
"""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Cache
from cachedeps.domain.verdict import Objection, Ruling
from cachedeps.guard.advice import candidates, invalidation, told
from cachedeps.guard.facts import Facts
from cachedeps.guard.scope import scope_of

SLUG = "blanket-null"


def check(facts: Facts) -> Iterator[Objection]:
    """Resets of caches in more than one independent closure, all writes of a statement taken."""
    emptied = tuple(dict.fromkeys(c for write in facts.writes for c in write.emptied))
    if len(emptied) < 2 or len(_groups(facts.graph, emptied)) < 2:
        return
    names = ", ".join(cache.node for cache in emptied)
    message = (
        f"{names} would be emptied together, but no one of them follows from the others: "
        f"{told(facts.graph, emptied)}. Reset only what the fixed upstream feeds "
        f"(--upstream {candidates(facts.graph, emptied)})"
    )
    yield Objection(SLUG, Ruling.REFUSE, message, _instead(facts, emptied))


def _instead(facts: Facts, emptied: tuple[Cache, ...]) -> str:
    command = invalidation(facts.graph, emptied)
    tables = {cache.table for cache in emptied}
    if not command or len(tables) > 1:
        return command
    table = facts.graph.tables[tables.pop()]
    scope = scope_of(facts.statement.text, facts.dialect, table)
    return f"{command} {scope}".rstrip()


def _groups(graph: Graph, caches: tuple[Cache, ...]) -> list[set[str]]:
    """Closures, those joined that share a declared stamp column."""
    groups = [set(group) for group in graph.closures([cache.node for cache in caches])]
    by_stamp: dict[tuple[str, str], set[str]] = {}
    for cache in caches:
        for stamp in cache.stamps:
            by_stamp.setdefault((cache.table, stamp.column), set()).add(cache.node)
    for shared in by_stamp.values():
        touched = [group for group in groups if group & shared]
        if len(touched) > 1:
            groups = [g for g in groups if g not in touched] + [set().union(*touched)]
    return groups
