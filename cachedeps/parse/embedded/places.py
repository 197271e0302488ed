"""Where in a Python file SQL may stand: what runs it, and names that are given it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cachedeps.parse.embedded.pieces import call_name

# methods and functions that run what they are given; at which position it stands
_RUN = {
    "execute": 0,
    "executemany": 0,
    "executescript": 0,
    "exec_driver_sql": 0,
    "execute_sql": 0,
    "run_sql": 0,
    "read_sql": 0,
    "read_sql_query": 0,
    "RunSQL": 0,
    "execute_batch": 1,
    "execute_values": 1,
}
# names that others use for other things as well
_MAY_RUN = frozenset(
    {
        "text",
        "raw",
        "SQL",
        "DDL",
        "RawSQL",
        "TextClause",
        "query",
        "sql",
        "fetch",
        "fetchrow",
        "fetchval",
        "fetch_all",
        "fetch_one",
        "fetch_val",
        "scalar",
        "scalars",
        "prepare",
    }
)
_KEYWORDS = frozenset({"sql", "reverse_sql", "statement", "stmt", "query", "sqltext", "operation"})
_NAMING = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.ExceptHandler, ast.MatchAs, ast.MatchStar),
)
_GROWING = frozenset({"append", "extend", "insert", "join"})


@dataclass(frozen=True, slots=True)
class Place:
    """An expression that may be SQL.

    ``parts`` are joined; None stands for a part of which nothing is known. ``runs`` says that
    it is given to what runs SQL and nothing else. ``first`` and ``last`` are the lines of the
    call or assignment around it.
    """

    parts: tuple[ast.expr | None, ...]
    runs: bool
    first: int
    last: int


def constants_of(tree: ast.Module) -> dict[str, ast.expr]:
    """Names that are bound once in the file, to a text."""
    bound = Counter(_bound(tree))
    found: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target: ast.expr = node.targets[0]
        elif isinstance(node, ast.AnnAssign):
            target = node.target
        else:
            continue
        value = node.value
        if isinstance(target, ast.Name) and bound[target.id] == 1 and value and _is_text(value):
            found[target.id] = value
    return found


def _is_text(e: ast.expr) -> bool:
    # a sum leans to the left, and may be very long
    while isinstance(e, ast.BinOp) and isinstance(e.op, ast.Add) and _is_text(e.right):
        e = e.left
    return isinstance(e, ast.Constant) and isinstance(e.value, str)


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, _NAMING):
            yield node.name or ""


def places(tree: ast.Module) -> Iterator[Place]:
    """Every place, outer ones before those within."""
    growing = frozenset(_growing(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.For | ast.AsyncFor) and isinstance(
            node.iter, ast.List | ast.Tuple
        ):
            for one in _alternatives(node.iter, lists=True):
                yield Place(
                    (one,), runs=False, first=one.lineno, last=one.end_lineno or one.lineno
                )
        for body in _bodies(node):
            yield from _of_statements(body, growing)


def _growing(tree: ast.Module) -> Iterator[str]:
    """Names of lists that are put together elsewhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and call_name(node) in _GROWING:
            named = [
                *node.args,
                *([node.func.value] if isinstance(node.func, ast.Attribute) else []),
            ]
            yield from (name for name in map(_name, named) if name)
        elif isinstance(node, ast.AugAssign):
            yield _name(node.target)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp | ast.JoinedStr):
            yield from (name for name in map(_name, node.targets) if _adds_to(node, name))


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        body = getattr(node, field, None)
        if isinstance(body, list):
            yield body


def _of_call(call: ast.Call) -> Iterator[Place]:
    name = call_name(call)
    runs = name in _RUN
    if not runs and name not in _MAY_RUN:
        return
    place = _RUN.get(name, 0)
    given = list(call.args[place : place + (2 if name == "RunSQL" else 1)])
    given += [word.value for word in call.keywords if word.arg in _KEYWORDS]
    for e in given:
        for one in _alternatives(e, lists=True):
            yield Place((one,), runs, call.lineno, call.end_lineno or call.lineno)


def _of_statements(body: list[ast.stmt], growing: frozenset[str]) -> Iterator[Place]:
    for place, node in enumerate(body):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        name = _name(target)
        more, last = _continued(name, body[place + 1 :]) if name in growing else ((), None)
        ends = last or node.end_lineno or node.lineno
        for one in _alternatives(node.value, lists=name not in growing):
            yield Place((one, *more), runs=False, first=node.lineno, last=ends)


def _alternatives(e: ast.expr, *, lists: bool) -> Iterator[ast.expr]:
    """The one text, or each of several: of a condition, a list or a mapping."""
    if isinstance(e, ast.IfExp):
        yield from _alternatives(e.body, lists=lists)
        yield from _alternatives(e.orelse, lists=lists)
    elif isinstance(e, ast.Dict):
        for value in e.values:
            yield from _alternatives(value, lists=False)
    elif isinstance(e, ast.List | ast.Set | ast.Tuple):
        for element in e.elts if lists else ():
            # RunSQL takes pairs of a statement and its parameters
            if isinstance(element, ast.Tuple | ast.List) and element.elts:
                yield element.elts[0]
            else:
                yield element
    elif not isinstance(e, ast.Name | ast.Attribute):
        yield e


def _continued(name: str, rest: list[ast.stmt]) -> tuple[tuple[ast.expr | None, ...], int | None]:
    """What is put behind a name's text by the statements that follow, and where that ends."""
    parts: list[ast.expr | None] = []
    last = None
    for node in rest:
        if isinstance(node, ast.AugAssign) and _name(node.target) == name:
            parts.append(node.value)
            last = node.end_lineno
        elif any(_adds_to(inner, name) for inner in ast.walk(node)):
            # by a branch or a loop: perhaps, and perhaps several times
            return (*parts, None), last
        elif isinstance(node, ast.Assign) and name in map(_name, node.targets):
            break
    return tuple(parts), last


def _adds_to(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.AugAssign):
        return _name(node.target) == name
    if isinstance(node, ast.Assign) and name in map(_name, node.targets):
        return any(_name(inner) == name for inner in ast.walk(node.value))
    return False


def _name(e: ast.AST) -> str:
    """``query`` or ``self.query``; "" for what has no name."""
    if isinstance(e, ast.Name):
        return e.id
    if isinstance(e, ast.Attribute) and isinstance(e.value, ast.Name):
        return f"{e.value.id}.{e.attr}"
    return ""
