"""Folds target rows, which come in key order, into pages and cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cachedeps.db.dialects.base import key_out
from cachedeps.domain.outcome import Cell, Count, Page, TableTarget
from cachedeps.domain.rows import KeyValues
from cachedeps.sql.statements import TableTargets

MOST_KEPT_CELLS = 10_000
"""Plans of up to this many cells keep each cell's key and hash, larger ones those of pages."""

MOST_LABELS = 10_000
"""So many owners are remembered while rows pass by; where there are more, the database counts."""

BATCH = 5_000
"""Rows that the client holds at a time."""


def integer(value: object) -> int:
    """A sum as the database gives it (NULL, Decimal, text or number) as an integer."""
    return int(str(value).split(".", 1)[0]) if value is not None else 0


def key_of(values: Sequence[Any], table: TableTargets) -> KeyValues:
    """A row's key as plans keep it."""
    return tuple(key_out(v, c) for v, c in zip(values, table.key, strict=True))


class Fold:
    """Takes the rows of ``Scan.cells`` and keeps no more of them than a plan needs.

    Args:
        table: the table's targets.
        page_rows: distinct rows of a page.
    """

    def __init__(self, table: TableTargets, page_rows: int) -> None:
        self._table = table
        self._page_rows = page_rows
        self._width = len(table.key)
        self._pages: list[Page] = []
        self._cells: list[tuple[int, Sequence[Any], int]] | None = []
        self._rows = 0
        self._in_page = 0
        self._low: Sequence[Any] = ()
        self._last: Sequence[Any] = ()
        self._sums = self._nothing()
        self._people: dict[str | None, int] | None = {}
        self.hashed = True
        """Whether every cell came with a hash."""

    def _nothing(self) -> list[list[int]]:
        return [[0, 0, 0, 0] for _ in self._table.targets]

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Takes the next rows. A million may come: what is done for each of them is kept short."""
        width, page_rows = self._width, self._page_rows
        for row in rows:
            key = row[:width]
            people = self._people
            if people is not None:
                label = row[-1]
                if label is not None and type(label) is not str:
                    label = str(label)
                people[label] = people.get(label, 0) + 1
                if len(people) > MOST_LABELS:
                    self._people = None
            if key == self._last and None not in key:
                # the same row once more, for another owner
                continue
            if self._in_page == page_rows:
                self._close()
            if not self._in_page:
                self._low = key
            self._last = key
            self._in_page += 1
            self._measure(key, row)

    def _measure(self, key: Sequence[Any], row: Sequence[Any]) -> None:
        at = self._width
        key_hash = row[at] or 0
        for place, sums in enumerate(self._sums):
            if row[at + 1]:
                hashed = row[at + 3]
                if hashed is None:
                    self.hashed, hashed = False, 0
                sums[0] += 1
                sums[1] += row[at + 2]
                sums[2] += key_hash
                sums[3] += hashed
                if self._cells is not None:
                    self._cells.append((place, key, hashed))
                    if len(self._cells) > MOST_KEPT_CELLS:
                        self._cells = None
            at += 3

    def _close(self) -> None:
        low, high = key_of(self._low, self._table), key_of(self._last, self._table)
        counts = tuple(Count(*sums) for sums in self._sums)
        self._pages.append(Page(low, high, self._in_page, counts))
        self._rows += self._in_page
        self._in_page, self._sums = 0, self._nothing()

    def target(self) -> TableTarget:
        """What the rows so far come to."""
        if self._in_page:
            self._close()
        names = tuple(column.name for column in self._table.key)
        cells = None
        if self._cells is not None:
            cells = tuple(Cell(w, key_of(key, self._table), h) for w, key, h in self._cells)
        return TableTarget(self._table.name, names, self._rows, tuple(self._pages), cells)

    @property
    def people(self) -> Mapping[str | None, int] | None:
        """Rows of each owner's label; None where they are too many to remember."""
        return self._people
