"""``cachedeps restore``."""

from __future__ import annotations

from typing import Annotated

import typer

from cachedeps.cli import options, terminal
from cachedeps.cli.gate import Consent
from cachedeps.cli.keys import typed_keys
from cachedeps.cli.waits import Waits
from cachedeps.cli.writing import Write, restore_preview, show_restore
from cachedeps.domain.outcome import RestoreChoice
from cachedeps.project import load

ReceiptId = Annotated[str, typer.Argument(metavar="RECEIPT", help="The id of a receipt.")]
Chosen = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="TABLE.CACHE", help="Only this cache; repeats."),
]
Keys = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="KEYS",
        help="Only rows with these keys: 1,2 or TABLE=(1,a),(2,b); repeats.",
    ),
]
Overwrite = Annotated[
    list[str] | None,
    typer.Option(
        "--overwrite-regenerated",
        metavar="TABLE.CACHE",
        help="Put cells of this cache back even where they were regenerated since; repeats.",
    ),
]


def restore(
    context: typer.Context,
    receipt: ReceiptId,
    column: Chosen = None,
    owner: options.OwnersOf = None,
    key: Keys = None,
    overwrite_regenerated: Overwrite = None,
    apply: options.Apply = False,
    approved_by: options.ApprovedBy = None,
    expect_rows: options.ExpectRows = None,
    lock_timeout: options.LockTimeout = 5.0,
    statement_timeout: options.StatementTimeout = 300.0,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    """Put back what a run changed, once approved.

    A cell that was regenerated since is left alone, unless its cache is named.
    """
    project = load(config)
    tables = [table.name for table in project.declaration.tables]
    typed = [typed_keys(text, tables) for text in key or ()]
    choice = RestoreChoice(
        columns=tuple(column or ()),
        owners=tuple(owner or ()),
        keys=tuple(key for keys in typed if keys.table is None for key in keys.keys),
        overwrite_regenerated=tuple(overwrite_regenerated or ()),
        table_keys=tuple(keys for keys in typed if keys.table is not None),
    )
    consent = Consent.typed(approved_by, expect_rows, as_json=json)
    with Waits(lock_timeout, statement_timeout).open(project) as database:
        with terminal.reading(database.name):
            seen = database.preview_restore(receipt, choice)
        if apply:
            write = Write(context.obj, consent, json, resume=context.obj.again())
            return restore_preview(database, seen, write)
    return show_restore(seen, context.obj, as_json=json)
