from __future__ import annotations

import re
from pathlib import Path

import pytest

from cachedeps.config import document, load
from cachedeps.config.document import Entry
from cachedeps.config.shape import known_keys
from tests.unit.config.texts import declared

PAGE = Path(__file__).parents[3] / "docs" / "declaration.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
ROOM = Path(load.__file__).parent

PLACES: dict[str, tuple[str | int, ...]] = {
    "database": ("database",),
    "upstreams": ("upstreams", "x"),
    "tables": ("tables", "x"),
    "caches": ("tables", "x", "caches", "y"),
    "edges": ("tables", "x", "caches", "y", "depends_on", 0),
    "stamps": ("tables", "x", "caches", "y", "stamp"),
    "recovery": ("tables", "x", "caches", "y", "recovery"),
    "backups": ("backups", "x"),
    "guard": ("guard", "allow", 0),
    "windows": ("tables", "x", "key_windows", "y"),
}


def test_the_page_has_examples() -> None:
    assert len(BLOCKS) > 10


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_is_a_complete_valid_file(block: str) -> None:
    declaration = declared(block)

    assert declaration.digest


@pytest.mark.parametrize("section", PLACES)
def test_every_key_has_a_row_and_stands_in_an_example(section: str) -> None:
    keys = known_keys(PLACES[section])

    assert keys
    for key in keys:
        assert re.search(rf"^\| `{key}` \|", TEXT, re.MULTILINE), key
        assert any(re.search(rf"\b{key}\b[\w.\" ]*(=|\])", block) for block in BLOCKS), key


def test_every_shape_of_the_file_is_known_to_this_test() -> None:
    told = {key for place in PLACES.values() for key in known_keys(place)}
    small = {"path", "where", "via", "on", "except", "value", "usd", "seconds", "column", "of"}
    top = {"database", "upstreams", "tables", "backups", "guard", "allow"}
    models = [m for m in vars(document).values() if isinstance(m, type) and issubclass(m, Entry)]
    keys = {f.alias or name for model in models for name, f in model.model_fields.items()}

    assert keys - top - small <= told


def test_every_rule_that_the_code_can_tell_is_explained() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted(ROOM.glob("*.py")))
    rules = set(re.findall(r'(?:\.add\(\s*|rule = |Finding\(\s*)"([a-z-]+)"', sources))

    assert {"cycle", "missing-via", "toml-syntax", "bad-via"} <= rules
    for rule in rules - {"rejected"}:
        assert f"`{rule}`" in TEXT, rule
