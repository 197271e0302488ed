"""The statements of a plan: what is previewed, printed and executed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from cachedeps.domain.model import ResetKind, TableRef
from cachedeps.domain.plan import Plan, Write
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.schema import LiveColumn
from cachedeps.sql.expressions import Expression, Expressions
from cachedeps.sql.rowsets import RowSets
from cachedeps.sql.tables import Catalog, as_clause

Clause = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Target:
    """One write, bound to the live table: its row condition and its statement.

    ``change`` is the whole UPDATE or DELETE (None for kinds that write nothing); a page runs
    the same statement with ``between`` added.
    """

    write: Write
    table: sa.TableClause
    where: Clause
    value: Expression
    live: LiveColumn
    change: sa.Update | sa.Delete | None


@dataclass(frozen=True)
class TableTargets:
    """All writes of one table, its key columns, and the rows that any of them names."""

    name: str
    ref: TableRef
    table: sa.TableClause
    key: tuple[LiveColumn, ...]
    targets: tuple[Target, ...]

    @property
    def keys(self) -> list[Expression]:
        """The key columns as expressions."""
        return [self.table.c[column.name] for column in self.key]

    @property
    def anything(self) -> Clause:
        """The condition of a row that at least one write names."""
        return sa.or_(*(target.where for target in self.targets))


class Statements:
    """Binds a plan to live tables.

    Args:
        plan: the plan.
        catalog: the live tables that it needs.
        expressions: the database's way of saying things.
    """

    def __init__(self, plan: Plan, catalog: Catalog, expressions: Expressions) -> None:
        self.plan = plan
        self.catalog = catalog
        self.say = expressions
        self.rows = RowSets(plan.rows, catalog, expressions)

    def tables(self) -> tuple[TableTargets, ...]:
        """Every table that the plan touches, in the order of writing, refreshes left out."""
        names = dict.fromkeys(w.table for w in self.plan.writes if w.kind is not ResetKind.REFRESH)
        return tuple(self._table(name) for name in names)

    def refreshes(self) -> tuple[Write, ...]:
        """The writes that refresh a materialized view."""
        return tuple(w for w in self.plan.writes if w.kind is ResetKind.REFRESH)

    def _table(self, name: str) -> TableTargets:
        writes = [
            w for w in self.plan.writes if w.table == name and w.kind is not ResetKind.REFRESH
        ]
        ref = writes[0].ref
        table = as_clause(self.catalog.table(ref))
        targets = tuple(self._target(write, table) for write in writes)
        return TableTargets(name, ref, table, self.catalog.key(ref), targets)

    def _target(self, write: Write, table: sa.TableClause) -> Target:
        live = self.catalog.column(write.ref, write.column)
        where = self.rows.clause(write.target, write.ref, table)
        change: sa.Update | sa.Delete | None = None
        if write.kind is ResetKind.DELETE_ROW:
            change = sa.delete(table).where(where)
        elif write.changes_data:
            new = self.written(write, live)
            change = sa.update(table).values({table.c[live.name]: new}).where(where)
        return Target(write, table, where, table.c[live.name], live, change)

    def written(self, write: Write, live: LiveColumn) -> Expression:
        """What the write puts into the cell."""
        if write.value is None:
            return sa.null()
        return self.say.literal(write.value, live, "value")

    def new_value(self, target: Target) -> Expression:
        """What a target's column holds once its write is done; a mark leaves NULL."""
        if target.write.kind is ResetKind.MARK:
            return sa.null()
        return self.written(target.write, target.live)

    def between(self, target: TableTargets) -> Clause:
        """A closed run of keys, its ends being the parameters ``low_N`` and ``high_N``."""
        return sa.and_(
            self._end(target, "low", greater=True), self._end(target, "high", greater=False)
        )

    def from_key(self, target: TableTargets) -> Clause:
        """Keys at or after the parameters ``low_N``."""
        return self._end(target, "low", greater=True)

    def _end(self, target: TableTargets, label: str, *, greater: bool) -> Clause:
        """Row comparison, written out so that every database can use an index for it."""
        clause: Clause | None = None
        for place in reversed(range(len(target.key))):
            column = target.table.c[target.key[place].name]
            end = self.say.key_parameter(f"{label}_{place}", target.key[place])
            loose = column >= end if greater else column <= end
            strict = column > end if greater else column < end
            clause = loose if clause is None else sa.and_(loose, sa.or_(strict, clause))
        if clause is None:
            return sa.true()
        return clause

    def ends(self, target: TableTargets, low: KeyValues, high: KeyValues) -> dict[str, Any]:
        """The parameters of ``between`` for one page."""
        out: dict[str, Any] = {}
        for place, column in enumerate(target.key):
            out[f"low_{place}"] = self.say.key_in(low[place], column)
            out[f"high_{place}"] = self.say.key_in(high[place], column)
        return out


def flagged(clauses: Sequence[Clause], labels: Sequence[str]) -> list[Expression]:
    """Conditions as 0 or 1, so that every database can add them up."""
    return [
        sa.case((clause, 1), else_=0).label(label)
        for clause, label in zip(clauses, labels, strict=True)
    ]
