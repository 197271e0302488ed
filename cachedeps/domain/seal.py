"""The digest that an approval is bound to."""

from __future__ import annotations

from cachedeps.domain.outcome import TableTarget
from cachedeps.domain.plan import Plan
from cachedeps.domain.wire import digest, encode


def seal(plan: Plan, database: str, tables: tuple[TableTarget, ...], fingerprint: str) -> str:
    """The digest of a preview: the plan, its database, and the hash of every target cell.

    The moment of planning is left out: looking twice at the same data is the same preview.
    """
    meant = encode(plan) | {"planned_at": ""}
    return digest([meant, database, encode(tables), fingerprint])
