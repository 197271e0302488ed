"""Whom a statement would have hit, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Cache
from cachedeps.domain.verdict import Hit
from cachedeps.guard.advice import MOST_NAMED, likely_fix

_DONE = {"update": "changed", "delete": "deleted"}


def told(hit: Hit, graph: Graph) -> Hit:
    """The hit with its sentence.

    ``would have emptied diagnosis_text of 20 rows, 7 owners; it does not depend on analytics``.
    """
    if not hit.rows:
        return replace(hit, message=f"would have {_DONE[hit.verb]} no row of {hit.table}")
    caches = tuple(graph.caches[node] for node, _ in hit.emptied if node in graph.caches)
    done = (
        _emptied(hit, caches) if caches else f"{_DONE[hit.verb]} {_rows(hit.rows)} of {hit.table}"
    )
    return replace(hit, message=f"would have {done}{_owners(hit)}{_strangers(graph, caches)}")


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _owners(hit: Hit) -> str:
    if hit.owners is None:
        return ""
    return ", 1 owner" if hit.owners == 1 else f", {hit.owners:,} owners"


def _emptied(hit: Hit, caches: tuple[Cache, ...]) -> str:
    counts = [count for _, count in hit.emptied]
    if len(set(counts)) == 1:
        return f"emptied {_listed([cache.name for cache in caches])} of {_rows(counts[0])}"
    each = [f"{c.name} of {count:,}" for c, count in zip(caches, counts, strict=True)]
    return f"emptied {_listed(each)}, in {_rows(hit.rows)}"


def _strangers(graph: Graph, caches: tuple[Cache, ...]) -> str:
    """The caches that the fix behind the others did not make stale."""
    upstream = likely_fix(graph, caches)
    if not upstream:
        return ""
    stale = graph.downstream_of([upstream])
    names = [cache.name for cache in caches if cache.node not in stale]
    if not names:
        return ""
    verb = "does" if len(names) == 1 else "do"
    return f"; {_listed(names)} {verb} not depend on {upstream}"


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        return f"{', '.join(shown)} and {len(names) - MOST_NAMED} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
