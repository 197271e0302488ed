"""The numbered examples run as they are printed, and leave their data as they found it."""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SEVEN = (
    "mara.lindt",
    "jonas.weber",
    "aiko.tan",
    "luis.ortega",
    "priya.nair",
    "tomasz.kowal",
    "emma.oduya",
)


@pytest.fixture
def environ(tmp_path: Path) -> Mapping[str, str]:
    """An environment whose PATH has a ``cachedeps`` that runs this checkout."""
    programs = tmp_path / "bin"
    programs.mkdir()
    python = shlex.quote(sys.executable)
    for name, command in (("cachedeps", f"{python} -m cachedeps"), ("python3", python)):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "120"}


def run(environ: Mapping[str, str], *command: str | Path) -> str:
    """What the command prints; it must succeed."""
    done = subprocess.run(  # noqa: S603
        [str(part) for part in command],
        env=environ,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout


def tables(database: Path, *names: str) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(database)) as connection:
        return {n: connection.execute(f"SELECT * FROM {n} ORDER BY 1").fetchall() for n in names}


def pristine(folder: Path, name: str, *names: str) -> dict[str, list[tuple[Any, ...]]]:
    """The example's tables as its script makes them."""
    database = folder / "pristine.db"
    script = ROOT / "cachedeps" / "actions" / "demo_data" / f"{name}.sql"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(script.read_text("utf-8"))
    return tables(database, *names)


def transcript() -> list[str]:
    """The demo's lines that the README shows; the id of a receipt differs from run to run."""
    text = (ROOT / "README.md").read_text("utf-8")
    block = re.search(r"begin -->\n```console\n(.*?)```\n<!-- transcript: end", text, re.DOTALL)
    assert block
    return [line for line in steady(block[1]).splitlines() if line not in {"", "..."}]


def steady(text: str) -> str:
    return re.sub(r"\b\d{4}-\d\d-\d\d-[0-9a-f]{8}\b", "RECEIPT", text)


def test_jumponion_resets_twenty_rows_of_seven_owners_and_takes_it_back(
    environ: Mapping[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    screen = run(environ, "bash", EXAMPLES / "01_jumponion.sh", folder)

    assert "20 rows, 7 owners" in screen
    for person in SEVEN:
        assert f"{person}@example.com" in screen
    for kept in ("diagnosis_text", "training_plan"):
        assert re.search(rf"{kept}.*not downstream of analytics", screen), kept
    assert "hana.sato@example.com" not in screen
    printed = iter(steady(screen).splitlines())
    assert not [line for line in transcript() if line not in printed], "the README shows it else"

    names = ("users", "uploads", "llm_call_log")
    after = tables(folder / "examples" / "jumponion" / "app.db", *names)
    assert after == pristine(tmp_path, "jumponion", *names)


def test_honeychat_is_explained_without_a_write(
    environ: Mapping[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "chat"
    folder.mkdir()
    screen = run(environ, "bash", EXAMPLES / "02_honeychat.sh", folder)

    for node in ("profile_llm", "chat_sessions.recap", "message_text"):
        assert node in screen
    assert "sofia@example.com" in screen

    with closing(sqlite3.connect(folder / "app.db")) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = sorted(name for (name,) in found)
    assert not [name for name in names if name.startswith("cachedeps_")]
    assert tables(folder / "app.db", *names) == pristine(tmp_path, "honeychat", *names)


def test_a_pipeline_resets_through_the_library_and_takes_it_back(
    environ: Mapping[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "pipeline"
    folder.mkdir()
    screen = run(environ, sys.executable, EXAMPLES / "03_pipeline_library.py", folder)

    assert "20 rows of 7 owners are stale" in screen
    assert "20 cells are back" in screen
    names = ("users", "uploads", "llm_call_log")
    after = tables(folder / "examples" / "jumponion" / "app.db", *names)
    assert after == pristine(tmp_path, "jumponion", *names)


@pytest.mark.parametrize("script", sorted(EXAMPLES.glob("*.sh")), ids=lambda path: path.name)
def test_every_script_is_executable_and_stops_at_the_first_failure(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text("utf-8")


def test_the_declarations_beside_the_examples_are_the_packaged_ones() -> None:
    data = ROOT / "cachedeps" / "actions" / "demo_data"
    pairs = {"jumponion.toml": ROOT, "honeychat.toml": EXAMPLES / "honeychat"}
    for name, folder in pairs.items():
        assert (folder / "cachedeps.toml").read_bytes() == (data / name).read_bytes(), name
