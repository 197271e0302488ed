from __future__ import annotations

import json
import math

from cachedeps.domain.model import ColumnRef, Predicate
from cachedeps.domain.outcome import Drift
from cachedeps.domain.plan import RowScope
from cachedeps.render.documents import text_of
from cachedeps.render.preview_document import drift_document, preview_document, short_path
from tests.unit.render.outcomes import LABELS, METRICS, cache_preview, plan, preview, step


def test_the_document_has_the_promised_fields_and_values() -> None:
    document = preview_document("invalidate", preview())
    assert document["version"] == 1
    assert document["command"] == "invalidate"
    assert document["database"] == "postgresql://app@host/db"
    assert document["upstreams"] == ["analytics"]
    assert (document["rows"], document["cells"]) == (20, 20)
    assert document["cost"] == {"usd": 0.8, "seconds": 400}
    assert document["digest"] == "sha256:abc"
    assert document["stale"] is False
    assert document["keep"] == [
        {
            "cache": f"uploads.{name}",
            "reason": "not-downstream",
            "detail": "not downstream of analytics",
        }
        for name in ("diagnosis_text", "training_plan")
    ]
    assert document["owners"] == {
        "count": 7,
        "labels": list(LABELS),
        "cut": False,
        "unowned_rows": 0,
        "undeclared": [],
    }


def test_each_cache_has_its_own_statement_with_parameters_beside_it() -> None:
    (cache,) = preview_document("invalidate", preview())["invalidate"]
    assert cache["cache"] == METRICS
    assert (cache["table"], cache["column"]) == ("uploads", "rotation_metrics")
    assert cache["reset"] == "null"
    assert cache["paths"] == [["analytics", METRICS]]
    assert (cache["rows"], cache["bytes"]) == (20, 5120)
    assert cache["sql"].startswith("UPDATE uploads SET rotation_metrics = NULL")
    assert cache["params"] == {"since": "2026-04-01 00:00:00"}
    assert "keys" not in cache


def test_keys_are_listed_only_where_they_were_asked_for() -> None:
    document = preview_document("invalidate", preview(), keys={METRICS: [(17,), (18,)]})
    (cache,) = document["invalidate"]
    assert cache["keys"] == [[17], [18]]


def test_the_scope_has_resolved_bounds_and_counts_owners_and_keys_only() -> None:
    scope = RowScope(
        since=plan().scope.since,
        until_frozen=True,
        where=(("uploads", Predicate("kind = 'a'", (ColumnRef("kind"), " = 'a'"))),),
        keys=((None, ((1,), (2,))),),
        owners=("ann@example.com",),
        bad=(35,),
        bad_ranges=((3, 5),),
        keep_unstamped=True,
    )
    document = preview_document("invalidate", preview(plan=plan(scope=scope)))
    assert document["scope"] == {
        "since": "2026-04-01T00:00:00Z",
        "until": None,
        "until_frozen": True,
        "since_local": "2026-04-01 02:00:00",
        "until_local": None,
        "where": [{"table": "uploads", "predicate": "kind = 'a'"}],
        "keys": 2,
        "owners": 1,
        "bad_versions": [35, "3..5"],
        "unstamped": "keep",
        "fixed_at": None,
        "stale": False,
    }
    assert "ann@" not in json.dumps(document["scope"])


def test_a_path_of_more_than_a_hundred_nodes_is_shortened_and_a_warning_says_so() -> None:
    path = tuple(f"n{number}" for number in range(5_000))
    document = preview_document("show", preview(plan=plan(steps=(step(paths=(path,)),))))
    (cache,) = document["invalidate"]
    (shown,) = cache["paths"]
    assert len(shown) == 100
    assert (shown[0], shown[-1]) == ("n0", "n4999")
    assert shown[50] == "... 4901 nodes left out ..."
    codes = [warning["code"] for warning in document["warnings"]]
    assert codes == ["missing-index", "path-cut"]


def test_a_path_of_a_hundred_nodes_stays_whole() -> None:
    path = tuple(str(number) for number in range(100))
    assert short_path(path) == list(path)


def test_numbers_without_a_json_form_are_written_as_text() -> None:
    seen = preview(caches=(cache_preview(cost_usd=math.nan),))
    assert json.loads(text_of(preview_document("show", seen)))["cost"]["usd"] == "nan"


def test_the_text_is_ascii_whatever_the_data_holds() -> None:
    text = text_of({"value": "東京 \x9b\ud800"})
    assert text.isascii()
    assert json.loads(text) == {"value": "東京 \x9b\ud800"}


def test_drift_lists_cells_by_cache_and_key() -> None:
    document = drift_document(Drift(joined=((METRICS, (1, "a")),), pages=("1..9",)))
    assert document["joined"] == [{"cache": METRICS, "key": [1, "a"]}]
    assert document["left"] == []
    assert document["pages"] == ["1..9"]
