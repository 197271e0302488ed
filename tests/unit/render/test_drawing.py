from __future__ import annotations

import re

from cachedeps.domain.picture import Picture, draw
from cachedeps.render.buses import lines
from cachedeps.render.columns import LONGEST_CHAIN, columns
from cachedeps.render.dot import dot, drawing
from cachedeps.render.islands import islands
from cachedeps.render.wrapping import wrapped
from tests.unit.declarations import chain, declare, diamonds, every_kind, many_tables, odd_names

ROOM = "\N{EN SPACE}"
LARGE = draw(many_tables())
ALONE = draw(declare({f"u{number}": [] for number in range(300)}))
STAR = draw(
    declare(
        {"parser": []},
        {f"t{table}": {f"html_{n}": ["parser"] for n in range(10)} for table in range(25)},
    )
)


def tallest_and_widest(picture: Picture) -> tuple[int, int]:
    places = list(columns(picture).values())
    return max(places.count(place) for place in places), max(places) + 1


def test_dot_holds_every_node_and_every_edge_as_itself() -> None:
    source = dot(LARGE)

    for node in LARGE.nodes:
        assert re.search(rf'^\t+"?{re.escape(node.name)}"? \[label=', source, re.MULTILINE)
    for edge in LARGE.edges:
        assert re.search(rf'^\t"?{edge.start}"? -> "?{edge.end}"?( \[|$)', source, re.MULTILINE)
    assert source.count(" -> ") == len(LARGE.edges)
    assert "~" not in source


def test_caches_stand_in_the_cluster_of_their_table() -> None:
    source = dot(draw(every_kind()))
    cluster = source[source.index("label=uploads") :].partition("}")[0]

    assert "uploads.rotation_metrics" in cluster
    assert "posts.cooked" not in cluster
    assert source.count("subgraph cluster_") == 4


def test_names_that_dot_would_read_otherwise_get_made_up_identifiers() -> None:
    source = dot(draw(odd_names()))

    assert '"~1" -> "~2"' in source
    assert "label=<" not in source
    assert '"&amp;lt;\\\\N\\\\G"' in source
    assert "\x1b" not in source
    assert '"t.graph" [label="graph"' in source


def test_the_legend_explains_the_kinds_in_the_picture_and_no_others() -> None:
    assert "is deaf to some (except)" in drawing(draw(every_kind()))
    plain = drawing(draw(declare({"a": [], "b": ["a"]})))
    assert f'label="{ROOM}feeds{ROOM}"' in plain
    assert "except" not in plain
    assert "cluster_legend" not in drawing(ALONE)


def test_a_small_picture_is_left_to_the_drawing_program() -> None:
    small = draw(every_kind())

    assert columns(small) == {}
    assert lines(small, {}).buses == ()
    assert "~column" not in drawing(small)


def test_every_node_of_a_large_picture_has_a_column() -> None:
    for picture in (LARGE, ALONE, STAR, draw(chain(300)), draw(diamonds(100))):
        places = columns(picture)
        assert places.keys() == {node.name for node in picture.nodes}
        assert set(places.values()) == set(range(max(places.values()) + 1))


def test_unconnected_nodes_form_a_field_and_no_endless_line() -> None:
    tallest, widest = tallest_and_widest(ALONE)

    assert tallest <= 40
    assert widest <= 20


def test_one_upstream_with_many_tables_forms_a_field() -> None:
    tallest, widest = tallest_and_widest(STAR)

    assert tallest <= 60
    assert widest <= 20


def test_systems_that_nothing_connects_stand_in_columns_of_their_own() -> None:
    systems = [f"system_{number}" for number in range(8)]
    apart = draw(
        declare(
            {f"{system}_llm": [] for system in systems},
            {
                f"{system}_table_{number}": {f"c{n}": [f"{system}_llm"] for n in range(8)}
                for number in range(4)
                for system in systems
            },
        )
    )
    places = columns(apart)
    spans = [
        (min(places[node.name] for node in island), max(places[node.name] for node in island))
        for island in islands(apart)
    ]

    assert len(spans) == 8
    # two systems share the very same columns, or none
    assert all(
        one == other or one[1] < other[0] or other[1] < one[0] for one in spans for other in spans
    )
    assert len(set(spans)) > 1
    assert {end - start for start, end in spans} == {1}


def test_a_large_table_is_broken_into_columns() -> None:
    picture = draw(declare({"u": []}, {"features": {f"f{n}": ["u"] for n in range(120)}}))
    tallest, widest = tallest_and_widest(picture)

    assert tallest <= 20
    assert 6 <= widest <= 12


def test_a_long_chain_is_folded() -> None:
    tallest, widest = tallest_and_widest(draw(chain(300)))

    assert widest <= LONGEST_CHAIN
    assert tallest <= 30


def test_an_edge_leads_right_wherever_its_nodes_share_a_band() -> None:
    picture = draw(many_tables(6, 8))
    places = columns(picture)
    right = [places[edge.start] < places[edge.end] for edge in picture.edges]

    assert sum(right) > 0.9 * len(right)


def test_every_edge_is_drawn_once_alone_or_on_a_bus() -> None:
    for picture in (LARGE, STAR, draw(many_tables(), "pipeline_3")):
        found = lines(picture, columns(picture))
        on_buses = [edge for bus in found.buses for stop in bus.stops for edge in stop.edges]
        assert sorted(map(repr, (*found.single, *on_buses))) == sorted(map(repr, picture.edges))


def test_edges_on_a_bus_share_their_start_and_their_look() -> None:
    found = lines(STAR, columns(STAR))

    assert len(found.buses) == 1
    for bus in lines(LARGE, columns(LARGE)).buses:
        edges = [edge for stop in bus.stops for edge in stop.edges]
        assert {edge.start for edge in edges} == {bus.start}
        assert len({(edge.kind, edge.faded) for edge in edges}) == 1


def test_texts_on_many_edges_are_left_out_and_the_picture_says_so() -> None:
    many = draw(every_kind())
    crowded = Picture(many.nodes, many.edges * 20)

    assert "conditions of 80 edges are not written here" in drawing(crowded)
    assert "label=" not in [line for line in drawing(crowded).splitlines() if "~bus" in line]
    assert "not written here" not in drawing(many)


def test_islands_are_joined_by_edges_and_by_tables() -> None:
    picture = draw(declare({"a": [], "b": [], "c": []}, {"t": {"x": ["a"], "y": ["b"]}}))

    assert [[node.name for node in island] for island in islands(picture)] == [
        ["a", "b", "t.x", "t.y"],
        ["c"],
    ]


def test_long_names_break_where_a_reader_would_break_them() -> None:
    assert wrapped("digest_of_all_the_things", 12) == ["digest_of_", "all_the_", "things"]
    assert wrapped("short", 12) == ["short"]
    assert wrapped("", 12) == [""]
    assert wrapped("via id -> user_results.id", 22) == ["via id ->", "user_results.id"]


def test_a_text_that_is_too_long_is_cut_visibly() -> None:
    lines = wrapped("x" * 100, 10, most_lines=3)

    assert lines == ["x" * 10, "x" * 10, "x" * 10 + "…"]


def test_wide_characters_count_as_two_columns() -> None:
    assert wrapped("日本語日本語", 6) == ["日本語", "日本語"]
