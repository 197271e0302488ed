"""Readers run before the write that changes what they read."""

from __future__ import annotations

from cachedeps.domain.plan import Plan
from cachedeps.domain.scope import Scope
from tests.unit.domain.plans import planned

HEAD = "[upstreams.u]\n[upstreams.v]\nversion = 2\n"


def order(plan: Plan) -> list[str]:
    return [", ".join(write.caches) for write in plan.writes]


def cache(name: str, *lines: str, on: str = '"u"', table: str = "t") -> str:
    return "\n".join((f"[tables.{table}.caches.{name}]", f"depends_on = [{on}]", *lines, ""))


def test_a_cache_whose_rows_are_told_by_another_one_is_written_first() -> None:
    text = HEAD + cache("a") + cache("b", 'rows = "a IS NOT NULL"')

    assert order(planned(text, "u")) == ["t.b", "t.a"]


def test_a_chain_of_readers_runs_from_its_end() -> None:
    rows = {"c": "b IS NOT NULL", "b": "a IS NOT NULL"}
    text = HEAD + cache("a") + "".join(cache(n, f'rows = "{r}"') for n, r in rows.items())

    plan = planned(text, "u")

    assert order(plan) == ["t.c", "t.b", "t.a"]
    assert not plan.refusals


def test_two_caches_that_tell_each_others_rows_are_refused() -> None:
    text = HEAD + cache("a", 'rows = "b IS NOT NULL"') + cache("b", 'rows = "a IS NOT NULL"')

    plan = planned(text, "u")

    assert [refusal.slug for refusal in plan.refusals] == ["self-dependent-scope"]
    assert "t.a" in plan.refusals[0].message


def test_a_cache_may_tell_its_own_rows() -> None:
    plan = planned(HEAD + cache("a", """rows = "a <> 'kept'" """), "u")

    assert not plan.refusals


def test_tables_run_before_the_ones_that_choose_their_rows() -> None:
    via = '{ on = "t.a", via = "t_id -> t.id", when = { via = "t_id -> t.id", where = "a <> 1" } }'
    text = HEAD + cache("a") + cache("z", on=via, table="z")

    assert order(planned(text, "u")) == ["z.z", "t.a"]


def test_rows_are_deleted_when_nobody_reads_them_any_more() -> None:
    via = '{ on = "logs.line", via = "log_id -> logs.id" }'
    text = HEAD + cache("line", 'reset = "delete_row"', table="logs") + cache("sum", on=via)

    assert order(planned(text, "u")) == ["t.sum", "logs.line"]


def test_rows_chosen_by_what_other_rows_of_the_same_write_hold_are_refused() -> None:
    when = '{ on = "u", when = { via = "parent_id -> t.id", where = "a IS NOT NULL" } }'
    plan = planned(HEAD + cache("a", on=when), "u")

    assert [refusal.slug for refusal in plan.refusals] == ["self-dependent-scope"]
    assert "t.a" in plan.refusals[0].message


def test_a_mark_is_written_last_where_a_missing_stamp_counts_as_fresh() -> None:
    marked = cache("a", 'stamp = "a_version"', 'reset = "mark"', on='"v"')
    text = HEAD + marked + cache("b", on='"t.a"')

    assert order(planned(text, "v")) == ["t.a", "t.b"]
    assert order(planned(text, "v", scope=Scope(keep_unstamped=True))) == ["t.b", "t.a"]


def test_caches_that_nobody_reads_keep_the_order_of_the_graph() -> None:
    text = HEAD + "".join(cache(name) for name in "dacb")

    assert order(planned(text, "u")) == ["t.d", "t.a", "t.c", "t.b"]
