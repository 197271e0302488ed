"""Cleanup: deletes a table's test rows, which their attribute names, through the same gate."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.bind import load_catalog
from cachedeps.actions.checks.mentions import tables_of
from cachedeps.actions.context import Context
from cachedeps.actions.fold import key_of
from cachedeps.actions.predicates import check_warnings
from cachedeps.actions.run import RunOptions, look
from cachedeps.actions.show_sql import as_text
from cachedeps.domain.closure import Conflict, RunPreview
from cachedeps.domain.model import Table
from cachedeps.domain.plan import NO_PLAN
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.verdict import Objection, Ruling, Verdict
from cachedeps.errors import UnknownNameError, UsageError
from cachedeps.sql.scan import Fingerprint, Scan
from cachedeps.sql.statements import Statements, TableTargets
from cachedeps.sql.tables import Catalog
from cachedeps.sql.test_rows import MarkedRows


def preview_cleanup(context: Context, table: str, options: RunOptions) -> RunPreview:
    """What a clean-up of a table would delete, cascades included; nothing is written.

    Rows are chosen by the declared attribute and by nothing else. Those that carry it and yet
    have what only real rows have stand in the way of all.

    Args:
        context: the declaration and the open database.
        table: its name in the declaration.
        options: how to look.

    Raises:
        UnknownNameError: no table is declared by that name.
        UsageError: the table does not say what its test rows are.
    """
    declared = _declared(context, table)
    with context.session.reading() as connection:
        catalog = _catalog(context, connection, declared)
        rows = MarkedRows(declared, catalog, context.session.dialect)
        sql, _ = as_text(sa.delete(rows.row).where(rows.test()), context.session.dialect.name)
        found = tuple(_conflicts(context, connection, declared, catalog))
    reviewed = Objection("needs-preview", Ruling.REVIEW, "test rows are deleted: see them first")
    verdict = Verdict.of((reviewed,), 1)
    return look(context, "cleanup", sql, verdict, options, found)


def _declared(context: Context, name: str) -> Table:
    known = context.graph.tables
    found = known.get(name)
    if found is None:
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"declared: {', '.join(sorted(known))}"
        message = f"no table is declared as {name!r}"
        raise UnknownNameError(message, hint=hint)
    if found.test_rows is None:
        message = f"{name} does not say what its test rows are"
        hint = f"declare it: [tables.{name}] test_rows = \"auth_source = 'test'\""
        raise UsageError(message, hint=hint)
    return found


def _catalog(context: Context, connection: Connection, table: Table) -> Catalog:
    alone = replace(table, caches=(), references=(), key_windows=())
    refs = set(tables_of(replace(context.declaration, upstreams=(), tables=(alone,))))
    return load_catalog(context, connection, refs)


def _conflicts(
    context: Context, connection: Connection, table: Table, catalog: Catalog
) -> list[Conflict]:
    if table.test_rows_conflict is None:
        return []
    marked = MarkedRows(table, catalog, context.session.dialect)
    columns = catalog.key(table.ref)
    bound = TableTargets(table.name, table.ref, marked.row, columns, ())
    scan = Scan(Statements(NO_PLAN, catalog, context.session.dialect), bound, Fingerprint.KEYS)
    found: dict[KeyValues, str | None] = {}
    for row in connection.execute(scan.people(table.owner, marked.conflicting())):
        *key, label = tuple(row)
        found.setdefault(key_of(key, bound), None if label is None else str(label))
    check_warnings(context, connection)
    return [Conflict(table.name, key, owner) for key, owner in found.items()]
