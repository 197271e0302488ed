"""The parser's expressions as our own nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cachedeps.parse.foreign.tree import Kind, Name, Node, Query, Source

Known = Mapping[str, Query]

_COMPARISONS = {
    "EQ": "=",
    "NEQ": "<>",
    "GT": ">",
    "GTE": ">=",
    "LT": "<",
    "LTE": "<=",
    "NullSafeEQ": "<=>",
    "NullSafeNEQ": "is distinct",
}
_ARITHMETIC = {
    "Add": "+",
    "Sub": "-",
    "Mul": "*",
    "Div": "/",
    "IntDiv": "div",
    "Mod": "%",
    "Neg": "-",
    "BitwiseAnd": "&",
    "BitwiseOr": "|",
    "BitwiseXor": "^",
    "BitwiseNot": "~",
    "BitwiseLeftShift": "<<",
    "BitwiseRightShift": ">>",
}
_LIKES = {"Like", "ILike", "SimilarTo", "RegexpLike", "RegexpILike", "Glob"}
_TRANSPARENT = {"Paren", "Alias", "Ordered", "Distinct"}
_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def name_of(table: Any) -> Name:
    """A table's name, schema and alias."""
    schema = table.args.get("db")
    return Name(table.name, schema.name if schema else None, table.alias)


def node(e: Any, known: Known) -> Node:
    """One expression; a part that has no kind of its own becomes OTHER, its parts kept."""
    kind = type(e).__name__
    if kind in _TRANSPARENT:
        return node(e.this, known) if e.this is not None else _other(e, known)
    for convert in (_leaf, _joined, _test, _compound):
        found = convert(e, kind, known)
        if found is not None:
            return found
    return _other(e, known)


def _leaf(e: Any, kind: str, known: Known) -> Node | None:
    if kind == "Column":
        return _column(e, known)
    if kind == "Literal":
        return Node(Kind.TEXT if e.is_string else Kind.NUMBER, e.name)
    if kind == "Boolean":
        return Node(Kind.TRUE if e.this else Kind.FALSE)
    if kind in {"Null", "Star"}:
        return Node(Kind(kind.lower()))
    if kind in {"Placeholder", "Parameter", "SessionParameter"}:
        return Node(Kind.PARAMETER, e.name)
    if kind in {"Identifier", "Var"}:
        return _word(e, kind)
    if kind in {"National", "RawString", "UnicodeString", "ByteString", "HexString"}:
        return Node(Kind.TEXT, e.name)
    return None


def _column(e: Any, known: Known) -> Node:
    if type(e.this).__name__ == "Star":
        return Node(Kind.STAR, table=e.table)
    if type(e.this).__name__ != "Identifier":
        return node(e.this, known)
    if not e.this.quoted and not e.table and e.name.lower() == "default":
        return Node(Kind.DEFAULT)
    return Node(Kind.COLUMN, e.name, table=e.table, quoted=bool(e.this.quoted))


def _word(e: Any, kind: str) -> Node:
    if e.name.lower() == "default":
        return Node(Kind.DEFAULT)
    quoted = kind == "Identifier" and bool(e.args.get("quoted"))
    return (
        Node(Kind.COLUMN, e.name, quoted=quoted)
        if kind == "Identifier"
        else Node(Kind.OTHER, e.name)
    )


def _joined(e: Any, kind: str, known: Known) -> Node | None:
    """AND and OR, whose chains may be thousands long."""
    if kind not in {"And", "Or"}:
        return None
    out: list[Node] = []
    pending = [e]
    while pending:
        part = pending.pop()
        if type(part) is type(e):
            pending += [part.expression, part.this]
        elif type(part).__name__ == "Paren" and type(part.this) is type(e):
            pending.append(part.this)
        else:
            out.append(node(part, known))
    return Node(Kind(kind.lower()), args=tuple(out))


def _test(e: Any, kind: str, known: Known) -> Node | None:
    if kind in {"EQ", "NEQ"} and type(e.expression).__name__ in {"Any", "All"}:
        return _quantified(e, kind, known)
    if kind in _COMPARISONS:
        return Node(Kind.COMPARE, _COMPARISONS[kind], _both(e, known))
    if kind in _LIKES:
        return _negatable(e, Node(Kind.LIKE, kind.lower(), _both(e, known)))
    if kind in _TESTS:
        return _TESTS[kind](e, known)
    return None


def _quantified(e: Any, kind: str, known: Known) -> Node | None:
    """``= ANY (..)`` is an IN, ``<> ALL (..)`` its opposite."""
    if (kind, type(e.expression).__name__) not in {("EQ", "Any"), ("NEQ", "All")}:
        return None
    choices = e.expression.this
    while type(choices).__name__ == "Paren":
        choices = choices.this
    tested = node(e.this, known)
    if _is_query(choices):
        found = Node(Kind.IN, args=(tested,), query=query(choices, known))
    elif type(choices).__name__ == "Array" and choices.expressions:
        if _is_query(choices.expressions[0]):
            found = Node(Kind.IN, args=(tested,), query=query(choices.expressions[0], known))
        else:
            listed = (node(choice, known) for choice in choices.expressions)
            found = Node(Kind.IN, args=(tested, *listed))
    else:
        found = Node(Kind.IN, "any", (tested, node(choices, known)))
    return found if kind == "EQ" else Node(Kind.NOT, args=(found,))


def _not(e: Any, known: Known) -> Node:
    inner = node(e.this, known)
    if inner.kind is Kind.COMPARE and inner.text in _OPPOSITE:
        return Node(Kind.COMPARE, _OPPOSITE[inner.text], inner.args)
    return Node(Kind.NOT, args=(inner,))


def _is(e: Any, known: Known) -> Node:
    return _negatable(e, Node(Kind.IS, args=_both(e, known)))


def _negatable(e: Any, found: Node) -> Node:
    """The parser says NOT within a test in two ways."""
    return Node(Kind.NOT, args=(found,)) if e.args.get("negate") else found


def _between(e: Any, known: Known) -> Node:
    parts = (e.this, e.args["low"], e.args["high"])
    return Node(Kind.BETWEEN, args=tuple(node(part, known) for part in parts))


def _escape(e: Any, known: Known) -> Node:
    return node(e.this, known)


def _exists(e: Any, known: Known) -> Node:
    return Node(Kind.EXISTS, query=query(e.this, known))


def _both(e: Any, known: Known) -> tuple[Node, ...]:
    return tuple(node(part, known) for part in (e.this, e.expression) if part is not None)


def _in(e: Any, known: Known) -> Node:
    tested = node(e.this, known)
    inner = e.args.get("query")
    if inner is not None:
        return Node(Kind.IN, args=(tested,), query=query(inner, known))
    choices = list(e.expressions)
    listed = e.args.get("field")
    if type(listed).__name__ == "Column" and listed.name.lower() in known:
        # SQLite's IN name: all rows of a WITH
        return Node(Kind.IN, args=(tested,), query=known[listed.name.lower()])
    for key in ("unnest", "field"):
        if e.args.get(key) is not None:
            return Node(Kind.IN, key, args=(tested, node(e.args[key], known)))
    if len(choices) == 1:
        return Node(Kind.COMPARE, "=", (tested, node(choices[0], known)))
    return Node(Kind.IN, args=(tested, *(node(choice, known) for choice in choices)))


_TESTS = {
    "Not": _not,
    "Is": _is,
    "In": _in,
    "Between": _between,
    "Escape": _escape,
    "Exists": _exists,
}


def _compound(e: Any, kind: str, known: Known) -> Node | None:
    if kind in {"Case", "If"}:
        return _case(e, kind, known)
    if kind in {"Cast", "TryCast", "CastToStrType"}:
        to = e.args.get("to")
        return Node(Kind.CAST, str(to).lower() if to else "", (node(e.this, known),))
    if kind in _ARITHMETIC:
        return Node(Kind.ARITHMETIC, _ARITHMETIC[kind], _both(e, known))
    if kind == "DPipe":
        return Node(Kind.CONCAT, args=_both(e, known))
    if kind == "Tuple":
        return Node(Kind.TUPLE, args=tuple(node(part, known) for part in e.expressions))
    if _is_query(e):
        return _scalar(query(e, known))
    return _call(e, known)


def _scalar(inner: Query) -> Node:
    """A sub-select as a value; ``(SELECT x)`` is x."""
    bare = not (inner.sources or inner.parts or inner.others or inner.limited)
    if bare and inner.where is None and len(inner.outputs) == 1:
        output = inner.outputs[0][1]
        if output.kind is Kind.COLUMN:
            return output
    return Node(Kind.QUERY, query=inner)


def _case(e: Any, kind: str, known: Known) -> Node:
    if kind == "If":
        condition = node(e.this, known)
        arms = [Node(Kind.WHEN, args=(condition, node(e.args["true"], known)))]
        last = e.args.get("false")
    else:
        tested = e.this
        arms = []
        for arm in e.args.get("ifs") or ():
            condition = node(arm.this, known)
            if tested is not None:
                condition = Node(Kind.COMPARE, "=", (node(tested, known), condition))
            arms.append(Node(Kind.WHEN, args=(condition, node(arm.args["true"], known))))
        last = e.args.get("default")
    return Node(Kind.CASE, args=(*arms, Node(Kind.NULL) if last is None else node(last, known)))


def _call(e: Any, known: Known) -> Node | None:
    from sqlglot import exp

    if not isinstance(e, exp.Func):
        return None
    # the parser cuts the names of its classes into words, letter by letter where they are capitals
    name = e.name if isinstance(e, exp.Anonymous) else e.sql_name().replace("J_S_O_N", "JSON")
    return Node(Kind.CALL, name.lower(), _parts(e, known))


def _other(e: Any, known: Known) -> Node:
    return Node(Kind.OTHER, type(e).__name__, _parts(e, known))


def _parts(e: Any, known: Known) -> tuple[Node, ...]:
    from sqlglot import exp

    skip = (exp.DataType, exp.Identifier) if not isinstance(e, exp.Anonymous) else (exp.DataType,)
    return tuple(node(part, known) for part in e.iter_expressions() if not isinstance(part, skip))


def _is_query(e: Any) -> bool:
    from sqlglot import exp

    return isinstance(e, exp.Query | exp.Values)


def query(e: Any, known: Known) -> Query:
    """A SELECT, VALUES or set operation; ``known`` are the WITHs that are in sight."""
    from sqlglot import exp

    known = with_ctes(e, known)
    if isinstance(e, exp.Subquery):
        inner = query(e.this, known)
        return inner if not e.args.get("limit") else Query(parts=(inner,), limited=True)
    if isinstance(e, exp.SetOperation):
        return _set_operation(e, known)
    if isinstance(e, exp.Values):
        return _values(e, known)
    if isinstance(e, exp.Table):
        return Query(outputs=(("", Node(Kind.STAR)),), sources=(source(e, known),))
    if not isinstance(e, exp.Select):
        return Query(others=(_other(e, known),))
    where = e.args.get("where")
    joined, conditions = sources(e, known)
    if joined and _is_zero(e.args.get("limit")):
        # MariaDB reads (SELECT 1 LIMIT 0) as 1
        conditions = [*conditions, Node(Kind.FALSE)]
    return Query(
        outputs=tuple((part.alias_or_name, node(part, known)) for part in e.expressions),
        sources=joined,
        where=conjunction([*conditions, *([node(where.this, known)] if where else [])]),
        limited=bool(e.args.get("limit") or e.args.get("offset") or e.args.get("fetch")),
        others=_others(e, known),
        single=not joined,
    )


def _is_zero(limit: Any) -> bool:
    return limit is not None and getattr(limit.args.get("expression"), "name", "") == "0"


def with_ctes(e: Any, known: Known) -> Known:
    """The WITHs in sight of ``e``: those around it, and its own, each seeing the ones before."""
    own = e.args.get("with_")
    if own is None:
        return known
    from sqlglot import exp

    out = dict(known)
    for cte in own.expressions:
        body = cte.this
        if isinstance(body, exp.DML):
            out[cte.alias.lower()] = Query(others=())
            continue
        inner = query(body, out)
        if own.args.get("recursive") and _counts(body, cte.alias.lower()):
            inner = replace(inner, others=(*inner.others, Node(Kind.CALL, "generate_series")))
        names = [column.name for column in cte.args["alias"].columns]
        out[cte.alias.lower()] = _renamed(inner, names)
    return out


def _counts(body: Any, name: str) -> bool:
    """A recursive WITH that reads no table but itself makes its rows up."""
    from sqlglot import exp

    return all(table.name.lower() == name for table in body.find_all(exp.Table))


def _renamed(inner: Query, names: list[str]) -> Query:
    plain = inner.where is None and not inner.limited and not inner.others
    starred = [value.kind for _, value in inner.outputs] == [Kind.STAR]
    if plain and starred and len(inner.sources) == 1 and inner.sources[0].query is not None:
        # SELECT * FROM (VALUES ..): the parser's way to write a WITH of VALUES
        inner = inner.sources[0].query
    if not names or len(names) != len(inner.outputs):
        return inner
    outputs = zip(names, (value for _, value in inner.outputs), strict=True)
    return replace(inner, outputs=tuple(outputs))


def _set_operation(e: Any, known: Known) -> Query:
    left, right = query(e.this, known), query(e.expression, known)
    limited = bool(e.args.get("limit") or e.args.get("offset"))
    return Query(outputs=left.outputs, parts=(left, right), limited=limited)


def _values(e: Any, known: Known) -> Query:
    rows = [node(row, known) for row in e.expressions]
    names = [column.name for column in e.args["alias"].columns] if e.args.get("alias") else []
    width = len(rows[0].args) if rows else 0
    columns = []
    for place in range(width):
        cells = [row.args[place] for row in rows if place < len(row.args)]
        name = names[place] if place < len(names) else f"column{place + 1}"
        columns.append(
            (name, cells[0] if len(set(cells)) == 1 else Node(Kind.OTHER, "values", tuple(cells)))
        )
    return Query(outputs=tuple(columns), single=len(rows) == 1)


def _others(e: Any, known: Known) -> tuple[Node, ...]:
    out = []
    for key in ("group", "having", "order", "qualify", "windows", "distinct", "limit", "offset"):
        part = e.args.get(key)
        for one in part if isinstance(part, list) else [part]:
            if one is not None and not isinstance(one, bool):
                out.append(_other(one, known))
    return tuple(out)


def sources(e: Any, known: Known) -> tuple[tuple[Source, ...], list[Node]]:
    """What a FROM and its joins name, and the conditions of the joins."""
    out: list[Source] = []
    conditions: list[Node] = []
    start = e.args.get("from_")
    pending = [start.this] if start is not None else []
    pending += [*(e.args.get("laterals") or ()), *(e.args.get("joins") or ())]
    outer: Node | None = None
    while pending:
        part = pending.pop(0)
        if type(part).__name__ == "Join":
            outer = outer_of(part, known)
            if part.args.get("on") is not None:
                conditions.append(on_of(part, known))
            conditions += [
                Node(Kind.OTHER, "using", (node(u, known),)) for u in part.args.get("using") or ()
            ]
            pending.insert(0, part.this)
            continue
        out.append(replace(source(part, known), outer=outer))
        outer = None
        pending = [*(part.args.get("joins") or ()), *pending]
    return tuple(out), conditions


def on_of(join: Any, known: Known) -> Node:
    """The condition of a join; an outer one chooses no row of the table that is kept whole."""
    condition = node(join.args["on"], known)
    outer = str(join.args.get("side") or "").upper() in {"LEFT", "RIGHT", "FULL"}
    return Node(Kind.OTHER, "outer", (condition,)) if outer else condition


def outer_of(join: Any, known: Known) -> Node | None:
    """The condition without which a LEFT JOIN gives NULLs; None for every other join."""
    left = str(join.args.get("side") or "").upper() == "LEFT" and join.args.get("on") is not None
    return node(join.args["on"], known) if left else None


def source(e: Any, known: Known) -> Source:
    """A table, a WITH by its name, a sub-select, or a function that gives rows."""
    kind = type(e).__name__
    if kind == "Table" and type(e.this).__name__ == "Identifier":
        name = name_of(e)
        inner = known.get(name.name.lower()) if name.schema is None else None
        return Source(name, inner)
    alias = e.args.get("alias")
    name = Name("", None, e.alias or "")
    if _is_query(e):
        inner = query(e, known)
        columns = [column.name for column in alias.columns] if alias is not None else []
        return Source(name, _renamed(inner, columns))
    return Source(name, Query(others=(_other(e, known),)))


def conjunction(parts: list[Node]) -> Node | None:
    """All of the conditions; None where there is none."""
    if len(parts) <= 1:
        return parts[0] if parts else None
    return Node(Kind.AND, args=tuple(parts))
