"""``cachedeps invalidate``."""

from __future__ import annotations

import typer

from cachedeps.cli import options, terminal
from cachedeps.cli.call import Call, config_arguments, said
from cachedeps.cli.gate import Consent
from cachedeps.cli.handover import Handover
from cachedeps.cli.scope_flags import ScopeFlags
from cachedeps.cli.waits import Waits
from cachedeps.cli.writing import Write, apply_preview, show_preview
from cachedeps.project import load
from cachedeps.render.preview_screen import ALL_OWNERS, Ending


def invalidate(
    context: typer.Context,
    upstream: options.Upstreams = None,
    column: options.Columns = None,
    since: options.Since = None,
    until: options.Until = None,
    where: options.Where = None,
    key: options.Keys = None,
    keys_from: options.KeysFrom = None,
    owner: options.OwnersOf = None,
    bad_version: options.BadVersions = None,
    unstamped: options.Unstamped = "reset",
    fixed_at: options.FixedAt = None,
    stale: options.Stale = False,
    output: options.PlanFile = None,
    apply: options.Apply = False,
    approved_by: options.ApprovedBy = None,
    expect_rows: options.ExpectRows = None,
    expect: options.Expect = None,
    page_rows: options.PageRows = 1_000,
    fingerprint: options.Fingerprint = "auto",
    keys: options.ListKeys = False,
    keys_to: options.KeysTo = None,
    owners_file: options.OwnersFile = None,
    lock_timeout: options.LockTimeout = 5.0,
    statement_timeout: options.StatementTimeout = 300.0,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    """Plan, preview and, once approved, reset what a fix made stale."""
    flags = ScopeFlags(
        since, until, where or (), key or (), keys_from, owner or (), bad_version or (),
        unstamped, fixed_at, stale,
    )  # fmt: skip
    call: Call = context.obj
    waits = Waits(lock_timeout, statement_timeout)
    consent = Consent.typed(approved_by, expect_rows, expect or (), as_json=json)
    project = load(config)
    declared = project.declaration
    tables = [table.name for table in declared.tables]
    tables += [str(u.source.table) for u in declared.upstreams if u.source]
    plan = project.plan(*upstream or (), scope=flags.scope(tables), columns=tuple(column or ()))
    with waits.open(project) as database:
        with terminal.reading(database.name):
            seen = database.preview(plan, page_rows=page_rows, fingerprint=fingerprint)
            listed = Handover(output, keys_to, owners_file, keys).give(database, seen)
        if apply:
            write = Write(call, consent, json, waits.facts(page_rows), call.again(), ALL_OWNERS)
            return apply_preview(database, seen, write)
    saved = said("apply", str(output), *config_arguments(config)) if output else None
    next_step = (saved or call.again("--apply")) if seen.caches and not seen.refusals else ""
    ending = Ending(next_step, settings=waits.facts(page_rows))
    return show_preview(seen, ending, listed, as_json=json)
