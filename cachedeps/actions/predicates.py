"""Finds the predicate that a database does not accept, so that its writer is told, and where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.bind import load_catalog, tables_of
from cachedeps.actions.context import Context
from cachedeps.domain.model import Predicate, TableRef
from cachedeps.domain.plan import Plan
from cachedeps.domain.rows import AllOf, AnyOf, Linked, Matches
from cachedeps.errors import PredicateError, StatementError
from cachedeps.sql.rowsets import RowSets
from cachedeps.sql.tables import as_clause

Placed = dict[tuple[TableRef, Predicate], None]
HINT = "correct it for this database, in --where or in the declaration"


@contextmanager
def predicates_to_blame(context: Context, plan: Plan) -> Iterator[None]:
    """Turns the database's refusal of a statement into that of a predicate, where it is one.

    A predicate is somebody's input; only the database knows its types, its functions, and the
    values that it meets.

    Raises:
        PredicateError: a predicate of the plan cannot be computed.
        StatementError: it is none of the predicates.
    """
    try:
        yield
    except StatementError as error:
        for ref, predicate in {**_chosen_by(plan), **_owned_by(context)}:
            try:
                with context.session.reading() as connection:
                    _compute(context, connection, plan, ref, predicate)
            except StatementError as found:
                reason = found.message.removeprefix(f"{context.session.name}: ").splitlines()[0]
                message = f"table {ref}: the database refuses {predicate.text!r}: {reason}"
                raise PredicateError(message, hint=HINT) from None
        raise error from None


def _compute(
    context: Context, connection: Connection, plan: Plan, ref: TableRef, predicate: Predicate
) -> None:
    catalog = load_catalog(context, connection, tables_of(context, plan) | {ref})
    row = as_clause(catalog.table(ref))
    clause = RowSets((), catalog, context.session.dialect).predicate(predicate, ref, row)
    connection.execute(sa.select(sa.func.count()).select_from(row).where(clause)).one()
    check_warnings(context, connection)


def check_warnings(context: Context, connection: Connection) -> None:
    """What the database computed only by making do, it must not have chosen rows by.

    Raises:
        StatementError: the last statement made it convert what cannot be converted.
    """
    warning = context.session.dialect.makeshift(connection)
    if warning:
        message = f"{context.session.name}: {context.session.clean(warning)}"
        raise StatementError(message, hint="cachedeps check")


def _owned_by(context: Context) -> Placed:
    """The filters of owner paths, which a preview reads too."""
    paths = [(table.ref, table.owner) for table in context.declaration.tables if table.owner]
    return {(o.label.table or ref, o.where): None for ref, o in paths if o.where is not None}


def _chosen_by(plan: Plan) -> Placed:
    """Every predicate of the plan's row choices, with the table that it stands for."""
    found: Placed = {}
    pending = [(step.target, step.ref) for step in plan.steps]
    pending += [(step.reached, step.ref) for step in plan.steps]
    seen = set(pending)
    while pending:
        place, ref = pending.pop()
        node = plan.rows[place]
        if isinstance(node, Matches):
            found[ref, node.predicate] = None
        below: list[tuple[int, TableRef]] = []
        if isinstance(node, AllOf | AnyOf):
            below = [(child, ref) for child in node.children]
        elif isinstance(node, Linked):
            below = [(node.child, node.table)]
        pending += [item for item in below if item not in seen]
        seen.update(below)
    return found
