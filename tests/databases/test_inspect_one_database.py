"""What only one of the databases has is read as well."""

from __future__ import annotations

import pytest

from cachedeps.db.inspect import DatabaseFacts, facts, inspect, inspect_all
from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import RelationKind, TypeKind
from tests.databases.database import Database
from tests.databases.looking import column, connected, kinds, look, look_up, types


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_key_columns_may_be_null_unless_they_are_the_rowid(database: Database) -> None:
    database.execute(
        "CREATE TABLE rowid_key (id INTEGER PRIMARY KEY)",
        "CREATE TABLE int_key (id INT PRIMARY KEY)",
        "CREATE TABLE text_key (id TEXT PRIMARY KEY)",
        "CREATE TABLE hard_key (id TEXT PRIMARY KEY NOT NULL)",
        "CREATE TABLE no_rowid (id TEXT PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE pair (a INTEGER, b INTEGER, PRIMARY KEY (a, b))",
    )
    names = ["rowid_key", "int_key", "text_key", "hard_key", "no_rowid", "pair"]
    nullable = [table.columns[0].nullable for table in look_up(database, *names) if table]
    assert nullable == [False, True, True, False, False, True]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_virtual_generated_columns_and_partial_or_expression_indexes(
    database: Database,
) -> None:
    database.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, v TEXT AS (upper(a)) VIRTUAL)",
        "CREATE UNIQUE INDEX part ON t (a) WHERE a <> ''",
        "CREATE UNIQUE INDEX calc ON t (id, lower(a))",
    )
    table = look(database, "t")
    assert column(table, "v").generated
    assert not column(table, "a").generated
    assert table.unique == (("id",),)
    assert table.indexed == (("id",),)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_foreign_keys_are_read_as_the_database_reads_them(database: Database) -> None:
    database.execute(
        "CREATE TABLE Users (Id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER REFERENCES users,"
        " b INTEGER REFERENCES USERS (ID), c INTEGER REFERENCES gone (id))",
    )
    targets = {
        key.columns[0]: (key.target, key.target_columns)
        for key in look(database, "t").foreign_keys
    }
    assert targets == {
        "a": (TableRef("Users"), ("Id",)),
        "b": (TableRef("Users"), ("Id",)),
        "c": (TableRef("gone"), ("id",)),
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_types_are_kept_as_declared(database: Database) -> None:
    database.execute(
        "CREATE TABLE t (n, j JSON, b BLOB, flag BOOLEAN, u UUID, at DATETIME,"
        " c VARYING CHARACTER(70), k NUMERIC)"
    )
    table = look(database, "t")
    assert types(table)["c"] == "VARYING CHARACTER(70)"
    assert kinds(table) == {
        "n": TypeKind.OTHER,
        "j": TypeKind.JSON,
        "b": TypeKind.BYTES,
        "flag": TypeKind.BOOLEAN,
        "u": TypeKind.UUID,
        "at": TypeKind.TIMESTAMP,
        "c": TypeKind.TEXT,
        "k": TypeKind.DECIMAL,
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_attached_databases_are_schemas(database: Database) -> None:
    database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    with connected(database) as connection:
        connection.exec_driver_sql("ATTACH ':memory:' AS \"my aux\"")
        connection.exec_driver_sql('CREATE TABLE "my aux".u (id INTEGER PRIMARY KEY, note TEXT)')
        ref = TableRef("u", "my aux")
        schema = inspect(connection, [ref, TableRef("u"), TableRef("t")], dialect="sqlite")
        every = inspect_all(connection, dialect="sqlite", schemas=("my aux",))
    assert [table.ref for table in schema.tables] == [ref, TableRef("t")]
    assert [table.ref for table in every.tables] == [ref]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_tells_which_tables_were_written_without_foreign_keys(database: Database) -> None:
    database.execute(
        "CREATE TABLE users (id INTEGER PRIMARY KEY)",
        "CREATE TABLE good (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users)",
        "CREATE TABLE bad (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users)",
        "CREATE TABLE odd (id INTEGER PRIMARY KEY, n INTEGER REFERENCES bad (user_id))",
        "INSERT INTO users VALUES (1)",
        "INSERT INTO good VALUES (1, 1), (2, NULL)",
        "PRAGMA foreign_keys = OFF",
        "INSERT INTO bad VALUES (1, 99)",
        "INSERT INTO odd VALUES (1, 1)",
    )
    with connected(database) as connection:
        schema = inspect_all(connection, dialect="sqlite")
        known: DatabaseFacts = facts(connection, schema, [])
    assert known.broken_references == (TableRef("bad"), TableRef("odd"))


# PostgreSQL alone


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresql_types_can_be_cast_to_under_any_search_path(database: Database) -> None:
    database.execute(
        'CREATE SCHEMA "My App"',
        "CREATE TYPE \"My App\".\"Mood\" AS ENUM ('ok', 'bad')",
        "CREATE TYPE mood AS ENUM ('ok', 'bad')",
        "CREATE DOMAIN label AS varchar(12) NOT NULL",
        "CREATE DOMAIN tag AS label",
        'CREATE TABLE t (e mood, q "My App"."Mood", es mood[], i integer[], d tag,'
        " v varchar(9), n numeric(10, 2), b bit(3), c char(5), z timestamptz(3),"
        ' p interval day to second, j jsonb, u uuid, y bytea, k "char", s bpchar)',
    )
    table = look(database, "t")
    assert types(table) == {
        "e": "public.mood",
        "q": '"My App"."Mood"',
        "es": "public.mood[]",
        "i": "integer[]",
        "d": "public.tag",
        "v": "character varying(9)",
        "n": "numeric(10,2)",
        "b": "bit(3)",
        "c": "character(5)",
        "z": "timestamp(3) with time zone",
        "p": "interval day to second",
        "j": "jsonb",
        "u": "uuid",
        "y": "bytea",
        "k": '"char"',
        "s": "bpchar",
    }
    for one in table.columns:
        database.query(f"SELECT CAST(NULL AS {one.type.replace('public.tag', 'varchar')})")
    assert column(table, "d").kind is TypeKind.TEXT
    assert not column(table, "d").nullable
    assert column(table, "e").kind is TypeKind.OTHER
    assert column(table, "es").kind is TypeKind.OTHER
    assert column(table, "z").kind is TypeKind.TIMESTAMP_ZONED
    assert column(table, "j").kind is TypeKind.JSON


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresql_other_schemas_and_the_search_path(database: Database) -> None:
    database.execute(
        "CREATE SCHEMA app",
        "CREATE TABLE app.users (id integer PRIMARY KEY)",
        "CREATE TABLE public.users (id integer PRIMARY KEY, email text)",
        "CREATE TABLE app.t (id integer PRIMARY KEY, user_id integer REFERENCES app.users)",
    )
    ours, plain, named = look_up(
        database, TableRef("t", "app"), TableRef("users"), TableRef("users", "public")
    )
    assert ours is not None
    assert ours.foreign_keys[0].target == TableRef("users", "app")
    assert plain is not None
    assert named is not None
    assert [len(plain.columns), len(named.columns)] == [2, 2]
    with connected(database) as connection:
        connection.exec_driver_sql("SET search_path = app, public")
        schema = inspect(connection, [TableRef("users"), TableRef("t")], dialect="postgresql")
        every = inspect_all(connection, dialect="postgresql", schemas=("public",))
    users = schema.table(TableRef("users"))
    assert users is not None
    assert len(users.columns) == 1
    assert [table.ref for table in every.tables] == [TableRef("users", "public")]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresql_materialized_views_partitions_and_special_indexes(
    database: Database,
) -> None:
    database.execute(
        "CREATE TABLE t (id integer PRIMARY KEY, a text, b text, c jsonb)",
        "CREATE UNIQUE INDEX part ON t (a) WHERE a <> ''",
        "CREATE UNIQUE INDEX calc ON t (b, lower(a))",
        "CREATE UNIQUE INDEX wide ON t (b) INCLUDE (a)",
        "CREATE INDEX search ON t USING gin (c)",
        "CREATE MATERIALIZED VIEW m AS SELECT id FROM t",
        "CREATE UNIQUE INDEX m_id ON m (id)",
        "CREATE TABLE p (id integer, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "CREATE TABLE q (id integer PRIMARY KEY, pid integer, pat date,"
        " FOREIGN KEY (pid, pat) REFERENCES p (id, at))",
    )
    table, view, partitioned, referring = look_up(database, "t", "m", "p", "q")
    assert table is not None
    assert set(table.unique) == {("id",), ("b",)}
    assert set(table.indexed) == {("id",), ("b",)}
    assert view is not None
    assert (view.kind, view.unique) == (RelationKind.MATERIALIZED_VIEW, (("id",),))
    assert partitioned is not None
    assert (partitioned.kind, partitioned.key) == (RelationKind.TABLE, ("id", "at"))
    assert referring is not None
    assert [key.target for key in referring.foreign_keys] == [TableRef("p")]
    with connected(database) as connection:
        every = inspect_all(connection, dialect="postgresql")
    assert [table.ref.name for table in every.tables] == ["m", "p", "q", "t"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresql_identity_is_not_generated_and_disabled_triggers_do_not_count(
    database: Database,
) -> None:
    database.execute(
        'CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text COLLATE "C")',
        "CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE TRIGGER off BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION noop()",
        "ALTER TABLE t DISABLE TRIGGER off",
    )
    table = look(database, "t")
    assert not column(table, "id").generated
    assert column(table, "a").collation == "C"
    assert table.triggers == ()


# MariaDB alone


@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
def test_mariadb_types_generated_columns_and_prefix_indexes(database: Database) -> None:
    database.execute(
        "CREATE TABLE t (id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT, v VARCHAR(9) NOT NULL,"
        " e ENUM('a', 'b'), f BOOLEAN, y LONGBLOB, at DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6),"
        " bumped TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP, w VARCHAR(18) AS (upper(v)) VIRTUAL,"
        " u UUID, doc TEXT, UNIQUE KEY short (v(4)), FULLTEXT KEY words (doc))"
    )
    table = look(database, "t")
    assert types(table)["id"] == "int(10) unsigned"
    assert types(table)["e"] == "enum('a','b')"
    assert kinds(table)["f"] is TypeKind.INTEGER
    assert kinds(table)["y"] is TypeKind.BYTES
    assert kinds(table)["at"] is TypeKind.TIMESTAMP
    assert kinds(table)["u"] is TypeKind.UUID
    assert [one.name for one in table.columns if one.generated] == ["w"]
    assert "on update current_timestamp" in (column(table, "bumped").default or "").lower()
    assert (column(table, "v").collation or "").startswith("utf8mb4")
    assert table.unique == (("id",),)
    assert set(table.indexed) == {("id",), ("v",)}


@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
def test_mariadb_other_databases_are_schemas(database: Database) -> None:
    database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    (here,) = database.query("SELECT database()")[0]
    plain, named = look_up(database, TableRef("t"), TableRef("t", here))
    assert plain is not None
    assert named is not None
    assert named.columns == plain.columns


@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
def test_mariadb_tables_that_differ_in_case_only_are_kept_apart(database: Database) -> None:
    if database.query("SELECT @@lower_case_table_names") != [(0,)]:
        pytest.skip("this server folds the case of table names")
    columns = "(b INTEGER, a INTEGER, c INTEGER, PRIMARY KEY (b, a), UNIQUE KEY u (c, a))"
    database.execute(f"CREATE TABLE T {columns}", f"CREATE TABLE t {columns}")
    for table in look_up(database, "T", "t"):
        assert table is not None
        assert table.key == ("b", "a")
        assert table.unique == (("b", "a"), ("c", "a"))
