"""``cachedeps cleanup``."""

from __future__ import annotations

from typing import Annotated

import typer

from cachedeps.cli import options, terminal
from cachedeps.cli.call import Call
from cachedeps.cli.running import Flags, apply_run, show_run
from cachedeps.cli.waits import Waits
from cachedeps.cli.writing import Write
from cachedeps.project import load

TableName = Annotated[
    str, typer.Argument(metavar="TABLE", help="A declared table that has test_rows.")
]


def cleanup(
    context: typer.Context,
    table: TableName,
    apply: options.Apply = False,
    approved_by: options.ApprovedBy = None,
    expect_rows: options.ExpectRows = None,
    expect: options.ExpectTables = None,
    page_rows: options.PageRows = 1_000,
    measure: options.Measure = True,
    lock_timeout: options.LockTimeout = 5.0,
    statement_timeout: options.StatementTimeout = 300.0,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    """Delete a table's test rows by their attribute, once approved."""
    call: Call = context.obj
    consent = Flags(approved_by, expect_rows, expect or ()).consent(as_json=json)
    waits = Waits(lock_timeout, statement_timeout)
    write = Write(call, consent, json, waits.facts(page_rows))
    project = load(config)
    with waits.open(project) as database:
        with terminal.reading(database.name):
            seen = database.preview_cleanup(table, page_rows=page_rows, measure=measure)
        return apply_run(database, seen, write) if apply else show_run(seen, write)
