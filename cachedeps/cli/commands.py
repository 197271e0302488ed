"""The commands by name, and the help text of the program; loads nothing."""

from __future__ import annotations

COMMANDS = {
    "init": "Write a starter cachedeps.toml from a live schema.",
    "check": "Compare the declaration with the database; exit 1 on findings.",
    "graph": "Show the provenance: which upstream feeds which cache.",
    "explain": "Show what feeds one node, what it feeds, and what makes it stale.",
    "invalidate": "Plan, preview and, once approved, reset what a fix made stale.",
    "apply": "Write a saved plan, once approved; resumes a run that ended early.",
    "show": "Show a plan file or a receipt, and what of it is stale by now.",
    "history": "List every apply and restore that the journal knows.",
    "restore": "Put back what a run changed, once approved.",
    "guard": "Judge SQL that somebody wrote, before it meets the data.",
    "run": "Run one reviewed UPDATE or DELETE, cascades and all.",
    "cleanup": "Delete a table's test rows by their attribute, once approved.",
    "journal": "Print the statements that create the journal's tables.",
    "demo": "Replay an incident on SQLite, from plan to restore.",
}

SUMMARY = "Reset exactly the cache cells that a fix made stale, and be able to undo it."

EXIT_CODES = {
    0: "done, or nothing to do",
    1: "findings (check), or SQL that needs a review (guard)",
    2: "usage or configuration",
    3: "refused: approval missing, stale plan, wrong count, busy, SQL (guard)",
    4: "failed or interrupted; the message says what was and was not written",
}


def help_text() -> str:
    """What ``cachedeps --help`` prints."""
    wide = max(map(len, COMMANDS)) + 2
    lines = [
        "Usage: cachedeps COMMAND [OPTIONS] [ARGUMENTS]",
        "",
        f"  {SUMMARY}",
        "  Every command that writes is a dry run until --apply is given and approved.",
        "",
        "Commands:",
        *(f"  {name.ljust(wide)}{summary}" for name, summary in COMMANDS.items()),
        "",
        "Options:",
        "  -h, --help   This text; cachedeps COMMAND --help tells more.",
        "  --version    The version.",
        "",
        "Exit codes:",
        *(f"  {code}  {meaning}" for code, meaning in EXIT_CODES.items()),
    ]
    return "\n".join(lines) + "\n"
