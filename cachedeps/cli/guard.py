"""``cachedeps guard``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cachedeps.cli import exits, options, terminal
from cachedeps.cli.judging import Judge, judge_lines, judging
from cachedeps.cli.rule_page import one_form_only, show_page, show_sarif
from cachedeps.domain.verdict import Ruling, Verdict
from cachedeps.errors import UsageError
from cachedeps.project import load
from cachedeps.render.verdict import guard_document, guard_screen, worst_of

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE|-",
        help="Files with SQL, or Python files that hold SQL; - is stdin with SQL.",
    ),
]
Dialect = Annotated[
    str | None,
    typer.Option(
        "--dialect",
        metavar="D",
        help="postgresql, mysql, mariadb or sqlite; else that of the declared database.",
    ),
]
Lines = Annotated[
    bool,
    typer.Option(
        "--jsonl",
        help='Read lines {"id", "dialect", "sql", "params"} from stdin, and write a verdict '
        "for each.",
    ),
]
Live = Annotated[
    bool,
    typer.Option(
        "--live",
        help="Ask the database, too, which is only read: its keys, foreign keys and columns, "
        "and whose rows would be hit.",
    ),
]
Sarif = Annotated[
    bool, typer.Option("--sarif", help="Print a SARIF 2.1.0 document, for code scanning.")
]
Explain = Annotated[
    str | None,
    typer.Option("--explain", metavar="SLUG", help="Print the page of this rule, and end."),
]
_CODES = {Ruling.ALLOW: exits.DONE, Ruling.REVIEW: exits.FINDINGS, Ruling.REFUSE: 3}


def guard(
    files: Files = None,
    dialect: Dialect = None,
    config: options.Config = None,
    json: options.Json = False,
    jsonl: Lines = False,
    live: Live = False,
    sarif: Sarif = False,
    explain: Explain = None,
) -> int:
    """Judge SQL that somebody wrote, before it meets the data."""
    one_form_only(json=json, jsonl=jsonl, sarif=sarif)
    if explain is not None:
        one_form_only(explain=True, jsonl=jsonl, sarif=sarif)
        return show_page(explain, files or (), as_document=json)
    project = load(config)
    with judging(project, dialect, live=live) as judge:
        if jsonl:
            return _CODES[judge_lines(judge, sys.stdin, sys.stdout)]
        if not files:
            message = "no SQL to judge"
            raise UsageError(message, hint="name files, or - for stdin")
        found = [(name, _judged(judge, name)) for name in files]
    if sarif:
        show_sarif(found)
    elif json:
        terminal.show_document(guard_document(found))
    else:
        terminal.show(guard_screen(found))
    return _CODES[worst_of([verdict for _, verdict in found])]


def _judged(judge: Judge, name: str) -> Verdict:
    if name != "-":
        return judge.file(name)
    # what is no UTF-8 stays visible as such, and is judged like any other odd character
    return judge.sql(sys.stdin.buffer.read().decode("utf-8", "surrogateescape"), None, None)
