"""Keeps docs/cli.md true: ``python -m cachedeps.cli.reference docs/cli.md``.

What stands between the two marks of the page is written from the commands themselves.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from typer.main import get_command

from cachedeps.cli.call import PROGRAM
from cachedeps.cli.commands import COMMANDS, EXIT_CODES
from cachedeps.cli.typed import command_app

BEGIN = "<!-- generated from the commands by make docs: begin -->\n"
END = "<!-- generated from the commands by make docs: end -->\n"

# Run in this order by a test, on the example database; RECEIPT stands for the apply's id.
EXAMPLES = {
    "init": ["cachedeps init --url sqlite:///examples/jumponion/app.db -o starter.toml"],
    "check": ["cachedeps check", "cachedeps check --offline -c cachedeps.toml"],
    "graph": ["cachedeps graph --upstream analytics", "cachedeps graph --format svg -o graph.svg"],
    "explain": ["cachedeps explain uploads.training_plan"],
    "invalidate": [
        "cachedeps invalidate --upstream analytics",
        "cachedeps invalidate --upstream analytics --where 'uploads: id > 115' --keys",
        "cachedeps invalidate --upstream analytics --key 111,112 --owners-file owners.txt",
        "cachedeps invalidate --column uploads.training_plan --owner aiko.tan@example.com",
        "cachedeps invalidate --upstream analytics --since 2026-04-01 -o plan.json",
    ],
    "apply": ["cachedeps apply plan.json --approved-by ann@example.com --expect-rows 20"],
    "show": ["cachedeps show plan.json", "cachedeps show RECEIPT --json"],
    "history": ["cachedeps history"],
    "restore": [
        "cachedeps restore RECEIPT",
        "cachedeps restore RECEIPT --key 111 --apply --approved-by ann@example.com"
        " --expect-rows 1",
    ],
    "guard": [
        "cachedeps guard change.sql app.py",
        "cachedeps guard change.sql --dialect mysql --json",
        "cachedeps guard change.sql app.py --sarif",
        "cachedeps guard --explain blanket-null",
        "cachedeps guard change.sql --live",
    ],
    "run": ["cachedeps run fix.sql", "cachedeps run fix.sql --page-rows 100 --json"],
    "cleanup": ["cachedeps cleanup users"],
    "journal": ["cachedeps journal ddl"],
    "demo": ["cachedeps demo --folder demo"],
}


def commands() -> str:
    """The generated part of the page, as Markdown."""
    lines = ["", "## Exit codes", ""]
    lines += _table(("code", "meaning"), [(str(c), m) for c, m in EXIT_CODES.items()])
    for name in COMMANDS:
        lines += ["", f"## {PROGRAM} {name}", "", *_command(name)]
    return "\n".join(lines) + "\n\n"


def page(text: str) -> str:
    """The page with its generated part renewed."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + commands() + END + after


def _command(name: str) -> Iterator[str]:
    command = get_command(command_app(name))
    context = command.make_context(f"{PROGRAM} {name}", [], resilient_parsing=True)
    yield command.help or ""
    yield from ("", "```console", *(f"$ {line}" for line in EXAMPLES[name]), "```", "")
    records = (parameter.get_help_record(context) for parameter in command.params)
    rows = [(f"`{names}`", said) for names, said in filter(None, records)]
    yield from _table(
        ("argument or option", "what it does"), [row for row in rows if "--help" not in row[0]]
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        cells = (cell.replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(cells)} |"


def main(path: Path) -> None:
    """Renews the page at ``path``."""
    path.write_text(page(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
