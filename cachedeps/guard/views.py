"""Writes to a view that the same text made: they reach the table beneath it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cachedeps.parse.foreign.tree import (
    Assignment,
    Kind,
    Name,
    Node,
    Query,
    Statement,
    Verb,
    View,
    Write,
)

Views = Mapping[str, View]
_DEEPEST = 10


def made_views(statements: tuple[Statement, ...]) -> Views:
    """The views that a text makes, by their names in lower case."""
    return {s.view.name.name.lower(): s.view for s in statements if s.view is not None}


def seen_through(statement: Statement, views: Views) -> Statement:
    """The statement with each write to such a view taken for a write to its table.

    A view that is more than columns and rows of one table makes the statement opaque.
    """
    if not views:
        return statement
    writes, opaque = [], statement.opaque
    for write in statement.writes:
        for _ in range(_DEEPEST):
            view = views.get(write.table.name.lower())
            if view is None or write.verb in {Verb.DROP, Verb.DROP_VIEW}:
                break
            beneath = _beneath(write, view)
            if beneath is None:
                opaque = opaque or f"{view.name} is a view that this text makes; write its table"
                break
            write = beneath
        writes.append(write)
    return replace(statement, writes=tuple(writes), opaque=opaque)


def _beneath(write: Write, view: View) -> Write | None:
    query = view.query
    if query is None or query.parts or query.limited or len(query.sources) != 1:
        return None
    base = query.sources[0]
    names = _columns(view, query)
    if names is None or base.query is not None or _groups(query):
        return None
    own = {"", write.table.known_as.lower()}
    moved = _Renaming(names, own)
    try:
        where = moved.node(write.where) if write.where is not None else None
        assignments = tuple(moved.assigned(write.assignments))
        conflict = write.conflict
        if conflict is not None:
            conflict = replace(
                conflict,
                columns=tuple(names.get(c.lower(), c) for c in conflict.columns),
                assignments=tuple(moved.assigned(conflict.assignments)),
                where=moved.node(conflict.where) if conflict.where is not None else None,
            )
    except _BeyondRenaming:
        return None
    chosen = _Renaming({}, {base.name.known_as.lower()}).node(query.where) if query.where else None
    both = [part for part in (chosen, where) if part is not None]
    return replace(
        write,
        table=Name(base.name.name, base.name.schema, write.table.known_as),
        where=Node(Kind.AND, args=tuple(both)) if len(both) > 1 else next(iter(both), None),
        assignments=assignments,
        conflict=conflict,
        columns=tuple(names.get(c.lower(), c) for c in write.columns),
    )


def _groups(query: Query) -> bool:
    """GROUP BY, DISTINCT and the like; no database writes through those, or not row by row."""
    return any(other.kind is Kind.OTHER and other.text != "Order" for other in query.others)


def _columns(view: View, query: Query) -> dict[str, str] | None:
    """The table's column for each of the view's that has another name; None where unknown."""
    outputs = query.outputs
    if any(value.kind is Kind.STAR for _, value in outputs):
        return {} if len(outputs) == 1 and not view.columns else None
    named = view.columns or tuple(name for name, _ in outputs)
    if len(named) != len(outputs):
        return None
    return {
        name.lower(): value.text
        for name, (_, value) in zip(named, outputs, strict=True)
        if value.kind is Kind.COLUMN
    }


class _BeyondRenaming(Exception):  # noqa: N818  (caught within this file)
    """A sub-select may read the view's columns under any name."""


class _Renaming:
    """Gives the view's columns the names of the table's."""

    def __init__(self, names: Mapping[str, str], own: set[str]) -> None:
        self._names = names
        self._own = own
        self._same = all(name == column.lower() for name, column in names.items())

    def node(self, node: Node) -> Node:
        if node.query is not None and not self._same:
            raise _BeyondRenaming
        args = tuple(self.node(arg) for arg in node.args)
        if node.kind is not Kind.COLUMN or node.table.lower() not in self._own:
            return replace(node, args=args)
        return replace(node, text=self._names.get(node.text.lower(), node.text), table="")

    def assigned(self, assignments: tuple[Assignment, ...]) -> Iterator[Assignment]:
        for each in assignments:
            column = self._names.get(each.column.lower(), each.column)
            yield Assignment(column, self.node(each.value))
