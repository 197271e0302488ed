"""What every action on a database needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cachedeps.db.session import Session
from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Declaration, OwnerPath
from cachedeps.journal.store import Journal

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Context:
    """One declaration, one open session, its journal, and the time."""

    declaration: Declaration
    graph: Graph
    session: Session
    journal: Journal
    clock: Clock

    def owner(self, table: str) -> OwnerPath | None:
        """The owner path of a table; None where it declares none, or is not declared any more."""
        found = self.graph.tables.get(table)
        return None if found is None else found.owner

    def now(self) -> str:
        """The present instant, ISO 8601 in UTC, to the second."""
        return self.clock().isoformat(timespec="seconds")
