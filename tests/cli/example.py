"""The example database in a folder of its own, and what one call on it left behind."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cachedeps.actions.demo import build_jumponion

METRICS = "uploads.rotation_metrics"
FIX = ("invalidate", "--upstream", "analytics")
YES = ("--approved-by", "ann@example.com", "--expect-rows", "20")

Values = dict[int, tuple[Any, ...]]


@dataclass(frozen=True)
class Ended:
    """What one call left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


Program = Callable[..., Ended]


class Example:
    """The JumpOnion example; ``values`` are the cache columns of every row."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.declaration = build_jumponion(folder)
        self.database = folder / "examples" / "jumponion" / "app.db"

    def values(self) -> Values:
        rows = self.execute(
            "SELECT id, rotation_metrics, diagnosis_text, training_plan FROM uploads"
        )
        return {row[0]: row[1:] for row in rows}

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.database)
        try:
            with connection:
                return connection.execute(sql).fetchall()
        finally:
            connection.close()
