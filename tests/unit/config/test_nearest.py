from __future__ import annotations

import pytest

from cachedeps.config.nearest import did_you_mean, nearest

KNOWN = ["analytics", "plan_llm", "uploads.diagnosis_text", "uploads.training_plan"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("analytic", "analytics"),
        ("ANALYTICS", "analytics"),
        ("diagnosis_text", "uploads.diagnosis_text"),
        ("upload.diagnosis_text", "uploads.diagnosis_text"),
        ("plan-llm", "plan_llm"),
        ("xyzzy", ""),
        ("", ""),
    ],
)
def test_the_nearest_known_name_is_found(name: str, meant: str) -> None:
    assert nearest(name, KNOWN) == meant
    assert did_you_mean(name, KNOWN) == (f'did you mean "{meant}"?' if meant else "")


def test_nothing_is_near_where_nothing_is_known() -> None:
    assert nearest("a", []) == ""


def test_among_very_many_names_the_nearest_is_still_found() -> None:
    known = [f"table_{i // 50}.cache_column_{i}" for i in range(5_000)]

    assert nearest("table_41.cache_colum_2077", known) == "table_41.cache_column_2077"
