"""The predicates of the random worlds: SQL text, and what it means for one row.

NULL makes a comparison unknown, and an unknown predicate does not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Truth = bool | None


def _compared(column: str, holds: Callable[[Any], bool]) -> Callable[[Any], Truth]:
    return lambda row: None if row[column] is None else holds(row[column])


def _either(one: Callable[[Any], Truth], other: Callable[[Any], Truth]) -> Callable[[Any], Truth]:
    def known(row: Any) -> Truth:
        found = (one(row), other(row))
        return True if True in found else None if None in found else False

    return known


def _negated(one: Callable[[Any], Truth]) -> Callable[[Any], Truth]:
    def known(row: Any) -> Truth:
        found = one(row)
        return None if found is None else not found

    return known


_zero = _compared("kind", lambda kind: kind == 0)
_x = _compared("note", lambda note: note == "x")

HOLDS: dict[str, Callable[[Any], Truth]] = {
    "kind = 0": _zero,
    "kind = 1": _compared("kind", lambda kind: kind == 1),
    "kind <> 1": _compared("kind", lambda kind: kind != 1),
    "kind IS NULL": lambda row: row["kind"] is None,
    "kind IS NOT NULL": lambda row: row["kind"] is not None,
    "note = 'x'": _x,
    "NOT (note = 'x')": _negated(_x),
    "kind = 0 OR note = 'x'": _either(_zero, _x),
    "a > 2": _compared("a", lambda a: a > 2),
    "b IN (1, 3)": _compared("b", lambda b: b in {1, 3}),
    "NOT (kind = 0 OR note = 'x')": _negated(_either(_zero, _x)),
}


def holds(predicate: str, row: Any) -> bool:
    """Whether the predicate is true for this row; unknown is not true."""
    return HOLDS[predicate](row) is True
