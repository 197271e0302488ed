"""The graph in every text form, for three declarations, as files that can be read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from cachedeps.domain.picture import Picture, draw
from cachedeps.render.dot import dot, drawing
from cachedeps.render.graph_json import graph_json
from cachedeps.render.mermaid import mermaid
from cachedeps.render.tree import tree
from tests.unit.declarations import every_kind, many_tables, odd_names
from tests.unit.golden import CASES, assert_golden

FORMS: dict[str, Callable[[Picture], str]] = {
    "tree.txt": lambda picture: str(tree(picture)),
    "graph.dot": dot,
    "drawing.dot": drawing,
    "graph.mmd": mermaid,
    "graph.json": graph_json,
}
PICTURES = {
    "every_kind": draw(every_kind()),
    "one_chosen": draw(every_kind(), "avatars"),
    "odd_names": draw(odd_names()),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", PICTURES)
def test_a_picture_is_written_as_its_golden_file_shows(case: str, form: str) -> None:
    assert_golden(f"graph/{case}/{form}", FORMS[form](PICTURES[case]))


def test_there_is_no_golden_file_without_a_case() -> None:
    found = {str(path.relative_to(CASES / "graph")) for path in (CASES / "graph").rglob("*.*")}

    assert found == {f"{case}/{form}" for case in PICTURES for form in FORMS}


SCRIPT = """
import hashlib
from tests.unit.render.test_graph_golden import FORMS, draw, many_tables
picture = draw(many_tables(), "pipeline_3")
print([hashlib.sha256(write(picture).encode()).hexdigest() for write in FORMS.values()])
"""


def test_the_same_declaration_gives_the_same_bytes_in_every_process() -> None:
    assert len(many_tables().caches()) == 240
    outputs = {
        subprocess.run(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(CASES.parent.parent)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(outputs) == 1
    assert "[" in outputs.pop()
