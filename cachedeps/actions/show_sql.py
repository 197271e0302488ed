"""The statements of a plan as text, with their parameters beside them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.sql import visitors

from cachedeps.domain.model import Scalar
from cachedeps.domain.outcome import Statement
from cachedeps.sql.statements import Statements

PRINTERS = {
    "postgresql": postgresql.dialect,
    "mysql": mysql.dialect,
    "mariadb": mysql.dialect,
    "sqlite": sqlite.dialect,
}


def statements_of(statements: Statements) -> tuple[Statement, ...]:
    """Every statement that an apply runs, whole; an apply adds the key range of each page."""
    out = []
    for table in statements.tables():
        for target in table.targets:
            if target.change is not None:
                sql, params = as_text(target.change, statements.say.name)
                out.append(Statement(target.write.caches, sql, params))
    for write in statements.refreshes():
        refresh = statements.say.refresh(write.ref)
        if refresh is not None:
            out.append(Statement(write.caches, refresh, ()))
    return tuple(out)


def as_text(
    clause: sa.ClauseElement, dialect: str
) -> tuple[str, tuple[tuple[str, Scalar | None], ...]]:
    """The clause in the database's SQL with ``:name`` parameters, and their values."""
    printer: Any = PRINTERS[dialect](paramstyle="named")
    shown: Any = clause
    if dialect != "postgresql":
        shown = visitors.replacement_traverse(clause, {}, _bytes_in_hex)
    compiled: Any = shown.compile(dialect=printer, compile_kwargs={"render_postcompile": True})
    params = {name: _plain(value) for name, value in compiled.params.items()}
    return str(compiled), tuple(params.items())


def _bytes_in_hex(element: Any, **_: object) -> Any:
    """Bytes as a literal: as text beside the statement they would match no row."""
    if not isinstance(element, sa.BindParameter):
        return None
    values = element.value if isinstance(element.value, list | tuple) else (element.value,)
    if not values or not all(isinstance(value, bytes) for value in values):
        return None
    literals: list[Any] = [sa.literal_column(f"X'{value.hex()}'") for value in values]
    return sa.tuple_(*literals) if element.expanding else literals[0]


def _plain(value: object) -> Scalar | None:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
