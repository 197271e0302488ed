"""Guard, for a file: SQL as it is, or the SQL that a Python program holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from cachedeps.actions.guard import chosen_dialect
from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Declaration
from cachedeps.domain.verdict import Verdict
from cachedeps.errors import UsageError
from cachedeps.guard.program import check_python

_SUFFIXES = frozenset({".py", ".pyi", ".pyw"})
_SHEBANG = re.compile(rb"#!.*python")


def guard_file(
    declaration: Declaration,
    graph: Graph,
    path: Path,
    dialect: str | None,
    judge: Callable[[str], Verdict],
) -> Verdict:
    """The verdict on a file's SQL, which ``judge`` gives; see ``Project.guard_file``."""
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise UsageError(message, hint="name a file with SQL, or - for stdin") from None
    if path.suffix.lower() in _SUFFIXES or _SHEBANG.match(content):
        chosen = chosen_dialect(declaration, dialect)
        return check_python(graph, content, chosen, declaration.exemptions, judge)
    # what is no UTF-8 stays visible as such, and is judged like any other odd character
    return judge(content.decode("utf-8", "surrogateescape"))
