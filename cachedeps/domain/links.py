"""Conditions and joins of the declaration, as row choices."""

from __future__ import annotations

from cachedeps.domain.model import Condition, Edge, TableRef
from cachedeps.domain.rows import Arena, ComputedEarlier, Linked, Matches


class Links:
    """Makes row choices of what edges say about rows.

    Args:
        arena: where the row choices are made.
    """

    def __init__(self, arena: Arena) -> None:
        self._arena = arena

    def condition(self, condition: Condition | None) -> int:
        """The rows for which a condition holds; every row where there is none."""
        if condition is None:
            return self._arena.always
        there = self._arena.add(Matches(condition.predicate))
        if condition.via is None:
            return there
        via = condition.via
        return self._arena.linked(Linked(via.target, via.equalities, there))

    def follow(
        self,
        edge: Edge,
        origin: TableRef,
        child: int,
        here: TableRef,
        newer: ComputedEarlier | None = None,
    ) -> int:
        """The rows of ``here`` to which the rows ``child`` of ``origin`` come along an edge.

        With ``newer`` only rows that were computed before their source row changed.
        """
        return self._arena.all_of(
            (self._across(edge, origin, child, here, newer), self.condition(edge.when))
        )

    def _across(
        self,
        edge: Edge,
        origin: TableRef,
        child: int,
        here: TableRef,
        newer: ComputedEarlier | None,
    ) -> int:
        if edge.via is None and origin == here:
            return child if newer is None else self._arena.all_of((child, self._arena.add(newer)))
        equalities = edge.via.equalities if edge.via else ()
        return self._arena.linked(Linked(origin, equalities, child, newer))
