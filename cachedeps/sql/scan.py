"""The SELECTs of a preview: totals, cells, pages, owners, samples.

One narrow scan a table each; the fingerprints are made by the database, so that no value
travels to the client.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from cachedeps.domain.model import OwnerPath
from cachedeps.sql.expressions import Expression
from cachedeps.sql.statements import Clause, Statements, TableTargets, Target, flagged

Query = sa.Select[Any]


class Scan:
    """Builds the SELECTs for one table of a plan.

    Args:
        statements: the plan, bound to live tables.
        table: the table's targets.
        values: fingerprint values, not just their stored sizes.
    """

    def __init__(self, statements: Statements, table: TableTargets, *, values: bool) -> None:
        self._statements = statements
        self._say = statements.say
        self._table = table
        self._values = values

    def totals(self, extra: Sequence[Clause]) -> Query:
        """One row: distinct rows, then per write (rows, bytes), then the rows of each extra."""
        targets = self._table.targets
        flags = flagged([t.where for t in targets], [f"f{i}" for i in range(len(targets))])
        sizes = [
            self._only(t, self._say.stored_size(t.value)).label(f"s{i}")
            for i, t in enumerate(targets)
        ]
        extras = flagged(extra, [f"x{i}" for i in range(len(extra))])
        touched = sa.case((self._table.anything, 1), else_=0).label("touched")
        where = sa.or_(self._table.anything, *extra)
        inner = sa.select(touched, *flags, *sizes, *extras).where(where).subquery("scan")
        columns: list[Expression] = [inner.c.touched]
        for place in range(len(targets)):
            columns += [inner.c[f"f{place}"], inner.c[f"s{place}"]]
        columns += [inner.c[f"x{place}"] for place in range(len(extra))]
        return sa.select(*(sa.func.sum(column) for column in columns))

    def cells(self, *, limit: int | None = None) -> Query:
        """Key columns, then per write (0 or 1, stored bytes, cell hash), in key order."""
        columns: list[Expression] = list(self._table.keys)
        for place, target in enumerate(self._table.targets):
            columns += flagged([target.where], [f"f{place}"])
            columns.append(self._only(target, self._say.stored_size(target.value)))
            columns.append(self._only(target, self._hash(target)))
        query = sa.select(*columns).where(self._table.anything).order_by(*self._table.keys)
        return query if limit is None else query.limit(limit)

    def keys(self, place: int) -> Query:
        """The keys of one write's target, in key order."""
        target = self._table.targets[place]
        return sa.select(*self._table.keys).where(target.where).order_by(*self._table.keys)

    def pages(self, page_rows: int, rows: int, *, after: bool = False) -> Query:
        """One row a page, in key order: number, rows, ends, then per write the four counts.

        Args:
            page_rows: distinct rows in a page.
            rows: distinct rows in all (so that the last page can tell its last key).
            after: count only keys at or after the parameters ``low_N``.
        """
        keys = self._table.keys
        cells = sa.select(*keys, *self._measures()).where(self._table.anything)
        if after:
            cells = cells.where(self._statements.from_key(self._table))
        inner = self._say.fence(cells).subquery("cells")
        inner_keys = [inner.c[column.name] for column in self._table.key]
        place = (sa.func.row_number().over(order_by=inner_keys) - 1).label("place")
        ranked = sa.select(*inner.c, place).subquery("ranked")
        at = ranked.c.place
        number = self._say.quotient(at, page_rows).label("page")
        in_page = at % page_rows
        ends = []
        for edge in (in_page == 0, sa.or_(in_page == page_rows - 1, at == rows - 1)):
            for column in self._table.key:
                out = self._say.key_out(ranked.c[column.name], column)
                ends.append(sa.func.max(sa.case((edge, out))))
        columns: list[Expression] = [number, sa.func.count(), *ends, *self._sums(ranked)]
        return sa.select(*columns).group_by(number).order_by(number)

    def page(self) -> Query:
        """One row for the page between ``low_N`` and ``high_N``: rows, then the four counts."""
        between = self._statements.between(self._table)
        cells = sa.select(*self._measures()).where(sa.and_(between, self._table.anything))
        inner = self._say.fence(cells).subquery("cells")
        columns: list[Expression] = [sa.func.count(), *self._sums(inner)]
        return sa.select(*columns)

    @staticmethod
    def any_row(table: TableTargets, clause: Clause) -> Query:
        """One row where ``clause`` holds for any row at all."""
        return sa.select(*table.keys).select_from(table.table).where(clause).limit(1)

    def _measures(self) -> list[Expression]:
        key_hash = self._say.key_hash(self._table.keys)
        out: list[Expression] = []
        for place, target in enumerate(self._table.targets):
            out += flagged([target.where], [f"f{place}"])
            out.append(self._only(target, self._say.stored_size(target.value)).label(f"s{place}"))
            out.append(self._only(target, key_hash).label(f"k{place}"))
            out.append(self._only(target, self._hash(target)).label(f"v{place}"))
        return out

    def _sums(self, inner: sa.FromClause) -> list[Expression]:
        out: list[Expression] = []
        for place in range(len(self._table.targets)):
            out += [sa.func.sum(inner.c[f"f{place}"]), sa.func.sum(inner.c[f"s{place}"])]
            out += [self._say.hash_sum(inner.c[f"{kind}{place}"]) for kind in "kv"]
        return out

    def _only(self, target: Target, expression: Expression) -> Expression:
        """The expression where the write names the row, else NULL."""
        if len(self._table.targets) == 1:
            # the WHERE clause says it already
            return expression
        return sa.case((target.where, expression))

    def _hash(self, target: Target) -> Expression:
        if self._values:
            return self._say.cell_hash(self._table.keys, target.value, target.live)
        size = self._say.stored_size(target.value)
        return self._say.size_hash(self._table.keys, size)

    def owners(self, owner: OwnerPath, chosen: Clause) -> Query:
        """One row a label (NULL for rows without an owner): the label, and its chosen rows."""
        source, label = self._owned(owner)
        columns: list[Expression] = [label, sa.func.count()]
        query = sa.select(*columns).select_from(source)
        return query.where(chosen).group_by(label).order_by(label)

    def sample(self, place: int, owner: OwnerPath | None, rows: int, letters: int) -> Query:
        """Key columns, owner label, and the first letters of the value, for a few rows."""
        target = self._table.targets[place]
        source: sa.FromClause = self._table.table
        label: Expression = sa.null()
        if owner is not None:
            source, label = self._owned(owner)
        excerpt = self._say.excerpt(target.value, target.live, letters)
        query = sa.select(*self._table.keys, label, excerpt).select_from(source)
        return query.where(target.where).order_by(*self._table.keys).limit(rows)

    def _owned(self, owner: OwnerPath) -> tuple[sa.FromClause, Expression]:
        """The table with its owner path joined from outside: rows without one stay."""
        row = self._table.table
        reached, clauses, label = self._statements.rows.owner(owner, self._table.ref, row)
        if not reached:
            return row, label
        path = reached[0]
        for other in reached[1:]:
            path = path.join(other, sa.true())
        return row.outerjoin(path, sa.and_(*clauses)), label
