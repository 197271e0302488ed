"""Whole JSON documents, field by field. Fields may be added, never renamed or removed."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.cli.example import Example, Program

GOLDEN = Path(__file__).parent / "golden"
COMMANDS = {
    "check": "check",
    "error": "invalidate --upstream analytix",
    "explain": "explain uploads.training_plan",
    "invalidate": "invalidate --upstream analytics --since 2026-04-24 --until 2026-04-25 --keys",
    "refused": "invalidate --upstream diagnosis_llm --key 111 --apply",
}
# these differ from run to run, or from folder to folder
VOLATILE = ("database", "planned_at", "digest")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_document_is_as_it_was(example: Example, program: Program, name: str) -> None:
    found = steady(program(*shlex.split(COMMANDS[name]), "--json").document)
    expected = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    assert found == expected


def test_there_is_no_golden_file_without_a_test() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(COMMANDS)


def steady(document: dict[str, Any]) -> dict[str, Any]:
    return document | {field: "..." for field in VOLATILE if field in document}
