"""PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import NullType, UserDefinedType

from cachedeps.db.dialects.base import NUMBERS, Dialect, Expression, Timeouts, epoch_seconds
from cachedeps.domain.model import Scalar, TableRef
from cachedeps.domain.rows import Bound
from cachedeps.domain.schema import LiveColumn, TypeKind
from cachedeps.errors import UnsupportedError

LOCK_SPACE = 0x63616368
DAY_AT_START = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]|$)"
ZONE_AT_END = r"[0-9]{2}:[0-9]{2}.*(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$"


class TypeText(UserDefinedType[Any]):
    """A type by the database's own text for it, for use in a CAST."""

    cache_ok = True

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **_: object) -> str:
        """The type as it is written in SQL."""
        return self.text


class _Overriding(Select[Any]):
    """The select of an INSERT that may write GENERATED ALWAYS identities."""

    inherit_cache = False


@compiles(_Overriding)
def _overriding(select: _Overriding, compiler: SQLCompiler, **options: Any) -> str:
    text = compiler.visit_select(select, **options)  # type: ignore[no-untyped-call]
    return f"OVERRIDING SYSTEM VALUE {text}"


def _text(expression: Expression) -> Expression:
    return sa.cast(expression, TypeText("text"))


class PostgreSQL(Dialect):
    """PostgreSQL 12 and later, through psycopg 3."""

    name = "postgresql"
    journal_key_type = postgresql.TEXT()
    journal_value_type = postgresql.TEXT()
    counts_writes = True
    inserts_together = True

    def prepare(self, engine: Engine, timeouts: Timeouts) -> None:
        """Sets an engine of our own up, before its first connection."""

    def begin(
        self, connection: Connection, timeouts: Timeouts, *, read_only: bool, durable: bool = True
    ) -> None:
        """Opens the transaction that the following statements run in.

        Every setting is local to it: values are written as text in one fixed way, and a plan
        for exactly these parameters is made each time (a generic one is up to 2.7x slower).
        """
        settings = {
            # 0 would mean: wait for ever
            "lock_timeout": f"{max(1, int(timeouts.lock_seconds * 1000))}",
            "statement_timeout": f"{max(1, int(timeouts.statement_seconds * 1000))}",
            "TimeZone": "UTC",
            "DateStyle": "ISO, YMD",
            "IntervalStyle": "postgres",
            "bytea_output": "hex",
            "extra_float_digits": "3",
            # what SQL text and journaled arrays mean must not depend on the account
            "standard_conforming_strings": "on",
            "transform_null_equals": "off",
            "array_nulls": "on",
            "plan_cache_mode": "force_custom_plan",
            # a stream is read to its end: the first rows' speed is no matter
            "cursor_tuple_fraction": "1",
            # a page and its before-images are one transaction: after a crash of the server both
            # are there or neither is, and the end of a run waits for all of it to be on disk
            "synchronous_commit": "on" if durable else "off",
        }
        if self.schema:
            quoted = self.schema.replace('"', '""').replace("'", "''").replace("%", "%%")
            settings["search_path"] = f'"{quoted}", public'
        calls = ", ".join(
            f"set_config('{name}', '{value}', true)" for name, value in settings.items()
        )
        if read_only:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.exec_driver_sql(f"SELECT {calls}")

    def try_lock(self, connection: Connection, name: str) -> bool:
        """Takes the lock that only one writing run may hold; freed when the session ends."""
        query = sa.text("SELECT pg_try_advisory_lock(:space, hashtext(:name))")
        return bool(connection.execute(query, {"space": LOCK_SPACE, "name": name}).scalar())

    def unlock(self, connection: Connection, name: str) -> None:
        """Gives the lock back."""
        query = sa.text("SELECT pg_advisory_unlock(:space, hashtext(:name))")
        connection.execute(query, {"space": LOCK_SPACE, "name": name})

    def classify(self, error: sa.exc.DBAPIError) -> str:
        """One of lock-timeout, rights, unreachable, lost, other."""
        code = getattr(error.orig, "sqlstate", None)
        if code in {"55P03", "40P01", "40001"}:
            return "lock-timeout"
        if code == "42501":
            return "rights"
        if code == "57014":
            return "statement-timeout"
        if error.connection_invalidated or code in {"57P01", "57P02", "57P03"}:
            return "lost"
        if code is None or code.startswith(("08", "28", "3D")):
            return "unreachable"
        return "other"

    def enforces_references(self, connection: Connection) -> bool:
        """Whether this session lets foreign keys act."""
        role = connection.exec_driver_sql("SHOW session_replication_role").scalar_one()
        return str(role) != "replica"

    def defer_references(self, connection: Connection, *, defer: bool) -> None:
        """Lets rows be put back in any order, as far as the constraints are deferrable.

        One statement may insert into several tables, and is checked when it ends.
        """
        if defer:
            connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")

    def written_rows(self, connection: Connection) -> dict[TableRef, tuple[int, int, int]]:
        """Rows inserted, updated and deleted by this transaction, by table."""
        query = sa.text(
            "SELECT s.nspname AS schema, c.relname AS name, "
            "pg_catalog.pg_table_is_visible(c.oid) AS visible, sum(x.n_tup_ins) AS inserted, "
            "sum(x.n_tup_upd) AS updated, sum(x.n_tup_del) AS deleted "
            "FROM pg_catalog.pg_stat_xact_user_tables x "
            "JOIN pg_catalog.pg_class c "
            "ON c.oid = coalesce(pg_catalog.pg_partition_root(x.relid), x.relid) "
            "JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace "
            "WHERE x.n_tup_ins + x.n_tup_upd + x.n_tup_del > 0 GROUP BY 1, 2, 3"
        )
        return {
            TableRef(row.name, None if row.visible else row.schema): (
                int(row.inserted),
                int(row.updated),
                int(row.deleted),
            )
            for row in connection.execute(query)
        }

    def know_table(self, connection: Connection, table: sa.Table) -> bool:
        """Has the planner look at a table that has just grown; whether it has to be asked.

        Else it takes every page for a row or two until the server looks by itself, and loops.
        Whoever does not own the table gets a warning, and it stays as it is.
        """
        name = connection.dialect.identifier_preparer.format_table(table)
        connection.exec_driver_sql(f"ANALYZE {name}", execution_options={"no_parameters": True})
        return True

    def may_read(self, connection: Connection, name: str, schema: str | None) -> bool:
        """Whether the user has the right to read an existing table."""
        query = sa.text(
            "SELECT has_table_privilege(to_regclass(coalesce(quote_ident(:schema) || '.', '') "
            "|| quote_ident(:name)), 'SELECT')"
        )
        return bool(connection.execute(query, {"name": name, "schema": schema}).scalar())

    def estimated_rows(self, connection: Connection, ref: TableRef) -> int:
        """About how many rows a table has, without counting them."""
        query = sa.text(
            "SELECT c.reltuples FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relname = :name AND n.nspname = coalesce(:schema, current_schema())"
        )
        found = connection.execute(query, {"name": ref.name, "schema": ref.schema}).scalar()
        return max(0, int(found or 0))

    def time_separator(
        self, connection: Connection, ref: TableRef, column: LiveColumn
    ) -> str | None:
        """The separator of ISO times, where all values of a text column share one spelling."""
        if column.kind is TypeKind.TEXT:
            self._check_times(connection, ref, column.name)
        return None

    @staticmethod
    def _check_times(connection: Connection, ref: TableRef, name: str) -> None:
        """Only ISO times: 'yesterday' and 'now' can be cast too, but say nothing of the row."""
        table = sa.table(ref.name, sa.column(name), schema=ref.schema)
        value = table.c[name]
        odd = connection.scalar(sa.select(value).where(value.op("!~")(DAY_AT_START)).limit(1))
        if odd is not None:
            message = f"{ref}.{name} is to be compared as a time, but holds {str(odd)[:40]!r}"
            hint = "correct these values, or choose rows with --where"
            raise UnsupportedError(message, hint=hint)

    # expressions

    def literal(self, value: Scalar | None, column: LiveColumn, label: str) -> Expression:
        """A bound value that compares with, or is stored in, a column of that type."""
        if isinstance(value, bool | int) and column.kind in NUMBERS:
            return sa.bindparam(label, value, unique=True, type_=NullType())
        text = value if isinstance(value, str) or value is None else str(value)
        return sa.cast(
            sa.bindparam(label, text, unique=True, type_=NullType()), TypeText(column.type)
        )

    def default(self, text: str, column: LiveColumn) -> Expression:
        """A column's default, as the catalog tells it, as a value of the column."""
        return sa.cast(super().default(text, column), TypeText(column.type))

    def is_null(self, expression: Expression, column: LiveColumn) -> sa.ColumnElement[bool]:
        """Whether a cell holds no value at all."""
        if column.kind is TypeKind.OTHER:
            # a row value of nothing but NULLs IS NULL, and yet it is a value
            return expression.is_not_distinct_from(sa.null())
        return super().is_null(expression, column)

    def exact(self, expression: Expression, column: LiveColumn) -> Expression:
        """The column for comparisons that must not ignore case, accents or padding."""
        return expression if column.kind in NUMBERS else _text(expression)

    def quotient(self, expression: Expression, divisor: int) -> Expression:
        """The integer part of a division."""
        return sa.func.trunc(expression.op("/")(sa.literal_column(str(int(divisor)))))

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
        def moment(text: str, kind: str) -> Expression:
            return sa.cast(
                sa.bindparam(label, text, unique=True, type_=NullType()), TypeText(kind)
            )

        if column.kind in NUMBERS:
            return expression, sa.literal(epoch_seconds(bound))
        if column.kind is TypeKind.TIMESTAMP_ZONED:
            return expression, moment(bound.utc + "+00", "timestamptz")
        if column.kind is TypeKind.TEXT:
            return self._instant(expression, column), moment(bound.utc + "+00", "timestamptz")
        return expression, moment(bound.local, "timestamp")

    def _instant(self, expression: Expression, column: LiveColumn) -> Expression:
        """A time column as timestamptz, whatever it is kept as."""
        if column.kind is TypeKind.TIMESTAMP_ZONED:
            return expression
        if column.kind in NUMBERS:
            return sa.func.to_timestamp(expression)
        naive = sa.cast(expression, TypeText("timestamp"))
        local = sa.func.timezone(sa.literal(self.timezone), naive)
        if column.kind is not TypeKind.TEXT:
            return local
        zoned = sa.cast(expression, TypeText("timestamptz"))
        return sa.case((expression.op("~")(sa.literal(ZONE_AT_END)), zoned), else_=local)

    def earlier(
        self,
        left: Expression,
        left_column: LiveColumn,
        right: Expression,
        right_column: LiveColumn,
    ) -> sa.ColumnElement[bool]:
        """Whether one time column is before another one."""
        if left_column.kind == right_column.kind and left_column.kind is not TypeKind.TEXT:
            return left < right
        return self._instant(left, left_column) < self._instant(right, right_column)

    def stored_size(self, expression: Expression) -> Expression:
        """The stored size of a value in bytes, as cheaply as the database can tell it."""
        return sa.func.coalesce(sa.func.pg_column_size(expression), 0)

    def key_hash(self, keys: list[Expression]) -> Expression:
        """An integer hash of a row's key."""
        hashed: Expression = sa.literal_column("0")
        for key in keys:
            hashed = sa.func.hashtextextended(_text(key), hashed)
        return hashed

    def cell_hash(
        self, keys: list[Expression], value: Expression, column: LiveColumn
    ) -> Expression:
        """An integer hash of a key together with the value of one cell."""
        text = self.to_journal(value, column)
        return sa.func.coalesce(sa.func.hashtextextended(text, self.key_hash(keys)), 0)

    def size_hash(self, keys: list[Expression], size: Expression) -> Expression:
        """An integer hash of a key together with the stored size of one cell."""
        return sa.func.hashint8extended(sa.cast(size, sa.BigInteger), self.key_hash(keys))

    def hash_sum(self, hashes: Expression) -> Expression:
        """The sum of integer hashes, without overflow."""
        return sa.func.sum(hashes)

    def excerpt(self, expression: Expression, column: LiveColumn, letters: int) -> Expression:
        """The start of a value as text."""
        if column.kind is TypeKind.BYTES:
            expression = sa.func.substring(expression, 1, letters)
        return sa.func.left(_text(expression), letters)

    def key_parameter(self, name: str, column: LiveColumn) -> Expression:
        """A named parameter that compares with a key column."""
        return sa.cast(sa.bindparam(name, type_=NullType()), TypeText(column.type))

    def key_in(self, value: Scalar | None, column: LiveColumn) -> object:
        """A key value, as kept in plans and journals, as the driver wants it."""
        return value

    # the journal

    def to_journal(self, expression: Expression, column: LiveColumn) -> Expression:
        """A value in the form that the journal keeps; nothing of it is lost."""
        return expression if column.type == "text" else _text(expression)

    def from_journal(self, value: Expression, column: LiveColumn) -> Expression:
        """A journaled value back in its column's own type, to the byte."""
        return value if column.type == "text" else sa.cast(value, TypeText(column.type))

    def same(
        self, left: Expression, right: Expression, column: LiveColumn
    ) -> sa.ColumnElement[bool]:
        """Whether two values of a column are the same bytes; NULL is the same as NULL."""
        return self.to_journal(left, column).is_not_distinct_from(self.to_journal(right, column))

    def locking(
        self, select: Select[Any], table: sa.FromClause, *, whole: bool = False
    ) -> Select[Any]:
        """The select, holding its rows of ``table`` until the transaction ends."""
        return select.with_for_update(key_share=not whole, of=table)

    def whole_rows(self, select: Select[Any]) -> Select[Any]:
        """The select of an INSERT that brings every column's value along, identities too."""
        whole = select.subquery("whole")
        return _Overriding(*whole.c).select_from(whole)

    def journal_ddl(self, metadata: sa.MetaData) -> Sequence[str]:
        """The statements that create the journal's tables where they are missing."""
        # as an administrator would type it: a % in a name is not doubled
        dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
        out = []
        for table in metadata.sorted_tables:
            out.append(
                str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)).strip()
            )
            for index in sorted(table.indexes, key=lambda i: str(i.name)):
                made = CreateIndex(index, if_not_exists=True)
                out.append(str(made.compile(dialect=dialect)).strip())
        schema = next((t.schema for t in metadata.sorted_tables if t.schema), None)
        if schema:
            quoted = dialect.identifier_preparer.quote(schema)
            out.insert(0, f"CREATE SCHEMA IF NOT EXISTS {quoted}")
        return out

    def refresh(self, ref: TableRef) -> str | None:
        """The statement that refreshes a materialized view; None where there are none."""
        dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
        preparer = dialect.identifier_preparer
        name = preparer.quote(ref.name)
        schema = f"{preparer.quote(ref.schema)}." if ref.schema else ""
        return f"REFRESH MATERIALIZED VIEW {schema}{name}"
