"""``cachedeps guard --explain``, and the pages that a report carries along."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from cachedeps.cli import exits, terminal
from cachedeps.domain.verdict import RULES, Verdict
from cachedeps.errors import UsageError
from cachedeps.project import rule_page
from cachedeps.render.documents import head
from cachedeps.render.sarif import sarif_document


def show_page(slug: str, files: Sequence[str], *, as_document: bool) -> int:
    """Prints one rule's page; needs no declaration.

    Raises:
        UsageError: there are files, which would not be judged.
    """
    if files:
        message = f"--explain judges nothing, not {files[0]} either"
        raise UsageError(message, hint="leave out the files, or --explain")
    page = rule_page(slug)
    if as_document:
        terminal.show_document({**head("guard"), "rule": slug, "page": page})
    else:
        sys.stdout.write(page)
    return exits.DONE


def show_sarif(found: list[tuple[str, Verdict]]) -> None:
    """Prints the findings as SARIF, each rule with its page."""
    from cachedeps import __version__

    pages = {slug: rule_page(slug) for slug in RULES}
    terminal.show_document(sarif_document(found, pages, __version__, Path.cwd()))


def one_form_only(**asked: bool) -> None:
    """Refuses two forms of output at once.

    Raises:
        UsageError: more than one is asked for.
    """
    flags = [f"--{name}" for name, wanted in asked.items() if wanted]
    if len(flags) > 1:
        message = f"{' and '.join(flags)} exclude each other"
        raise UsageError(message, hint="choose one of them")
