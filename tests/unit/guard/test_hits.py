"""Whom a statement would have hit is said in one sentence."""

from __future__ import annotations

import pytest

from cachedeps.domain.graph import Graph
from cachedeps.domain.verdict import Hit
from cachedeps.guard.hits import told
from tests.unit.config.texts import declared

GRAPH = Graph(
    declared("""
[upstreams.analytics]
[upstreams.llm]
[tables.uploads.caches.metrics]
depends_on = ["analytics"]
[tables.uploads.caches.summary]
depends_on = ["uploads.metrics"]
[tables.uploads.caches.diagnosis]
depends_on = ["llm"]
irreplaceable = true
[tables.uploads.caches.plan]
depends_on = ["llm"]
irreplaceable = true
""")
)
METRICS, SUMMARY = "uploads.metrics", "uploads.summary"
DIAGNOSIS, PLAN = "uploads.diagnosis", "uploads.plan"


@pytest.mark.parametrize(
    ("hit", "message"),
    [
        (
            Hit(1, "uploads", "update", 20, 7, (), ((METRICS, 20), (DIAGNOSIS, 20))),
            "would have emptied metrics and diagnosis of 20 rows, 7 owners; "
            "diagnosis does not depend on analytics",
        ),
        (
            Hit(1, "uploads", "update", 20, 7, (), ((DIAGNOSIS, 9), (METRICS, 20), (PLAN, 1))),
            "would have emptied diagnosis of 9, metrics of 20 and plan of 1, in 20 rows, 7 owners; "
            "diagnosis and plan do not depend on analytics",
        ),
        (
            Hit(1, "uploads", "update", 2, 1, (), ((METRICS, 2), (SUMMARY, 2))),
            "would have emptied metrics and summary of 2 rows, 1 owner",
        ),
        (
            Hit(1, "uploads", "update", 1, None, (), ((DIAGNOSIS, 1),)),
            "would have emptied diagnosis of 1 row",
        ),
        (
            Hit(1, "users", "delete", 1234, 1000),
            "would have deleted 1,234 rows of users, 1,000 owners",
        ),
        (Hit(1, "users", "update", 3, 0), "would have changed 3 rows of users, 0 owners"),
        (Hit(1, "users", "delete", 0, 0), "would have deleted no row of users"),
    ],
)
def test_rows_owners_and_what_does_not_follow_are_said(hit: Hit, message: str) -> None:
    assert told(hit, GRAPH).message == message
