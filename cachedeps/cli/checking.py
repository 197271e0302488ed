"""The check without a database, which starts too often to load the machinery of the others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cachedeps.cli import terminal
from cachedeps.cli.exits import DONE, FINDINGS
from cachedeps.config.excepts import idle_excepts
from cachedeps.domain.finding import Finding
from cachedeps.errors import DeclarationError
from cachedeps.project import Project, load

NO_FILE = "unreadable-file"


def quick_offline_check(arguments: Sequence[str]) -> int | None:
    """Runs ``check --offline`` in its plain forms; None where it was typed in another way."""
    left = list(arguments)
    config: Path | None = None
    if len(left) > 2 and left[-2] in {"-c", "--config"}:
        config = Path(left.pop())
        left.pop()
    if "--offline" not in left or not set(left) <= {"--offline", "--json"}:
        return None
    return offline_check(config, as_json="--json" in left)


def offline_check(config: Path | None, *, as_json: bool) -> int:
    """Checks the file alone."""
    project, found = checked_load(config)
    if project is not None:
        found = tuple(idle_excepts(project.declaration, project.where))
    where = f"{project.path.name} is valid (the database was not asked)" if project else ""
    return tell(found, where, as_json=as_json)


def checked_load(config: Path | None) -> tuple[Project | None, tuple[Finding, ...]]:
    """The project, or the problems of its file as findings.

    Raises:
        DeclarationError: the file could not be read at all.
    """
    try:
        return load(config), ()
    except DeclarationError as error:
        found = tuple(p for p in error.problems if isinstance(p, Finding))
        if not found or NO_FILE in {finding.rule for finding in found}:
            raise
        return None, found


def tell(found: Sequence[Finding], where: str, *, as_json: bool) -> int:
    """Prints findings, or that there are none; returns the exit code."""
    if as_json:
        from cachedeps.render.documents import check_document

        terminal.show_document(check_document(found))
    else:
        from cachedeps.render.findings_screen import check_screen

        terminal.show(check_screen(found, where))
    return FINDINGS if found else DONE
