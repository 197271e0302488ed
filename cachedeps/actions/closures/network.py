"""The foreign keys around one table: what goes, or changes, where its rows are deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from cachedeps.actions.bind import load_catalog
from cachedeps.actions.closures.freeze import Frozen, declared_as
from cachedeps.actions.context import Context
from cachedeps.db.inspect import references
from cachedeps.domain.closure import Link
from cachedeps.domain.model import TableRef
from cachedeps.sql.tables import Catalog

CASCADE = "CASCADE"
SETS = frozenset({"SET NULL", "SET DEFAULT"})


@dataclass(frozen=True)
class Network:
    """The tables that a DELETE can reach, and the foreign keys by which it does.

    ``root`` is the table that the statement names; ``deleted`` are the tables whose rows can
    go, referred-to tables before those that refer to them (as far as there are no circles);
    ``knots`` are tables of it in circles, or that refer to themselves.
    """

    root: TableRef
    catalog: Catalog
    links: tuple[Link, ...]
    deleted: tuple[TableRef, ...]
    knots: frozenset[TableRef]
    names: Mapping[TableRef, str]

    def from_parent(self, ref: TableRef) -> tuple[Link, ...]:
        """The foreign keys that point to a table."""
        return tuple(link for link in self.links if link.parent == ref)


def read_network(context: Context, connection: Connection, frozen: Frozen) -> Network:
    """Follows every foreign key to the statement's table, and on from there where rows go.

    Args:
        context: the declaration and the open database.
        connection: a connection inside a transaction; only the catalog is read.
        frozen: a DELETE.
    """
    root = frozen.table.ref
    dialect = context.session.dialect.name
    names: dict[TableRef, str] = {root: frozen.name}
    keys: dict[TableRef, tuple[str, ...]] = {
        root: tuple(column.name for column in frozen.table.key)
    }
    pending, asked = [root], {root}
    while pending:
        parent = pending.pop()
        for found in references(connection, parent, dialect=dialect):
            names[found.table], declared = declared_as(context, found.table)
            keys.setdefault(found.table, declared)
            if found.on_delete == CASCADE and found.table not in asked:
                asked.add(found.table)
                pending.append(found.table)
    catalog = load_catalog(context, connection, set(names), keys=keys)
    links = tuple(_links(catalog, names, asked))
    order, knots = _ordered(root, catalog, asked)
    return Network(root, catalog, links, order, knots, names)


def _links(
    catalog: Catalog, names: Mapping[TableRef, str], deleted: set[TableRef]
) -> Iterator[Link]:
    for child in sorted(names, key=str):
        for key in catalog.table(child).foreign_keys:
            if key.target not in deleted:
                continue
            sets = (key.sets or key.columns) if key.on_delete in SETS else ()
            yield Link(
                child,
                key.columns,
                key.target,
                key.target_columns,
                key.on_delete or "NO ACTION",
                sets,
            )


def _ordered(
    root: TableRef, catalog: Catalog, deleted: set[TableRef]
) -> tuple[tuple[TableRef, ...], frozenset[TableRef]]:
    """Referred-to tables first; the tables of a circle stand together, as they come."""
    refers = {
        ref: {key.target for key in catalog.table(ref).foreign_keys} & deleted for ref in deleted
    }
    knots = {ref for ref in deleted if ref in _reached(ref, refers)}
    order: list[TableRef] = []
    left = sorted(deleted, key=lambda ref: (ref != root, str(ref)))
    while left:
        free = [ref for ref in left if not (refers[ref] - {ref} - set(order))]
        # where nothing is free a circle is next: all that refers to no more than it
        chosen = free or [ref for ref in left if ref in knots and _only_circle(ref, refers, order)]
        order += chosen or left
        left = [ref for ref in left if ref not in order]
    return tuple(order), frozenset(knots)


def _reached(ref: TableRef, refers: Mapping[TableRef, set[TableRef]]) -> set[TableRef]:
    found: set[TableRef] = set()
    pending = set(refers[ref])
    while pending:
        here = pending.pop()
        if here not in found:
            found.add(here)
            pending |= refers[here]
    return found


def _only_circle(
    ref: TableRef, refers: Mapping[TableRef, set[TableRef]], order: list[TableRef]
) -> bool:
    """Whether all that a table still waits for waits for it, too."""
    return all(
        ref in _reached(other, refers) for other in _reached(ref, refers) - set(order) - {ref}
    )
