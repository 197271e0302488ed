from __future__ import annotations

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachedeps.domain.graph import Graph, PathFinder, find_cycle
from cachedeps.domain.model import Cache, Edge, Upstream
from tests.unit.declarations import chain, deaf, declaration_of, declare, diamonds

JUMPS = declare(
    {"pose_model": [], "analytics": ["pose_model"], "diagnosis_llm": [], "plan_llm": []},
    {
        "uploads": {
            "rotation_metrics": ["analytics"],
            "diagnosis_text": ["diagnosis_llm"],
            "training_plan": ["plan_llm", "uploads.diagnosis_text"],
        }
    },
)


def test_downstream_holds_what_a_node_feeds_and_nothing_else() -> None:
    graph = Graph(JUMPS)

    fed = graph.downstream_of(["pose_model"])

    assert fed == {"analytics", "uploads.rotation_metrics"}
    assert "uploads.diagnosis_text" not in fed
    assert "pose_model" not in fed


def test_upstream_holds_everything_that_feeds_a_node() -> None:
    graph = Graph(JUMPS)

    assert graph.upstream_of(["uploads.training_plan"]) == {
        "plan_llm",
        "uploads.diagnosis_text",
        "diagnosis_llm",
    }
    assert graph.upstream_of(["pose_model"]) == frozenset()


def test_a_node_that_feeds_another_asked_node_is_left_out_of_the_answer() -> None:
    graph = Graph(JUMPS)

    assert graph.downstream_of(["pose_model", "analytics"]) == {"uploads.rotation_metrics"}


def test_the_graph_knows_its_nodes_and_their_tables() -> None:
    graph = Graph(JUMPS)

    assert "uploads.training_plan" in graph
    assert "uploads" not in graph
    assert graph.table_of("uploads.training_plan").name == "uploads"


def test_order_puts_parents_before_children_and_keeps_the_order_of_the_file() -> None:
    order = Graph(JUMPS).order()

    assert order[:3] == ("pose_model", "diagnosis_llm", "plan_llm")
    assert order.index("uploads.diagnosis_text") < order.index("uploads.training_plan")
    assert sorted(order) == sorted(Graph(JUMPS).parents)


def test_two_edges_from_one_parent_count_as_one_child() -> None:
    graph = Graph(declare({"a": []}, {"t": {"x": [Edge("a"), deaf("a", "a")]}}))

    assert graph.children["a"] == ["t.x"]
    assert graph.order() == ("a", "t.x")
    assert graph.why(["a"], "t.x").paths == (("a", "t.x"),)


@pytest.mark.parametrize(
    ("feeds", "cycle"),
    [
        ({"a": ["a"]}, ("a", "a")),
        ({"a": ["b"], "b": ["a"]}, {"a", "b"}),
        ({"z": [], "a": ["c", "z"], "b": ["a"], "c": ["b"]}, {"a", "b", "c"}),
    ],
)
def test_a_cycle_is_given_in_the_direction_of_feeding(
    feeds: dict[str, list[str]], cycle: set[str] | tuple[str, ...]
) -> None:
    found = find_cycle(feeds)

    assert found[0] == found[-1]
    assert set(found) == set(cycle)
    assert all(parent in feeds[child] for parent, child in pairwise(found))


def test_a_cycle_through_upstreams_and_caches_is_found_by_the_graph() -> None:
    graph = Graph(declare({"u": ["t.b"]}, {"t": {"a": ["u"], "b": ["t.a"]}}))

    assert set(graph.cycle()) == {"u", "t.a", "t.b"}
    assert graph.order() == ()


def test_without_a_cycle_there_is_none() -> None:
    assert Graph(JUMPS).cycle() == ()
    assert find_cycle({}) == ()


def test_a_cycle_of_five_thousand_nodes_is_found_without_recursion() -> None:
    feeds = {str(i): [str((i - 1) % 5000)] for i in range(5000)}

    assert len(find_cycle(feeds)) == 5001


def test_why_gives_every_path_where_there_are_few() -> None:
    graph = Graph(diamonds(2))

    why = graph.why(["s"], "t.j1")

    assert why.total == 4
    assert why.paths == (
        ("s", "t.a0", "t.j0", "t.a1", "t.j1"),
        ("s", "t.b0", "t.j0", "t.a1", "t.j1"),
        ("s", "t.a0", "t.j0", "t.b1", "t.j1"),
        ("s", "t.b0", "t.j0", "t.b1", "t.j1"),
    )


def test_why_gives_one_shortest_path_for_each_edge_where_there_are_many() -> None:
    graph = Graph(diamonds(200))

    why = graph.why(["s"], "t.j199")

    assert why.total == 2**200
    assert [path[-2] for path in why.paths] == ["t.a199", "t.b199"]
    assert all(len(path) == 401 for path in why.paths)
    assert all(path[0] == "s" for path in why.paths)


def test_why_of_a_node_that_is_not_fed_is_no_path() -> None:
    why = Graph(JUMPS).why(["analytics"], "uploads.diagnosis_text")

    assert why.paths == ()
    assert why.total == 0


def test_a_source_is_its_own_path_beside_the_paths_from_other_sources() -> None:
    why = Graph(JUMPS).why(["pose_model", "analytics"], "analytics")

    assert why.paths == (("analytics",), ("pose_model", "analytics"))


def test_a_source_keeps_its_own_path_where_there_are_many() -> None:
    why = Graph(diamonds(9)).why(["s", "t.j8"], "t.j8")

    assert why.paths[0] == ("t.j8",)
    assert len(why.paths) == 3


def test_backwards_paths_read_in_the_direction_of_feeding() -> None:
    finder = PathFinder(Graph(JUMPS), ["uploads.training_plan"], backwards=True)

    assert finder.paths_to("diagnosis_llm").paths == (
        ("diagnosis_llm", "uploads.diagnosis_text", "uploads.training_plan"),
    )
    assert finder.reached == Graph(JUMPS).upstream_of(["uploads.training_plan"])


DEAF = declare(
    {"avatars": [], "markdown": []},
    {
        "posts": {"cooked": ["avatars", "markdown"]},
        "embeddings": {"vector": [deaf("posts.cooked", "avatars")]},
    },
)


def test_an_except_edge_does_not_pass_on_what_it_names() -> None:
    graph = Graph(DEAF)

    assert graph.changed_by(["avatars"]) == {"posts.cooked"}
    assert graph.changed_by(["markdown"]) == {"posts.cooked", "embeddings.vector"}
    assert graph.changes("embeddings.vector") == {"posts.cooked", "markdown"}
    assert graph.why(["avatars"], "embeddings.vector").paths == ()
    assert graph.downstream_of(["avatars"]) == {"posts.cooked", "embeddings.vector"}


def test_an_except_edge_stops_what_came_through_the_named_node_from_farther_away() -> None:
    graph = Graph(
        declare(
            {"images": [], "avatars": ["images"]},
            {
                "posts": {"cooked": ["avatars"], "thumbs": ["images"]},
                "e": {"v": [deaf("posts.cooked", "avatars"), deaf("posts.thumbs", "avatars")]},
            },
        )
    )

    assert graph.changed_by(["images"]) == {"avatars", "posts.cooked", "posts.thumbs", "e.v"}
    assert graph.why(["images"], "e.v").paths == (("images", "posts.thumbs", "e.v"),)
    assert "e.v" not in graph.changed_by(["avatars"])


def test_an_except_edge_that_names_its_own_parent_is_never_heard() -> None:
    graph = Graph(declare({"a": []}, {"t": {"x": [deaf("a", "a")]}}))

    assert graph.changed_by(["a"]) == frozenset()
    assert graph.changes("t.x") == frozenset()


def test_one_of_two_edges_between_the_same_nodes_suffices() -> None:
    both = [deaf("t.x", "a"), deaf("t.x", "b")]
    graph = Graph(declare({"a": [], "b": ["a"]}, {"t": {"x": ["a", "b"], "y": both}}))

    assert graph.why(["a"], "t.y").paths == (("a", "t.x", "t.y"),)


def test_a_heard_detour_is_found_behind_many_shorter_deaf_paths() -> None:
    """Without it a cache would be planned with no path to show for it."""
    layers = diamonds(20)
    caches = [
        *layers.caches(),
        Cache("t", "short", "short", edges=(Edge("noise"), Edge("t.j19"))),
        Cache("t", "end", "end", edges=(deaf("t.short", "noise"),)),
    ]
    noise = Upstream("noise", edges=(Edge("s"),))
    graph = Graph(declaration_of([*layers.upstreams, noise], caches))

    why = graph.why(["s"], "t.end")

    assert why.total == 2**20 + 1
    assert len(why.paths) == 1
    assert why.paths[0][-3:] == ("t.j19", "t.short", "t.end")
    assert "noise" not in why.paths[0]


def test_diamonds_with_except_edges_cost_what_their_edges_cost() -> None:
    count = 200
    plain = diamonds(count)
    upstreams: dict[str, list[str]] = {f"u{i}": [] for i in range(count)}
    caches: dict[str, list[str | Edge]] = {
        c.name: [*(e.on for e in c.edges), *([f"u{c.name[1:]}"] if c.name[0] == "a" else [])]
        for c in plain.caches()
    }
    for i in range(count):
        caches[f"j{i}"] = [deaf(f"t.a{i}", f"u{i}", "s"), f"t.b{i}"]
    graph = Graph(declare({"s": [], **upstreams}, {"t": caches}))

    started = process_time()
    assert graph.why(["s"], "t.j199").paths == (
        ("s", *(f"t.{kind}{i}" for i in range(count) for kind in "bj")),
    )
    assert graph.changed_by(["u7"]) == {"t.a7"}
    assert {"s", "t.a7"} <= graph.changes("t.j7")
    assert "u7" not in graph.changes("t.j199")
    assert process_time() - started < 5


def test_a_chain_of_five_thousand_nodes_does_not_hurt() -> None:
    graph = Graph(chain(5000))
    last = "t.n4999"

    started = process_time()
    assert len(graph.downstream_of(["n0"])) == 4999
    assert graph.changed_by(["n0"]) == graph.downstream_of(["n0"])
    assert len(graph.changes(last)) == 4999
    assert graph.order()[-1] == last
    assert graph.cycle() == ()
    assert [len(p) for p in graph.why(["n0"], last).paths] == [5000]
    assert process_time() - started < 5


def test_asking_for_every_node_of_a_chain_does_not_walk_it_again_each_time() -> None:
    graph = Graph(chain(3000))
    finder = PathFinder(graph, ["n0"])

    started = process_time()
    lengths = [len(finder.paths_to(node).paths[0]) for node in graph.order()]
    assert lengths == list(range(1, 3001))
    assert process_time() - started < 5


def test_caches_that_feed_each_other_are_one_closure() -> None:
    graph = Graph(JUMPS)
    caches = [c.node for c in JUMPS.caches()]

    assert graph.closures(caches) == (
        frozenset({"uploads.diagnosis_text", "uploads.training_plan"}),
        frozenset({"uploads.rotation_metrics"}),
    )
    assert graph.closures(caches[:1]) == (frozenset({"uploads.rotation_metrics"}),)


def test_a_common_upstream_makes_no_closure_but_a_common_cache_does() -> None:
    graph = Graph(
        declare(
            {"u": []},
            {"t": {"a": ["u"], "b": ["u"], "c": ["s.x"], "d": ["s.x"]}, "s": {"x": ["u"]}},
        )
    )

    assert graph.closures(["t.a", "t.b", "t.c", "t.d"]) == (
        frozenset({"t.a"}),
        frozenset({"t.b"}),
        frozenset({"t.c", "t.d"}),
    )


def test_an_upstream_that_a_cache_feeds_joins_the_caches_behind_it() -> None:
    graph = Graph(declare({"u": [], "mid": ["t.a"]}, {"t": {"a": ["u"], "b": ["mid"]}}))

    assert graph.closures(["t.a", "t.b"]) == (frozenset({"t.a", "t.b"}),)


@st.composite
def small_graphs(draw: st.DrawFn) -> Graph:
    names = [f"n{i}" for i in range(draw(st.integers(2, 7)))]
    upstreams: list[Upstream] = []
    for place, name in enumerate(names):
        ons = draw(st.lists(st.sampled_from(names[:place]), max_size=3)) if place else []
        found = [
            Edge(on, deaf_to=draw(st.frozensets(st.sampled_from(names), max_size=2))) for on in ons
        ]
        upstreams.append(Upstream(name, edges=tuple(found)))
    return Graph(declaration_of(upstreams, []))


def heard_paths(graph: Graph, start: str, end: str) -> set[tuple[str, ...]]:
    """Every heard path, by trying them all."""
    found: set[tuple[str, ...]] = set()
    trails: list[tuple[str, ...]] = [(start,)]
    while trails:
        trail = trails.pop()
        if trail[-1] == end:
            found.add(trail)
        for child in graph.children[trail[-1]]:
            edges = [e for e in graph.parents[child] if e.on == trail[-1]]
            if any(not e.deaf_to & frozenset(trail) for e in edges):
                trails.append((*trail, child))
    return found


@given(small_graphs(), st.integers(0, 3))
def test_paths_are_those_that_trying_everything_finds(graph: Graph, most: int) -> None:
    nodes = list(graph.parents)
    for start in nodes:
        reached = graph.changed_by([start])
        for end in nodes:
            every = heard_paths(graph, start, end)
            few = graph.why([start], end, most=most)
            assert set(graph.why([start], end, most=1000).paths) == every
            assert set(few.paths) <= every
            assert bool(few.paths) == bool(every)
            assert (end in reached) == bool(every) or start == end
            assert (start in graph.changes(end)) == bool(every) or start == end
            finder = PathFinder(graph, [end], backwards=True)
            assert set(finder.paths_to(start, most=1000).paths) == every
            assert bool(finder.paths_to(start, most=most).paths) == bool(every)
