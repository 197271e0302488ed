"""How long a command waits for the database before it gives up."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from cachedeps.project import Database, Project


@dataclass(frozen=True, slots=True)
class Waits:
    """Limits in seconds: for a lock, and for one statement."""

    lock: float = 5.0
    statement: float = 300.0

    def open(self, project: Project) -> AbstractContextManager[Database]:
        """The declared database, for the length of a ``with`` block."""
        return project.connect(
            lock_timeout_seconds=self.lock, statement_timeout_seconds=self.statement
        )

    def facts(self, page_rows: int) -> tuple[tuple[str, str], ...]:
        """What the screen says about how a write would run."""
        waits = f"{self.lock:g} s for a lock, {self.statement:g} s for a statement"
        return (
            ("runs", f"in pages of {page_rows} rows, one transaction each"),
            ("waits", waits),
        )
