"""The program, run in this process on the example database."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.cli.command_line import run
from tests.cli.example import Ended, Example, Program


@pytest.fixture
def program(capfd: pytest.CaptureFixture[str]) -> Program:
    """Runs ``cachedeps ARGUMENTS`` without a terminal."""

    def call(*arguments: str) -> Ended:
        capfd.readouterr()
        code = run(arguments)
        out, err = capfd.readouterr()
        return Ended(code, out, err)

    return call


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Example:
    monkeypatch.chdir(tmp_path)
    return Example(tmp_path)
