"""SQLite."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from time import monotonic
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.types import NullType, UserDefinedType

from cachedeps.db.dialects import sqlite_times
from cachedeps.db.dialects.base import NUMBERS, Dialect, Expression, Timeouts
from cachedeps.domain.model import Scalar, TableRef
from cachedeps.domain.rows import Bound
from cachedeps.domain.schema import LiveColumn, TypeKind

STEPS_BETWEEN_LOOKS = 10_000
"""After so many steps of its machine SQLite looks at the clock; about a millisecond."""


class AnyType(UserDefinedType[Any]):
    """A column without a declared type: every value keeps its storage class and its bytes."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Nothing: SQLite converts no value of a column without a type."""
        return ""


def _encoded(value: object) -> bytes:
    if isinstance(value, bytes):
        return b"b" + value
    return f"{type(value).__name__[0]}{value!r}".encode("utf-8", "surrogatepass")


def _hash(*values: object) -> int:
    """64 bits over the storage classes and bytes of the values."""
    state = blake2b(digest_size=8)
    for value in values:
        data = _encoded(value)
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return int.from_bytes(state.digest(), "big", signed=True)


def _bytes(expression: Expression) -> Expression:
    return sa.cast(expression, sa.BLOB)


class _HashSum:
    """Adds hashes up without SQLite's 64-bit overflow."""

    def __init__(self) -> None:
        self.total = 0

    def step(self, value: int | None) -> None:
        self.total += value or 0

    def finalize(self) -> str:
        return str(self.total)


def _register(connection: sqlite3.Connection) -> None:
    connection.create_function("cachedeps_hash", -1, _hash, deterministic=True)
    connection.create_aggregate("cachedeps_sum", 1, _HashSum)  # type: ignore[arg-type]


def _locked(path: Path) -> IO[bytes] | None:
    """The lock file, locked; None where another process holds it.

    Whoever held the lock removes the file, so a lock counts only while the file that was
    locked is still the one that the next process would find.
    """
    while True:
        handle = path.open("ab")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            return None
        if path.exists() and path.stat().st_ino == os.fstat(handle.fileno()).st_ino:
            return handle
        handle.close()


class SQLite(Dialect):
    """SQLite 3.35 and later, through the standard library."""

    name = "sqlite"
    journal_key_type = AnyType()
    journal_value_type = AnyType()
    looks_up = True

    def __init__(self, timezone: str = "UTC", schema: str | None = None) -> None:
        super().__init__(timezone, schema)
        self._locks: dict[int, IO[bytes]] = {}

    def prepare(self, engine: Engine, timeouts: Timeouts) -> None:
        """Sets an engine of our own up, before its first connection.

        Python's sqlite3 would open transactions by itself; they are ours to open.
        """

        @sa.event.listens_for(engine, "connect")
        def connected(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None
            connection.execute(f"PRAGMA busy_timeout = {int(timeouts.lock_seconds * 1000)}")
            connection.execute("PRAGMA foreign_keys = ON")

    def begin(
        self, connection: Connection, timeouts: Timeouts, *, read_only: bool, durable: bool = True
    ) -> None:
        """Opens the transaction that the following statements run in."""
        raw = connection.connection.driver_connection
        if isinstance(raw, sqlite3.Connection):
            _register(raw)
            if self.timezone != "UTC":
                utc = sqlite_times.utc_from_local(self.timezone)
                raw.create_function("cachedeps_utc", 1, utc, deterministic=True)
        if raw is not None and raw.in_transaction:
            return
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(timeouts.lock_seconds * 1000)}")
        connection.exec_driver_sql(f"PRAGMA query_only = {int(read_only)}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    def changed_rows(self, connection: Connection, done: sa.CursorResult[Any]) -> int:
        """How many rows the statement that was just executed has written.

        Python's sqlite3 does not count where a statement begins with WITH.
        """
        if done.rowcount >= 0:
            return done.rowcount
        return int(connection.exec_driver_sql("SELECT changes()").scalar_one())

    def try_lock(self, connection: Connection, name: str) -> bool:
        """Takes the lock that only one writing run may hold; freed when the process ends.

        SQLite has no locks by name, so it is a lock on a file beside the database.
        """
        path = connection.engine.url.database
        if not path or path == ":memory:" or path.startswith("file:"):
            path = self._file_of(connection)
        if not path:
            return True
        handle = _locked(Path(f"{Path(path).resolve()}.{name}-lock"))
        if handle is None:
            return False
        self._locks[id(connection)] = handle
        return True

    @staticmethod
    def _file_of(connection: Connection) -> str:
        rows = connection.exec_driver_sql("PRAGMA database_list").fetchall()
        return next((str(row[2]) for row in rows if row[1] == "main" and row[2]), "")

    def unlock(self, connection: Connection, name: str) -> None:
        """Gives the lock back."""
        handle = self._locks.pop(id(connection), None)
        if handle is not None:
            Path(handle.name).unlink(missing_ok=True)
            handle.close()

    def classify(self, error: sa.exc.DBAPIError) -> str:
        """One of lock-timeout, rights, unreachable, lost, other."""
        text = str(error.orig)
        if "locked" in text or "busy" in text:
            return "lock-timeout"
        if text == "interrupted":
            return "statement-timeout"
        if "readonly" in text or "read-only" in text:
            return "rights"
        if "unable to open" in text or "not a database" in text:
            return "unreachable"
        return "other"

    def enforces_references(self, connection: Connection) -> bool:
        """Whether this session lets foreign keys act."""
        return bool(connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one())

    def defer_references(self, connection: Connection, *, defer: bool) -> None:
        """Lets rows be put back in any order, until the transaction ends."""
        connection.exec_driver_sql(f"PRAGMA defer_foreign_keys = {int(defer)}")

    @contextmanager
    def limited(self, connection: Connection, timeouts: Timeouts) -> Iterator[None]:
        """Ends a statement that takes too long; SQLite has no limit of its own."""
        raw = connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            yield
            return
        end = monotonic() + timeouts.statement_seconds
        raw.set_progress_handler(lambda: monotonic() > end, STEPS_BETWEEN_LOOKS)
        try:
            yield
        finally:
            raw.set_progress_handler(None, 0)

    def estimated_rows(self, connection: Connection, ref: TableRef) -> int:
        """About how many rows a table has, without counting them."""
        table = sa.table(ref.name, schema=ref.schema)
        query: Select[Any] = sa.select(sa.func.max(sa.literal_column("rowid"))).select_from(table)
        try:
            found = connection.execute(query).scalar()
        except sa.exc.OperationalError:
            # a table WITHOUT ROWID does not tell
            return 0
        return int(found or 0)

    def time_separator(
        self, connection: Connection, ref: TableRef, column: LiveColumn
    ) -> str | None:
        """The separator of ISO times, where all values of a text column share one spelling."""
        return sqlite_times.separator(connection, ref, column.name)

    # expressions

    def referring(self, expression: Expression, parent: LiveColumn) -> Expression:
        """A column as its foreign key to ``parent`` compares it: by the collation of that one."""
        if parent.kind in NUMBERS:
            return expression
        return sa.collate(expression, parent.collation or "BINARY")

    def exact(self, expression: Expression, column: LiveColumn) -> Expression:
        """The column for comparisons that must not ignore case, accents or padding."""
        return sa.collate(expression, "BINARY") if column.kind is TypeKind.TEXT else expression

    def quotient(self, expression: Expression, divisor: int) -> Expression:
        """The integer part of a division."""
        return sa.cast(expression.op("/")(sa.literal_column(str(int(divisor)))), sa.Integer)

    def at_or_after(
        self, expression: Expression, column: LiveColumn, bound: Bound, label: str
    ) -> sa.ColumnElement[bool]:
        """Whether a time column is at or after an instant."""
        left, right = self._moments(expression, column, bound, label)
        return left >= right

    def before(
        self, expression: Expression, column: LiveColumn, bound: Bound, label: str
    ) -> sa.ColumnElement[bool]:
        """Whether a time column is before an instant."""
        left, right = self._moments(expression, column, bound, label)
        return left < right

    def _moments(
        self, expression: Expression, column: LiveColumn, bound: Bound, label: str
    ) -> tuple[Expression, Expression]:
        """The column and the bound; values with an offset compare in UTC, others in local time."""

        def moment(text: str) -> Expression:
            return sa.bindparam(label, text, unique=True, type_=NullType())

        if column.separator:
            return expression, moment(bound.local.replace(" ", column.separator))
        if bound.utc == bound.local:
            return sqlite_times.instant(expression), moment(bound.utc)
        # numbers count seconds since 1970 in UTC
        zoned = sa.or_(sqlite_times.zoned(expression), sa.func.typeof(expression) != "text")
        right = sa.case((zoned, moment(bound.utc)), else_=moment(bound.local))
        return sqlite_times.instant(expression), right

    def earlier(
        self,
        left: Expression,
        left_column: LiveColumn,
        right: Expression,
        right_column: LiveColumn,
    ) -> sa.ColumnElement[bool]:
        """Whether one time column is before another one."""
        if left_column.separator and left_column.separator == right_column.separator:
            return sqlite_times.trimmed(left) < sqlite_times.trimmed(right)
        local_as_utc = self.timezone != "UTC"
        one, other = (
            sqlite_times.trimmed(sqlite_times.instant(side, local_as_utc=local_as_utc))
            for side in (left, right)
        )
        return one < other

    def stored_size(self, expression: Expression) -> Expression:
        """The stored size of a value in bytes, as cheaply as the database can tell it."""
        return sa.func.coalesce(
            sa.func.length(sa.cast(expression, sa.BLOB)), sa.literal_column("0")
        )

    def key_hash(self, keys: list[Expression]) -> Expression:
        """An integer hash of a row's key."""
        return sa.func.cachedeps_hash(*keys)

    def cell_hash(
        self, keys: list[Expression], value: Expression, column: LiveColumn
    ) -> Expression:
        """An integer hash of a key together with the value of one cell."""
        kind = sa.func.typeof(value)
        # text as bytes: it need not be valid UTF-8, which Python would not take
        exact = sa.case((kind == sa.literal_column("'text'"), _bytes(value)), else_=value)
        return sa.func.cachedeps_hash(*keys, kind, exact)

    def size_hash(self, keys: list[Expression], size: Expression) -> Expression:
        """An integer hash of a key together with the stored size of one cell."""
        return sa.func.cachedeps_hash(*keys, size)

    def hash_sum(self, hashes: Expression) -> Expression:
        """The sum of integer hashes, without overflow."""
        return sa.func.cachedeps_sum(hashes)

    def excerpt(self, expression: Expression, column: LiveColumn, letters: int) -> Expression:
        """The start of a value as text."""
        size: Expression = sa.literal_column(str(int(letters)))
        start = sa.func.substr(expression, sa.literal_column("1"), size)
        return sa.case(
            (sa.func.typeof(expression) == "blob", sa.func.hex(start)), else_=_bytes(start)
        )

    def fits(self, value: Scalar, column: LiveColumn) -> bool:
        """Any value can stand in any column, and is compared as a whole; integers have 64 bits."""
        if type(value) is int:
            return -(2**63) <= value < 2**63
        return column.kind is not TypeKind.BYTES or super().fits(value, column)

    # the journal

    def to_journal(self, expression: Expression, column: LiveColumn) -> Expression:
        """A value in the form that the journal keeps; nothing of it is lost."""
        return expression

    def from_journal(self, value: Expression, column: LiveColumn) -> Expression:
        """A journaled value back in its column's own type, to the byte."""
        return value

    def bare(self, expression: Expression) -> Expression:
        """A column as its value alone, so that an index over plain values serves.

        A comparison with a column would convert the other side to that column's affinity.
        """
        return UnaryExpression(expression, operator=custom_op("+"))

    def same(
        self, left: Expression, right: Expression, column: LiveColumn
    ) -> sa.ColumnElement[bool]:
        """Whether two values of a column are the same bytes; NULL is the same as NULL."""
        binary = sa.collate(left, "BINARY")
        return sa.and_(binary.op("IS")(right), sa.func.typeof(left) == sa.func.typeof(right))

    def locking(
        self, select: Select[Any], table: sa.FromClause, *, whole: bool = False
    ) -> Select[Any]:
        """The select, holding its rows of ``table`` until the transaction ends.

        BEGIN IMMEDIATE has locked the database already.
        """
        return select

    def journal_ddl(self, metadata: sa.MetaData) -> Sequence[str]:
        """The statements that create the journal's tables where they are missing."""
        dialect = sqlite.dialect()
        out = []
        for table in metadata.sorted_tables:
            out.append(
                str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)).strip()
            )
            for index in sorted(table.indexes, key=lambda i: str(i.name)):
                made = CreateIndex(index, if_not_exists=True)
                out.append(str(made.compile(dialect=dialect)).strip())
        return out
