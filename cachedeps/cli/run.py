"""``cachedeps run``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cachedeps.cli import options, terminal
from cachedeps.cli.call import Call
from cachedeps.cli.running import Flags, apply_run, show_run
from cachedeps.cli.waits import Waits
from cachedeps.cli.writing import Write
from cachedeps.domain.verdict import Verdict
from cachedeps.errors import GuardRefusedError, UsageError
from cachedeps.project import load
from cachedeps.render.verdict import verdict_document

Source = Annotated[
    str, typer.Argument(metavar="FILE|-", help="A file with one UPDATE or DELETE; - is stdin.")
]


def run(
    context: typer.Context,
    file: Source,
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
    """Run one reviewed UPDATE or DELETE, cascades and all."""
    call: Call = context.obj
    consent = Flags(approved_by, expect_rows, expect or ()).consent(as_json=json, asks=file != "-")
    waits = Waits(lock_timeout, statement_timeout)
    write = Write(call, consent, json, waits.facts(page_rows))
    project = load(config)
    sql = _text_of(file)
    with waits.open(project) as database:
        try:
            with terminal.reading(database.name):
                seen = database.preview_run(sql, page_rows=page_rows, measure=measure)
        except GuardRefusedError as refused:
            if isinstance(refused.verdict, Verdict):
                call.document = {"verdict": verdict_document(refused.verdict)}
            raise
        return apply_run(database, seen, write) if apply else show_run(seen, write)


def _text_of(name: str) -> str:
    try:
        return (sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()).decode()
    except OSError as error:
        message = f"{name} cannot be read: {error.strerror}"
        raise UsageError(message, hint="name a file with SQL, or - for stdin") from None
    except UnicodeDecodeError as error:
        message = f"{name} is no UTF-8 text (byte {error.start})"
        raise UsageError(message, hint="save it as UTF-8") from None
