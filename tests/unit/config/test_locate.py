from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cachedeps.config.locate import Lines, place_of, where
from cachedeps.config.problems import Place, dotted

TEXT = '''\
# a comment with [brackets] and "quotes
top = 1
[database]
url = "sqlite:///a.db" # [not.a.header]

[tables . "my table"]
owner = ["a = b.c",   # first
  "b.d",              # second
]
description.short = """
[tables.fake]
not = "a key"
"""
cost = { usd = 0.04, deep = { x = [1,
  { y = 2 }] } }
'single \\ quoted' = \'\'\'
''quoted''\'\'\'
[tables."my table".caches."a\\"b"]
when = 2026-01-01 10:00:00
[[list]]
name = "first"
[[list]]
name = "second"
[list.inner]
z = true
'''

LINES: dict[Place, int] = {
    ("top",): 2,
    ("database",): 3,
    ("database", "url"): 4,
    ("tables", "my table"): 6,
    ("tables", "my table", "owner"): 7,
    ("tables", "my table", "owner", 0): 7,
    ("tables", "my table", "owner", 1): 8,
    ("tables", "my table", "description", "short"): 10,
    ("tables", "my table", "cost", "usd"): 14,
    ("tables", "my table", "cost", "deep", "x", 0): 14,
    ("tables", "my table", "cost", "deep", "x", 1, "y"): 15,
    ("tables", "my table", "single \\ quoted"): 16,
    ("tables", "my table", "caches", 'a"b'): 18,
    ("tables", "my table", "caches", 'a"b', "when"): 19,
    ("list", 0, "name"): 21,
    ("list", 1): 22,
    ("list", 1, "name"): 23,
    ("list", 1, "inner", "z"): 25,
}


@pytest.mark.parametrize("place", LINES, ids=dotted)
def test_every_key_is_found_on_its_line(place: Place) -> None:
    assert tomllib.loads(TEXT)["top"] == 1  # the text is well-formed
    assert Lines(TEXT).of(place) == LINES[place]


def test_a_place_that_is_not_in_the_text_is_told_at_the_nearest_enclosing_one() -> None:
    lines = Lines(TEXT)

    assert lines.of(("database", "timezone")) == 3
    assert lines.of(("tables", "my table", "cost", "seconds", "x")) == 14
    assert lines.of(("nowhere",)) == 1
    assert lines.of(()) == 1


def test_windows_line_ends_count_once() -> None:
    assert Lines(TEXT.replace("\n", "\r\n")).of(("list", 1, "name")) == 23


@pytest.mark.parametrize("place", [*LINES, ("a", 0, "b c", 12), ("caf\u00e9", "x.y", "[0]")])
def test_a_dotted_key_names_its_place(place: Place) -> None:
    assert place_of(dotted(place)) == place


@pytest.mark.parametrize("key", ["", "a..b", "a b", "a[", '"open'])
def test_what_is_no_dotted_key_is_refused(key: str) -> None:
    if key:
        with pytest.raises(ValueError, match="not a dotted key"):
            place_of(key)
    else:
        assert place_of(key) == ()


def test_where_names_file_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "cachedeps.toml"
    path.write_text(TEXT, encoding="utf-8")

    assert where(path, "database.url") == "cachedeps.toml:4 database.url"
    assert where(str(path), 'tables."my table".owner[1]').startswith("cachedeps.toml:8 ")
    assert where(tmp_path / "gone.toml", "database.url") == "gone.toml database.url"
