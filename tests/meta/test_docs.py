"""What the pages for people say about this repository is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")])
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    missing = [at for at in links if "://" not in at and not (page.parent / at).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_command_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b(?=[`\s\n])", code_of(page.read_text("utf-8"))))
    assert named <= TARGETS


def test_the_readme_has_its_two_commands_in_blocks_of_their_own() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for heading, command in (("Try it", "make demo"), ("Tests", "make test")):
        section = readme.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
        assert re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[0] == f"{command}\n"


def test_the_readme_shows_what_was_reset_and_what_was_kept_and_why() -> None:
    shown = (ROOT / "README.md").read_text("utf-8").split("<!-- transcript: begin -->")[1]
    for line in (
        "$ cachedeps invalidate --upstream analytics",
        "20 rows, 7 owners",
        "uploads.diagnosis_text  not downstream of analytics",
        "uploads.training_plan   not downstream of analytics",
    ):
        assert line in shown.partition("<!-- transcript: end -->")[0]


def test_every_path_that_contributors_are_sent_to_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = set(re.findall(r"`([\w.]+/[\w./*]*|[\w/]+\.(?:py|md|toml))`", text))

    assert len(named) > 20
    homes = (ROOT, ROOT / "cachedeps")
    assert not {name for name in named if not any([*home.glob(name)] for home in homes)}


def test_every_dependency_has_a_pin_that_it_allows() -> None:
    pins = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, version = line.split("==")
            pins[normalised(name)] = version
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    for text in [*project["dependencies"], *(line for extra in extras for line in extra)]:
        wanted = Requirement(text)
        if wanted.name != project["name"]:
            assert wanted.specifier.contains(pins[normalised(wanted.name)]), text


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def code_of(markdown: str) -> str:
    """The text in code blocks and between backticks."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", markdown, re.DOTALL))
