"""What the statements need from a database, as expressions.

``db/dialects`` has one class for each database that offers all of this; nothing here knows
which of them it is talking to.
"""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import ColumnElement

from cachedeps.domain.model import Scalar, TableRef
from cachedeps.domain.rows import Bound
from cachedeps.domain.schema import LiveColumn

Expression = ColumnElement[Any]


class Expressions(Protocol):
    """The expressions in which databases differ."""

    name: str

    def literal(self, value: Scalar | None, column: LiveColumn, label: str) -> Expression:
        """A bound value that compares with, or is stored in, a column of that type."""

    def default(self, text: str, column: LiveColumn) -> Expression:
        """A column's default, as the catalog tells it, as a value of the column."""

    def referring(self, expression: Expression, parent: LiveColumn) -> Expression:
        """A column as its foreign key to ``parent`` compares it."""

    def is_null(self, expression: Expression, column: LiveColumn) -> ColumnElement[bool]:
        """Whether a cell holds no value at all."""

    def predicate_text(self, text: str) -> str:
        """A piece of a predicate between its columns, as it is sent."""

    def exact(self, expression: Expression, column: LiveColumn) -> Expression:
        """The column for comparisons that must not ignore case, accents or padding."""

    def quotient(self, expression: Expression, divisor: int) -> Expression:
        """The integer part of a division."""

    def at_or_after(
        self, expression: Expression, column: LiveColumn, bound: Bound, label: str
    ) -> ColumnElement[bool]:
        """Whether a time column is at or after an instant."""

    def before(
        self, expression: Expression, column: LiveColumn, bound: Bound, label: str
    ) -> ColumnElement[bool]:
        """Whether a time column is before an instant."""

    def earlier(
        self,
        left: Expression,
        left_column: LiveColumn,
        right: Expression,
        right_column: LiveColumn,
    ) -> ColumnElement[bool]:
        """Whether one time column is before another one."""

    def stored_size(self, expression: Expression) -> Expression:
        """The stored size of a value in bytes, as cheaply as the database can tell it."""

    def key_hash(self, keys: list[Expression]) -> Expression:
        """An integer hash of a row's key."""

    def cell_hash(
        self, keys: list[Expression], value: Expression, column: LiveColumn
    ) -> Expression:
        """An integer hash of a key together with the value of one cell."""

    def hash_sum(self, hashes: Expression) -> Expression:
        """The sum of integer hashes, without overflow."""

    def size_hash(self, keys: list[Expression], size: Expression) -> Expression:
        """An integer hash of a key together with the stored size of one cell."""

    def excerpt(self, expression: Expression, column: LiveColumn, letters: int) -> Expression:
        """The start of a value as text."""

    def key_parameter(self, name: str, column: LiveColumn) -> Expression:
        """A named parameter that compares with a key column."""

    def key_in(self, value: Scalar, column: LiveColumn) -> object:
        """A key value, as kept in plans and journals, as the driver wants it."""

    def fits(self, value: Scalar, column: LiveColumn) -> bool:
        """Whether a value can be a key in that column; else a database may read half of it."""

    def refresh(self, ref: TableRef) -> str | None:
        """The statement that refreshes a materialized view; None where there are none."""
