"""The folders of ``tests/cases`` that are executed: what their files say."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.databases.dumps import Change
from tests.databases.servers import DIALECTS

CASES = sorted(path.parent for path in Path(__file__).parents[1].glob("cases/*/command"))
Document = dict[str, Any]
Run = tuple[Path, str]
"""A case, and the database it is run on."""


def sql_of(case: Path, what: str, dialect: str) -> Path | None:
    """A file of statements for one database: its own, else the common one."""
    paths = (case / f"{what}.{dialect}.sql", case / f"{what}.sql")
    return next((path for path in paths if path.exists()), None)


def statements_of(case: Path, what: str, dialect: str) -> list[str]:
    """The statements of such a file; each ends with a line."""
    path = sql_of(case, what, dialect)
    assert path is not None, f"{case.name} has no {what} for {dialect}"
    return [s for s in path.read_text(encoding="utf-8").split(";\n") if s.strip()]


def commands(case: Path) -> dict[str, str]:
    """The commands of a case by name."""
    lines = (case / "command").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line.strip())


RUNS = [
    pytest.param((case, dialect), id=f"{case.name}-{dialect}")
    for case in CASES
    for dialect in DIALECTS
    if sql_of(case, "schema", dialect)
]
COMMANDS = [
    pytest.param((case, dialect), name, id=f"{case.name}-{dialect}-{name}")
    for case in CASES
    for dialect in DIALECTS
    for name in commands(case)
    if sql_of(case, "schema", dialect)
]


def settings_of(config: Path, cache: str) -> Document:
    """What the file itself says of one cache."""
    table, _, name = cache.rpartition(".")
    declared = tomllib.loads(config.read_text(encoding="utf-8"))
    settings: Document = {"column": name, "reset": "null"}
    settings.update(declared["tables"][table]["caches"][name])
    return settings


def writes_nothing(config: Path, cache: str) -> bool:
    """Whether the cells of a cache are only handed over."""
    return settings_of(config, cache)["reset"] in ("recompute", "refresh")


def wanted_changes(config: Path, expected: Document) -> list[Change]:
    """What the expected cells mean for the tables, by the resets of the file."""
    changes = []
    for cache, keys in expected["cells"].items():
        settings = settings_of(config, cache)
        column, reset = settings["column"], settings["reset"]
        if reset == "mark":
            stamp = settings.get("stamp", settings.get("computed_at"))
            stamp = stamp[0] if isinstance(stamp, list) else stamp
            column = stamp["column"] if isinstance(stamp, dict) else stamp
        value = reset["value"] if isinstance(reset, dict) else None
        if not writes_nothing(config, cache):
            table = cache.rpartition(".")[0]
            gone = reset == "delete_row"
            changes += [Change(table, tuple(k), column, value, gone) for k in keys]
    return changes
