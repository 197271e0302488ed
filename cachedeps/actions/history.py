"""History: every run that the journal knows, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.bind import load_catalog, tables_of
from cachedeps.actions.context import Context
from cachedeps.actions.returning import keys_of
from cachedeps.domain.model import ResetKind
from cachedeps.domain.outcome import Receipt
from cachedeps.domain.plan import Plan
from cachedeps.domain.rows import Always
from cachedeps.domain.wire import decode
from cachedeps.errors import BusyError
from cachedeps.journal.images import Images
from cachedeps.journal.store import INTERRUPTED, RUNNING, Run
from cachedeps.sql.statements import Statements


def history(context: Context) -> tuple[Receipt, ...]:
    """Every run, newest first. A run that is no longer at work counts as interrupted."""
    with context.session.reading() as connection:
        receipts = tuple(run.receipt for run in context.journal.runs(connection))
    return tuple(_settled(context, receipt) for receipt in receipts)


def receipt(context: Context, receipt_id: str) -> Receipt:
    """One run.

    Raises:
        UnknownNameError: there is no such receipt.
    """
    with context.session.reading() as connection:
        found = context.journal.find(connection, receipt_id).receipt
    return _settled(context, found)


def _settled(context: Context, found: Receipt) -> Receipt:
    """Whoever writes holds a lock; a run whose lock is free has ended without saying so."""
    if found.state != RUNNING:
        return found
    try:
        with context.session.alone():
            return replace(found, state=INTERRUPTED)
    except BusyError:
        return found


def still_old(context: Context, receipt_id: str) -> Mapping[str, tuple[int, int]]:
    """For each ``recompute`` cache of a receipt: cells that still hold the old value, of all."""
    with context.session.reading() as connection:
        run = context.journal.find(connection, receipt_id)
        return dict(_still_old(context, connection, run))


def _still_old(
    context: Context, connection: Connection, run: Run
) -> list[tuple[str, tuple[int, int]]]:
    recorded = json.loads(run.plan)
    plan: Plan = decode(Plan, recorded["plan"])
    bare = tuple(replace(write, target=0) for write in plan.writes)
    plan = replace(plan, rows=(Always(),), steps=(), writes=bare)
    keys = keys_of(plan, recorded)
    catalog = load_catalog(context, connection, tables_of(context, plan), keys=keys)
    statements = Statements(plan, catalog, context.session.dialect)
    out = []
    for table in statements.tables():
        images = Images(context.journal.tables, context.session.dialect, table)
        for target in table.targets:
            if target.write.kind is not ResetKind.RECOMPUTE:
                continue
            image = images.image(target, sa.null())
            source = image.cell.outerjoin(image.table, image.here)
            still = sa.func.sum(sa.case((image.already, 1), else_=0))
            query = sa.select(sa.func.count(), still).select_from(source).where(image.of_run)
            numbers = {"at_run": run.number, "at_write": bare.index(target.write)}
            total, old = connection.execute(query, numbers).one()
            out.append((", ".join(target.write.caches), (int(old or 0), int(total))))
    return out
