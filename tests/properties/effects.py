"""What a small world looks like after an apply, worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping

from tests.properties.oracle import Cells
from tests.properties.world import Cache, Key, Row, Value, World

MARKS = "mark"


def together(world: World, cells: Cells, planned: frozenset[str]) -> Cells:
    """The cells of each planned cache, where marks of one shared stamp go together."""
    found: Cells = {}
    for node in planned:
        group = [other for other in planned if _marks_with(world.cache(node), world.cache(other))]
        keys = frozenset[Key]().union(*(cells.get(other, frozenset()) for other in (node, *group)))
        if keys:
            found[node] = keys
    return found


def _marks_with(one: Cache, other: Cache) -> bool:
    return (
        one.reset == other.reset == MARKS
        and one.table == other.table
        and one.mark_column == other.mark_column
    )


def shares_a_mark(world: World) -> bool:
    """Whether some cache loses its stamp to another one's mark."""
    marked = {(c.table, c.mark_column, c.node) for c in world.caches if c.reset == MARKS}
    return any(
        cache.table == table and cache.node != node and column in _ages(cache)
        for table, column, node in marked
        for cache in world.caches
    )


def _ages(cache: Cache) -> set[str | None]:
    return {cache.computed_at, *(stamp.column for stamp in cache.stamps)}


def applied(world: World, cells: Cells) -> Mapping[str, tuple[Row, ...]]:
    """The world's rows after exactly these cells were reset."""
    return {
        table: tuple(
            dict(row) | _changes(world, table, row, cells)
            for row in rows
            if not _is_deleted(world, table, row, cells)
        )
        for table, rows in world.rows.items()
    }


def _touching(world: World, table: str, row: Row, cells: Cells) -> list[Cache]:
    key = world.key(table, row)
    return [c for c in world.caches if c.table == table and key in cells.get(c.node, frozenset())]


def _is_deleted(world: World, table: str, row: Row, cells: Cells) -> bool:
    return any(c.reset == "delete_row" for c in _touching(world, table, row, cells))


def _changes(world: World, table: str, row: Row, cells: Cells) -> dict[str, Value]:
    changes: dict[str, Value] = {}
    for cache in _touching(world, table, row, cells):
        if cache.reset == MARKS:
            changes[cache.mark_column] = None
        elif cache.reset == "null":
            changes[cache.column] = None
        elif cache.reset.startswith("="):
            changes[cache.column] = cache.reset[1:]
    return changes
