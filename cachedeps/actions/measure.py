"""Reads what a plan would touch, with as few scans as the numbers allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.fold import BATCH, Fold, integer
from cachedeps.domain.model import OwnerPath
from cachedeps.domain.outcome import Count, TableTarget
from cachedeps.domain.rows import KeyValues
from cachedeps.sql.scan import Fingerprint, Scan
from cachedeps.sql.statements import Clause, Statements, TableTargets

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

    ``fingerprint`` says what the hashes of ``target`` are made of; None where some are missing.
    ``people`` has the target rows of each owner's label, None for those without one; it is
    None itself where no owner was asked for or there are too many to remember.
    """

    table: TableTargets
    target: TableTarget
    fingerprint: Fingerprint | None
    people: Mapping[str | None, int] | None

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

    def extent(self, fingerprint: Fingerprint, owner: OwnerPath | None = None) -> Extent:
        """The first look: everything where there are few rows, else sizes instead of values."""
        scan = Scan(self._statements, self._table, fingerprint)
        probe = scan.probe(PROBED_ROWS + 1, SMALL_VALUE_BYTES, owner)
        probed = self._connection.execute(probe).all()
        if len(probed) > PROBED_ROWS:
            fingerprint = Fingerprint.SIZES
            fold = self._fold(fingerprint, owner)
        else:
            fold = Fold(self._table, self._page_rows)
            fold.add(probed)
        people = None if owner is None else fold.people
        made_of = fingerprint if fold.hashed else None
        return Extent(self._table, fold.target(), made_of, people)

    def target(self, fingerprint: Fingerprint, after: KeyValues | None = None) -> TableTarget:
        """The pages, and the cells where they are few; keys before ``after`` are skipped."""
        return self._fold(fingerprint, None, after).target()

    def _fold(
        self, fingerprint: Fingerprint, owner: OwnerPath | None, after: KeyValues | None = None
    ) -> Fold:
        query = Scan(self._statements, self._table, fingerprint).cells(
            owner, after=after is not None
        )
        stream = self._connection.execute(
            query.execution_options(yield_per=BATCH), self._low(after)
        )
        fold = Fold(self._table, self._page_rows)
        for rows in stream.partitions():
            fold.add(rows)
        return fold

    def _low(self, after: KeyValues | None) -> dict[str, Any]:
        ends = {} if after is None else self._statements.ends(self._table, after, after)
        return {name: value for name, value in ends.items() if name.startswith("low")}

    def whole(self, fingerprint: Fingerprint, after: KeyValues | None) -> tuple[Count, ...]:
        """One count a write over all keys, or over those at or after ``after``."""
        scan = Scan(self._statements, self._table, fingerprint)
        row = self._connection.execute(scan.whole(after=after is not None), self._low(after)).one()
        return page_counts(row)[1]

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


def _counts(values: Sequence[Any]) -> Iterator[Count]:
    for start in range(0, len(values), 4):
        rows, size, keys, cells = (integer(value) for value in values[start : start + 4])
        yield Count(rows=rows, bytes=size, keys=keys, values=cells)


def page_counts(row: Sequence[Any]) -> tuple[int, tuple[Count, ...]]:
    """Rows and counts of one page, as ``Scan.page`` reads it."""
    return integer(row[0]), tuple(_counts(row[1:]))
