"""What a plan is: the cells to invalidate, why these, and why not the others."""

from __future__ import annotations

from dataclasses import dataclass

from cachedeps.domain.finding import Notice, Refusal
from cachedeps.domain.model import Cost, Predicate, Reset, ResetKind, Scalar, TableRef
from cachedeps.domain.rows import Bound, KeyValues, RowNode


@dataclass(frozen=True, slots=True)
class Arrival:
    """One edge by which staleness reaches a cache, and the row condition it contributes."""

    parent: str
    condition: str


@dataclass(frozen=True, slots=True)
class Step:
    """One cache in the plan.

    ``reached``, ``held``, ``target`` and ``unstamped`` are places in the plan's rows: the rows
    that staleness arrives at; those of them that hold a value; those of these that are not
    known to be fresh; and those that have no stamp (None where no stamp is read).
    """

    cache: str
    table: str
    ref: TableRef
    column: str
    reset: Reset
    reached: int
    held: int
    target: int
    unstamped: int | None
    arrivals: tuple[Arrival, ...]
    paths: tuple[tuple[str, ...], ...]
    paths_total: int
    irreplaceable: bool
    cost: Cost


@dataclass(frozen=True, slots=True)
class Write:
    """One statement: sets ``column`` to ``value`` in the rows ``target`` (or deletes them).

    It serves one cache, or several that share the stamp which a mark sets to NULL.
    """

    caches: tuple[str, ...]
    table: str
    ref: TableRef
    column: str
    kind: ResetKind
    value: Scalar | None
    target: int

    @property
    def changes_data(self) -> bool:
        """Whether applying this write changes the table's own rows."""
        return self.kind not in {ResetKind.RECOMPUTE, ResetKind.REFRESH}


@dataclass(frozen=True, slots=True)
class Keep:
    """A cache that the plan leaves alone; ``reason`` is a stable slug."""

    cache: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class RowScope:
    """A scope with its times resolved and its predicates parsed.

    ``until_frozen`` says that an open end was closed at the moment of planning.
    """

    since: Bound | None = None
    until: Bound | None = None
    until_frozen: bool = False
    where: tuple[tuple[str | None, Predicate], ...] = ()
    keys: tuple[tuple[str | None, tuple[KeyValues, ...]], ...] = ()
    owners: tuple[str, ...] = ()
    bad: tuple[int | str, ...] = ()
    bad_ranges: tuple[tuple[int, int], ...] = ()
    keep_unstamped: bool = False
    fixed_at: Bound | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """An immutable, serialisable plan, computed without touching data.

    ``rows`` is the arena that steps and writes point into. ``writes`` stand in the order in
    which they run: whoever reads a column runs before the write that changes it.
    ``must_name`` are the caches that an approval has to name with their row counts.
    """

    upstreams: tuple[str, ...]
    columns: tuple[str, ...]
    scope: RowScope
    rows: tuple[RowNode, ...]
    steps: tuple[Step, ...]
    writes: tuple[Write, ...]
    keep: tuple[Keep, ...]
    must_name: tuple[str, ...]
    notices: tuple[Notice, ...]
    refusals: tuple[Refusal, ...]
    declaration: str
    planned_at: str

    def step(self, cache: str) -> Step:
        """The step of the cache node ``cache``."""
        return next(step for step in self.steps if step.cache == cache)

    def tables(self) -> tuple[str, ...]:
        """The declared tables that the plan writes to, in the order of writing."""
        return tuple(dict.fromkeys(write.table for write in self.writes))


NO_PLAN = Plan((), (), RowScope(), (), (), (), (), (), (), (), "", "")
"""Writes nothing: for whoever has rows to choose and no fix to plan."""
