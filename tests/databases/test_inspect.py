"""What is read from a live schema is what the database really has."""

from __future__ import annotations

import pytest

from cachedeps.db.inspect import facts, inspect, inspect_all
from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import ForeignKey, RelationKind, TypeKind
from cachedeps.errors import UnknownNameError
from tests.databases.database import Database
from tests.databases.looking import column, connected, kinds, look, look_up

ODD = 'The "Odd` 100% Näme'


def test_a_table_that_does_not_exist_is_absent(database: Database) -> None:
    database.execute("CREATE TABLE here (id INTEGER PRIMARY KEY)")
    here, gone, elsewhere = look_up(database, "here", "gone", TableRef("here", "nowhere"))
    assert here is not None
    assert here.key == ("id",)
    assert (gone, elsewhere) == (None, None)


def test_no_reference_at_all_is_an_empty_schema(database: Database) -> None:
    with connected(database) as connection:
        assert inspect(connection, [], dialect=database.dialect).tables == ()


def test_columns_come_in_order_with_nullability_and_default(database: Database) -> None:
    database.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, title VARCHAR(20) NOT NULL, body TEXT,"
        " score INTEGER DEFAULT 7)"
    )
    table = look(database, "t")
    assert [one.name for one in table.columns] == ["id", "title", "body", "score"]
    assert [one.nullable for one in table.columns] == [False, False, True, True]
    assert column(table, "score").default == "7"
    assert table.kind is RelationKind.TABLE


def test_the_order_of_a_composite_key_is_kept(database: Database) -> None:
    database.execute(
        "CREATE TABLE t (a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER, PRIMARY KEY (b, a))"
    )
    table = look(database, "t")
    assert table.key == ("b", "a")
    assert table.unique == (("b", "a"),)


def test_a_table_without_a_key_has_none(database: Database) -> None:
    database.execute("CREATE TABLE t (a INTEGER, b INTEGER)")
    table = look(database, "t")
    assert (table.key, table.unique, table.indexed) == ((), (), ())


def test_unique_sets_and_indexes_are_told_apart(database: Database) -> None:
    database.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c INTEGER, UNIQUE (b, a))",
        "CREATE INDEX t_c ON t (c)",
    )
    table = look(database, "t")
    assert set(table.unique) == {("id",), ("b", "a")}
    assert set(table.indexed) == {("id",), ("b", "a"), ("c",)}


def test_foreign_keys_name_their_target_and_what_a_delete_does(database: Database) -> None:
    database.execute(
        "CREATE TABLE users (id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, user_id INTEGER, other_id INTEGER,"
        " FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,"
        " FOREIGN KEY (other_id) REFERENCES users (id) ON DELETE SET NULL)",
    )
    expected = {
        ForeignKey(("user_id",), TableRef("users"), ("id",), "CASCADE"),
        ForeignKey(("other_id",), TableRef("users"), ("id",), "SET NULL"),
    }
    assert set(look(database, "t").foreign_keys) == expected
    # The same, whether or not the target was asked for as well.
    table, users = look_up(database, "t", "users")
    assert table is not None
    assert set(table.foreign_keys) == expected
    assert users is not None
    assert users.foreign_keys == ()


def test_a_composite_foreign_key_keeps_its_pairs(database: Database) -> None:
    database.execute(
        "CREATE TABLE p (a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a, b))",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, x INTEGER, y INTEGER,"
        " FOREIGN KEY (y, x) REFERENCES p (a, b))",
    )
    (key,) = look(database, "t").foreign_keys
    assert (key.columns, key.target_columns) == (("y", "x"), ("a", "b"))
    assert key.on_delete in ("NO ACTION", "RESTRICT")


def test_names_that_need_quoting_are_found(database: Database) -> None:
    quoted = database.quote(ODD)
    database.execute(
        f"CREATE TABLE {quoted} ({database.quote('order')} INTEGER PRIMARY KEY, {quoted} TEXT)",
        f"CREATE TABLE {database.quote('Upper')} (id INTEGER PRIMARY KEY, ref INTEGER,"
        f" FOREIGN KEY (ref) REFERENCES {quoted} ({database.quote('order')}))",
    )
    odd, upper, lower = look_up(database, ODD, "Upper", "upper")
    assert odd is not None
    assert [one.name for one in odd.columns] == ["order", ODD]
    assert odd.key == ("order",)
    assert upper is not None
    assert upper.foreign_keys[0].target == TableRef(ODD)
    assert lower is None


def test_a_view_is_a_view(database: Database) -> None:
    database.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)",
        "CREATE VIEW v AS SELECT id, body FROM t",
    )
    view = look(database, "v")
    assert view.kind is RelationKind.VIEW
    assert [one.name for one in view.columns] == ["id", "body"]
    assert view.key == ()


def test_a_stored_generated_column_is_generated_and_a_default_is_not(database: Database) -> None:
    database.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER DEFAULT 3,"
        " twice INTEGER GENERATED ALWAYS AS (a * 2) STORED,"
        " at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)"
    )
    generated = {one.name: one.generated for one in look(database, "t").columns}
    assert generated == {"id": False, "a": False, "twice": True, "at": False}


def test_hundreds_of_tables_are_read_with_a_handful_of_queries(database: Database) -> None:
    names = [f"t{number}" for number in range(120)]
    if database.dialect == "mariadb":  # its DDL is slow
        names = names[:30]
    database.execute(*(f"CREATE TABLE {n} (id INTEGER PRIMARY KEY, b TEXT)" for n in names))
    from sqlalchemy import event

    statements: list[str] = []
    with connected(database) as connection:
        event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
        schema = inspect(connection, [TableRef(n) for n in names], dialect=database.dialect)
    assert [table.ref.name for table in schema.tables] == names
    assert all(len(table.columns) == 2 for table in schema.tables)
    assert len(statements) <= 8


def test_triggers_tell_when_they_fire_and_what_they_do(database: Database) -> None:
    database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)")
    if database.dialect == "postgresql":
        database.execute(
            "CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN NEW.b := 1; RETURN NEW; END $$",
            "CREATE TRIGGER t_bump BEFORE INSERT OR UPDATE OF a ON t FOR EACH ROW"
            " WHEN (NEW.a > 5) EXECUTE FUNCTION bump('arg')",
        )
        expected_event, expected_body = "BEFORE INSERT OR UPDATE", "NEW.b := 1"
    elif database.dialect == "mariadb":
        database.execute(
            "CREATE TRIGGER t_bump BEFORE UPDATE ON t FOR EACH ROW SET NEW.b = NEW.a + 1"
        )
        expected_event, expected_body = "BEFORE UPDATE", "SET NEW.b = NEW.a + 1"
    else:
        database.execute(
            'CREATE TRIGGER IF NOT EXISTS "t bump" AFTER UPDATE OF a ON t WHEN NEW.a > 5'
            " BEGIN UPDATE t SET b = 1 WHERE id = NEW.id; END"
        )
        expected_event, expected_body = "AFTER UPDATE", "UPDATE t SET b = 1"
    (trigger,) = look(database, "t").triggers
    assert trigger.event == expected_event
    assert expected_body in trigger.body
    if database.dialect != "mariadb":
        assert trigger.columns == ("a",)
        assert "a > 5" in trigger.condition.lower()
    if database.dialect == "postgresql":
        assert "'arg'" in trigger.body


def test_every_table_and_view_is_listed_for_a_starter(database: Database) -> None:
    database.execute(
        "CREATE TABLE b (id INTEGER PRIMARY KEY)",
        "CREATE TABLE a (id INTEGER PRIMARY KEY)",
        "CREATE VIEW v AS SELECT id FROM a",
    )
    with connected(database) as connection:
        schema = inspect_all(connection, dialect=database.dialect)
        known = facts(connection, schema, [TableRef("c")])
        nothing_missing = facts(connection, schema, [TableRef("a")])
    assert nothing_missing.tables == ()
    assert [table.ref for table in schema.tables] == [TableRef("a"), TableRef("b"), TableRef("v")]
    assert set(known.tables) == {TableRef("a"), TableRef("b"), TableRef("v")}


def test_an_empty_database_is_an_error_that_names_the_schemas(database: Database) -> None:
    with (
        connected(database) as connection,
        pytest.raises(UnknownNameError, match="no tables in nowhere") as caught,
    ):
        inspect_all(connection, dialect=database.dialect, schemas=("nowhere",))
    assert "schemas to choose from" in caught.value.hint


def test_types_that_every_database_has_fall_into_the_right_family(database: Database) -> None:
    database.execute(
        "CREATE TABLE t (i BIGINT, d DECIMAL(10, 2), s VARCHAR(20), x TEXT, f DOUBLE PRECISION,"
        " day DATE, ts TIMESTAMP NULL)"
    )
    zoned = TypeKind.TIMESTAMP_ZONED if database.dialect == "mariadb" else TypeKind.TIMESTAMP
    assert kinds(look(database, "t")) == {
        "i": TypeKind.INTEGER,
        "d": TypeKind.DECIMAL,
        "s": TypeKind.TEXT,
        "x": TypeKind.TEXT,
        "f": TypeKind.FLOAT,
        "day": TypeKind.DATE,
        "ts": zoned,
    }


# SQLite alone
