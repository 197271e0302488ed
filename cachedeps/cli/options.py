"""The options that several commands share, each with its help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cachedeps.cli.words import NUMBER, WHO

DAY = 86_400

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        help="The declaration; without it cachedeps.toml here or in a folder above.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]

# which cells
Upstreams = Annotated[
    list[str] | None,
    typer.Option("--upstream", metavar="NAME", help="An upstream that was fixed; repeats."),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="TABLE.CACHE",
        help="Alone: plan this cache and what depends on it. Beside --upstream: only these "
        "of its caches. Repeats.",
    ),
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Rows at or after this time.")
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="TIME",
        help="Rows before this time; a bare date means through the end of that day.",
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="SQL",
        help='Rows for which this holds; "TABLE: SQL" for one table. Repeats.',
    ),
]
Keys = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="KEYS",
        help="Primary keys: 1,2 or TABLE=1,2; composite: TABLE=(1,a),(2,b). Repeats.",
    ),
]
KeysFrom = Annotated[
    Path | None,
    typer.Option(
        "--keys-from",
        metavar="FILE",
        help="Primary keys, one a line (composite: comma or tab separated); - is stdin.",
    ),
]
OwnersOf = Annotated[
    list[str] | None,
    typer.Option("--owner", metavar="LABEL", help="Rows of this owner; repeats."),
]
BadVersions = Annotated[
    list[str] | None,
    typer.Option(
        "--bad-version",
        metavar="A..B",
        help="These stamps are the bad ones: 3..5 (integers) or 35,33; cells without a stamp "
        "count too, unless --unstamped keep. Repeats.",
    ),
]
Unstamped = Annotated[
    Literal["reset", "keep"],
    typer.Option("--unstamped", help="What to do with cells that have no stamp."),
]
FixedAt = Annotated[
    str | None,
    typer.Option(
        "--fixed-at",
        metavar="TIME",
        help="Cells computed before this time are stale; where a source table's changed_at "
        "is compared row by row, that decides.",
    ),
]
Stale = Annotated[
    bool,
    typer.Option("--stale", help="Whatever stamps and change times say is behind."),
]

# how to look
PageRows = Annotated[
    int,
    typer.Option("--page-rows", metavar="N", min=1, help="Rows of one page, one transaction."),
]
Fingerprint = Annotated[
    Literal["auto", "values", "sizes"],
    typer.Option(
        "--fingerprint",
        help="What the target's fingerprint is made of; auto takes sizes for much data.",
    ),
]
LockTimeout = Annotated[
    float,
    typer.Option(
        "--lock-timeout", metavar="SECONDS", min=0, max=DAY, help="Longest wait for a lock."
    ),
]
StatementTimeout = Annotated[
    float,
    typer.Option(
        "--statement-timeout",
        metavar="SECONDS",
        min=0,
        max=DAY,
        help="Longest run of one statement.",
    ),
]

# what to hand over
PlanFile = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Save the plan, for cachedeps apply."),
]
ListKeys = Annotated[
    bool, typer.Option("--keys", help="List the primary key of every target cell.")
]
KeysTo = Annotated[
    Path | None,
    typer.Option(
        "--keys-to",
        metavar="FILE",
        help='Write every target cell to FILE, one JSON object a line: {"cache", "key"}.',
    ),
]
OwnersFile = Annotated[
    Path | None,
    typer.Option("--owners-file", metavar="FILE", help="Write every owner, one a line."),
]

# approval
Apply = Annotated[
    bool, typer.Option("--apply", help="Write, after approval. Without it nothing is written.")
]
ApprovedBy = Annotated[
    str | None, typer.Option("--approved-by", metavar=WHO, help="Who approves; is journaled.")
]
ExpectRows = Annotated[
    int | None,
    typer.Option(
        "--expect-rows", metavar=NUMBER, min=0, help="The number of distinct rows, as previewed."
    ),
]
ExpectTables = Annotated[
    list[str] | None,
    typer.Option(
        "--expect",
        metavar="TABLE=N",
        help="The number of rows of one table, as previewed; repeats.",
    ),
]
Measure = Annotated[
    bool,
    typer.Option(
        "--measure/--no-measure",
        help="Where the database counts what a transaction writes (PostgreSQL): execute the "
        "statement, count, and roll it back.",
    ),
]
Expect = Annotated[
    list[str] | None,
    typer.Option(
        "--expect",
        metavar="TABLE.CACHE=N",
        help="The number of cells of one cache, as previewed; repeats.",
    ),
]
