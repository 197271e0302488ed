"""The house is in order: every file has its place, and none is too long to be read."""

from __future__ import annotations

import ast
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

import cachedeps

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "cachedeps"
CODE = ("cachedeps", "tests", "examples", "benchmarks")
SOURCES = sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py"))
LONGEST_FILE = 500
TOP = {
    *("cachedeps", "tests", "examples", "docs", "benchmarks", ".ci"),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile"),
    *("cachedeps.toml", "pyproject.toml", "constraints.txt"),
    *(".gitignore", ".pre-commit-hooks.yaml"),
}
NO_HOME = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "core", "shared"}
GOLDEN = ROOT / "tests" / "cases"


def rooms() -> set[str]:
    """What the layer contract of pyproject.toml places."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = next(c["layers"] for c in linter["contracts"] if c["type"] == "layers")
    return {room.strip(" ()") for layer in layers for room in layer.split("|")}


def test_every_module_stands_in_a_room_that_the_layer_contract_knows() -> None:
    found = {
        path.stem if path.is_file() else path.name
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
    }

    assert found - {"__init__", "__main__"} <= rooms()
    for module in PACKAGE.rglob("*.py"):
        assert (module.parent / "__init__.py").exists(), module


def test_nothing_unexpected_lies_at_the_top() -> None:
    git = shutil.which("git")
    command = [git or "git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False) if git else None  # noqa: S603
    if listed is None or listed.returncode:
        pytest.skip("not a checkout: what belongs to the repository is not known")

    assert {name.partition("/")[0] for name in listed.stdout.splitlines()} <= TOP


def test_a_file_is_short_and_its_name_says_what_is_in_it() -> None:
    lengths = {str(path): path.read_text("utf-8").count("\n") for path in SOURCES}
    folders = {folder for path in SOURCES for folder in path.relative_to(ROOT).parts[:-1]}

    assert not {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE}
    assert not NO_HOME & ({path.stem for path in SOURCES} | folders)


def test_every_module_says_first_what_it_is_for() -> None:
    texts = {str(path): path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}

    assert not [p for p, text in texts.items() if text and not ast.get_docstring(ast.parse(text))]


def test_no_golden_folder_is_without_a_test() -> None:
    tested = {path.parent.name for path in GOLDEN.glob("*/command")} | {"graph", "explain"}

    assert {path.name for path in GOLDEN.iterdir() if any(path.iterdir())} <= tested
    for case in GOLDEN.glob("*/command"):
        stray = {
            path.name
            for path in case.parent.iterdir()
            if path.name not in {"cachedeps.toml", "command", "expected"}
            and path.name.partition(".")[0] not in {"schema", "rows"}
        }
        assert not stray, case


def test_every_public_name_of_the_library_can_be_reached() -> None:
    assert set(cachedeps.__all__) <= set(dir(cachedeps))
    for name in cachedeps.__all__:
        assert getattr(cachedeps, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Plann'"):
        cachedeps.Plann  # noqa: B018


def test_the_package_carries_its_types_and_its_examples() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    patterns = settings["package-data"]["cachedeps"]
    packed = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    data = {
        path
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }

    assert PACKAGE / "py.typed" in packed
    assert data == packed
