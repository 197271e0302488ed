"""What a plan holds, that it needs no database, and that size does not hurt it."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import pytest

from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Declaration, Edge, Via
from cachedeps.domain.plan import Plan, RowScope
from cachedeps.domain.planning import Request, make_plan
from cachedeps.domain.scope import BadVersions, Scope, Stale
from cachedeps.errors import ScopeError, UnknownNameError, UsageError
from tests.unit.declarations import chain, declare, diamonds, through
from tests.unit.domain.plans import planned, reasons, stale, targets

UPLOADS = """
[upstreams.pose_model]
[upstreams.analytics]
depends_on = ["pose_model"]
version = 7
[upstreams.prompt]
[tables.uploads.caches.metrics]
depends_on = ["analytics"]
stamp = "metrics_version"
[tables.uploads.caches.summary]
depends_on = ["prompt", "uploads.metrics"]
[tables.uploads.caches.rank]
depends_on = ["uploads.summary"]
reset = "recompute"
[tables.uploads.caches.length]
depends_on = ["uploads.summary"]
reset = "none"
[tables.users.caches.avatar]
depends_on = ["pose_model"]
"""


def plain(declaration: Declaration, *upstreams: str) -> Plan:
    request = Request(upstreams, (), RowScope(), "2026-06-01T00:00:00+00:00")
    return make_plan(declaration, Graph(declaration), request)


def test_a_step_shows_its_paths_and_the_edges_that_staleness_came_by() -> None:
    step = planned(UPLOADS, "pose_model").step("uploads.summary")

    assert step.paths == (("pose_model", "analytics", "uploads.metrics", "uploads.summary"),)
    assert [arrival.parent for arrival in step.arrivals] == ["uploads.metrics"]


def test_what_is_kept_says_why() -> None:
    assert reasons(planned(UPLOADS, "prompt")) == {
        "uploads.metrics": "not-downstream",
        "uploads.length": "maintained-by-database",
    }


def test_a_table_without_a_touched_cache_is_not_spoken_of() -> None:
    assert "users.avatar" not in reasons(planned(UPLOADS, "prompt"))


def test_recompute_is_planned_but_written_to_by_nobody() -> None:
    plan = planned(UPLOADS, "prompt")

    assert {write.caches: write.changes_data for write in plan.writes} == {
        ("uploads.summary",): True,
        ("uploads.rank",): False,
    }


def test_a_column_alone_plans_itself_by_its_own_stamp_and_what_depends_on_it() -> None:
    assert stale(planned(UPLOADS, columns=("uploads.metrics",))) == dict.fromkeys(
        ("uploads.metrics", "uploads.summary", "uploads.rank"), "metrics_version not in (7)"
    )


def test_a_column_beside_an_upstream_chooses_among_what_the_fix_reaches() -> None:
    plan = planned(UPLOADS, "analytics", columns=("uploads.summary",))

    assert list(targets(plan)) == ["uploads.summary"]
    assert reasons(plan)["uploads.metrics"] == "not-selected"
    assert [notice.code for notice in plan.notices] == ["left-stale"]


def test_a_column_that_the_fix_does_not_reach_is_a_mistake_and_not_nothing_to_do() -> None:
    with pytest.raises(ScopeError, match=r"uploads\.metrics does not depend on prompt"):
        planned(UPLOADS, "prompt", columns=("uploads.metrics",))


def test_what_is_behind_in_one_upstream_is_asked_for_by_its_name() -> None:
    assert stale(planned(UPLOADS, scope=Stale())) == stale(
        planned(UPLOADS, "pose_model", scope=Stale())
    )
    assert targets(planned(UPLOADS, "prompt", scope=Stale())) == {}


def test_nothing_named_is_nothing_to_plan() -> None:
    with pytest.raises(UsageError, match="no upstream, no column, and not --stale"):
        planned(UPLOADS)


def test_a_name_that_is_not_declared_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(UnknownNameError) as refused:
        planned(UPLOADS, "analytic")

    assert "analytics" in refused.value.hint


def test_a_bad_version_needs_a_stamp_of_what_was_fixed() -> None:
    with pytest.raises(ScopeError, match="needs a stamp of what was fixed"):
        planned(UPLOADS, "prompt", scope=BadVersions(3))


def test_the_same_question_has_the_same_plan() -> None:
    assert planned(UPLOADS, "pose_model") == planned(UPLOADS, "pose_model")


def test_planning_imports_no_database() -> None:
    names = {module.split(".")[0] for module in _imported_by("cachedeps.domain.planning")}

    assert names.isdisjoint({"sqlalchemy", "sqlite3", "psycopg", "pymysql", "sqlglot"})


def _imported_by(module: str) -> Iterable[str]:
    import subprocess

    code = f"import sys, {module}; print(*sys.modules)"
    return subprocess.run(  # noqa: S603 - this interpreter, on our own module
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()


def test_a_chain_of_thousands_is_planned_without_recursion() -> None:
    plan = plain(chain(5_000), "n0")

    assert len(plan.steps) == 4_999
    assert stale(plan)["t.n4999"] == "all"


def test_a_chain_of_thousands_of_tables_is_planned_without_recursion() -> None:
    plan = plain(_across(2_000), "n0")

    assert len(plan.writes) == 1_999
    assert len(plan.rows) < 3 * 2_000


def _across(length: int) -> Declaration:
    """One upstream and a chain of tables behind it, each cache fed by the row before."""
    tables: dict[str, dict[str, list[str | Edge]]] = {"t1": {"c": ["n0"]}}
    for number in range(2, length):
        via = through("a -> id", f"t{number - 1}")
        tables[f"t{number}"] = {"c": [Edge(f"t{number - 1}.c", via=via)]}
    return declare({"n0": []}, tables)


def test_a_diamond_of_2_to_the_200_paths_is_counted_and_not_walked() -> None:
    plan = plain(diamonds(200), "s")

    last = plan.step("t.j199")
    assert last.paths_total == 2**200
    assert len(last.paths) <= 16
    assert len(plan.rows) < 1_000


def test_a_diamond_of_2_to_the_200_paths_across_tables_is_no_larger_than_its_edges() -> None:
    plan = plain(_diamonds_across(200), "s")

    assert len(plan.steps) == 600
    assert len(plan.rows) < 3_000


def _diamonds_across(count: int) -> Declaration:
    tables: dict[str, dict[str, list[str | Edge]]] = {}

    def feed(top: str) -> Edge:
        table = top.split(".")[0]
        return (
            Edge(top, via=Via(through("x", table).target, every=True)) if "." in top else Edge(top)
        )

    top = "s"
    for i in range(count):
        tables |= {f"a{i}": {"c": [feed(top)]}, f"b{i}": {"c": [feed(top)]}}
        tables[f"j{i}"] = {"c": [feed(f"a{i}.c"), feed(f"b{i}.c")]}
        top = f"j{i}.c"
    return declare({"s": []}, tables)


def test_more_stamped_upstreams_than_can_be_told_apart_are_said_so() -> None:
    many = [f"u{i}" for i in range(12)]
    upstreams = "".join(f"[upstreams.{name}]\nversion = 1\n" for name in many)
    listed = ", ".join(f'"{name}"' for name in many)
    stamps = ", ".join(f'{{ column = "v_{name}", of = "{name}" }}' for name in many)
    text = f"{upstreams}[tables.t.caches.a]\ndepends_on = [{listed}]\n" + (
        f'[tables.t.caches.b]\ndepends_on = ["t.a"]\nstamp = [{stamps}]\n'
    )

    plan = planned(text, *many)

    assert "trails-simplified" in [notice.code for notice in plan.notices]
    assert stale(plan) == {"t.a": "all", "t.b": "all"}
    assert "trails-simplified" not in [n.code for n in planned(text, "u1", "u2").notices]
    assert stale(planned(text, "u1"))["t.b"] == "v_u1 not in (1)"


def test_unstamped_rows_may_be_kept() -> None:
    kept = stale(planned(UPLOADS, "analytics", scope=Scope(keep_unstamped=True)))

    assert kept["uploads.metrics"] == "metrics_version not in (7 or NULL)"
