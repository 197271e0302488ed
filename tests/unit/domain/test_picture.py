from __future__ import annotations

from cachedeps.domain.model import Edge
from cachedeps.domain.picture import EdgeKind, NodeKind, PictureEdge, draw, edge_kind
from tests.unit.declarations import deaf, declare, every_kind, through, when


def edge_between(start: str, end: str, chosen: str | None = None) -> PictureEdge:
    edges = draw(every_kind(), chosen).edges
    return next(edge for edge in edges if (edge.start, edge.end) == (start, end))


def test_nodes_stand_in_the_order_of_the_file_with_their_tables() -> None:
    picture = draw(every_kind())

    assert [node.name for node in picture.nodes][:2] == ["pose_model", "analytics"]
    assert picture.tables == ("uploads", "posts", "embeddings", "accounts")
    caches = [node for node in picture.nodes if node.kind is NodeKind.CACHE]
    assert [node.title for node in caches][:2] == ["rotation_metrics", "diagnosis_text"]
    assert not any(node.faded or node.chosen for node in picture.nodes)


def test_notes_say_what_is_unusual_and_only_that() -> None:
    notes = {node.name: node.notes for node in draw(every_kind()).nodes}

    assert notes["analytics"] == ("version 7",)
    assert notes["post_text"] == ("rows of posts (raw)",)
    assert notes["uploads.rotation_metrics"] == ()
    assert notes["uploads.diagnosis_text"] == ("irreplaceable",)
    assert notes["uploads.training_plan"] == ("reset to ''",)
    assert notes["accounts.remote_statuses"] == (
        "column statuses_count",
        "rows domain IS NOT NULL",
        "reset recompute",
    )


def test_the_kind_of_an_edge_is_what_narrows_it_most() -> None:
    assert edge_kind(Edge("a")) is EdgeKind.PLAIN
    assert edge_kind(Edge("a", when=when("x"))) is EdgeKind.WHEN
    assert edge_kind(Edge("a", when=when("x"), via=through("a -> b.id"))) is EdgeKind.VIA
    assert edge_kind(Edge("a", via=through("all"))) is EdgeKind.ALL
    assert edge_kind(deaf("a", "b")) is EdgeKind.EXCEPT


def test_the_label_of_an_edge_holds_all_its_conditions() -> None:
    assert edge_between("pose_model", "analytics").label == ""
    assert edge_between("posts.cooked", "embeddings.vector").label == (
        "via post_id -> posts.id; except avatars"
    )
    joined = Edge("u", when=when("x > 0", "a -> b.id"), via=through("c -> d.id"))
    picture = draw(declare({"u": []}, {"t": {"c": [joined]}}))
    assert picture.edges[0].label == "when x > 0 (via a -> b.id); via c -> d.id"


def test_an_edge_knows_the_stamp_that_records_its_start() -> None:
    assert edge_between("analytics", "uploads.rotation_metrics").stamp == "rotation_version"
    assert edge_between("diagnosis_llm", "uploads.diagnosis_text").stamp == ""


def test_a_chosen_node_and_what_it_feeds_stand_out_and_all_else_fades() -> None:
    picture = draw(every_kind(), "analytics")

    bright = [node.name for node in picture.nodes if not node.faded]
    assert bright == ["analytics", "uploads.rotation_metrics"]
    assert [node.name for node in picture.nodes if node.chosen] == ["analytics"]
    lines = [(edge.start, edge.end) for edge in picture.edges if not edge.faded]
    assert lines == [("analytics", "uploads.rotation_metrics")]


def test_what_an_except_stops_fades_with_the_edge_that_stops_it() -> None:
    assert edge_between("posts.cooked", "embeddings.vector", "avatars").faded
    assert not edge_between("posts.cooked", "embeddings.vector", "post_text").faded
    nodes = {node.name: node for node in draw(every_kind(), "avatars").nodes}
    assert nodes["embeddings.vector"].faded
    assert not nodes["posts.cooked"].faded


def test_a_deaf_edge_fades_where_the_node_is_reached_by_another() -> None:
    both: list[str | Edge] = [deaf("t.x", "u"), "u"]
    picture = draw(declare({"u": []}, {"t": {"x": ["u"], "y": both}}), "u")

    assert {(e.start, e.end): e.faded for e in picture.edges} == {
        ("u", "t.x"): False,
        ("t.x", "t.y"): True,
        ("u", "t.y"): False,
    }
