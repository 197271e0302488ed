"""Rows by their primary keys, as WHERE clauses."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from cachedeps.domain.model import TableRef
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.schema import LiveColumn
from cachedeps.errors import ScopeError, UnknownNameError
from cachedeps.sql.expressions import Expressions

Clause = sa.ColumnElement[bool]


def key_in(
    keys: Sequence[KeyValues],
    ref: TableRef,
    row: sa.FromClause,
    columns: Sequence[LiveColumn],
    say: Expressions,
) -> Clause:
    """That a row of ``ref``, given as ``row``, has one of ``keys`` in its key ``columns``.

    Raises:
        ScopeError: a key has too many or too few values.
        UnknownNameError: a value cannot stand in its column.
    """
    for key in keys:
        _check(key, ref, columns, say)
    if len(columns) == 1:
        column = columns[0]
        return row.c[column.name].in_([say.literal(key[0], column, "key") for key in keys])
    return sa.or_(
        sa.false(),  # no keys at all name no row
        *(
            sa.and_(
                *(
                    row.c[column.name] == say.literal(value, column, "key")
                    for column, value in zip(columns, key, strict=True)
                )
            )
            for key in keys
        )
    )


def _check(key: KeyValues, ref: TableRef, columns: Sequence[LiveColumn], say: Expressions) -> None:
    if len(key) != len(columns):
        names = ", ".join(column.name for column in columns)
        message = f"key {key} has {len(key)} values; the key of {ref} is ({names})"
        raise ScopeError(message, hint="--key TABLE=(a,b)")
    for column, value in zip(columns, key, strict=True):
        if not say.fits(value, column):
            message = f"{value!r} is no key of {ref}: {column.name} is {column.type}"
            raise UnknownNameError(message, hint="check --key; nothing was planned")
