"""The fixture gives empty databases that know nothing of each other."""

from __future__ import annotations

from contextlib import closing

import pymysql
import pytest

from tests.databases import servers
from tests.databases.database import Database

TABLES = {
    "sqlite": "SELECT name FROM sqlite_master",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
    "mariadb": "SELECT table_name FROM information_schema.tables WHERE table_schema = database()",
}


@pytest.mark.parametrize("_turn", [1, 2])
def test_a_database_is_empty_although_another_test_wrote(database: Database, _turn: int) -> None:
    assert database.query(TABLES[database.dialect]) == []

    database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body VARCHAR(20))")
    database.insert("t", (1, "ä 🐝 100%?"), (2, None))

    assert database.query("SELECT id, body FROM t ORDER BY id") == [(1, "ä 🐝 100%?"), (2, None)]
    assert database.query("SELECT id FROM t WHERE body = ?", ["ä 🐝 100%?"]) == [(1,)]


def test_a_second_session_sees_only_what_is_committed(database: Database) -> None:
    database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    with closing(database.connect()) as other:
        other.execute("BEGIN", "INSERT INTO t VALUES (1)")
        assert database.query("SELECT id FROM t") == []
        other.execute("COMMIT")
    assert database.query("SELECT id FROM t") == [(1,)]


def test_foreign_keys_are_watched(database: Database) -> None:
    database.execute(
        "CREATE TABLE owners (id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, owner_id INTEGER,"
        " FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE CASCADE)",
    )
    database.insert("owners", (1,), (2,))
    database.insert("t", (10, 1), (20, 2))
    database.execute("DELETE FROM owners WHERE id = 1")
    assert database.query("SELECT id, owner_id FROM t") == [(20, 2)]


def test_a_name_is_quoted_as_the_database_wants_it(database: Database) -> None:
    name = 'The "Odd` Name'
    database.execute(f"CREATE TABLE {database.quote(name)} (id INTEGER PRIMARY KEY)")
    database.insert(name, (7,))
    assert database.query(f"SELECT id FROM {database.quote(name)}") == [(7,)]


def test_the_url_leads_to_the_same_database(database: Database) -> None:
    from sqlalchemy import create_engine, inspect

    database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    engine = create_engine(database.url)
    try:
        assert inspect(engine).get_table_names() == ["t"]
    finally:
        engine.dispose()


def test_a_missing_mariadb_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_dialect: str, _url: object) -> None:
        raise pymysql.err.OperationalError(2003, "Can't connect")

    monkeypatch.setattr(servers, "Session", refuse)
    with (
        pytest.raises(servers.MissingServerError, match="CACHEDEPS_TEST_MYSQL_URL"),
        servers.mariadb_server({}),
    ):
        pass


def test_a_server_named_by_url_is_taken_without_a_look_at_the_local_one() -> None:
    named = {"CACHEDEPS_TEST_MYSQL_URL": "mariadb://app:secret@db.example.com:3307/"}
    with servers.mariadb_server(named) as server:
        assert server.url.drivername == "mysql+pymysql"
        assert (server.url.host, server.url.port) == ("db.example.com", 3307)

    named = {"CACHEDEPS_TEST_POSTGRESQL_URL": "postgresql://app@db.example.com/main"}
    with servers.postgresql_server(named) as server:
        assert server.url.drivername == "postgresql+psycopg"
        assert server.url.host == "db.example.com"


def test_only_the_word_for_a_missing_server_is_repeated_at_the_end() -> None:
    reasons = [
        "Skipped: no symlinks here",
        f"Skipped: {servers.MISSING}: x",
        f"{servers.MISSING}: x",
    ]
    assert servers.missing_servers(reasons) == [f"{servers.MISSING}: x"]
