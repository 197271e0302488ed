"""Load and plan without a database: 10,000 caches in 100 tables."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.table import Row

CODE = """
import resource, sys, time
start = time.process_time()
import cachedeps
project = cachedeps.load(sys.argv[1])
plan = project.plan("source_0")
print(time.process_time() - start, len(plan.steps))
"""


def declaration(caches: int, tables: int) -> str:
    """Every table's caches form chains of ten behind one of fifty upstreams."""
    parts = [f"[upstreams.source_{number}]" for number in range(50)]
    for table in range(tables):
        parts.append(f"[tables.t{table}]")
        for place in range(caches // tables):
            before = f"t{table}.c{place - 1}" if place % 10 else f"source_{(table + place) % 50}"
            parts.append(f'[tables.t{table}.caches.c{place}]\ndepends_on = ["{before}"]')
    return "\n".join(parts) + "\n"


def measure() -> list[Row]:
    """The work's own process time, imports included."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "cachedeps.toml"
        path.write_text(declaration(10_000, 100))
        command = [sys.executable, "-c", CODE, str(path)]
        best = min(float(_output(command).split()[0]) for _ in range(3))
        return [Row("offline", "load + plan of 10,000 caches", best, "s", "<= 1")]


def _output(command: list[str]) -> str:
    done = subprocess.run(  # noqa: S603
        command, check=True, capture_output=True, text=True, env={**os.environ}
    )
    return done.stdout
