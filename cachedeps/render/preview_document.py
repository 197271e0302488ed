"""The JSON document of a preview (``invalidate`` and ``show PLAN``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cachedeps.domain.finding import Notice
from cachedeps.domain.outcome import CachePreview, Drift, Owners, Preview, Statement
from cachedeps.domain.plan import Step
from cachedeps.domain.rows import KeyValues
from cachedeps.render.documents import Document, head, notices, refusals
from cachedeps.render.scope import scope_document

MOST_NODES = 100
LEFT_OUT = "... {} nodes left out ..."

Keys = Mapping[str, Iterable[KeyValues]]


def preview_document(command: str, preview: Preview, *, keys: Keys | None = None) -> Document:
    """The preview; ``keys`` (cache -> every target key) only where they were asked for."""
    cut = [step.cache for step in preview.plan.steps if _too_long(step)]
    return {
        **head(command),
        "database": preview.database,
        "upstreams": list(preview.plan.upstreams),
        "columns": list(preview.plan.columns),
        "scope": scope_document(preview.plan.scope),
        "invalidate": list(_caches(preview, keys)),
        "keep": [
            {"cache": keep.cache, "reason": keep.reason, "detail": keep.detail}
            for keep in preview.keep
        ],
        "rows": preview.rows,
        "cells": preview.cells,
        "bytes": preview.bytes,
        "owners": owners_document(preview.owners),
        "cost": {"usd": preview.cost_usd, "seconds": preview.cost_seconds},
        "warnings": notices((*preview.notices, *_cut_notice(cut))),
        "refusals": refusals(preview.refusals),
        "must_name": {name: preview.rows_of(name) for name in preview.plan.must_name},
        "fingerprint": preview.fingerprint,
        "page_rows": preview.page_rows,
        "planned_at": preview.plan.planned_at,
        "digest": preview.digest,
        "stale": False,
    }


def owners_document(owners: Owners) -> Document:
    """The people; ``cut`` where ``labels`` is not the whole list."""
    return {
        "count": owners.count,
        "labels": list(owners.labels),
        "cut": owners.cut,
        "unowned_rows": owners.unowned_rows,
        "undeclared": list(owners.undeclared),
    }


def drift_document(drift: Drift) -> Document:
    """How the live target differs from the preview."""
    return {
        "joined": [{"cache": cache, "key": list(key)} for cache, key in drift.joined],
        "left": [{"cache": cache, "key": list(key)} for cache, key in drift.left],
        "changed": [{"cache": cache, "key": list(key)} for cache, key in drift.changed],
        "pages": list(drift.pages),
        "other": list(drift.other),
    }


def short_path(path: tuple[str, ...], most: int = MOST_NODES) -> list[str]:
    """The path, shortened in the middle where it has more than ``most`` nodes."""
    if len(path) <= most:
        return list(path)
    first, last = most // 2, (most - 1) // 2
    return [*path[:first], LEFT_OUT.format(len(path) - first - last), *path[-last:]]


def _too_long(step: Step) -> bool:
    return any(len(path) > MOST_NODES for path in step.paths)


def _cut_notice(caches: list[str]) -> list[Notice]:
    if not caches:
        return []
    message = (
        f"paths of more than {MOST_NODES} nodes are shortened in the middle, "
        f"in {len(caches)} caches, e.g. {caches[0]}; cachedeps graph has them whole"
    )
    return [Notice("path-cut", message)]


def _caches(preview: Preview, keys: Keys | None) -> Iterable[Document]:
    steps = {step.cache: step for step in preview.plan.steps}
    statements = {cache: s for s in preview.statements for cache in s.caches}
    for cache in preview.caches:
        document = _cache(cache, steps[cache.cache], statements.get(cache.cache))
        if keys is not None:
            document["keys"] = [list(key) for key in keys.get(cache.cache, ())]
        yield document


def _cache(cache: CachePreview, step: Step, statement: Statement | None) -> Document:
    return {
        "cache": cache.cache,
        "table": cache.table,
        "column": cache.column,
        "reset": str(cache.kind),
        "value": step.reset.value,
        "paths": [short_path(path) for path in step.paths],
        "paths_total": step.paths_total,
        "arrivals": [{"from": a.parent, "condition": a.condition} for a in step.arrivals],
        "irreplaceable": step.irreplaceable,
        "rows": cache.rows,
        "bytes": cache.bytes,
        "fresh": cache.fresh,
        "unstamped": cache.unstamped,
        "cost": {"usd": cache.cost_usd, "seconds": cache.cost_seconds},
        "sql": statement.sql if statement else "",
        "params": dict(statement.params) if statement else {},
    }
