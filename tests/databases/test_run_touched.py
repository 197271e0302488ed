"""Columns that change whenever their row does: by a trigger, or by the database itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.project import Project
from tests.databases.database import Database
from tests.databases.declared import project
from tests.databases.exact import everything

BODY = "coalesce(OLD.touched, 0) + 1"


def touched(database: Database, folder: Path) -> Project:
    """People and posts whose column ``touched`` a trigger counts up."""
    database.execute(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, touched INTEGER, kind INTEGER,"
        " name varchar(20))",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, who INTEGER, touched INTEGER,"
        " FOREIGN KEY (who) REFERENCES people (id) ON DELETE SET NULL)",
    )
    database.insert("people", (1, 1, 1, "ann"), (2, 1, 1, "bob"), (3, 1, 2, "cid"))
    database.insert("posts", (1, 1, 1), (2, 3, 1))
    if database.dialect == "postgresql":
        database.execute(
            "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN NEW.touched := {BODY}; RETURN NEW; END $$"
        )
    for table in ("people", "posts"):
        event = f"CREATE TRIGGER touch_{table} {{}} UPDATE ON {table} FOR EACH ROW"
        made = {
            "postgresql": f"{event.format('BEFORE')} EXECUTE FUNCTION touch()",
            "mariadb": f"{event.format('BEFORE')} SET NEW.touched = {BODY}",
            "sqlite": f"{event.format('AFTER')} WHEN NEW.touched IS OLD.touched"
            f" BEGIN UPDATE {table} SET touched = {BODY} WHERE id = NEW.id; END",
        }
        database.execute(made[database.dialect])
    return project(database, folder, "[tables.people]\nprotected = true\n")


def test_an_update_of_a_table_that_a_trigger_watches_is_undone_but_for_the_triggers_column(
    database: Database, tmp_path: Path
) -> None:
    declared = touched(database, tmp_path)
    with declared.connect() as db:
        seen = db.preview_run("UPDATE people SET name = 'x' WHERE kind = 1")
        receipt = db.run(seen.approve(by="ann", rows=2))
        rows = "SELECT id, name, kind FROM people ORDER BY id"
        assert database.query(rows) == [(1, "x", 1), (2, "x", 1), (3, "cid", 2)]
        back = db.preview_restore(receipt.id)
        (notice,) = back.notices
        assert notice.message.startswith("people.touched: a trigger (touch_people)")
        assert db.restore(receipt.id).state == "done"
        assert database.query(rows) == [(1, "ann", 1), (2, "bob", 1), (3, "cid", 2)]
    assert database.query("SELECT touched FROM people ORDER BY id") == [(3,), (3,), (1,)]


def test_a_preview_tells_that_a_trigger_changes_rows_that_stay(
    database: Database, tmp_path: Path
) -> None:
    with touched(database, tmp_path).connect() as db:
        seen = db.preview_run("DELETE FROM people WHERE kind = 1")
        (notice,) = seen.notices
        assert "touch_posts" in notice.message
        assert "in rows that stay is not journaled" in notice.message


@pytest.mark.parametrize(
    "sql", ["DELETE FROM people WHERE kind = 1", "UPDATE posts SET who = NULL WHERE who = 1"]
)
def test_a_column_that_mariadb_sets_with_every_change_comes_back_too(
    database: Database, tmp_path: Path, sql: str
) -> None:
    if database.dialect != "mariadb":
        pytest.skip("only MySQL and MariaDB have ON UPDATE CURRENT_TIMESTAMP")
    database.execute(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, kind INTEGER)",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, who INTEGER,"
        " changed_at TIMESTAMP NOT NULL DEFAULT '2020-01-01' ON UPDATE CURRENT_TIMESTAMP,"
        " FOREIGN KEY (who) REFERENCES people (id) ON DELETE SET NULL)",
        "INSERT INTO people VALUES (1, 1)",
        "INSERT INTO posts VALUES (1, 1, '2020-01-01')",
    )
    before = everything(database)
    with project(database, tmp_path, "[tables.people]\nprotected = true\n").connect() as db:
        seen = db.preview_run(sql)
        receipt = db.run(seen.approve(by="ann", rows=1))
        assert everything(database) != before
        db.restore(receipt.id)
    assert everything(database) == before
