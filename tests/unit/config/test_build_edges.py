from __future__ import annotations

from itertools import pairwise

import pytest

from cachedeps.domain.model import Edge, TableRef
from tests.unit.config.texts import cache, declared, problem_of, problems_of

TWO_TABLES = """
[upstreams.renderer]
[upstreams.avatars]
[upstreams.post_text]
table = "posts"
columns = ["raw"]
changed_at = "last_version_at"
[upstreams.settings]

[tables.posts.caches.cooked]
depends_on = ["renderer", "avatars", "post_text"]

[tables.embeddings.caches.vector]
depends_on = [EDGE]
"""


def vector(edge: str) -> tuple[Edge, ...]:
    return cache(declared(TWO_TABLES.replace("EDGE", edge)), "embeddings.vector").edges


def test_an_edge_may_cross_tables_by_via() -> None:
    (edge,) = vector('{ on = "posts.cooked", via = "post_id -> posts.id" }')

    assert edge.on == "posts.cooked"
    assert edge.via is not None
    assert edge.via.target == TableRef("posts")
    assert edge.via.text == "post_id -> posts.id"


def test_an_upstream_with_a_source_table_is_reached_by_via_too() -> None:
    (edge,) = vector('{ on = "post_text", via = ["post_id = posts.id"] }')

    assert edge.via is not None
    assert edge.via.target == TableRef("posts")


def test_any_row_may_concern_every_row() -> None:
    (edge,) = vector('{ on = "posts.cooked", via = "all" }')

    assert edge.via is not None
    assert edge.via.every


def test_an_edge_in_one_table_needs_no_via() -> None:
    declaration = declared(TWO_TABLES.replace("EDGE", ""))

    assert cache(declaration, "posts.cooked").edges == (
        Edge("renderer"),
        Edge("avatars"),
        Edge("post_text"),
    )


def test_an_edge_may_hold_for_some_rows_only() -> None:
    near, far = vector(
        '{ on = "renderer", when = "domain IS NOT NULL" }, { on = "settings", '
        'when = { via = "account_id -> accounts.id", where = "domain IS NOT NULL" } }'
    )

    assert near.when is not None
    assert (near.when.text, near.when.via) == ("domain IS NOT NULL", None)
    assert far.when is not None
    assert far.when.via is not None
    assert far.when.via.target == TableRef("accounts")


def test_an_edge_may_be_deaf_to_what_is_upstream_of_its_origin() -> None:
    (edge,) = vector(
        '{ on = "posts.cooked", via = "post_id -> posts.id", except = ["avatars", "post_text"] }'
    )

    assert edge.deaf_to == {"avatars", "post_text"}


def test_one_upstream_may_feed_a_cache_in_several_ways() -> None:
    first, second = vector(
        '{ on = "post_text", via = "post_id -> posts.id" }, '
        '{ on = "post_text", via = "quoted_id -> posts.id" }'
    )

    assert first.on == second.on
    assert first.via != second.via


@pytest.mark.parametrize(
    ("edge", "rule", "place", "message"),
    [
        ('"posts.cooked"', "missing-via", "depends_on[0]", "no via says how"),
        ('{ on = "posts.cooked" }', "missing-via", "depends_on[0]", "rows of posts"),
        ('"post_text"', "missing-via", "depends_on[0]", "rows of embeddings"),
        ('{ on = "renderer", via = "a -> posts.id" }', "bad-via", "[0].via", "has no rows"),
        (
            '{ on = "posts.cooked", via = "a -> users.id" }',
            "bad-via",
            "[0].via",
            "arrive at posts",
        ),
        ('"rendrer"', "unknown-name", "depends_on[0]", 'did you mean "renderer"?'),
        ('"cooked"', "unknown-name", "depends_on[0]", 'did you mean "posts.cooked"?'),
        ('"xyzzy"', "unknown-name", "depends_on[0]", 'no upstream or cache is named "xyzzy"'),
        ('"renderer", "renderer"', "duplicate", "depends_on[1]", "named twice"),
        ('{ on = "renderer", when = "a = " }', "bad-predicate", "[0].when", "'a = '"),
        (
            '{ on = "renderer", when = { via = "a -> b.id", where = "(SELECT 1)" } }',
            "bad-predicate",
            "[0].when.where",
            "sub-select",
        ),
        (
            '{ on = "renderer", when = { via = "all", where = "a" } }',
            "bad-via",
            "[0].when.via",
            "all",
        ),
        (
            '{ on = "posts.cooked", via = "all", except = ["avatar"] }',
            "unknown-name",
            "except[0]",
            'did you mean "avatars"?',
        ),
    ],
)
def test_an_edge_that_cannot_be_is_a_problem(
    edge: str, rule: str, place: str, message: str
) -> None:
    problem = problem_of(TWO_TABLES.replace("EDGE", edge))

    assert problem.rule == rule
    assert problem.where.startswith("cachedeps.toml:14 tables.embeddings.caches.vector.depends_on")
    assert problem.where.endswith(place)
    assert message in problem.message


def test_a_cycle_is_an_error_that_prints_the_cycle() -> None:
    problem = problem_of("""
[upstreams.a]
depends_on = ["c"]
[upstreams.b]
depends_on = ["a"]
[upstreams.c]
depends_on = ["b"]
[upstreams.d]
depends_on = ["c"]
""")

    assert problem.rule == "cycle"
    nodes = problem.message.removeprefix("a cycle: ").split(" -> ")
    assert nodes[0] == nodes[-1]
    assert sorted(nodes[1:]) == ["a", "b", "c"]
    feeds = {("a", "b"), ("b", "c"), ("c", "a")}
    assert set(pairwise(nodes)) == feeds


def test_a_cache_that_feeds_itself_is_a_cycle() -> None:
    problem = problem_of("""
[tables.t.caches.c]
depends_on = [{ on = "t.c", via = "previous_id -> t.id" }]
""")

    assert problem.rule == "cycle"
    assert problem.message == "a cycle: t.c -> t.c"
    assert problem.where == "cachedeps.toml:3 tables.t.caches.c.depends_on"


def test_a_very_long_cycle_is_found_without_recursion() -> None:
    count = 5_000
    text = "".join(
        f'[upstreams.u{i}]\ndepends_on = ["u{(i + 1) % count}"]\n' for i in range(count)
    )

    assert problem_of(text).message.count(" -> ") == count


def test_an_upstream_depends_on_upstreams_only() -> None:
    problem = problem_of("""
[upstreams.a]
depends_on = ["t.c"]
[tables.t.caches.c]
""")

    assert problem.rule == "unknown-name"
    assert problem.where == "cachedeps.toml:3 upstreams.a.depends_on[0]"
    assert "t.c is a cache" in problem.message


def test_many_unknown_names_are_all_told_in_reasonable_time() -> None:
    names = ", ".join(f'"missing_{i}"' for i in range(2_000))

    assert len(problems_of(f"[upstreams.a]\n[tables.t.caches.c]\ndepends_on = [{names}]")) == 2_000
