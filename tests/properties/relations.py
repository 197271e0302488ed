"""How rows belong to rows, and whether a condition holds: by trying every combination."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from tests.properties.predicates import holds
from tests.properties.world import Condition, Path, Row, Value, World


def linked(world: World, via: Path | None, table: str, place: int, row: Row) -> Iterable[int]:
    """The places of the rows of ``table`` that this row belongs to."""
    if via is None:
        return [place]
    return [p for p in range(len(world.rows[table])) if _joins(world, via, row, p)]


def meets(world: World, condition: Condition | None, row: Row) -> bool:
    """Whether the condition holds for this row; no condition holds for every row."""
    if condition is None:
        return True
    if condition.via is None:
        return holds(condition.predicate, row)
    return any(
        holds(condition.predicate, other) and _joins(world, condition.via, row, place)
        for place, other in enumerate(world.rows[condition.via.target])
    )


def _joins(world: World, via: Path, row: Row, target: int) -> bool:
    names = {side.split(".")[0] for pair in via.equalities for side in pair if "." in side}
    between = sorted(names - {via.target})
    for others in product(*(world.rows[name] for name in between)):
        known = dict(zip(between, others, strict=True))
        known[via.target] = world.rows[via.target][target]
        if all(_equal(pair, row, known) for pair in via.equalities):
            return True
    return False


def _equal(pair: tuple[str, str], row: Row, known: dict[str, Row]) -> bool:
    values: list[Value] = []
    for side in pair:
        table, dot, column = side.partition(".")
        values.append(known[table][column] if dot else row[side])
    return values[0] is not None and values[0] == values[1]
