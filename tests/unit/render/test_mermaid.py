from __future__ import annotations

import re

from cachedeps.domain.picture import draw
from cachedeps.render.mermaid import mermaid
from tests.unit.declarations import declare, diamonds, every_kind, odd_names


def test_a_flowchart_has_upstreams_tables_and_edges() -> None:
    text = mermaid(draw(every_kind()))

    assert text.startswith("flowchart LR\n")
    assert '  n0(["pose_model"])\n' in text
    assert '  subgraph t0["uploads"]\n    n7["rotation_metrics"]\n' in text
    assert "  n0 --> n1\n" in text
    assert '  n6 -.->|"when domain IS NOT NULL"| n12\n' in text
    assert text.count("  end\n") == text.count("subgraph") == 4


def test_no_character_of_a_name_can_mean_something() -> None:
    text = mermaid(draw(odd_names()))

    for quoted in re.findall(r'"([^"\n]*)"', text):
        plain = re.sub(r"#\d+;|<br/>", "", quoted)
        assert not re.search(r"[^\w .,()=-]", plain), quoted
    assert "%%" not in text
    assert "ü 日本語" in text


def test_what_is_not_fed_by_the_chosen_node_fades() -> None:
    text = mermaid(draw(every_kind(), "analytics"))

    assert "  class n1 chosen\n" in text
    assert "  class n7 downstream\n" in text
    assert re.search(r"class n0,n2.* faded\n", text)
    assert "linkStyle 0," in text
    assert "linkStyle" not in mermaid(draw(every_kind()))


def test_more_edges_than_mermaid_draws_by_itself_are_said_aloud() -> None:
    assert "%% 800 edges; set maxEdges" in mermaid(draw(diamonds(200)))
    assert "%%" not in mermaid(draw(declare({"a": []})))
