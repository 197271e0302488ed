"""Opens connections. The only module that makes engines."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.pool import NullPool

from cachedeps.db.dialects.base import Dialect, Timeouts
from cachedeps.db.dialects.mariadb import MariaDB
from cachedeps.db.dialects.mysql import SQL_MODE, MySQL
from cachedeps.db.dialects.postgresql import PostgreSQL
from cachedeps.db.dialects.sqlite import SQLite
from cachedeps.db.session import Session
from cachedeps.errors import MissingProgramError, UnreachableError, UsageError

DIALECTS: dict[str, type[Dialect]] = {
    "postgresql": PostgreSQL,
    "mysql": MySQL,
    "mariadb": MariaDB,
    "sqlite": SQLite,
}
DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "sqlite": "sqlite",
}
CONNECT_SECONDS = 10
ESCAPES = "in a name or password write @ as %40, : as %3A and / as %2F"
SHOWN_OPTIONS = ("host", "port", "unix_socket", "dbname", "database", "db", "service")
SEARCH_PATH = re.compile(r"search_path\s*=\s*(?:\\.|\S)+", re.IGNORECASE)
SECRET_OPTION = re.compile(r"pass|pwd|secret|token|credential", re.IGNORECASE)


@contextmanager
def connect(
    url: str, timeouts: Timeouts, timezone: str = "UTC", schema: str | None = None
) -> Iterator[Session]:
    """Opens one session on the database at ``url``.

    Raises:
        UsageError: the URL cannot be read, or names a database that is not supported.
        MissingProgramError: the driver is not installed.
        UnreachableError: the database does not exist or does not answer.
    """
    parsed = parse(url)
    engine = _engine(parsed)
    dialect = DIALECTS[parsed.get_backend_name()](timezone, schema)
    dialect.prepare(engine, timeouts)
    try:
        with _session(engine, dialect, timeouts) as session:
            yield session
    finally:
        engine.dispose()


@contextmanager
def bind(
    engine: Engine, timeouts: Timeouts, timezone: str = "UTC", schema: str | None = None
) -> Iterator[Session]:
    """Opens one session on an engine that belongs to the caller."""
    backend = engine.url.get_backend_name()
    if backend not in DIALECTS:
        raise _unsupported(backend)
    with _session(engine, DIALECTS[backend](timezone, schema), timeouts) as session:
        if backend == "postgresql":
            # an engine that commits every statement would tear pages apart
            session.connection.execution_options(isolation_level="READ COMMITTED")
        try:
            yield session
        finally:
            # session settings of ours must not leak into the caller's pool
            if session.connection.closed:
                pass
            elif backend in {"mysql", "mariadb"}:
                session.connection.invalidate()
            elif backend == "sqlite":
                # the only connection to a database in memory must live on
                session.connection.rollback()
                session.connection.exec_driver_sql("PRAGMA query_only = 0")


def parse(url: str) -> sa.URL:
    """The URL with the driver that cachedeps uses.

    Raises:
        UsageError: it is no database URL, or of a database that is not supported.
    """
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        # a port that is no number is a ValueError, whose text may be half a password
        message = "the database url cannot be read"
        raise UsageError(
            message, hint=f"write it as dialect://user@host/name; {ESCAPES}"
        ) from None
    backend = parsed.drivername.split("+", 1)[0]
    if backend not in DRIVERS:
        raise _unsupported(backend)
    if backend != "sqlite" and "@" in f"{parsed.host or ''}{parsed.database or ''}":
        # what stands before that @ may be half a password: nobody is shown any of it
        message = "the database url has more than one @"
        raise UsageError(message, hint=ESCAPES)
    return parsed.set(drivername=DRIVERS[backend])


def _unsupported(backend: str) -> UsageError:
    message = f"{backend} databases are not supported"
    return UsageError(message, hint="postgresql, mysql, mariadb and sqlite are")


def shown(url: sa.URL) -> str:
    """The URL for people, plans and the journal: no password, no driver, few options."""
    user = f"{quote(url.username)}@" if url.username else ""
    host = url.host or ""
    port = f":{url.port}" if url.port else ""
    told = [f"{k}={url.query[k]}" for k in SHOWN_OPTIONS if k in url.query]
    # another search path is another set of tables, so it is part of what a plan belongs to
    told += SEARCH_PATH.findall(str(url.query.get("options", "")))
    options = "&".join(told)
    backend = url.drivername.split("+", 1)[0]
    return f"{backend}://{user}{host}{port}/{url.database or ''}" + (
        f"?{options}" if options else ""
    )


def _secrets(url: sa.URL) -> tuple[str, ...]:
    hidden = [str(url.password)] if url.password else []
    hidden += [str(v) for k, v in url.query.items() if SECRET_OPTION.search(k)]
    return tuple(secret for secret in hidden if secret)


def _engine(url: sa.URL) -> Engine:
    backend = url.get_backend_name()
    try:
        if backend == "sqlite":
            return _sqlite(url)
        settings: dict[str, object] = {"connect_timeout": CONNECT_SECONDS}
        if backend == "postgresql":
            settings |= {"prepare_threshold": None}
        else:
            # names are quoted as the mode wants it, and every letter can be sent and read
            settings |= {"sql_mode": SQL_MODE, "charset": "utf8mb4"}
        return sa.create_engine(url, poolclass=NullPool, connect_args=settings)
    except ModuleNotFoundError as error:
        message = f"{backend} needs the Python package {error.name}"
        extra = "postgresql" if backend == "postgresql" else "mysql"
        raise MissingProgramError(message, hint=f'pip install "cachedeps[{extra}]"') from None


def _sqlite(url: sa.URL) -> Engine:
    path = url.database or ""
    if url.query or path.startswith("file:"):
        # to leave mode=ro out of account would be to write to what must not be written to
        message = "options and file: names are not read in the url of an SQLite database"
        raise UsageError(message, hint="write sqlite:///path/to/file.db")
    if not path or path == ":memory:":
        return sa.create_engine(url)
    if not Path(path).is_file():
        message = f"there is no SQLite database at {path}"
        raise UnreachableError(
            message, hint="check [database] url; a missing file is never created"
        )
    uri = f"file:{quote(str(Path(path).resolve()))}?mode=rw"
    return sa.create_engine(
        url, poolclass=NullPool, creator=lambda: sqlite3.connect(uri, uri=True)
    )


def _unknown_option(name: str) -> UsageError:
    message = f"{name}: the driver does not know an option of the url, or its value"
    return UsageError(message, hint="take out what stands after the ? in it")


@contextmanager
def _session(engine: Engine, dialect: Dialect, timeouts: Timeouts) -> Iterator[Session]:
    name = shown(engine.url)
    probe = Session(None, dialect, name, timeouts, _secrets(engine.url))  # type: ignore[arg-type]
    with probe.errors():
        try:
            connection = engine.connect()
        except (TypeError, ValueError, AttributeError, LookupError):
            # the driver's own words would hold the options' values
            raise _unknown_option(name) from None
        except sa.exc.ProgrammingError as error:
            if "connection option" not in str(error.orig):
                raise
            raise _unknown_option(name) from None
    with connection:
        if isinstance(dialect, MySQL) and getattr(engine.dialect, "is_mariadb", False):
            dialect = MariaDB(dialect.timezone, dialect.schema)
        yield Session(connection, dialect, name, timeouts, probe.secrets)
