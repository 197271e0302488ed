"""The writes of a statement: which table, which columns, which rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cachedeps.parse.foreign.convert import (
    Known,
    conjunction,
    name_of,
    node,
    on_of,
    outer_of,
    query,
    source,
    sources,
    with_ctes,
)
from cachedeps.parse.foreign.tree import (
    Assignment,
    Conflict,
    Kind,
    Name,
    Node,
    Query,
    Source,
    Verb,
    Write,
)


def writes_of(tree: Any, parts: tuple[Any, ...], *, replaces: bool) -> Iterator[Write]:
    """Every write of the statement, those within WITH too."""
    from sqlglot import exp

    known = with_ctes(tree, {})
    for part in parts:
        if isinstance(part, exp.DML) and part is not tree and part.find_ancestor(exp.When) is None:
            yield from _one(part, with_ctes(part, known), replaces=False)
    yield from _one(tree, known, replaces=replaces)


def _one(e: Any, known: Known, *, replaces: bool) -> Iterator[Write]:
    writers = {
        "Update": _updates,
        "Delete": _deletes,
        "Merge": _merges,
        "TruncateTable": _truncates,
        "Create": _creates,
        "Copy": _loads,
        "Select": _into,
    }
    kind = type(e).__name__
    if kind == "Insert":
        yield _insert(e, known, replaces=replaces)
    elif kind in writers:
        for write in writers[kind](e, known):
            yield _replacing(write) if replaces else write


def _replacing(write: Write) -> Write:
    return Write(
        write.verb, write.table, write.assignments, write.where, write.limited, write.sources,
        Conflict(replaces=True),
    )  # fmt: skip


def _where(e: Any, known: Known, conditions: list[Node]) -> Node | None:
    where = e.args.get("where")
    return conjunction([*conditions, *([node(where.this, known)] if where else [])])


def _limited(e: Any) -> bool:
    return bool(e.args.get("limit") or e.args.get("offset"))


def _targets(table: Any, known: Known) -> tuple[list[Name], list[Source], list[Node]]:
    """The table of an UPDATE or DELETE and those that are joined to it, and the conditions."""
    joined: list[Source] = []
    conditions: list[Node] = []
    pending = list(table.args.get("joins") or ())
    while pending:
        part = pending.pop(0)
        if part.args.get("on") is not None:
            conditions.append(on_of(part, known))
        joined.append(replace(source(part.this, known), outer=outer_of(part, known)))
        pending = [*(part.this.args.get("joins") or ()), *pending]
    first = name_of(table) if type(table).__name__ == "Table" else Name("")
    return [first, *(s.name for s in joined)], joined, conditions


def _updates(e: Any, known: Known) -> Iterator[Write]:
    names, joined, conditions = _targets(e.this, known)
    extra, more = sources(e, known)
    where = _where(e, known, [*conditions, *more])
    assigned = [a for part in e.expressions for a in _assignments(part, known)]
    first = names[0]
    for name in names:
        mine = tuple(
            a for a in assigned if _belongs(a, name, alone=not joined, first=name is first)
        )
        if mine or name is first:
            rest = tuple(s for s in joined if s.name is not name)
            if name is not first:
                rest = (Source(first), *rest)
            yield Write(Verb.UPDATE, name, mine, where, _limited(e), (*rest, *extra))


def _belongs(assignment: Assignment, name: Name, *, alone: bool, first: bool) -> bool:
    if alone or not assignment.table:
        # without its table's name a column may be any table's
        return alone or first or not assignment.table
    return assignment.table.lower() == name.known_as.lower()


def _assignments(e: Any, known: Known) -> Iterator[Assignment]:
    left = e.this
    if type(left).__name__ in {"Tuple", "Paren"}:
        columns = list(left.expressions) or [left.this]
        yield from _paired(columns, e.expression, known)
        return
    while type(left).__name__ in {"Bracket", "Dot"}:
        left = left.this
    table = left.table if hasattr(left, "table") else ""
    value = node(e.expression, known)
    if e.this is not left:
        # a part of the value is kept
        value = Node(Kind.OTHER, "part", (value, Node(Kind.COLUMN, left.name)))
    yield Assignment(left.name, value, table)


def _paired(columns: list[Any], right: Any, known: Known) -> Iterator[Assignment]:
    value = node(right, known)
    values: tuple[Node, ...] = ()
    if value.kind is Kind.TUPLE or (value.kind, value.text) == (Kind.CALL, "row"):
        values = value.args
    elif value.query is not None:
        values = tuple(
            Node(Kind.QUERY, query=replace(value.query, outputs=(output,)))
            for output in value.query.outputs
        )
    elif len(columns) == 1:
        values = (value,)
    for place, column in enumerate(columns):
        one = values[place] if place < len(values) else Node(Kind.OTHER, "row", (value,))
        yield Assignment(column.name, one, getattr(column, "table", ""))


def _deletes(e: Any, known: Known) -> Iterator[Write]:
    names, joined, conditions = _targets(e.this, known) if e.this else ([], [], [])
    if e.args.get("using"):
        # DELETE FROM a, b USING ..: those are targets, not what is joined
        joined = []
    for part in e.args.get("using") or ():
        if type(part).__name__ == "Table":
            _, also, further = _targets(part, known)
            joined = [*joined, source(part, known), *also]
            conditions += further
        else:
            joined.append(source(part, known))
    listed = e.args.get("tables")
    where = _where(e, known, conditions)
    every = [*names, *(s.name for s in joined)]
    if listed:
        chosen = [_named(every, name_of(t)) for t in listed]
    else:
        # DELETE FROM alias USING table alias
        targets = names if e.args.get("using") else names[:1]
        chosen = [
            name if name.alias else _named([s.name for s in joined], name) for name in targets
        ]
        names = chosen
    for name in chosen:
        rest = tuple(s for s in [*(Source(n) for n in names[:1]), *joined] if s.name is not name)
        yield Write(Verb.DELETE, name, where=where, limited=_limited(e), sources=rest)


def _named(names: list[Name], wanted: Name) -> Name:
    for name in names:
        if name.known_as.lower() == wanted.name.lower():
            return name
    return wanted


def _insert(e: Any, known: Known, *, replaces: bool) -> Write:
    schema = e.this
    columns: tuple[str, ...] = ()
    table = schema
    if type(schema).__name__ == "Schema":
        table = schema.this
        columns = tuple(column.name for column in schema.expressions)
    rows = e.expression
    inner = query(rows, known) if rows is not None and rows.args else None
    conflict = _conflict(e.args.get("conflict"), known)
    if (
        replaces
        or str(e.args.get("alternative") or "").upper() == "REPLACE"
        or e.args.get("overwrite")
    ):
        conflict = Conflict(replaces=True)
    return Write(Verb.INSERT, name_of(table), conflict=conflict, columns=columns, rows=inner)


def _conflict(e: Any, known: Known) -> Conflict | None:
    if e is None:
        return None
    action = str(e.args.get("action") or "").upper()
    if "NOTHING" in action or (not e.expressions and "UPDATE" not in action):
        return None
    keys = [
        key.this if type(key).__name__ == "Ordered" else key
        for key in e.args.get("conflict_keys") or ()
    ]
    constraint = e.args.get("constraint")
    where = e.args.get("where")
    return Conflict(
        columns=tuple(key.name for key in keys),
        constraint=constraint.name if constraint is not None else "",
        assignments=tuple(a for part in e.expressions for a in _assignments(part, known)),
        where=node(where.this, known) if where else None,
    )


def _merges(e: Any, known: Known) -> Iterator[Write]:
    name = name_of(e.this)
    using = (source(e.args["using"], known),)
    on = node(e.args["on"], known)
    for arm in e.args["whens"].expressions:
        then = arm.args.get("then")
        condition = arm.args.get("condition")
        conditions = [on, *([node(condition, known)] if condition is not None else [])]
        where = conjunction(conditions)
        if arm.args.get("source"):
            # rows that nothing matches
            where = conjunction(conditions[1:])
        kind = type(then).__name__
        if kind == "Update":
            assigned = tuple(a for part in then.expressions for a in _assignments(part, known))
            yield Write(Verb.UPDATE, name, assigned, where, sources=using, merge_on=on)
        elif kind == "Insert":
            yield Write(Verb.INSERT, name, sources=using)
        elif "DELETE" in str(then).upper():
            yield Write(Verb.DELETE, name, where=where, sources=using, merge_on=on)


def _truncates(e: Any, known: Known) -> Iterator[Write]:
    if not e.args.get("is_database"):
        for table in e.expressions:
            inner = table.this if type(table).__name__ == "Alias" else table
            yield Write(Verb.TRUNCATE, name_of(inner))


def _creates(e: Any, known: Known) -> Iterator[Write]:
    if e.args.get("replace") and str(e.args.get("kind") or "").upper() == "TABLE":
        table = e.this.this if type(e.this).__name__ == "Schema" else e.this
        yield Write(Verb.DROP, name_of(table))


def _loads(e: Any, known: Known) -> Iterator[Write]:
    # kind: True for FROM, False for TO
    if e.args.get("kind"):
        table = e.this.this if type(e.this).__name__ == "Schema" else e.this
        yield Write(Verb.LOAD, name_of(table))


def _into(e: Any, known: Known) -> Iterator[Write]:
    into = e.args.get("into")
    if into is not None and type(into.this).__name__ == "Table":
        yield Write(Verb.INSERT, name_of(into.this))


def reads_of(tree: Any) -> Iterator[Query]:
    """The queries of a statement that only reads, or that an INSERT or CREATE takes rows from."""
    from sqlglot import exp

    known = with_ctes(tree, {})
    if isinstance(tree, exp.Query | exp.Values):
        yield query(tree, known)
    elif type(tree).__name__ == "Create" and isinstance(tree.expression, exp.Query):
        yield query(tree.expression, known)
