"""The fixture ``database``: one fresh, empty database per test, on every dialect."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import servers
from tests.databases.database import Database, sqlite_database
from tests.databases.servers import Server


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    with servers.postgresql_server(dict(os.environ)) as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[Server]:
    try:
        with servers.mariadb_server(dict(os.environ)) as server:
            yield server
    except servers.MissingServerError as error:
        if servers.running_in_ci():
            raise
        pytest.skip(str(error))


@pytest.fixture(params=servers.DIALECTS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database; parametrised, so that each test runs on every dialect."""
    if request.param == "sqlite":
        with sqlite_database(tmp_path) as database:
            yield database
        return
    server: Server = request.getfixturevalue(f"{request.param}_server")
    with server.database() as database:
        yield database
