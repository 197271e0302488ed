"""Plans made from declarations in TOML, and their row choices as text."""

from __future__ import annotations

from datetime import UTC, datetime

from cachedeps.actions.plan import plan
from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Equality, Term
from cachedeps.domain.plan import Plan
from cachedeps.domain.rows import (
    AllOf,
    AnyOf,
    ComputedBefore,
    Holds,
    KeyIn,
    Linked,
    Matches,
    RowNode,
    StampBad,
    StampNotGood,
    Within,
)
from cachedeps.domain.scope import Scope
from tests.unit.config.texts import declared

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def planned(
    text: str, *upstreams: str, scope: Scope | None = None, columns: tuple[str, ...] = ()
) -> Plan:
    """The plan for a fix of these upstreams, under the declaration that the text means."""
    declaration = declared(text)
    return plan(declaration, Graph(declaration), upstreams, columns, scope or Scope(), NOW)


def targets(plan: Plan) -> dict[str, str]:
    """The rows of each step's cells, in words; ``holds c`` means that c is not NULL."""
    return {step.cache: rows(plan.rows, step.target) for step in plan.steps}


def stale(plan: Plan) -> dict[str, str]:
    """As ``targets``, without what only asks whether there is something to reset."""
    found = {}
    for step in plan.steps:
        node = plan.rows[step.target]
        parts = node.children if isinstance(node, AllOf) else (step.target,)
        left = [p for p in parts if not isinstance(plan.rows[p], Holds)]
        found[step.cache] = " AND ".join(rows(plan.rows, p, inside=True) for p in left) or "all"
    return found


def reasons(plan: Plan) -> dict[str, str]:
    """Why each kept cache is kept."""
    return {keep.cache: keep.reason for keep in plan.keep}


def rows(nodes: tuple[RowNode, ...], place: int, *, inside: bool = False) -> str:
    """One row choice in words."""
    node = nodes[place]
    if isinstance(node, AllOf | AnyOf):
        word = " AND " if isinstance(node, AllOf) else " OR "
        text = word.join(rows(nodes, child, inside=True) for child in node.children)
        return f"({text})" if inside else text
    if isinstance(node, Linked):
        joined = ", ".join(_equality(e) for e in node.equalities) or "any"
        newer = f", {node.newer.computed_at} < {node.newer.changed_at}" if node.newer else ""
        return f"{node.table}[{joined}: {rows(nodes, node.child)}{newer}]"
    return _plain(node)


def _plain(node: RowNode) -> str:
    match node:
        case Matches():
            return node.predicate.text
        case Holds():
            return f"holds {node.column}"
        case StampNotGood():
            keep = " or NULL" if node.keep_unstamped else ""
            good = ", ".join(map(str, node.good))
            return f"{_version(node.column, node.divide)} not in ({good}{keep})"
        case StampBad():
            ranges = [f"{low}..{high}" for low, high in node.ranges]
            bad = ", ".join([*map(str, node.bad), *ranges])
            return f"{_version(node.column, node.divide)} in ({bad})"
        case ComputedBefore():
            return f"{node.column} < {node.moment.utc}"
        case Within():
            ends = [bound.utc if bound else "" for bound in (node.since, node.until)]
            return f"{node.column} in {' .. '.join(ends)}"
        case KeyIn():
            return f"key in {node.keys}"
        case _:
            return type(node).__name__.lower()


def _version(column: str, divide: int | None) -> str:
    return f"{column} / {divide}" if divide else column


def _equality(equality: Equality) -> str:
    return f"{_term(equality.left)} = {_term(equality.right)}"


def _term(term: Term) -> str:
    column = term.column or "key"
    return f"{term.table}.{column}" if term.table else column
