"""The SELECTs of a preview: totals, cells, pages, owners, samples.

One narrow scan a table each; the fingerprints are made by the database, so that no value
travels to the client.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from cachedeps.domain.model import OwnerPath
from cachedeps.sql.expressions import Expression
from cachedeps.sql.statements import Clause, Statements, TableTargets, Target, flagged

Query = sa.Select[Any]


class Fingerprint(StrEnum):
    """What the hash of a cell is made of, besides its key."""

    VALUES = "values"
    SIZES = "sizes"
    KEYS = "keys"


class Scan:
    """Builds the SELECTs for one table of a plan.

    Args:
        statements: the plan, bound to live tables.
        table: the table's targets.
        fingerprint: what cell hashes are made of.
    """

    def __init__(
        self, statements: Statements, table: TableTargets, fingerprint: Fingerprint
    ) -> None:
        self._statements = statements
        self._say = statements.say
        self._table = table
        self._fingerprint = fingerprint

    def counts(self, clauses: Sequence[Clause], *, in_page: bool = False) -> Query:
        """One row: how many rows each clause names, in the whole table or between two keys."""
        flags = flagged(clauses, [f"x{i}" for i in range(len(clauses))])
        inner = sa.select(*flags).select_from(self._table.table).where(sa.or_(*clauses))
        if in_page:
            inner = inner.where(self._statements.between(self._table))
        scan = inner.subquery("scan")
        return sa.select(*(sa.func.sum(column) for column in scan.c))

    def probe(self, limit: int, most_bytes: int, owner: OwnerPath | None = None) -> Query:
        """Like ``cells`` for the first rows; values above ``most_bytes`` are not hashed (NULL)."""

        def small(target: Target) -> Expression:
            if self._fingerprint is not Fingerprint.VALUES:
                return self._hash(target)
            fits = self._say.stored_size(target.value) <= sa.literal_column(str(most_bytes))
            return sa.case((fits, self._hash(target)))

        return self._cells(small, owner).limit(limit)

    def cells(self, owner: OwnerPath | None = None, *, after: bool = False) -> Query:
        """The target rows in key order.

        Columns: the key, its hash (NULL in a fingerprint of sizes), then per write 0 or 1,
        stored bytes and cell hash, at last the owner's label (NULL where none is asked for). A
        row with several owners comes once for each.

        Args:
            owner: the path to the label.
            after: only keys at or after the parameters ``low_N``.
        """
        query = self._cells(self._hash, owner)
        return query.where(self._statements.from_key(self._table)) if after else query

    def _cells(self, hashed: Callable[[Target], Expression], owner: OwnerPath | None) -> Query:
        source, label = self._owned(owner)
        by_size = self._fingerprint is Fingerprint.SIZES
        key_hash = sa.null() if by_size else self._say.key_hash(self._table.keys)
        columns: list[Expression] = [*self._table.keys, key_hash]
        for place, target in enumerate(self._table.targets):
            columns += flagged([target.where], [f"f{place}"])
            columns.append(self._only(target, self._say.stored_size(target.value)))
            columns.append(self._only(target, hashed(target)))
        query = sa.select(*columns, label).select_from(source)
        return query.where(self._table.anything).order_by(*self._table.keys)

    def keys(self, chosen: Clause) -> Query:
        """The keys of the rows that ``chosen`` names, in key order."""
        keys = self._table.keys
        return sa.select(*keys).select_from(self._table.table).where(chosen).order_by(*keys)

    def page(self) -> Query:
        """One row for the page between ``low_N`` and ``high_N``: rows, then the four counts."""
        return self._together(self._statements.between(self._table))

    def whole(self, *, after: bool = False) -> Query:
        """Like ``page`` for every row, or for keys at or after the parameters ``low_N``."""
        return self._together(self._statements.from_key(self._table) if after else sa.true())

    def _together(self, chosen: Clause) -> Query:
        cells = sa.select(*self._measures()).where(chosen, self._table.anything)
        inner = cells.subquery("cells")
        columns: list[Expression] = [sa.func.count(), *self._sums(inner)]
        return sa.select(*columns)

    @staticmethod
    def any_row(table: TableTargets, clause: Clause) -> Query:
        """One row where ``clause`` holds for any row at all."""
        return sa.select(*table.keys).select_from(table.table).where(clause).limit(1)

    def _measures(self) -> list[Expression]:
        """Per write: a flag, and what ``_sums`` adds up of the rows that it names."""
        key_hash = self._say.key_hash(self._table.keys)
        out: list[Expression] = []
        for place, target in enumerate(self._table.targets):
            out += flagged([target.where], [f"f{place}"])
            if self._fingerprint is not Fingerprint.SIZES:
                out.append(self._only(target, key_hash).label(f"k{place}"))
            if self._fingerprint is not Fingerprint.KEYS:
                size = self._say.stored_size(target.value)
                out.append(self._only(target, size).label(f"s{place}"))
                out.append(self._only(target, self._hash(target)).label(f"v{place}"))
        return out

    def _sums(self, inner: sa.FromClause) -> list[Expression]:
        """Per write: rows, bytes, key hashes, cell hashes; NULL for what is not measured.

        A fingerprint of sizes is as cheap as one of keys alone, so it stands for both.
        """
        out: list[Expression] = []
        for place in range(len(self._table.targets)):
            told: dict[str, Expression] = {kind: sa.null() for kind in "fskv"}
            for kind, add_up in (
                ("f", sa.func.sum),
                ("s", sa.func.sum),
                ("k", self._say.hash_sum),
                ("v", self._say.hash_sum),
            ):
                if f"{kind}{place}" in inner.c:
                    told[kind] = add_up(inner.c[f"{kind}{place}"])
            out += told.values()
        return out

    def _only(self, target: Target, expression: Expression) -> Expression:
        """The expression where the write names the row, else NULL."""
        if len(self._table.targets) == 1:
            # the WHERE clause says it already
            return expression
        return sa.case((target.where, expression))

    def _hash(self, target: Target) -> Expression:
        if self._fingerprint is Fingerprint.VALUES:
            return self._say.cell_hash(self._table.keys, target.value, target.live)
        if self._fingerprint is Fingerprint.KEYS:
            return self._say.key_hash(self._table.keys)
        return self._say.size_hash(self._table.keys, self._say.stored_size(target.value))

    def owners(self, owner: OwnerPath, chosen: Clause) -> Query:
        """One row a label (NULL for rows without an owner): the label, and its chosen rows."""
        source, label = self._owned(owner)
        columns: list[Expression] = [label, sa.func.count()]
        query = sa.select(*columns).select_from(source)
        return query.where(chosen).group_by(label).order_by(label)

    def people(self, owner: OwnerPath | None, chosen: Clause) -> Query:
        """The chosen rows' keys and their owner's label (NULL where none is declared)."""
        source, label = self._owned(owner)
        keys = self._table.keys
        return sa.select(*keys, label).select_from(source).where(chosen).order_by(*keys)

    def sample(self, place: int, owner: OwnerPath | None, rows: int, letters: int) -> Query:
        """Key columns, owner label, and the first letters of the value, for a few rows.

        Only keys up to the parameters ``high_N`` are looked at: whoever asks knows that the
        first rows lie there, and the table is not scanned for them once more.
        """
        target = self._table.targets[place]
        source, label = self._owned(owner)
        excerpt = self._say.excerpt(target.value, target.live, letters)
        query = sa.select(*self._table.keys, label, excerpt).select_from(source)
        near = self._statements.between(self._table)
        return query.where(near, target.where).order_by(*self._table.keys).limit(rows)

    def _owned(self, owner: OwnerPath | None) -> tuple[sa.FromClause, Expression]:
        """The table with its owner path joined from outside: rows without one stay."""
        row = self._table.table
        if owner is None:
            return row, sa.null()
        return self._statements.rows.owned(owner, self._table.ref, row)
