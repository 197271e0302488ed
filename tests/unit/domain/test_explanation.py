from __future__ import annotations

from time import process_time

from cachedeps.domain.explanation import Connection, Explanation, explained
from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Cache, Edge, Stamp, Upstream
from tests.unit.declarations import (
    chain,
    declaration_of,
    declare,
    diamonds,
    edges,
    every_kind,
)


def of(node: str) -> Explanation:
    return explained(Graph(every_kind()), node)


def by_node(connections: tuple[Connection, ...]) -> dict[str, Connection]:
    return {connection.node: connection for connection in connections}


def test_upstream_and_downstream_are_transitive_and_sorted() -> None:
    assert of("uploads.training_plan").upstream == (
        "diagnosis_llm",
        "plan_llm",
        "uploads.diagnosis_text",
    )
    assert of("pose_model").downstream == ("analytics", "uploads.rotation_metrics")
    assert of("pose_model").upstream == ()
    assert of("accounts.score").downstream == ()


def test_what_an_except_stops_is_named_apart() -> None:
    vector = of("embeddings.vector")
    avatars = of("avatars")

    assert vector.upstream == ("post_text", "posts.cooked")
    assert vector.deaf_to == ("avatars",)
    assert avatars.downstream == ("posts.cooked",)
    assert avatars.unheard_by == ("embeddings.vector",)


def test_causes_are_the_upstreams_with_their_paths_and_conditions() -> None:
    causes = by_node(of("embeddings.vector").causes)

    assert list(causes) == ["post_text"]
    cause = causes["post_text"]
    assert cause.paths == (("post_text", "posts.cooked", "embeddings.vector"),)
    assert not cause.more
    assert [edge.label for edge in cause.conditions] == [
        "via id = posts.id",
        "via post_id -> posts.id; except avatars",
    ]


def test_effects_are_the_caches_that_a_change_makes_stale() -> None:
    effects = by_node(of("diagnosis_llm").effects)

    assert list(effects) == ["uploads.diagnosis_text", "uploads.training_plan"]
    assert effects["uploads.training_plan"].paths == (
        ("diagnosis_llm", "uploads.diagnosis_text", "uploads.training_plan"),
    )


def test_direct_edges_hold_their_conditions() -> None:
    cooked = of("posts.cooked")

    assert [(e.start, e.label) for e in cooked.edges_in] == [
        ("post_text", "via id = posts.id"),
        ("avatars", ""),
    ]
    assert [(e.end, e.kind.value) for e in cooked.edges_out] == [("embeddings.vector", "except")]


def test_a_stamp_tells_for_every_upstream_whose_paths_pass_what_it_records() -> None:
    causes = by_node(of("uploads.rotation_metrics").causes)

    assert [s.column for s in causes["analytics"].stamps] == ["rotation_version"]
    assert [s.column for s in causes["pose_model"].stamps] == ["rotation_version"]


def test_a_stamp_tells_nothing_where_a_path_goes_around_it_or_there_is_no_version() -> None:
    around = [Upstream("model"), Upstream("a", version=1, edges=(Edge("model"),)), Upstream("b")]
    stamps = (Stamp("a_version", "a"), Stamp("b_version", "b"))
    cache = Cache("t", "c", "c", edges=edges(["a", "b", "model"]), stamps=stamps)
    causes = by_node(explained(Graph(declaration_of(around, [cache])), "t.c").causes)

    assert [s.column for s in causes["a"].stamps] == ["a_version"]
    assert causes["model"].stamps == ()
    assert causes["b"].stamps == ()


def test_with_many_paths_some_are_given_and_the_rest_is_admitted() -> None:
    (cause,) = explained(Graph(diamonds(200)), "t.j199").causes

    assert cause.more
    assert 1 <= len(cause.paths) <= 4
    assert all(path[0] == "s" and path[-1] == "t.j199" for path in cause.paths)


def test_in_a_long_chain_the_paths_are_cut_and_the_names_are_not() -> None:
    started = process_time()
    first = explained(Graph(chain(5000)), "n0")

    assert len(first.downstream) == 4999
    assert len(first.effects) == 4999
    without = [effect for effect in first.effects if not effect.paths]
    assert without
    assert all(effect.more for effect in without)
    assert process_time() - started < 5


def test_a_node_alone_is_explained_as_such() -> None:
    alone = explained(Graph(declare({"u": []})), "u")

    assert alone.upstream == alone.downstream == alone.deaf_to == ()
    assert alone.causes == alone.effects == ()
