"""What a quick command must not load. No clock: the imports are what takes the time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cachedeps.cli.checking import quick_offline_check
from tests.cli.example import Example, Program

ROOT = str(Path.cwd())
HEAVY = ("typer", "rich", "sqlalchemy", "networkx", "graphviz", "cachedeps.actions")
LOADED = """
import sys
sys.path.insert(0, {root!r})
from cachedeps.__main__ import main
sys.argv = ["cachedeps", *{arguments!r}]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print(*sorted(sys.modules), file=sys.stderr)
"""


def loaded(*arguments: str) -> set[str]:
    """The modules that a call loads."""
    program = LOADED.format(root=ROOT, arguments=arguments)
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return set(ended.stderr.split())


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_loads_next_to_nothing(argument: str) -> None:
    assert loaded(argument).isdisjoint({*HEAVY, "pydantic", "sqlglot", "dataclasses", "inspect"})


def test_a_check_of_the_file_alone_loads_no_database_and_no_screen_machinery(
    example: Example,
) -> None:
    assert loaded("check", "--offline").isdisjoint({*HEAVY, "cachedeps.domain.outcome"})


@pytest.mark.parametrize(
    ("arguments", "quick"),
    [
        (("--offline",), True),
        (("--offline", "--json"), True),
        (("--json", "--offline", "-c", "cachedeps.toml"), True),
        ((), False),
        (("--json",), False),
        (("--offline", "--help"), False),
        (("--offline", "--config=cachedeps.toml"), False),
        (("--offline", "-c"), False),
    ],
)
def test_plain_forms_of_the_offline_check_take_the_quick_way(
    example: Example, arguments: tuple[str, ...], quick: bool
) -> None:
    assert (quick_offline_check(arguments) is not None) == quick


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_both_ways_of_the_offline_check_say_the_same(
    example: Example, program: Program, flags: tuple[str, ...]
) -> None:
    for text in (example.declaration.read_text(), "[upstreams.a]\nnonsense = 1\n"):
        example.declaration.write_text(text)
        quick = program("check", "--offline", *flags)
        usual = program("check", "--offline", "--config=cachedeps.toml", *flags)
        assert (quick.code, usual.code) in {(0, 0), (1, 1)}
        assert quick.out.replace(f"{example.folder}/", "") == usual.out
