"""docs/slugs.md lists every slug that the code can tell, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cachedeps import errors

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "slugs.md").read_text("utf-8")
# the position of the slug among the arguments
VALUES = {
    "Refusals": ("Refusal", 0),
    "Warnings": ("Notice", 0),
    "Reasons for keeping": ("Keep", 1),
}


def rows(heading: str) -> dict[str, str]:
    """The first cell and the rest of every row of a section's table."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return dict(re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", section, re.MULTILINE))


def told(name: str, place: int) -> Iterator[str]:
    """The slugs with which values of this class are made."""
    for path in sorted((ROOT / "cachedeps").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
                slug = node.args[place]
                assert isinstance(slug, ast.Constant), f"{path}:{node.lineno}"
                yield str(slug.value)


def family(kind: type[errors.CachedepsError]) -> Iterator[type[errors.CachedepsError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


@pytest.mark.parametrize("heading", VALUES)
def test_every_slug_of_a_value_has_its_line(heading: str) -> None:
    found = set(told(*VALUES[heading]))

    assert len(found) > 3
    assert rows(heading).keys() == found


def test_every_error_has_its_line_and_its_exit_code() -> None:
    kinds = [kind for kind in family(errors.CachedepsError) if kind.__module__ == errors.__name__]
    lines = {slug: int(rest.partition(" ")[0]) for slug, rest in rows("Errors").items()}

    assert lines == {kind.slug: kind.exit_code for kind in kinds}
    assert len({kind.slug for kind in kinds}) == len(kinds)
