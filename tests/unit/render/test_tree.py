from __future__ import annotations

from cachedeps.domain.model import Declaration
from cachedeps.domain.picture import draw
from cachedeps.render.tree import tree
from tests.unit.declarations import chain, declare, diamonds, every_kind


def lines_of(declaration: Declaration, chosen: str | None = None) -> list[str]:
    return str(tree(draw(declaration, chosen))).splitlines()


def test_totals_come_first() -> None:
    assert lines_of(every_kind())[0] == "7 upstreams, 7 caches, 4 tables, 10 edges"


def test_a_shared_node_is_spread_out_once_and_referred_to_afterwards() -> None:
    declaration = declare({"a": [], "b": []}, {"t": {"x": ["a", "b"], "y": ["t.x"]}})

    assert lines_of(declaration)[2:] == [
        "a",
        "└── t.x",
        "    └── t.y",
        "",
        "b",
        "└── t.x (see above)",
    ]


def test_branches_are_drawn_with_their_siblings() -> None:
    declaration = declare({"a": []}, {"t": {"x": ["a"], "y": ["t.x"], "z": ["a"]}})

    assert lines_of(declaration)[2:] == ["a", "├── t.x", "│   └── t.y", "└── t.z"]


def test_diamonds_take_one_line_for_each_edge() -> None:
    lines = lines_of(diamonds(200))

    assert sum("── " in line for line in lines) == 800
    named = [line.split("── ")[-1] for line in lines if "── " in line]
    assert len({name for name in named if "(" not in name}) >= 570
    assert 190 <= sum("(see above)" in name for name in named) <= 200
    assert max(map(len, lines)) < 120


def test_a_deep_chain_is_continued_and_no_line_grows_with_its_depth() -> None:
    lines = lines_of(chain(5000))

    assert sum("── " in line for line in lines) == 4999
    assert max(map(len, lines)) < 120
    continued = [line.split()[1] for line in lines if line.endswith("(continued below)")]
    resumed = [line.split()[0] for line in lines if line.endswith("(continued)")]
    assert continued == resumed
    assert len(resumed) > 200


def test_a_node_that_is_continued_later_is_not_said_to_be_above() -> None:
    caches = {"n1": ["n0"]} | {f"n{i}": [f"t.n{i - 1}"] for i in range(2, 30)}
    twice = {"t": {**caches, "n20": ["t.n19", "n0"], "n21": ["t.n20", "n0"]}}
    lines = lines_of(declare({"n0": []}, twice))

    (below,) = [n for n, line in enumerate(lines) if "t.n21 (continued below)" in line][:1]
    (there,) = [n for n, line in enumerate(lines) if line == "t.n21 (continued)"]
    assert below < there
    assert not any("t.n21 (see above)" in line for line in lines[:there])


def test_caches_that_nothing_feeds_are_roots_too() -> None:
    assert lines_of(declare({"a": []}, {"t": {"x": []}}))[2:] == ["a", "t.x"]


def test_a_chosen_node_is_the_only_root_and_all_others_are_named() -> None:
    lines = lines_of(every_kind(), "diagnosis_llm")

    assert lines[2:5] == [
        "diagnosis_llm",
        "└── uploads.diagnosis_text  irreplaceable",
        "    └── uploads.training_plan  reset to ''",
    ]
    start = lines.index("A change of diagnosis_llm does not reach 11 nodes:")
    assert len(lines[start + 1 :]) == 11
    assert "  plan_llm" in lines[start:]
    assert "  uploads.diagnosis_text" not in lines[start:]


def test_names_cannot_steer_the_terminal() -> None:
    text = str(tree(draw(declare({"a\x1b[2J\nb": []}))))

    assert "\x1b" not in text
    assert "a\\x1b[2J\\nb" in text
