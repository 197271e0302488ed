"""What an approval has to name, and what no approval can allow."""

from __future__ import annotations

from tests.unit.domain.plans import planned

SIBLINGS = """
[upstreams.hub]
[upstreams.analytics]
depends_on = ["hub"]
[upstreams.prompt]
depends_on = ["hub"]
[tables.uploads.caches.metrics]
depends_on = ["analytics"]
[tables.uploads.caches.diagnosis]
depends_on = ["prompt"]
"""
BOTH = ("uploads.metrics", "uploads.diagnosis")


def codes(*upstreams: str, text: str = SIBLINGS) -> list[str]:
    return [notice.code for notice in planned(text, *upstreams).notices]


def test_one_upstream_of_one_cache_is_no_blanket() -> None:
    plan = planned(SIBLINGS, "analytics")

    assert (plan.must_name, plan.notices, plan.refusals) == ((), (), ())


def test_several_upstreams_that_empty_a_table_need_each_column_named() -> None:
    plan = planned(SIBLINGS, "analytics", "prompt")

    assert plan.must_name == BOTH
    assert codes("analytics", "prompt") == ["blanket"]


def test_one_upstream_that_feeds_them_all_is_shown_as_what_it_is() -> None:
    plan = planned(SIBLINGS, "hub")

    assert plan.must_name == ()
    assert "because one fix feeds them all" in plan.notices[0].message


def test_a_blanket_over_an_irreplaceable_cache_needs_each_column_named() -> None:
    text = SIBLINGS + "irreplaceable = true\n"

    assert planned(text, "hub").must_name == ("uploads.diagnosis", "uploads.metrics")


def test_an_irreplaceable_cache_is_always_named() -> None:
    text = SIBLINGS + "irreplaceable = true\n"

    assert planned(text, "prompt").must_name == ("uploads.diagnosis",)
    assert planned(text, "analytics").must_name == ()


def test_caches_that_feed_each_other_are_one_closure_and_no_blanket() -> None:
    text = SIBLINGS.replace('["prompt"]', '["prompt", "uploads.metrics"]')

    assert codes("analytics", "prompt", text=text) == []


def test_a_cache_that_is_kept_makes_a_plan_no_blanket() -> None:
    text = SIBLINGS + '[tables.uploads.caches.plan]\ndepends_on = ["hub"]\n'

    assert codes("analytics", "prompt", text=text) == []


def test_what_the_database_maintains_or_nothing_is_written_to_does_not_count() -> None:
    text = SIBLINGS + '[tables.uploads.caches.seen]\ndepends_on = ["hub"]\nreset = "recompute"\n'

    assert planned(text, "analytics", "prompt").must_name == BOTH


SHARED = """
[upstreams.parser]
version = 3
[upstreams.theme]
[tables.notes.caches.title_html]
depends_on = ["parser", "theme"]
stamp = { column = "cached_version", of = "parser" }
reset = "mark"
[tables.notes.caches.note_html]
depends_on = ["parser"]
stamp = { column = "cached_version", of = "parser" }
reset = "mark"
"""


def test_a_mark_of_one_cache_in_a_group_is_refused() -> None:
    plan = planned(SHARED, "theme")

    assert [refusal.slug for refusal in plan.refusals] == ["shared-stamp"]
    assert "also marks notes.note_html" in plan.refusals[0].message


def test_a_group_that_is_planned_as_a_whole_is_one_statement() -> None:
    plan = planned(SHARED, "parser")

    assert plan.refusals == ()
    assert [set(write.caches) for write in plan.writes] == [
        {"notes.title_html", "notes.note_html"}
    ]
