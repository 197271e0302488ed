"""``cachedeps apply``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cachedeps.actions.planfile import read_plan
from cachedeps.cli import options, terminal
from cachedeps.cli.call import Call, said
from cachedeps.cli.gate import Consent
from cachedeps.cli.handover import Handover
from cachedeps.cli.waits import Waits
from cachedeps.cli.writing import Write, apply_preview, before_asking
from cachedeps.project import load

PlanPath = Annotated[Path, typer.Argument(metavar="PLAN", help="A file that -o wrote.")]


def apply(
    context: typer.Context,
    plan: PlanPath,
    approved_by: options.ApprovedBy = None,
    expect_rows: options.ExpectRows = None,
    expect: options.Expect = None,
    keys_to: options.KeysTo = None,
    lock_timeout: options.LockTimeout = 5.0,
    statement_timeout: options.StatementTimeout = 300.0,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    """Write a saved plan, once approved; resumes a run that ended early.

    The target is compared with the plan again before anything is written.
    """
    waits = Waits(lock_timeout, statement_timeout)
    consent = Consent.typed(approved_by, expect_rows, expect or (), as_json=json)
    seen = read_plan(plan)
    with waits.open(load(config)) as database:
        with terminal.reading(database.name):
            Handover(keys=keys_to).give(database, seen)
            if consent.ask:
                seen = before_asking(database, seen)
        call: Call = context.obj
        everybody = f"{said('show', str(plan), '--json')} lists them all"
        write = Write(call, consent, json, waits.facts(seen.page_rows), call.again(), everybody)
        return apply_preview(database, seen, write)
