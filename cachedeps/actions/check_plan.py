"""Whether a preview, which may come from a file, is what its declaration and schema lead to."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from cachedeps.actions.context import Context
from cachedeps.actions.hazards import schema_refusals
from cachedeps.actions.show_sql import statements_of
from cachedeps.domain.outcome import Preview
from cachedeps.domain.plan import Plan
from cachedeps.domain.planning import Request, make_plan
from cachedeps.domain.rows import KeyIn, OwnerIn, RowNode
from cachedeps.errors import PlanFileError, StalePlanError
from cachedeps.sql.statements import Statements


def check_plan(
    context: Context, connection: Connection, seen: Preview, statements: Statements
) -> None:
    """Plans once more, and looks at the schema once more, before anything is written.

    A plan file's sums can be made anew by whoever edits it; what the declaration leads to
    cannot.

    Raises:
        PlanFileError: the declaration does not lead to this plan.
        StalePlanError: the schema has changed so that the plan must not run any more.
    """
    again = _planned_again(context, seen.plan)
    if again != _comparable(seen.plan, again) or seen.statements != statements_of(statements):
        message = "the plan is not what the declaration leads to; nothing was written"
        raise PlanFileError(message, hint="plan files are not for editing: plan again")
    found = (*again.refusals, *schema_refusals(connection, statements))
    if found:
        listed = "; ".join(dict.fromkeys(refusal.message for refusal in found))
        message = f"the plan must not run on this schema; nothing was written: {listed}"
        raise StalePlanError(message, hint=next((r.hint for r in found if r.hint), ""))


def _planned_again(context: Context, plan: Plan) -> Plan:
    request = Request(plan.upstreams, plan.columns, plan.scope, plan.planned_at)
    return make_plan(context.declaration, context.graph, request)


def _comparable(plan: Plan, again: Plan) -> Plan:
    """The plan with its owners in the place of the keys that were looked up for them."""
    if len(plan.rows) != len(again.rows):
        return plan
    pairs = zip(plan.rows, again.rows, strict=True)
    return replace(plan, rows=tuple(_owner_or_node(node, owner) for node, owner in pairs))


def _owner_or_node(node: RowNode, again: RowNode) -> RowNode:
    if isinstance(node, KeyIn) and isinstance(again, OwnerIn) and node.table == again.table:
        return again
    return node
