"""Row choices as WHERE clauses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ClauseList, Grouping

from cachedeps.domain.model import ColumnRef, Equality, OwnerPath, Predicate, TableRef, Term
from cachedeps.domain.rows import (
    AllOf,
    Always,
    AnyOf,
    ComputedBefore,
    ComputedEarlier,
    Holds,
    IsNull,
    KeyIn,
    Linked,
    Matches,
    Never,
    OwnerIn,
    RowNode,
    StampBad,
    StampNotGood,
    Within,
)
from cachedeps.domain.schema import LiveColumn, TypeKind
from cachedeps.errors import SchemaMismatchError, ScopeError, UnsupportedError
from cachedeps.sql.expressions import Expression, Expressions
from cachedeps.sql.keys import key_in
from cachedeps.sql.tables import Catalog, as_clause
from cachedeps.sql.weights import Weights

Clause = sa.ColumnElement[bool]
Row = sa.FromClause
CAN_TELL_ONCE = frozenset({"sqlite", "postgresql"})
"""Databases where WITH may stand before an UPDATE and a DELETE."""


class RowSets:
    """Builds the WHERE clause of a row choice for a row of a given table.

    Args:
        nodes: the plan's row choices.
        catalog: the live tables.
        expressions: the database's way of saying things.
    """

    def __init__(
        self, nodes: Sequence[RowNode], catalog: Catalog, expressions: Expressions
    ) -> None:
        self._nodes = nodes
        self._catalog = catalog
        self._say = expressions
        self._aliases = 0
        self._weights = Weights(nodes)
        self._tells_once = catalog.dialect in CAN_TELL_ONCE
        self._told: dict[int, sa.CTE] = {}
        self._is_heavy = False

    def clause(self, place: int, ref: TableRef, row: Row) -> Clause:
        """The condition that a row of ``ref``, given as ``row``, is chosen.

        Raises:
            UnsupportedError: the condition is too large to be one statement.
            SchemaMismatchError: a column or table it reads does not exist.
        """
        self._is_heavy = self._tells_once and self._weights.is_heavy(place)
        self._weights.check(place, ref, told_once=self._is_heavy)
        self._aliases = 0
        return self._clause(place, ref, row)

    def _clause(self, place: int, ref: TableRef, row: Row) -> Clause:
        node = self._nodes[place]
        if isinstance(node, AllOf):
            return sa.and_(*(self._clause(child, ref, row) for child in node.children))
        if isinstance(node, AnyOf):
            return sa.or_(*(self._clause(child, ref, row) for child in node.children))
        if isinstance(node, Linked):
            return self._linked(node, ref, row)
        if isinstance(node, Always):
            return sa.true()
        if isinstance(node, Never):
            return sa.false()
        return self._plain(node, ref, row)

    def _plain(self, node: RowNode, ref: TableRef, row: Row) -> Clause:
        if isinstance(node, Matches):
            return self.predicate(node.predicate, ref, row)
        if isinstance(node, StampNotGood | StampBad):
            return self._stamp(node, ref, row)
        if isinstance(node, KeyIn):
            return self._keys(node, ref, row)
        if isinstance(node, OwnerIn):
            return self._owned(node, ref, row)
        return self._times_and_values(node, ref, row)

    def _times_and_values(self, node: RowNode, ref: TableRef, row: Row) -> Clause:
        if isinstance(node, Within):
            return self._within(node, ref, row)
        if isinstance(node, ComputedBefore):
            expression, live = self._column(ref, row, node.column)
            late = self._say.before(expression, live, node.moment, "fixed_at")
            return late if node.keep_unstamped else sa.or_(expression.is_(None), late)
        if isinstance(node, ComputedEarlier):
            return self._earlier(node, (ref, row), (ref, row))
        if isinstance(node, IsNull):
            return self._column(ref, row, node.column)[0].is_(None)
        if isinstance(node, Holds):
            return self._holds(node, ref, row)
        message = f"no such row choice: {node!r}"
        raise UnsupportedError(message)

    def _column(self, ref: TableRef, row: Row, name: str) -> tuple[Expression, LiveColumn]:
        return row.c[self._catalog.column(ref, name).name], self._catalog.column(ref, name)

    def predicate(self, predicate: Predicate, ref: TableRef, row: Row) -> Clause:
        """The predicate's own text, with its columns qualified and quoted.

        Raises:
            ScopeError: the table lacks a column that the predicate reads.
        """
        parts: list[Any] = []
        for part in predicate.parts:
            if isinstance(part, ColumnRef):
                live = _named(self._catalog.table(ref).columns, part.name)
                if live is None:
                    message = (
                        f"table {ref} has no column {part.name}, which {predicate.text!r} reads"
                    )
                    hint = 'name the table: --where "TABLE: predicate"'
                    raise ScopeError(message, hint=hint)
                parts.append(row.c[live.name])
            elif part.strip():
                parts.append(sa.literal_column(self._say.predicate_text(part)))
        return Grouping(ClauseList(*parts, operator=None, group=False))  # type: ignore[arg-type]

    def _stamp(self, node: StampNotGood | StampBad, ref: TableRef, row: Row) -> Clause:
        expression, live = self._column(ref, row, node.column)
        version = self._say.exact(expression, live)
        if node.divide:
            version = self._say.quotient(expression, node.divide)
        if isinstance(node, StampNotGood):
            told: Clause = version.not_in([self._version(v, live) for v in node.good])
        else:
            listed = [version.in_([self._version(v, live) for v in node.bad])] if node.bad else []
            ranges = [
                version.between(self._version(low, live), self._version(high, live))
                for low, high in self._ranges(node, live)
            ]
            told = sa.or_(*listed, *ranges)
        return told if node.keep_unstamped else sa.or_(expression.is_(None), told)

    @staticmethod
    def _ranges(node: StampBad, live: LiveColumn) -> tuple[tuple[int, int], ...]:
        if node.ranges and live.kind is TypeKind.TEXT:
            # as text '10' lies before '9'
            message = f"the stamp {live.name} is {live.type}, and ranges are for integers only"
            raise ScopeError(message, hint="list the bad versions: --bad-version A,B,C")
        return node.ranges

    def _version(self, value: int | str, live: LiveColumn) -> Expression:
        numeric = live.kind in {TypeKind.INTEGER, TypeKind.DECIMAL, TypeKind.FLOAT}
        if numeric and isinstance(value, str):
            try:
                value = int(value)
            except ValueError:
                message = f"version {value!r} cannot stand in the {live.type} column {live.name}"
                raise SchemaMismatchError(message, hint="cachedeps check") from None
        if live.kind is TypeKind.TEXT:
            value = str(value)
        return self._say.literal(value, live, "version")

    def _keys(self, node: KeyIn, ref: TableRef, row: Row) -> Clause:
        return key_in(node.keys, ref, row, self._catalog.key(ref), self._say)

    def _owned(self, node: OwnerIn, ref: TableRef, row: Row) -> Clause:
        rows, clauses, label = self.owner(node.owner, ref, row)
        told = label.in_([sa.bindparam("owner", value, unique=True) for value in node.labels])
        if not rows:
            return sa.and_(told, *clauses)
        return _any_of(rows, [*clauses, told])

    def owner(
        self, owner: OwnerPath, ref: TableRef, row: Row
    ) -> tuple[list[Row], list[Clause], Expression]:
        """The rows that the path joins, the conditions that join them, and the label."""
        reached, clauses = self._join(owner.equalities, ref, row)
        table = owner.label.table
        label_row, label_ref = (row, ref) if table is None else (reached[table], table)
        if owner.where is not None:
            clauses.append(self.predicate(owner.where, label_ref, label_row))
        label, _ = self._column(label_ref, label_row, self._name(owner.label, label_ref))
        return list(reached.values()), clauses, label

    def owned(self, owner: OwnerPath, ref: TableRef, row: Row) -> tuple[Row, Expression]:
        """The rows with their owner path joined from outside: rows without one stay."""
        reached, clauses, label = self.owner(owner, ref, row)
        if not reached:
            # the filter of a path without a link: whom it leaves out has no owner here either
            return row, sa.case((sa.and_(*clauses), label)) if clauses else label
        path = reached[0]
        for other in reached[1:]:
            path = path.join(other, sa.true())
        return row.outerjoin(path, sa.and_(*clauses)), label

    def _join(
        self,
        equalities: Sequence[Equality],
        ref: TableRef,
        row: Row,
        told: dict[TableRef, Row] | None = None,
    ) -> tuple[dict[TableRef, Row], list[Clause]]:
        terms = [term for equality in equalities for term in (equality.left, equality.right)]
        reached: dict[TableRef, Row] = dict(told or {})
        for term in terms:
            if term.table is not None and term.table not in reached:
                reached[term.table] = self._alias(term.table)

        def side(term: Term) -> tuple[Expression, LiveColumn]:
            table = ref if term.table is None else term.table
            at = row if term.table is None else reached[term.table]
            return self._column(table, at, self._name(term, table))

        clauses: list[Clause] = []
        for equality in equalities:
            (left, left_live), (right, right_live) = side(equality.left), side(equality.right)
            clauses.append(self._equal(left, left_live, right, right_live))
        return reached, clauses

    @staticmethod
    def _equal(
        left: Expression, left_live: LiveColumn, right: Expression, right_live: LiveColumn
    ) -> Clause:
        if (
            TypeKind.TEXT in {left_live.kind, right_live.kind}
            and left_live.kind != right_live.kind
        ):
            # an id kept as text links to an id kept as a number
            left = left if left_live.kind is TypeKind.TEXT else sa.cast(left, sa.String)
            right = right if right_live.kind is TypeKind.TEXT else sa.cast(right, sa.String)
        return left == right

    def _name(self, term: Term, ref: TableRef) -> str:
        if term.column is not None:
            return term.column
        key = self._catalog.key(ref)
        if len(key) != 1:
            message = f"{ref} has a key of {len(key)} columns; a path has to name the column"
            raise SchemaMismatchError(message, hint='write the path as a list: ["a = t.b", ...]')
        return key[0].name

    def _alias(self, ref: TableRef) -> Row:
        """One more row of a table, under a name that no table has."""
        self._aliases += 1
        while f"t{self._aliases}" in self._catalog.names:
            self._aliases += 1
        return as_clause(self._catalog.table(ref)).alias(f"t{self._aliases}")

    def _free(self, name: str) -> str:
        return self._free(f"{name}_") if name in self._catalog.names else name

    def _linked(self, node: Linked, ref: TableRef, row: Row) -> Clause:
        told = self._rows_told_once(node) if self._is_heavy else None
        reached, clauses = self._join(node.equalities, ref, row, told)
        target = reached.get(node.table)
        if target is None:
            target = reached[node.table] = self._alias(node.table)
        if node.newer is not None:
            clauses.append(self._earlier(node.newer, (ref, row), (node.table, target)))
        if told is None and not isinstance(self._nodes[node.child], Always):
            clauses.append(self._clause(node.child, node.table, target))
        return _any_of(list(reached.values()), clauses)

    def _rows_told_once(self, node: Linked) -> dict[TableRef, Row] | None:
        """The linked rows under a name at the statement's head: no nesting, no repetition."""
        if isinstance(self._nodes[node.child], Always):
            return None
        first, columns = self._needs(node.child, node.table)
        if first not in self._told:
            outside, self._aliases = self._aliases, 0
            row = self._alias(node.table)
            shown = [row.c[name] for name in columns] or [sa.literal_column("1").label("one")]
            chosen = sa.select(*shown).where(self._clause(node.child, node.table, row))
            self._told[first] = chosen.select_from(row).cte(self._free(f"rows{first}"))
            self._aliases = outside
        return {node.table: self._told[first]}

    def _needs(self, child: int, table: TableRef) -> tuple[int, tuple[str, ...]]:
        """The first link to these rows, and the columns that any link reads of them."""
        names: set[str] = set()
        first = None
        for place, node in enumerate(self._nodes):
            if isinstance(node, Linked) and (node.child, node.table) == (child, table):
                first = place if first is None else first
                sides = [side for each in node.equalities for side in (each.left, each.right)]
                names |= {self._name(side, table) for side in sides if side.table == table}
                names |= {node.newer.changed_at} if node.newer else set()
        live = (self._catalog.column(table, name).name for name in sorted(names))
        return first or 0, tuple(dict.fromkeys(live))

    def _earlier(
        self, node: ComputedEarlier, here: tuple[TableRef, Row], there: tuple[TableRef, Row]
    ) -> Clause:
        computed, computed_live = self._column(*here, node.computed_at)
        changed, changed_live = self._column(*there, node.changed_at)
        told = self._say.earlier(computed, computed_live, changed, changed_live)
        if node.unknown_counts:
            told = sa.or_(changed.is_(None), told)
        if node.keep_unstamped:
            return sa.and_(computed.is_not(None), told)
        return sa.or_(computed.is_(None), told)

    def _within(self, node: Within, ref: TableRef, row: Row) -> Clause:
        expression, live = self._column(ref, row, node.column)
        clauses = []
        if node.since is not None:
            clauses.append(self._say.at_or_after(expression, live, node.since, "since"))
        if node.until is not None:
            clauses.append(self._say.before(expression, live, node.until, "until"))
        return sa.and_(*clauses)

    def _holds(self, node: Holds, ref: TableRef, row: Row) -> Clause:
        expression, live = self._column(ref, row, node.column)
        if node.empty is None:
            return sa.not_(self._say.is_null(expression, live))
        empty = self._say.literal(node.empty, live, "empty")
        differs = self._say.exact(expression, live) != self._say.exact(empty, live)
        return sa.and_(sa.not_(self._say.is_null(expression, live)), differs)


def _any_of(rows: Sequence[Row], clauses: Sequence[Clause]) -> Clause:
    """That rows exist for which all clauses hold.

    Two of them may be linked to the row outside alone, and not to each other: they are joined
    in so many words, or the toolkit would take it for a mistake and warn.
    """
    beside = reduce(lambda joined, other: joined.join(other, sa.true()), rows)
    query: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(beside)
    return sa.exists(query.where(*clauses).correlate_except(*rows))


def _named(columns: Sequence[LiveColumn], name: str) -> LiveColumn | None:
    """The column that SQL text means by ``name``: exactly so, else without regard to case."""
    exact = next((c for c in columns if c.name == name), None)
    return exact or next((c for c in columns if c.name.casefold() == name.casefold()), None)
