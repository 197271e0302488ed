"""MySQL 8 and, with what differs, MariaDB 10.6 and later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from struct import pack, unpack
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Select
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql import operators
from sqlalchemy.types import NullType

from cachedeps.db.dialects.base import NUMBERS, Dialect, Expression, Timeouts, epoch_seconds
from cachedeps.domain.model import Scalar, TableRef
from cachedeps.domain.rows import Bound
from cachedeps.domain.schema import LiveColumn, TypeKind
from cachedeps.errors import UnsupportedError

# MySQL takes names of at most 64 letters, and a database's name may have as many
LOCK = "CONCAT(:name, '.', MD5(COALESCE(:schema, DATABASE(), '')))"
LOCK_ERRORS = {1205, 1213, 3572}
RIGHTS_ERRORS = {1044, 1142, 1143, 1227, 1370}
CONNECT_ERRORS = {1045, 1049, 1698, 2002, 2003, 2005}
TIMEOUT_ERRORS = {1969, 3024}
LOST_ERRORS = {1053, 1927, 2006, 2013, 2014}
# values cut, divisions by zero, text that is no number, no time or no JSON
MAKESHIFTS = {1264, 1292, 1365, 1366, 1367, 1411, 1916, 1918, 4036, 4037, 4038}
# Whatever the server or the account is set to: SQL text means one thing, nothing is cut or
# renumbered silently, and dates that were stored once (0000-00-00) can be stored again.
SQL_MODE = (
    "STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,"
    "NO_AUTO_VALUE_ON_ZERO"
)
WRITING_MODE = f"{SQL_MODE},ALLOW_INVALID_DATES"
# An account may limit rows, demand keys in WHERE, or read IS NULL as "the row inserted last".
PINNED = (
    "SESSION sql_select_limit = 18446744073709551615, SESSION sql_safe_updates = 0, "
    "SESSION sql_auto_is_null = 0, SESSION sql_big_selects = 1"
)
QUOTED_TEXT = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
TIMES = {TypeKind.TIME, TypeKind.TIMESTAMP, TypeKind.TIMESTAMP_ZONED}
UNSIGNED = mysql.BIGINT(unsigned=True)


def _in_single_quotes(quoted: re.Match[str]) -> str:
    if quoted[0].startswith("'"):
        return quoted[0]
    return "'" + quoted[0][1:-1].replace('""', '"').replace("'", "''") + "'"


class MySQL(Dialect):
    """MySQL, through PyMySQL."""

    name = "mysql"
    journal_key_type = mysql.VARBINARY(3072)
    journal_value_type = mysql.LONGBLOB()
    clustered = True

    def prepare(self, engine: Engine, timeouts: Timeouts) -> None:
        """Sets an engine of our own up, before its first connection."""

    def begin(
        self, connection: Connection, timeouts: Timeouts, *, read_only: bool, durable: bool = True
    ) -> None:
        """Opens the transaction that the following statements run in.

        READ COMMITTED for writes: the default would lock every row and gap that is read.
        """
        level = "REPEATABLE READ" if read_only else "READ COMMITTED"
        access = "READ ONLY" if read_only else "READ WRITE"
        lock = max(1, round(timeouts.lock_seconds))
        mode = SQL_MODE if read_only else WRITING_MODE
        if getattr(connection.dialect, "_server_ansiquotes", False):
            # the engine of a caller, who has names quoted so
            mode = f"{mode},ANSI_QUOTES"
        connection.exec_driver_sql(
            f"SET SESSION innodb_lock_wait_timeout = {lock}, SESSION lock_wait_timeout = {lock}, "
            f"SESSION time_zone = '+00:00', SESSION group_concat_max_len = 1048576, "
            f"SESSION sql_mode = '{mode}', {PINNED}, "
            f"{self._statement_timeout(timeouts.statement_seconds)}"
        )
        if self.schema:
            quoted = self.schema.replace("`", "``").replace("%", "%%")
            connection.exec_driver_sql(f"USE `{quoted}`")
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql(f"SET TRANSACTION ISOLATION LEVEL {level}")
        connection.exec_driver_sql(f"START TRANSACTION {access}")

    def _statement_timeout(self, seconds: float) -> str:
        return f"SESSION max_execution_time = {max(1, int(seconds * 1000))}"

    def try_lock(self, connection: Connection, name: str) -> bool:
        """Takes the lock that only one writing run may hold; freed when the session ends."""
        query = sa.text(f"SELECT GET_LOCK({LOCK}, 0)")
        return bool(connection.execute(query, {"name": name, "schema": self.schema}).scalar())

    def unlock(self, connection: Connection, name: str) -> None:
        """Gives the lock back."""
        query = sa.text(f"SELECT RELEASE_LOCK({LOCK})")
        connection.execute(query, {"name": name, "schema": self.schema})

    def classify(self, error: sa.exc.DBAPIError) -> str:
        """One of lock-timeout, rights, unreachable, lost, other."""
        arguments = getattr(error.orig, "args", ())
        code = arguments[0] if arguments and isinstance(arguments[0], int) else 0
        kinds = {
            "lock-timeout": LOCK_ERRORS,
            "rights": RIGHTS_ERRORS,
            "statement-timeout": TIMEOUT_ERRORS,
            "unreachable": CONNECT_ERRORS,
            "lost": LOST_ERRORS,
        }
        return next((kind for kind, codes in kinds.items() if code in codes), "other")

    def enforces_references(self, connection: Connection) -> bool:
        """Whether this session lets foreign keys act."""
        return bool(connection.exec_driver_sql("SELECT @@foreign_key_checks").scalar_one())

    def defer_references(self, connection: Connection, *, defer: bool) -> None:
        """Lets rows be put back in any order, until this is undone."""
        connection.exec_driver_sql(f"SET SESSION foreign_key_checks = {int(not defer)}")

    def makeshift(self, connection: Connection) -> str:
        """What the last statement could not convert and yet went on with; "" if nothing.

        A SELECT takes 'abc' for 0 with a warning; an UPDATE of the same rows would fail.
        """
        told = connection.exec_driver_sql("SHOW WARNINGS").all()
        return next((f"{text} (error {code})" for _, code, text in told if code in MAKESHIFTS), "")

    def has_table(self, connection: Connection, name: str, schema: str | None) -> bool:
        """Whether a table is where a statement would look for it, and the user may see it."""
        query = sa.text(
            "SELECT COUNT(*) FROM information_schema.tables "
            "WHERE table_name = :name AND table_schema = COALESCE(:schema, DATABASE())"
        )
        return bool(connection.execute(query, {"name": name, "schema": schema}).scalar())

    def estimated_rows(self, connection: Connection, ref: TableRef) -> int:
        """About how many rows a table has, without counting them."""
        query = sa.text(
            "SELECT table_rows FROM information_schema.tables "
            "WHERE table_name = :name AND table_schema = coalesce(:schema, DATABASE())"
        )
        found = connection.execute(query, {"name": ref.name, "schema": ref.schema}).scalar()
        return int(found or 0)

    # expressions

    def literal(self, value: Scalar | None, column: LiveColumn, label: str) -> Expression:
        """A bound value that compares with, or is stored in, a column of that type."""
        if isinstance(value, float) and column.type.startswith("float"):
            # the nearest value that the column can hold, else the two would never be equal
            (value,) = unpack("f", pack("f", value))
        if isinstance(value, str) and column.kind is TypeKind.UUID:
            with suppress(ValueError):
                return sa.bindparam(label, UUID(value).bytes, unique=True, type_=NullType())
        bound = super().literal(value, column, label)
        charset = self._charset(column)
        if isinstance(value, str) and column.kind is TypeKind.TEXT and charset != "utf8mb4":
            # the same letters are other bytes there
            return sa.func.convert(bound.op("USING")(sa.literal_column(charset)))
        if isinstance(value, str) and column.kind in TIMES:
            # spelled as the column spells it
            digits = re.search(r"\d", column.type)
            fraction = int(digits[0]) if digits else 0
            if column.kind is TypeKind.TIME:
                return sa.cast(bound, mysql.TIME(fsp=fraction))
            return sa.cast(bound, mysql.DATETIME(fsp=fraction))
        return bound

    def predicate_text(self, text: str) -> str:
        """A piece of a predicate; text in double quotes must not be read as a name."""
        return QUOTED_TEXT.sub(_in_single_quotes, text)

    def exact(self, expression: Expression, column: LiveColumn) -> Expression:
        """The column for comparisons that must not ignore case, accents or padding."""
        if column.kind not in {TypeKind.TEXT, TypeKind.JSON, TypeKind.OTHER}:
            return expression
        return sa.cast(sa.cast(expression, mysql.CHAR(charset="utf8mb4")), sa.BINARY)

    def quotient(self, expression: Expression, divisor: int) -> Expression:
        """The integer part of a division."""
        return expression.op("DIV")(sa.literal_column(str(int(divisor))))

    def at_or_after(
        self, expression: Expression, column: LiveColumn, bound: Bound, label: str
    ) -> sa.ColumnElement[bool]:
        """Whether a time column is at or after an instant."""
        return expression >= self._bound(column, bound, label)

    def before(
        self, expression: Expression, column: LiveColumn, bound: Bound, label: str
    ) -> sa.ColumnElement[bool]:
        """Whether a time column is before an instant."""
        return expression < self._bound(column, bound, label)

    def _bound(self, column: LiveColumn, bound: Bound, label: str) -> Expression:
        if column.kind in NUMBERS:
            return sa.literal(epoch_seconds(bound))
        if column.kind is TypeKind.TEXT:
            message = f"column {column.name} keeps times as {column.type}; they cannot be compared"
            raise UnsupportedError(message, hint="use a DATETIME or TIMESTAMP column as time")
        text = bound.utc if column.kind is TypeKind.TIMESTAMP_ZONED else bound.local
        moment = sa.bindparam(label, text, unique=True, type_=NullType())
        return sa.cast(moment, mysql.DATETIME(fsp=6))

    def earlier(
        self,
        left: Expression,
        left_column: LiveColumn,
        right: Expression,
        right_column: LiveColumn,
    ) -> sa.ColumnElement[bool]:
        """Whether one time column is before another one."""
        if left_column.kind != right_column.kind and self.timezone != "UTC":
            message = (
                f"{left_column.name} ({left_column.type}) and {right_column.name} "
                f"({right_column.type}) cannot be compared in time zone {self.timezone}"
            )
            raise UnsupportedError(message, hint="give both columns the same type")
        return left < right

    def stored_size(self, expression: Expression) -> Expression:
        """The stored size of a value in bytes, as cheaply as the database can tell it."""
        return sa.func.coalesce(sa.func.octet_length(expression), sa.literal_column("0"))

    def key_hash(self, keys: list[Expression]) -> Expression:
        """An integer hash of a row's key."""
        return self._hash([self._bytes(key) for key in keys])

    @staticmethod
    def _bytes(expression: Expression) -> Expression:
        return sa.cast(expression, sa.BINARY)

    @staticmethod
    def _hash(parts: Sequence[Expression]) -> Expression:
        joined = sa.func.concat_ws(sa.literal_column("'|'"), *(sa.func.md5(p) for p in parts))
        digits = sa.func.substr(
            sa.func.md5(joined), sa.literal_column("1"), sa.literal_column("15")
        )
        return sa.cast(
            sa.func.conv(digits, sa.literal_column("16"), sa.literal_column("10")), UNSIGNED
        )

    def cell_hash(
        self, keys: list[Expression], value: Expression, column: LiveColumn
    ) -> Expression:
        """An integer hash of a key together with the value of one cell."""
        # as the journal would store it: its cells are hashed in the same way
        stored = self._exact_form(value, column)
        if column.kind in {TypeKind.UUID, TypeKind.OTHER}:
            stored = self._bytes(value)
        return self._hash([*(self._bytes(key) for key in keys), stored])

    def _exact_form(self, value: Expression, column: LiveColumn) -> Expression:
        """FLOAT prints only six digits; as DOUBLE it prints all of them."""
        if column.kind is TypeKind.FLOAT:
            return sa.cast(value, mysql.DOUBLE())
        return value

    def size_hash(self, keys: list[Expression], size: Expression) -> Expression:
        """An integer hash of a key together with the stored size of one cell."""
        return self._hash([*(self._bytes(key) for key in keys), size])

    def hash_sum(self, hashes: Expression) -> Expression:
        """The sum of integer hashes, without overflow."""
        return sa.func.sum(hashes)

    def excerpt(self, expression: Expression, column: LiveColumn, letters: int) -> Expression:
        """The start of a value as text."""
        start = sa.func.left(expression, letters)
        if column.kind in {TypeKind.BYTES, TypeKind.OTHER}:
            return sa.func.hex(start)
        return start

    def key_parameter(self, name: str, column: LiveColumn) -> Expression:
        """A named parameter that compares with a key column.

        An ENUM is sorted by the place of a value among the declared ones, but it is compared
        with text as text: hence the place.
        """
        end = super().key_parameter(name, column)
        if not column.type.lower().startswith("enum("):
            return end
        return sa.func.field(end, sa.literal_column(column.type[len("enum(") : -1]))

    def whole_division(self, expression: Expression, divisor: int) -> Expression:
        """The integer part of a division of integers."""
        whole = expression.self_group(against=operators.truediv)
        return whole.op("DIV")(sa.literal_column(str(divisor)))

    # the journal

    def to_journal(self, expression: Expression, column: LiveColumn) -> Expression:
        """A value in the form that the journal keeps; nothing of it is lost.

        Text and bytes are stored as they are, without a cast that a packet limit could cut.
        """
        return self._exact_form(expression, column)

    def from_journal(self, value: Expression, column: LiveColumn) -> Expression:
        """A journaled value back in its column's own type, to the byte."""
        if column.kind is TypeKind.FLOAT:
            # a string assigned to FLOAT would be rounded twice
            return value + sa.literal_column("0e0")
        if column.kind is TypeKind.JSON:
            return sa.func.convert(value.op("USING")(sa.literal_column("utf8mb4")))
        if column.kind in NUMBERS:
            return sa.cast(value, mysql.CHAR(charset="utf8mb4"))
        return value

    def key_to_journal(self, expression: Expression, column: LiveColumn) -> Expression:
        """A key value in the form that the journal keeps."""
        return expression

    def key_from_journal(self, value: Expression, column: LiveColumn) -> Expression:
        """A journaled key value in its column's own type, so that an index serves."""
        if column.kind is TypeKind.INTEGER:
            wide = "unsigned" in column.type.lower()
            return sa.cast(value, mysql.INTEGER(unsigned=True) if wide else sa.BigInteger())
        if column.kind is TypeKind.BYTES:
            return value
        if column.kind is TypeKind.UUID:
            # journaled as the 16 bytes that it is stored in
            return sa.func.hex(value)
        text = sa.func.convert(value.op("USING")(sa.literal_column(self._charset(column))))
        return sa.collate(text, column.collation) if column.collation else text

    @staticmethod
    def _charset(column: LiveColumn) -> str:
        """The character set of a column; a collation's name starts with it."""
        return (column.collation or "utf8mb4").split("_", 1)[0]

    def same(
        self, left: Expression, right: Expression, column: LiveColumn
    ) -> sa.ColumnElement[bool]:
        """Whether two values of a column are the same bytes; NULL is the same as NULL."""
        if column.kind in NUMBERS:
            return left.bool_op("<=>")(right)
        return self._bytes(left).bool_op("<=>")(self._bytes(right))

    def locking(
        self, select: Select[Any], table: sa.FromClause, *, whole: bool = False
    ) -> Select[Any]:
        """The select, holding its rows of ``table`` until the transaction ends."""
        return select.with_for_update()

    def looked_up_once(self, keys: Select[Any]) -> Select[Any]:
        """A SELECT of keys, for a condition that rows are among them.

        A sub-select is looked through anew for each row; a table of its results has an index,
        and is where a join begins.
        """
        page = keys.distinct().subquery("page")
        return sa.select(*page.c)

    def journal_ddl(self, metadata: sa.MetaData) -> Sequence[str]:
        """The statements that create the journal's tables where they are missing."""
        # as an administrator would type it: a % in a name is not doubled
        dialect = mysql.dialect(paramstyle="named")
        out = [
            str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)).strip()
            for table in metadata.sorted_tables
        ]
        schema = next((t.schema for t in metadata.sorted_tables if t.schema), None)
        if schema:
            out.insert(
                0, f"CREATE DATABASE IF NOT EXISTS {dialect.identifier_preparer.quote(schema)}"
            )
        return out
