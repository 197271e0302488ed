"""The repository speaks of the project alone, and of nobody's machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("cachedeps", "tests", "examples", "docs", "benchmarks", ".ci")
TEXT = {".py", ".md", ".toml", ".txt", ".sh", ".sql", ".json", ".yaml", ".dot", ".mmd", ""}
# where links may lead; addresses in test data end in .example
HOSTS = {"keepachangelog.com", "semver.org", "toml.io", "json.schemastore.org"}
# a folder of one machine, and documents and words that are no part of the project
STRANGE = re.compile(
    r"(?<![\w./-])/(?:opt|work|home|root)/"
    r"|\b(?:DESIGN|STYLE|ENGINE|INCIDENTS)\.md\b"
    r"|\b(?:the brief|sub-?agents?|as (?:the )?issue (?:says|asks)|(?:in|of) this session)\b"
)
ADDRESS = re.compile(r"https?://([\w.-]+)")


def files() -> Iterator[Path]:
    """Every text file of the repository but this one, which has to name what it forbids."""
    yield from (
        ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile")
    )
    yield from (ROOT / name for name in ("cachedeps.toml", "pyproject.toml", "constraints.txt"))
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in TEXT and path != Path(__file__):
                yield path


def test_no_file_names_a_machine_or_a_strange_document() -> None:
    found = {str(path): STRANGE.findall(path.read_text("utf-8")) for path in files()}

    assert len(found) > 300
    assert not {path: words for path, words in found.items() if words}


def test_no_link_leads_to_a_host_that_is_not_known_here() -> None:
    found = {
        host: str(path) for path in files() for host in ADDRESS.findall(path.read_text("utf-8"))
    }

    assert found.keys() >= HOSTS
    assert not {h: path for h, path in found.items() if not h.endswith(".example")}.keys() - HOSTS


def test_the_pattern_finds_what_it_is_for() -> None:
    assert STRANGE.search("see /opt/" + "venv")
    assert STRANGE.search("as STYLE" + ".md says")
    assert not STRANGE.search("docs/design.md, sqlite:////srv/app.db, a/work/b")
