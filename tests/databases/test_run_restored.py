"""What a run took away comes back to those whom it belonged to, and to nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.domain.outcome import Receipt, RestoreChoice
from cachedeps.domain.scope import TableKeys
from cachedeps.project import Database as Open
from cachedeps.project import Project
from tests.databases.database import Database
from tests.databases.declared import project
from tests.databases.exact import everything

KEYS = {
    "number": ("INTEGER", (1, 2, 3)),
    "text": ("varchar(20)", ("ann", "bob", "cid")),
    "date": ("date", ("2026-01-01", "2026-02-01", "2026-03-01")),
}


def people(database: Database, folder: Path, kind: str = "number") -> Project:
    """Three people, posts that may belong to one of them, and likes that belong to one."""
    made, (a, b, c) = KEYS[kind]
    made = "TEXT" if database.dialect == "sqlite" and kind != "number" else made
    database.execute(
        f"CREATE TABLE people (id {made} PRIMARY KEY, kind INTEGER, name varchar(20),"
        f" boss {made}, FOREIGN KEY (boss) REFERENCES people (id) ON DELETE SET NULL)",
        f"CREATE TABLE posts (id INTEGER PRIMARY KEY, who {made}, body varchar(20),"
        " FOREIGN KEY (who) REFERENCES people (id) ON DELETE SET NULL)",
        f"CREATE TABLE likes (id INTEGER PRIMARY KEY, who {made}, post INTEGER,"
        " FOREIGN KEY (who) REFERENCES people (id) ON DELETE CASCADE,"
        " FOREIGN KEY (post) REFERENCES posts (id))",
    )
    database.insert("people", (a, 1, "ann", None), (b, 1, "bob", None), (c, 2, "cid", a))
    database.insert("posts", (1, a, "x"), (2, b, "y"), (3, c, "z"))
    database.insert("likes", (1, a, 1), (2, b, 3), (3, c, 2))
    return project(database, folder, "[tables.people]\nprotected = true\n")


def deleted(db: Open) -> Receipt:
    seen = db.preview_run("DELETE FROM people WHERE kind = 1")
    assert (seen.tables, seen.set_null) == ({"people": 2, "likes": 2}, {"people": 1, "posts": 2})
    return db.run(seen.approve(by="ann", rows=2))


@pytest.mark.parametrize("kind", KEYS)
def test_a_reference_does_not_come_back_to_whoever_has_the_key_now(
    database: Database, tmp_path: Path, kind: str
) -> None:
    declared = people(database, tmp_path, kind)
    key = KEYS[kind][1][0]
    with declared.connect() as db:
        receipt = deleted(db)
        database.execute(f"INSERT INTO people VALUES ('{key}', 7, 'stranger', NULL)")
        seen = db.preview_restore(receipt.id)
        assert seen.taken_keys == ((key,),)
        told = " ".join(notice.message for notice in seen.notices)
        assert "1 rows of likes stay out" in told
        assert "1 rows of people do not get their references back" in told
        assert (db.restore(receipt.id).rows, seen.rows) == (3, 3)
    assert database.query("SELECT id, who FROM posts WHERE id < 3 ORDER BY id") == [
        (1, None),
        *database.query("SELECT 2, id FROM people WHERE name = 'bob'"),
    ]
    assert database.query("SELECT boss FROM people WHERE name = 'cid'") == [(None,)]
    assert database.query("SELECT id FROM likes ORDER BY id") == [(2,), (3,)]


@pytest.mark.parametrize(
    "choice",
    [
        RestoreChoice(columns=("posts.who",)),
        RestoreChoice(columns=("likes",)),
        RestoreChoice(table_keys=(TableKeys(keys=((1,), (2,)), table="likes"),)),
        RestoreChoice(table_keys=(TableKeys(keys=((1,), (2,)), table="posts"),)),
    ],
)
def test_what_refers_to_rows_that_do_not_come_back_with_it_waits_for_them(
    database: Database, tmp_path: Path, choice: RestoreChoice
) -> None:
    declared = people(database, tmp_path)
    before = everything(database)
    with declared.connect() as db:
        receipt = deleted(db)
        gone = everything(database)
        seen = db.preview_restore(receipt.id, choice)
        assert seen.rows == 0
        assert db.restore(seen.approve(by="ann", rows=0)).state == "done"
        assert everything(database) == gone
        db.restore(receipt.id)
        assert everything(database) == before


def test_an_update_is_undone_but_for_references_to_rows_that_are_gone(
    database: Database, tmp_path: Path
) -> None:
    declared = people(database, tmp_path)
    with declared.connect() as db:
        seen = db.preview_run("UPDATE posts SET who = 3, body = 'new' WHERE id < 4")
        receipt = db.run(seen.approve(by="ann", rows=3))
        database.execute("DELETE FROM people WHERE id = 2")
        back = db.preview_restore(receipt.id)
        assert (back.rows, back.kept_regenerated) == (3, 1)
        db.restore(back.approve(by="ann", rows=3))
    rows = database.query("SELECT id, who, body FROM posts ORDER BY id")
    assert rows == [(1, 1, "x"), (2, 3, "y"), (3, 3, "z")]


def test_text_keys_in_other_letters_find_their_rows_again(
    database: Database, tmp_path: Path
) -> None:
    if database.dialect != "mariadb":
        pytest.skip("only here two spellings are one key by default")
    database.execute(
        "CREATE TABLE words (id varchar(20) PRIMARY KEY, kind INTEGER)",
        "CREATE TABLE uses (id INTEGER PRIMARY KEY, a varchar(20), b varchar(20),"
        " FOREIGN KEY (a) REFERENCES words (id) ON DELETE CASCADE,"
        " FOREIGN KEY (b) REFERENCES words (id) ON DELETE SET NULL)",
    )
    database.insert("words", ("Ant", 1), ("bee", 2))
    database.insert("uses", (1, "ANT", "BEE"), (2, "BEE", "ant"), (3, "bee", "Bee"))
    before = everything(database)
    with project(database, tmp_path, "[tables.words]\nprotected = true\n").connect() as db:
        seen = db.preview_run("DELETE FROM words WHERE kind = 1")
        assert (seen.tables, seen.set_null) == ({"words": 1, "uses": 1}, {"uses": 1})
        receipt = db.run(seen.approve(by="ann", rows=1))
        db.restore(receipt.id)
    assert everything(database) == before
