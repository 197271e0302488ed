"""Reads what a plan would touch: counts, cells, pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.db.dialects.base import key_out
from cachedeps.domain.outcome import Cell, Count, Page, TableTarget
from cachedeps.domain.plan import Step
from cachedeps.domain.rows import KeyValues
from cachedeps.sql.scan import Scan
from cachedeps.sql.statements import Clause, Statements, TableTargets

MOST_KEPT_CELLS = 10_000
"""Plans of up to this many cells keep each cell's key and hash, larger ones those of pages."""

MOST_HASHED_BYTES = 64 * 1024 * 1024
"""Above this many stored bytes a fingerprint is made of sizes, not of values."""


@dataclass(frozen=True, slots=True)
class StepCount:
    """Rows of one step: to be reset, holding a value, without a stamp (None: not read)."""

    rows: int
    held: int
    unstamped: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """One table's totals: distinct rows, one count a write, one a step, rows without a key."""

    rows: int
    writes: tuple[Count, ...]
    steps: dict[str, StepCount]
    keyless: int

    @property
    def cells(self) -> int:
        """Target cells of all writes."""
        return sum(count.rows for count in self.writes)

    @property
    def bytes(self) -> int:
        """Stored bytes of all target cells."""
        return sum(count.bytes for count in self.writes)


def integer(value: object) -> int:
    """A sum as the database gives it (NULL, Decimal, text or number) as an integer."""
    return int(str(value).split(".", 1)[0]) if value is not None else 0


def totals(connection: Connection, statements: Statements, table: TableTargets) -> Totals:
    """One scan of one table."""
    steps = [s for s in statements.plan.steps if s.table == table.name]
    extras: dict[tuple[str, str], Clause] = {}
    for step in steps:
        for label, place in (("rows", step.target), ("held", step.held), ("bare", step.unstamped)):
            if place is not None:
                extras[step.cache, label] = statements.rows.clause(place, table.ref, table.table)
    nullable = [table.table.c[c.name].is_(None) for c in table.key if c.nullable]
    if nullable:
        extras["", "keyless"] = sa.and_(table.anything, sa.or_(*nullable))
    distinct = _without_repeats(steps, extras, table)
    query = Scan(statements, table, values=False).totals(list(distinct.values()))
    row = [integer(value) for value in connection.execute(query).one()]
    writes = len(table.targets)
    counts = tuple(Count(rows=row[1 + 2 * i], bytes=row[2 + 2 * i]) for i in range(writes))
    found = dict(zip(distinct, row[1 + 2 * writes :], strict=True))
    known = {**_known(steps, table, counts), **found}
    return Totals(
        rows=row[0],
        writes=counts,
        steps={s.cache: _step_count(s, known) for s in steps},
        keyless=found.get(("", "keyless"), 0),
    )


def _without_repeats(
    steps: Sequence[Step], extras: dict[tuple[str, str], Clause], table: TableTargets
) -> dict[tuple[str, str], Clause]:
    """The extra conditions that no write counts already."""
    places = {target.write.target for target in table.targets}
    left = dict(extras)
    for step in steps:
        if step.target in places:
            left.pop((step.cache, "rows"))
        if step.held in places:
            left.pop((step.cache, "held"))
    return left


def _known(
    steps: Sequence[Step], table: TableTargets, counts: Sequence[Count]
) -> dict[tuple[str, str], int]:
    by_place = {t.write.target: c.rows for t, c in zip(table.targets, counts, strict=True)}
    known = {(s.cache, "rows"): by_place[s.target] for s in steps if s.target in by_place}
    return known | {(s.cache, "held"): by_place[s.held] for s in steps if s.held in by_place}


def _step_count(step: Step, known: dict[tuple[str, str], int]) -> StepCount:
    bare = None if step.unstamped is None else known[step.cache, "bare"]
    return StepCount(known[step.cache, "rows"], known[step.cache, "held"], bare)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table's target is read.

    ``rows`` are the distinct rows as counted; ``after`` skips all keys before it.
    """

    rows: int
    page_rows: int
    values: bool
    keep_cells: bool
    after: KeyValues | None = None


def read_target(
    connection: Connection, statements: Statements, table: TableTargets, how: Reading
) -> TableTarget:
    """The pages of one table, and its cells where they are to be kept."""
    names = tuple(column.name for column in table.key)
    page_rows = how.page_rows
    if not how.rows:
        return TableTarget(table.name, names, 0, (), () if how.keep_cells else None)
    scan = Scan(statements, table, values=how.values)
    if not how.keep_cells:
        query = scan.pages(page_rows, how.rows, after=how.after is not None)
        if how.after is not None:
            ends = statements.ends(table, how.after, how.after)
            query = query.params({k: v for k, v in ends.items() if k.startswith("low")})
        pages = tuple(_page(row, table) for row in connection.execute(query))
        return TableTarget(table.name, names, sum(page.rows for page in pages), pages, None)
    found = [_cells(row, table) for row in connection.execute(scan.cells())]
    pages = tuple(
        _folded(found[start : start + page_rows], len(table.targets))
        for start in range(0, len(found), page_rows)
    )
    cells = tuple(cell for _, row in found for cell, _ in row)
    return TableTarget(table.name, names, len(found), pages, cells)


def key_of(values: Sequence[Any], table: TableTargets) -> KeyValues:
    """A row's key as plans keep it."""
    return tuple(key_out(v, c) for v, c in zip(values, table.key, strict=True))


def _cells(row: Sequence[Any], table: TableTargets) -> tuple[KeyValues, list[tuple[Cell, int]]]:
    width = len(table.key)
    key = key_of(row[:width], table)
    cells = []
    for place in range(len(table.targets)):
        flag, size, found = row[width + 3 * place : width + 3 * place + 3]
        if flag:
            cells.append((Cell(place, key, integer(found)), integer(size)))
    return key, cells


def _folded(rows: Sequence[tuple[KeyValues, list[tuple[Cell, int]]]], writes: int) -> Page:
    counts = [Count() for _ in range(writes)]
    for _, cells in rows:
        for cell, size in cells:
            counts[cell.write] += Count(rows=1, bytes=size, values=cell.hash)
    return Page(rows[0][0], rows[-1][0], len(rows), tuple(counts))


def _page(row: Sequence[Any], table: TableTargets) -> Page:
    width = len(table.key)
    low, high = row[2 : 2 + width], row[2 + width : 2 + 2 * width]
    return Page(
        low=key_of(low, table),
        high=key_of(high, table),
        rows=integer(row[1]),
        counts=tuple(_counts(row[2 + 2 * width :])),
    )


def _counts(values: Sequence[Any]) -> Iterator[Count]:
    for start in range(0, len(values), 4):
        rows, size, keys, cells = (integer(value) for value in values[start : start + 4])
        yield Count(rows=rows, bytes=size, keys=keys, values=cells)


def page_counts(row: Sequence[Any]) -> tuple[int, tuple[Count, ...]]:
    """Rows and counts of one page, as ``Scan.page`` reads it."""
    return integer(row[0]), tuple(_counts(row[1:]))
