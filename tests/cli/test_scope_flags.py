from __future__ import annotations

import io
from pathlib import Path

import pytest

from cachedeps.cli.keys import keys_from, typed_keys
from cachedeps.cli.scope_flags import ScopeFlags, expected_cells
from cachedeps.domain.scope import Scope, TableKeys, TablePredicate, VersionRange
from cachedeps.errors import ScopeError, UnknownNameError, UsageError

TABLES = ("uploads", "up", "odd=name")


@pytest.mark.parametrize(
    ("text", "keys", "table"),
    [
        ("1,2", ((1,), (2,)), None),
        ("uploads=1", ((1,),), "uploads"),
        ("uploads=(1,a),(2,b)", ((1, "a"), (2, "b")), "uploads"),
        ("( 1 , a ) , (2,b)", ((1, "a"), (2, "b")), None),
        ('"a,b",c', (("a,b",), ("c",)), None),
        ('("x""y",2)', (('x"y', 2),), None),
        ('"17"', (("17",),), None),
        ("007,-3,-0,+1", (("007",), (-3,), ("-0",), ("+1",)), None),
        ("odd=name=5", ((5,),), "odd=name"),
        ("b64==", (("b64==",),), None),
        ("up=a=b", (("a=b",),), "up"),
        (
            "3f2b8c1e-0000-4000-8000-000000000000",
            (("3f2b8c1e-0000-4000-8000-000000000000",),),
            None,
        ),
        ('""', (("",),), None),
        ("\\x00ff", (("\\x00ff",),), None),
        ("9" * 60, (("9" * 60,),), None),
    ],
)
def test_keys_are_read_as_they_are_typed(
    text: str, keys: tuple[tuple[str | int, ...], ...], table: str | None
) -> None:
    assert typed_keys(text, TABLES) == TableKeys(keys, table)


@pytest.mark.parametrize("text", ["", "1,", ",1", "(1,2", "(1,2)3", "()", "uploads="])
def test_a_broken_list_of_keys_is_an_error(text: str) -> None:
    with pytest.raises(ScopeError):
        typed_keys(text, TABLES)


def test_a_table_name_with_a_typo_is_not_taken_for_a_key() -> None:
    with pytest.raises(UnknownNameError) as caught:
        typed_keys("uplods=1", TABLES)
    assert "uploads" in caught.value.hint


def test_a_file_of_keys_holds_one_key_a_line(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_bytes(b'\xef\xbb\xbf1\r\n\r\n2\n3,a\n4\tb,c\n"5,6"\n')
    (found,) = keys_from(path, TABLES)
    assert found == TableKeys(((1,), (2,), (3, "a"), (4, "b,c"), ("5,6",)))


def test_what_keys_to_wrote_can_be_read_back(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text('{"cache": "uploads.x", "key": [17]}\n{"cache": "up.y", "key": ["a", 1]}\n')
    assert keys_from(path, TABLES) == (
        TableKeys(((17,),), "uploads"),
        TableKeys((("a", 1),), "up"),
    )


def test_keys_can_come_from_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n2\n"))
    assert keys_from(Path("-"), TABLES) == (TableKeys(((1,), (2,))),)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe", b'{"cache": 1}\n'])
def test_a_file_without_keys_is_an_error_and_never_every_row(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "keys"
    path.write_bytes(content)
    with pytest.raises(ScopeError):
        keys_from(path, TABLES)


def test_a_missing_file_of_keys_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ScopeError, match="cannot be read"):
        keys_from(tmp_path / "none", TABLES)


def test_a_predicate_is_for_one_table_where_it_starts_with_its_name() -> None:
    scope = ScopeFlags(where=("uploads: a = 1", "up::text = 'x'", "b = 'up: 2'")).scope(TABLES)
    assert scope.where == (
        TablePredicate("a = 1", "uploads"),
        TablePredicate("up::text = 'x'"),
        TablePredicate("b = 'up: 2'"),
    )


def test_bad_versions_are_ranges_or_lists() -> None:
    scope = ScopeFlags(bad_version=("3..5", "35,33", "b103")).scope(TABLES)
    assert scope.bad_versions == (VersionRange(3, 5), 35, 33, "b103")


@pytest.mark.parametrize("text", ["5..3", "a..b", "3..", "", "1,,2"])
def test_a_broken_version_is_an_error(text: str) -> None:
    with pytest.raises(ScopeError):
        ScopeFlags(bad_version=(text,)).scope(TABLES)


def test_no_flags_are_the_empty_scope() -> None:
    assert ScopeFlags().scope(TABLES) == Scope()


def test_expected_counts_are_read_and_must_not_contradict_each_other() -> None:
    assert expected_cells(["a.b=3", "c.d=0", "a.b=3"]) == {"a.b": 3, "c.d": 0}
    with pytest.raises(UsageError, match="twice"):
        expected_cells(["a.b=3", "a.b=4"])


@pytest.mark.parametrize("text", ["a.b", "a.b=", "=3", "a.b=-1", "a.b=x", "a.b=²"])
def test_a_broken_expected_count_is_an_error(text: str) -> None:
    with pytest.raises(UsageError):
        expected_cells([text])
