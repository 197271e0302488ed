"""Guard: a verdict on SQL that others wrote; runs nothing and asks no database."""

from __future__ import annotations

from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Declaration
from cachedeps.domain.verdict import Verdict
from cachedeps.errors import UsageError
from cachedeps.guard.check import Params, check

DIALECTS = ("postgresql", "mysql", "mariadb", "sqlite")


def guard(
    declaration: Declaration, graph: Graph, sql: str, dialect: str | None, params: Params
) -> Verdict:
    """The verdict on ``sql``; see ``Project.guard``."""
    chosen = chosen_dialect(declaration, dialect)
    return check(graph, sql, chosen, params, declaration.exemptions)


def chosen_dialect(declaration: Declaration, dialect: str | None) -> str:
    """The dialect that is asked for, else that of the declared database.

    Raises:
        UsageError: there is none, or it is not known.
    """
    chosen = dialect or declaration.database.dialect
    if chosen not in DIALECTS:
        told = f"{chosen!r} is no dialect" if chosen else "the database's dialect is not declared"
        raise UsageError(told, hint=f"--dialect {'|'.join(DIALECTS)}")
    return chosen
