"""Rows by their primary keys, as WHERE clauses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.sql.elements import ClauseList, Grouping

from cachedeps.domain.model import TableRef
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.schema import LiveColumn
from cachedeps.errors import ScopeError, UnknownNameError
from cachedeps.sql.expressions import Expressions

Clause = sa.ColumnElement[bool]

MOST_VALUES = 60_000
"""PostgreSQL takes at most 65,535 parameters in one statement."""

GROUP = 500
"""SQLite nests expressions up to 1,000 levels."""


def key_in(
    keys: Sequence[KeyValues],
    ref: TableRef,
    row: sa.FromClause,
    columns: Sequence[LiveColumn],
    say: Expressions,
    told: Sequence[ColumnElement[Any]] = (),
) -> Clause:
    """That a row of ``ref``, given as ``row``, has one of ``keys`` in its key ``columns``.

    ``told`` are the columns as expressions, where they are not to be compared as they are.

    Raises:
        ScopeError: a key has too many or too few values, or there are too many keys.
        UnknownNameError: a value cannot stand in its column.
    """
    if len(keys) * len(columns) > MOST_VALUES:
        message = f"{len(keys):,} keys of {ref} are too many for one statement"
        hint = f"at most {MOST_VALUES // len(columns):,}: plan in parts, or choose by --where"
        raise ScopeError(message, hint=hint)
    for key in keys:
        _check(key, ref, columns, say)
    if not keys:
        return sa.false()
    if len(columns) == 1:
        column = columns[0]
        here = told[0] if told else row.c[column.name]
        return here.in_([say.literal(key[0], column, "key") for key in keys])
    expressions = told or [row.c[column.name] for column in columns]
    return _any_of(
        [
            sa.and_(
                *(
                    here == say.literal(value, column, "key")
                    for here, column, value in zip(expressions, columns, key, strict=True)
                )
            )
            for key in keys
        ]
    )


def _any_of(clauses: Sequence[Clause]) -> Clause:
    """Many conditions as groups of some: a database limits how deep one OR may nest."""
    if len(clauses) <= GROUP:
        # an OR of nothing would say nothing, and choose every row
        return sa.or_(sa.false(), *clauses)
    groups = [clauses[at : at + GROUP] for at in range(0, len(clauses), GROUP)]
    return sa.or_(*(_in_parentheses(sa.or_(*group)) for group in groups))


def _in_parentheses(clause: Clause) -> Clause:
    """Parentheses that are not taken away for being needless."""
    return Grouping(ClauseList(clause, operator=None, group=False))  # type: ignore[arg-type]


def _check(key: KeyValues, ref: TableRef, columns: Sequence[LiveColumn], say: Expressions) -> None:
    if len(key) != len(columns):
        names = ", ".join(column.name for column in columns)
        message = f"key {key} has {len(key)} values; the key of {ref} is ({names})"
        raise ScopeError(message, hint="--key TABLE=(a,b)")
    for column, value in zip(columns, key, strict=True):
        if not say.fits(value, column):
            message = f"{value!r} is no key of {ref}: {column.name} is {column.type}"
            raise UnknownNameError(message, hint="check --key; nothing was planned")
