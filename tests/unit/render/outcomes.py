"""Previews and receipts made by hand, for tests that render them."""

from __future__ import annotations

from dataclasses import replace

from cachedeps.domain.finding import Notice
from cachedeps.domain.model import Cost, Reset, ResetKind, TableRef
from cachedeps.domain.outcome import (
    CachePreview,
    Owners,
    Preview,
    Receipt,
    SampleRow,
    Statement,
)
from cachedeps.domain.plan import Arrival, Keep, Plan, RowScope, Step
from cachedeps.domain.rows import Always, Bound

METRICS = "uploads.rotation_metrics"
LABELS = tuple(f"person{n}@example.com" for n in range(1, 8))


def step(cache: str = METRICS, **changes: object) -> Step:
    table, _, column = cache.partition(".")
    made = Step(
        cache=cache,
        table=table,
        ref=TableRef(table),
        column=column,
        reset=Reset(),
        reached=0,
        target=0,
        held=0,
        unstamped=None,
        arrivals=(Arrival("analytics", "rows in scope"),),
        paths=(("analytics", cache),),
        paths_total=1,
        irreplaceable=False,
        cost=Cost(usd=0.04, seconds=20),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def plan(**changes: object) -> Plan:
    since = Bound("2026-04-01 00:00:00", "2026-04-01 02:00:00")
    made = Plan(
        upstreams=("analytics",),
        columns=(),
        scope=RowScope(since=since),
        rows=(Always(),),
        steps=(step(),),
        writes=(),
        keep=(),
        must_name=(),
        notices=(),
        refusals=(),
        declaration="sha256:d",
        planned_at="2026-04-25T12:00:00+00:00",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def cache_preview(cache: str = METRICS, **changes: object) -> CachePreview:
    table, _, column = cache.partition(".")
    made = CachePreview(
        cache=cache,
        table=table,
        column=column,
        kind=ResetKind.NULL,
        rows=20,
        bytes=5120,
        fresh=0,
        unstamped=None,
        cost_usd=0.8,
        cost_seconds=400,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def preview(**changes: object) -> Preview:
    made = Preview(
        plan=plan(),
        database="postgresql://app@host/db",
        tables=(),
        caches=(cache_preview(),),
        keep=(
            Keep("uploads.diagnosis_text", "not-downstream", "not downstream of analytics"),
            Keep("uploads.training_plan", "not-downstream", "not downstream of analytics"),
        ),
        statements=(
            Statement(
                (METRICS,),
                "UPDATE uploads SET rotation_metrics = NULL\nWHERE created_at >= :since",
                (("since", "2026-04-01 00:00:00"),),
            ),
        ),
        rows=20,
        cells=20,
        owners=Owners(7, LABELS),
        sample=(SampleRow(METRICS, (17,), LABELS[0], "dark"),),
        fingerprint="values",
        page_rows=1_000,
        notices=(Notice("missing-index", "no index on uploads.created_at"),),
        refusals=(),
        digest="sha256:abc",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def receipt(**changes: object) -> Receipt:
    made = Receipt(
        id="r1",
        command="apply",
        state="done",
        rows=20,
        cells=20,
        caches=((METRICS, 20),),
        by="ann@example.com",
        started_at="2026-04-25T12:00:00+00:00",
        finished_at="2026-04-25T12:00:09+00:00",
        plan_digest="sha256:abc",
        pages_done=1,
        pages_total=1,
        database="postgresql://app@host/db",
    )
    return replace(made, **changes)  # type: ignore[arg-type]
