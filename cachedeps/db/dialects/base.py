"""What every database has in common; each dialect says how it differs.

Every dialect file has the same methods in the same order, so that two databases can be
compared by comparing two files.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Select
from sqlalchemy.sql import operators
from sqlalchemy.types import NullType

from cachedeps.domain.model import Scalar, TableRef
from cachedeps.domain.rows import Bound
from cachedeps.domain.schema import LiveColumn, TypeKind

Expression = sa.ColumnElement[Any]
MOMENT = r"[-+0-9:. TZ]+( BC)?|-?infinity"
KEY_FORMS = {
    TypeKind.INTEGER: r"[+-]?[0-9]+",
    TypeKind.DECIMAL: r"[-+0-9.eE]+|NaN",
    TypeKind.FLOAT: r"[-+0-9.eE]+|NaN|-?(inf|Infinity)",
    TypeKind.BYTES: r"(?!\\x)(?s:.*)|\\x([0-9A-Fa-f]{2})*",
    TypeKind.UUID: r"\{?[0-9A-Fa-f-]{32,36}\}?",
    TypeKind.DATE: MOMENT,
    TypeKind.TIMESTAMP: MOMENT,
    TypeKind.TIMESTAMP_ZONED: MOMENT,
}
NUMBERS = {TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.DECIMAL}


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for a lock, and for one statement, in seconds."""

    lock_seconds: float = 5.0
    statement_seconds: float = 300.0


def key_out(value: object, column: LiveColumn) -> Scalar:
    r"""A key value as plans, documents and the journal keep it.

    Integers stay numbers; bytes become hexadecimal digits after ``\\\\x``; everything else is text
    (ISO 8601 for dates and times).
    """
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return "\\x" + bytes(value).hex()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    text = str(value)
    return int(text) if column.kind is TypeKind.INTEGER and _is_integer(text) else text


def _is_integer(text: str) -> bool:
    return text.removeprefix("-").isdigit() and text.isascii()


def epoch_seconds(bound: Bound) -> float:
    """The instant as seconds since 1970-01-01 UTC."""
    return datetime.fromisoformat(bound.utc).replace(tzinfo=UTC).timestamp()


class Dialect(ABC):
    """One kind of database.

    ``timezone`` is what times without an offset are read in, ``schema`` where tables without
    a schema of their own stand (None: wherever the connection looks first).
    """

    name: str
    journal_key_type: sa.types.TypeEngine[Any]
    journal_value_type: sa.types.TypeEngine[Any]
    clustered = False
    """Whether tables are kept in the order of their primary key."""

    counts_writes = False
    """Whether a transaction can be asked how many rows of each table it has written."""

    inserts_together = False
    """Whether one statement may insert into several tables, and is checked when it ends."""

    looks_up = False
    """Whether a sub-select for each row is faster here than UPDATE .. FROM."""

    def __init__(self, timezone: str = "UTC", schema: str | None = None) -> None:
        self.timezone = timezone
        self.schema = schema

    # sessions

    @abstractmethod
    def prepare(self, engine: Engine, timeouts: Timeouts) -> None:
        """Sets an engine of our own up, before its first connection."""

    @abstractmethod
    def begin(
        self, connection: Connection, timeouts: Timeouts, *, read_only: bool, durable: bool = True
    ) -> None:
        """Opens the transaction that the following statements run in.

        Where not ``durable``, its commit need not wait for the disk: a later one will.
        """

    def changed_rows(self, connection: Connection, done: sa.CursorResult[Any]) -> int:
        """How many rows the statement that was just executed has written."""
        return done.rowcount

    @abstractmethod
    def try_lock(self, connection: Connection, name: str) -> bool:
        """Takes the lock that only one writing run may hold; freed when the session ends."""

    @abstractmethod
    def unlock(self, connection: Connection, name: str) -> None:
        """Gives the lock back."""

    @abstractmethod
    def classify(self, error: sa.exc.DBAPIError) -> str:
        """One of lock-timeout, rights, unreachable, lost, other."""

    @abstractmethod
    def enforces_references(self, connection: Connection) -> bool:
        """Whether this session lets foreign keys act."""

    @abstractmethod
    def defer_references(self, connection: Connection, *, defer: bool) -> None:
        """Lets rows be put back in any order, until the transaction ends or this is undone."""

    def written_rows(self, connection: Connection) -> dict[TableRef, tuple[int, int, int]]:
        """Rows inserted, updated and deleted by this transaction, by table.

        Whatever wrote them counts: cascades, triggers and functions, too. Only where
        ``counts_writes``.
        """
        return {}

    def know_table(self, connection: Connection, table: sa.Table) -> bool:
        """Has the planner look at a table that has just grown; whether it has to be asked."""
        return False

    @contextmanager
    def limited(self, connection: Connection, timeouts: Timeouts) -> Iterator[None]:
        """Ends a statement that takes too long, where the server does not do so by itself."""
        yield

    def makeshift(self, connection: Connection) -> str:
        """What the last statement could not convert and yet went on with; "" if nothing."""
        return ""

    def has_table(self, connection: Connection, name: str, schema: str | None) -> bool:
        """Whether a table is where a statement would look for it."""
        return sa.inspect(connection).has_table(name, schema=schema)

    def may_read(self, connection: Connection, name: str, schema: str | None) -> bool:
        """Whether the user has the right to read an existing table."""
        return True

    @abstractmethod
    def estimated_rows(self, connection: Connection, ref: TableRef) -> int:
        """About how many rows a table has, without counting them."""

    def time_separator(
        self, connection: Connection, ref: TableRef, column: LiveColumn
    ) -> str | None:
        """The separator of ISO times, where all values of a text column share one spelling."""
        return None

    # expressions

    def literal(self, value: Scalar | None, column: LiveColumn, label: str) -> Expression:
        """A bound value that compares with, or is stored in, a column of that type."""
        return sa.bindparam(label, self.key_in(value, column), unique=True, type_=NullType())

    def default(self, text: str, column: LiveColumn) -> Expression:
        """A column's default, as the catalog tells it, as a value of the column."""
        return sa.literal_column(f"({text})")

    def referring(self, expression: Expression, parent: LiveColumn) -> Expression:
        """A column as its foreign key to ``parent`` compares it."""
        return expression

    def is_null(self, expression: Expression, column: LiveColumn) -> sa.ColumnElement[bool]:
        """Whether a cell holds no value at all."""
        return expression.is_(None)

    def predicate_text(self, text: str) -> str:
        """A piece of a predicate between its columns, as it is sent."""
        return text

    @abstractmethod
    def exact(self, expression: Expression, column: LiveColumn) -> Expression:
        """The column for comparisons that must not ignore case, accents or padding."""

    @abstractmethod
    def quotient(self, expression: Expression, divisor: int) -> Expression:
        """The integer part of a division."""

    @abstractmethod
    def at_or_after(
        self, expression: Expression, column: LiveColumn, bound: Bound, label: str
    ) -> sa.ColumnElement[bool]:
        """Whether a time column is at or after an instant."""

    @abstractmethod
    def before(
        self, expression: Expression, column: LiveColumn, bound: Bound, label: str
    ) -> sa.ColumnElement[bool]:
        """Whether a time column is before an instant."""

    @abstractmethod
    def earlier(
        self,
        left: Expression,
        left_column: LiveColumn,
        right: Expression,
        right_column: LiveColumn,
    ) -> sa.ColumnElement[bool]:
        """Whether one time column is before another one."""

    @abstractmethod
    def stored_size(self, expression: Expression) -> Expression:
        """The stored size of a value in bytes, as cheaply as the database can tell it."""

    @abstractmethod
    def key_hash(self, keys: list[Expression]) -> Expression:
        """An integer hash of a row's key."""

    @abstractmethod
    def cell_hash(
        self, keys: list[Expression], value: Expression, column: LiveColumn
    ) -> Expression:
        """An integer hash of a key together with the value of one cell."""

    @abstractmethod
    def size_hash(self, keys: list[Expression], size: Expression) -> Expression:
        """An integer hash of a key together with the stored size of one cell."""

    @abstractmethod
    def hash_sum(self, hashes: Expression) -> Expression:
        """The sum of integer hashes, without overflow."""

    @abstractmethod
    def excerpt(self, expression: Expression, column: LiveColumn, letters: int) -> Expression:
        """The start of a value as text."""

    def key_parameter(self, name: str, column: LiveColumn) -> Expression:
        """A named parameter that compares with a key column."""
        return sa.bindparam(name, type_=NullType())

    def key_in(self, value: Scalar | None, column: LiveColumn) -> object:
        """A key value, as kept in plans and journals, as the driver wants it."""
        if isinstance(value, str) and column.kind is TypeKind.BYTES and value.startswith("\\x"):
            return bytes.fromhex(value[2:])
        if type(value) is int and column.kind is TypeKind.TEXT:
            # a number would be compared as one, and be equal to much other text
            return str(value)
        return value

    def fits(self, value: Scalar, column: LiveColumn) -> bool:
        """Whether a value can be a key in that column; else a database may read half of it."""
        form = KEY_FORMS.get(column.kind)
        return form is None or re.fullmatch(form, str(value)) is not None

    def whole_division(self, expression: Expression, divisor: int) -> Expression:
        """The integer part of a division of integers."""
        whole = expression.self_group(against=operators.truediv)
        return whole.op("/")(sa.literal_column(str(divisor)))

    def foreign_rows(self, select: str, names: Sequence[str]) -> sa.FromClause:
        """The rows of a SELECT that somebody else wrote, its columns being called ``names``."""
        # a colon would be taken for a parameter
        text = sa.text(select.replace(":", "\\:"))
        return text.columns(*(sa.column(name) for name in names)).subquery("chosen")

    # the journal

    @abstractmethod
    def to_journal(self, expression: Expression, column: LiveColumn) -> Expression:
        """A value in the form that the journal keeps; nothing of it is lost."""

    @abstractmethod
    def from_journal(self, value: Expression, column: LiveColumn) -> Expression:
        """A journaled value back in its column's own type, to the byte."""

    def key_to_journal(self, expression: Expression, column: LiveColumn) -> Expression:
        """A key value in the form that the journal keeps."""
        return self.to_journal(expression, column)

    def key_from_journal(self, value: Expression, column: LiveColumn) -> Expression:
        """A journaled key value in its column's own type, so that an index serves."""
        return self.from_journal(value, column)

    def bare(self, expression: Expression) -> Expression:
        """A column as its value alone, so that an index over plain values serves."""
        return expression

    @abstractmethod
    def same(
        self, left: Expression, right: Expression, column: LiveColumn
    ) -> sa.ColumnElement[bool]:
        """Whether two values of a column are the same bytes; NULL is the same as NULL."""

    @abstractmethod
    def locking(
        self, select: Select[Any], table: sa.FromClause, *, whole: bool = False
    ) -> Select[Any]:
        """The select, holding its rows of ``table`` until the transaction ends.

        Where ``whole`` rows are to go, no other row may begin to refer to them either.
        """

    def looked_up_once(self, keys: Select[Any]) -> Select[Any]:
        """A SELECT of keys, for a condition that rows are among them."""
        return keys

    def whole_rows(self, select: Select[Any]) -> Select[Any]:
        """The select of an INSERT that brings every column's value along, identities too."""
        return select

    @abstractmethod
    def journal_ddl(self, metadata: sa.MetaData) -> Sequence[str]:
        """The statements that create the journal's tables where they are missing."""

    def refresh(self, ref: TableRef) -> str | None:
        """The statement that refreshes a materialized view; None where there are none."""
        return None
