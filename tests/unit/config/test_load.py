from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cachedeps.config.load import find, load
from cachedeps.domain.finding import Finding
from cachedeps.errors import DeclarationError
from tests.unit.config.texts import problem_of

VALID = '[upstreams.a]\n[tables.t.caches.c]\ndepends_on = ["a"]\n'


def test_the_file_is_found_here_or_in_the_nearest_folder_above(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "cachedeps.toml").write_text(VALID)

    assert find(inner) == tmp_path / "cachedeps.toml"
    (inner / "cachedeps.toml").write_text(VALID)
    assert find(inner) == inner / "cachedeps.toml"


def test_no_file_anywhere_is_an_error_that_says_how_to_write_one(tmp_path: Path) -> None:
    (tmp_path / "cachedeps.toml").mkdir()  # a folder of that name is no declaration

    with pytest.raises(DeclarationError, match=r"no cachedeps\.toml") as refused:
        find(tmp_path)

    assert "cachedeps init" in refused.value.hint


def test_a_declaration_knows_its_path(tmp_path: Path) -> None:
    path = tmp_path / "cachedeps.toml"
    path.write_text(VALID)

    assert load(path, environ={}).path == str(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no file"),
        (b"\xff\xfe[\x00", "is not UTF-8: byte 1 is 0xff"),
        (b"[upstreams.a]\nx = '\xe9'", "is not UTF-8: byte 20 is 0xe9"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_clear_error(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "cachedeps.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(DeclarationError, match=message) as refused:
        load(path, environ={})

    assert [type(p) for p in refused.value.problems] == [Finding]
    assert str(path) in refused.value.message


def test_a_folder_is_not_a_declaration(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="cannot be read"):
        load(tmp_path, environ={})


def test_a_file_without_the_right_to_read_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)

    with pytest.raises(DeclarationError, match="cannot be read: Permission denied"):
        load(tmp_path / "cachedeps.toml", environ={})


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "cachedeps.toml"
    path.write_bytes(b"\xef\xbb\xbf" + VALID.replace("\n", "\r\n").encode())

    assert [c.node for c in load(path, environ={}).caches()] == ["t.c"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[upstreams.a]\n[upstreams.b\n", 2, "Expected ']'"),
        ("[upstreams.a]\nversion = \n", 2, "Invalid value"),
        ("[upstreams.a]\n\n[upstreams.a]\n", 3, "twice"),
        ("[upstreams.a]\nversion = 1\nversion = 2\n", 3, "overwrite"),
        ("x = '''never closed\n\n", 3, "at the end of the file"),
        ("x = " + "[" * 5_000, 1, "nested too deeply"),
    ],
)
def test_a_syntax_error_carries_its_line(text: str, line: int, message: str) -> None:
    problem = problem_of(text)

    assert problem.rule == "toml-syntax"
    assert problem.where == f"cachedeps.toml:{line}"
    assert message in problem.message


def test_loading_needs_no_graph_library_and_without_predicates_no_sql_parser(
    tmp_path: Path,
) -> None:
    path = tmp_path / "cachedeps.toml"
    path.write_text(VALID)
    code = (
        "import sys, pathlib\n"
        "from cachedeps.config.load import load\n"
        f"load(pathlib.Path({str(path)!r}), environ={{}})\n"
        "sys.exit(bool({'networkx', 'sqlglot', 'sqlalchemy', 'difflib'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
