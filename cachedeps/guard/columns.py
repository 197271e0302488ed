"""Which columns a table has, as far as the declaration tells."""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Equality, Table


def declared_columns(table: Table) -> frozenset[str]:
    """Every column that the declaration names as the table's own, in lower case."""
    names = [*table.key, *table.not_caches, *([table.time] if table.time else [])]
    for cache in table.caches:
        names += [cache.column, *(stamp.column for stamp in cache.stamps)]
        names += [cache.computed_at] if cache.computed_at else []
    if table.owner is not None and table.owner.label.table is None and table.owner.label.column:
        names.append(table.owner.label.column)
    if table.test_rows is not None:
        names += table.test_rows.columns
    return frozenset(name.lower() for name in names)


def known_columns(graph: Graph, table: Table) -> frozenset[str]:
    """The declared columns, and those that paths from any table go through, in lower case."""
    names = set(declared_columns(table))
    names |= {reference.split("->", 1)[0].strip().lower() for reference in table.references}
    for other in graph.tables.values():
        for equality in _equalities(other):
            for term in (equality.left, equality.right):
                holder = other.ref if term.table is None else term.table
                if term.column and holder.name.lower() == table.ref.name.lower():
                    names.add(term.column.lower())
        if other.owner is not None and other.owner.label.table == table.ref:
            names.add((other.owner.label.column or "id").lower())
    for upstream in graph.upstreams.values():
        if upstream.source is not None and upstream.source.table == table.ref:
            names |= {column.lower() for column in upstream.source.columns}
    return frozenset(names)


def _equalities(table: Table) -> Iterator[Equality]:
    if table.owner is not None:
        yield from table.owner.equalities
    for cache in table.caches:
        for edge in cache.edges:
            if edge.via is not None:
                yield from edge.via.equalities
