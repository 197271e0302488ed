"""Whole-process starts beside ``python -c pass``, by user and system time."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.table import Row
from cachedeps.actions.demo import build_jumponion

CODE = "import sys; from cachedeps.__main__ import main; sys.argv = ['cachedeps', *sys.argv[1:]]; main()"


def cpu_seconds(command: list[str], folder: Path) -> float:
    """User and system time of one finished process."""
    before = os.times()
    subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL)  # noqa: S603
    after = os.times()
    return (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


def measure(*, turns: int) -> list[Row]:
    """Median ratios over pairs of starts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_jumponion(folder)
        plain = [sys.executable, "-c", "pass"]
        out = []
        for label, arguments, aim in (
            ("--help", ["--help"], "<= 8"),
            ("check --offline", ["check", "--offline"], "<= 20"),
        ):
            ours = [sys.executable, "-c", CODE, *arguments]
            # ten plain starts together: one alone is close to the clock's grain
            ratios = []
            for _ in range(turns):
                base = sum(cpu_seconds(plain, folder) for _ in range(10)) / 10
                ratios.append(cpu_seconds(ours, folder) / base)
            value = statistics.median(ratios)
            out.append(Row("start", f"cachedeps {label}", value, "x python -c pass", aim))
        return out
