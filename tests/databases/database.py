"""One test's database, reached through the plain driver.

Never through cachedeps, so that a test can judge what cachedeps did.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pymysql
from sqlalchemy.engine import URL, make_url

CONNECT_TIMEOUT_SECONDS = 3


class Cursor(Protocol):
    """The part of a driver's cursor that the tests need."""

    def execute(self, sql: Any, params: Any = ..., /) -> object: ...
    def executemany(self, sql: Any, rows: Any, /) -> object: ...
    def fetchall(self) -> Sequence[Any]: ...
    def close(self) -> object: ...
    @property
    def description(self) -> object: ...


class Connection(Protocol):
    """The part of a driver's connection that the tests need."""

    def cursor(self) -> Any: ...
    def close(self) -> object: ...


def quoted(dialect: str, name: str) -> str:
    """``name`` as an identifier of this database."""
    mark = "`" if dialect == "mariadb" else '"'
    return mark + name.replace(mark, mark * 2) + mark


class Session:
    """One connection of a plain driver, in autocommit mode.

    A transaction is what the test says: ``execute("BEGIN")`` .. ``execute("COMMIT")``.
    The placeholder is ``?`` on every database.
    """

    def __init__(self, dialect: str, url: URL) -> None:
        self.dialect = dialect
        self._connection: Connection | None = _OPEN[dialect](url)

    def execute(self, *statements: str) -> None:
        """Run statements without parameters, one after the other."""
        for statement in statements:
            self._run(statement, ())

    def insert(self, table: str, *rows: Sequence[object]) -> None:
        """Insert whole rows; the values stand in the order of the table's columns."""
        marks = ", ".join("?" * len(rows[0]))
        sql = self._placeholders(f"INSERT INTO {self.quote(table)} VALUES ({marks})")
        with closing(self._cursor()) as cursor:
            cursor.executemany(sql, [tuple(row) for row in rows])

    def query(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of one statement; [] where it has no result."""
        return self._run(sql, params)

    def quote(self, name: str) -> str:
        """``name`` as an identifier of this database."""
        return quoted(self.dialect, name)

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def _run(self, sql: str, params: Sequence[object]) -> list[tuple[Any, ...]]:
        with closing(self._cursor()) as cursor:
            if params:
                cursor.execute(self._placeholders(sql), tuple(params))
            else:
                cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    def _cursor(self) -> Cursor:
        assert self._connection, "this session is closed"
        cursor: Cursor = self._connection.cursor()
        return cursor

    def _placeholders(self, sql: str) -> str:
        return sql if self.dialect == "sqlite" else sql.replace("%", "%%").replace("?", "%s")


@dataclass
class Database:
    """One empty database of one test.

    Attributes:
        dialect: sqlite, postgresql or mariadb.
        url: what a declaration's ``url`` would say, with the driver.
    """

    dialect: str
    url: str
    _own: Session | None = None
    _others: list[Session] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the server calls it; the file's path on SQLite."""
        return make_url(self.url).database or ""

    def connect(self) -> Session:
        """A further session; it is closed with the database at the latest."""
        self._others.append(Session(self.dialect, make_url(self.url)))
        return self._others[-1]

    def execute(self, *statements: str) -> None:
        """See ``Session.execute``."""
        self._session().execute(*statements)

    def insert(self, table: str, *rows: Sequence[object]) -> None:
        """See ``Session.insert``."""
        self._session().insert(table, *rows)

    def query(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """See ``Session.query``."""
        return self._session().query(sql, params)

    def quote(self, name: str) -> str:
        """See ``Session.quote``."""
        return quoted(self.dialect, name)

    def close(self) -> None:
        """Close every session that was opened here."""
        for session in self._others:
            session.close()
        if self._own:
            self._own.close()

    def _session(self) -> Session:
        # On first use: a test that asks nothing costs no connection.
        self._own = self._own or Session(self.dialect, make_url(self.url))
        return self._own


@contextmanager
def sqlite_database(folder: Path) -> Iterator[Database]:
    """A new, empty SQLite file in ``folder``."""
    path = folder / "app.db"
    path.touch(exist_ok=False)
    database = Database("sqlite", f"sqlite:///{path}")
    try:
        yield database
    finally:
        database.close()


def _open_sqlite(url: URL) -> Connection:
    connection = sqlite3.connect(
        str(url.database), isolation_level=None, check_same_thread=False, timeout=5
    )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def _open_postgresql(url: URL) -> Connection:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=CONNECT_TIMEOUT_SECONDS)


def _open_mariadb(url: URL) -> Connection:
    connection: Connection = pymysql.connect(
        host=url.host or "127.0.0.1",
        port=url.port or 3306,
        user=url.username or "root",
        password=url.password or "",
        database=url.database or None,
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
    )
    return connection


_OPEN: dict[str, Callable[[URL], Connection]] = {
    "sqlite": _open_sqlite,
    "postgresql": _open_postgresql,
    "mariadb": _open_mariadb,
}
