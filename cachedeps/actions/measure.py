"""Reads what a plan would touch, with as few scans as the numbers allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.db.dialects.base import key_out
from cachedeps.domain.outcome import Cell, Count, Page, TableTarget
from cachedeps.domain.rows import KeyValues
from cachedeps.sql.scan import Fingerprint, Scan
from cachedeps.sql.statements import Clause, Statements, TableTargets

MOST_KEPT_CELLS = 10_000
"""Plans of up to this many cells keep each cell's key and hash, larger ones those of pages."""

MOST_HASHED_BYTES = 64 * 1024 * 1024
"""Above this many stored bytes a fingerprint is made of sizes, not of values."""

PROBED_ROWS = 2_000
"""The first look reads so many rows; where there are no more, it is the only scan."""

SMALL_VALUE_BYTES = 32 * 1024
"""Values up to this size are hashed at first sight: all probed ones together stay small."""


@dataclass(frozen=True, slots=True)
class StepCount:
    """Rows of one step: to be reset, holding a value, without a stamp (None: not read)."""

    rows: int
    held: int
    unstamped: int | None


@dataclass(frozen=True, slots=True)
class Extent:
    """What a first look at one table found.

    ``hashed`` says that the hashes of ``target`` are of the fingerprint that was asked for.
    """

    table: TableTargets
    target: TableTarget
    hashed: bool

    @property
    def counts(self) -> tuple[Count, ...]:
        """Rows and bytes of each write."""
        return tuple(
            sum((page.counts[place] for page in self.target.pages), Count())
            for place in range(len(self.table.targets))
        )

    @property
    def cells(self) -> int:
        """Target cells of all writes."""
        return sum(count.rows for count in self.counts)

    @property
    def bytes(self) -> int:
        """Stored bytes of all target cells."""
        return sum(count.bytes for count in self.counts)


class Measure:
    """Reads the targets of one table.

    Args:
        connection: a connection inside a transaction.
        statements: the plan on the live schema.
        table: the table's targets.
        page_rows: distinct rows of a page.
    """

    def __init__(
        self,
        connection: Connection,
        statements: Statements,
        table: TableTargets,
        page_rows: int,
    ) -> None:
        self._connection = connection
        self._statements = statements
        self._table = table
        self._page_rows = page_rows

    def extent(self, fingerprint: Fingerprint) -> Extent:
        """The first look: everything where there are few rows, else pages by size."""
        scan = Scan(self._statements, self._table, fingerprint)
        probed = self._connection.execute(scan.probe(PROBED_ROWS + 1, SMALL_VALUE_BYTES)).all()
        if len(probed) > PROBED_ROWS:
            sizes = fingerprint is Fingerprint.VALUES
            target = self.pages(Fingerprint.SIZES if sizes else fingerprint)
            return Extent(self._table, target, hashed=not sizes)
        rows = [_Row.read(row, self._table) for row in probed]
        return Extent(self._table, self._folded(rows), hashed=all(row.hashed for row in rows))

    def cells(self, fingerprint: Fingerprint) -> TableTarget:
        """Every cell, and the pages that they make."""
        query = Scan(self._statements, self._table, fingerprint).cells()
        return self._folded(
            [_Row.read(row, self._table) for row in self._connection.execute(query)]
        )

    def pages(self, fingerprint: Fingerprint, after: KeyValues | None = None) -> TableTarget:
        """The pages alone, made by the database; keys before ``after`` are skipped."""
        scan = Scan(self._statements, self._table, fingerprint)
        query = scan.pages(self._page_rows, after=after is not None)
        ends = {} if after is None else self._statements.ends(self._table, after, after)
        low = {name: value for name, value in ends.items() if name.startswith("low")}
        pages = tuple(_page(row, self._table) for row in self._connection.execute(query, low))
        return TableTarget(self._table.name, self._names, sum(p.rows for p in pages), pages, None)

    def whole(self, fingerprint: Fingerprint, after: KeyValues | None) -> tuple[Count, ...]:
        """One count a write over all keys, or over those at or after ``after``."""
        scan = Scan(self._statements, self._table, fingerprint)
        ends = {} if after is None else self._statements.ends(self._table, after, after)
        low = {name: value for name, value in ends.items() if name.startswith("low")}
        row = self._connection.execute(scan.whole(after=after is not None), low).one()
        return page_counts(row)[1]

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self._table.key)

    def _folded(self, rows: Sequence[_Row]) -> TableTarget:
        size, writes = self._page_rows, len(self._table.targets)
        pages = tuple(_fold(rows[at : at + size], writes) for at in range(0, len(rows), size))
        cells = tuple(cell for row in rows for cell in row.cells)
        return TableTarget(self._table.name, self._names, len(rows), pages, cells)

    def steps(self, counts: Sequence[Count]) -> dict[str, StepCount]:
        """What the certificate tells of each step; one more scan where stamps are read."""
        steps = [s for s in self._statements.plan.steps if s.table == self._table.name]
        by_place = {
            target.write.target: count.rows
            for target, count in zip(self._table.targets, counts, strict=True)
        }
        wanted = {
            place
            for step in steps
            for place in (step.target, step.held, step.unstamped)
            if place is not None and place not in by_place
        }
        found = by_place | self._counted(sorted(wanted))
        return {
            step.cache: StepCount(
                rows=found[step.target],
                held=found[step.held],
                unstamped=None if step.unstamped is None else found[step.unstamped],
            )
            for step in steps
        }

    def _counted(self, places: Sequence[int]) -> dict[int, int]:
        clauses = [
            self._statements.rows.clause(place, self._table.ref, self._table.table)
            for place in places
        ]
        return dict(zip(places, self._count(clauses), strict=True))

    def keyless(self) -> int:
        """Target rows whose key has a NULL; some databases allow that."""
        nullable = [self._table.table.c[c.name].is_(None) for c in self._table.key if c.nullable]
        if not nullable:
            return 0
        return self._count([sa.and_(self._table.anything, sa.or_(*nullable))])[0]

    def _count(self, clauses: Sequence[Clause]) -> list[int]:
        if not clauses:
            return []
        query = Scan(self._statements, self._table, Fingerprint.KEYS).counts(clauses)
        return [integer(value) for value in self._connection.execute(query).one()]


@dataclass(frozen=True, slots=True)
class _Row:
    """One target row as ``Scan.cells`` reads it."""

    key: KeyValues
    cells: tuple[Cell, ...]
    sizes: tuple[int, ...]
    hashed: bool

    @classmethod
    def read(cls, row: Sequence[Any], table: TableTargets) -> _Row:
        width = len(table.key)
        key = key_of(row[:width], table)
        told = [tuple(row[width + 3 * i : width + 3 * i + 3]) for i in range(len(table.targets))]
        named = [(i, size, found) for i, (flag, size, found) in enumerate(told) if flag]
        return cls(
            key=key,
            cells=tuple(Cell(place, key, integer(found)) for place, _, found in named),
            sizes=tuple(integer(size) for _, size, _ in named),
            hashed=all(found is not None for _, _, found in named),
        )


def integer(value: object) -> int:
    """A sum as the database gives it (NULL, Decimal, text or number) as an integer."""
    return int(str(value).split(".", 1)[0]) if value is not None else 0


def key_of(values: Sequence[Any], table: TableTargets) -> KeyValues:
    """A row's key as plans keep it."""
    return tuple(key_out(v, c) for v, c in zip(values, table.key, strict=True))


def _fold(rows: Sequence[_Row], writes: int) -> Page:
    counts = [Count() for _ in range(writes)]
    for row in rows:
        for cell, size in zip(row.cells, row.sizes, strict=True):
            counts[cell.write] += Count(rows=1, bytes=size, values=cell.hash)
    return Page(rows[0].key, rows[-1].key, len(rows), tuple(counts))


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
