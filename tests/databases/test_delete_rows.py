"""Caches in a table of their own: whole rows go, and come back whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.domain.outcome import RestoreChoice
from cachedeps.errors import ApprovalRefusedError, InterruptedRunError
from tests.databases.database import Database
from tests.databases.declared import project
from tests.databases.exact import everything
from tests.databases.test_resets import TEXT, see, write

DELETE = """
[upstreams.model]
[tables.summaries]
owner = ["post_id = posts.id", "posts.author"]
[tables.summaries.caches.body]
depends_on = ["model"]
reset = "delete_row"
"""
_IDENTITY = {
    "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "postgresql": "INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "mariadb": "INTEGER AUTO_INCREMENT PRIMARY KEY",
}


def summaries(database: Database, rows: int = 7) -> None:
    text = TEXT[database.dialect]
    database.execute(
        f"CREATE TABLE posts (id INTEGER PRIMARY KEY, author {text})",
        f"CREATE TABLE summaries (id {_IDENTITY[database.dialect]}, post_id INTEGER,"
        f" body {text}, score FLOAT, words INTEGER GENERATED ALWAYS AS (post_id * 2) STORED)",
    )
    database.insert("posts", *((i, f"author{i % 3}") for i in range(1, rows + 1)))
    for i in range(1, rows + 1):
        body = "NULL" if i == 4 else f"'summary {i}'"
        database.execute(f"INSERT INTO summaries (post_id, body, score) VALUES ({i}, {body}, 0.1)")


def test_whole_rows_go_and_come_back_with_every_column(database: Database, tmp_path: Path) -> None:
    summaries(database)
    before = everything(database)
    declared = project(database, tmp_path, DELETE)
    with declared.connect() as db:
        seen = see(declared, db)
        assert (seen.rows, seen.owners.count) == (6, 3)
        receipt = write(db, seen)
        assert database.query("SELECT id, body FROM summaries") == [(4, None)]
        assert db.restore(receipt.id).rows == 6
        assert everything(database) == before
        again = db.preview_restore(receipt.id)
        # what is back already is not taken by anybody else
        assert (again.rows, again.taken_keys) == (0, ())
        assert [count.already for count in again.caches] == [6]


def test_deleted_rows_whose_keys_were_taken_are_left_out_and_named(
    database: Database, tmp_path: Path
) -> None:
    summaries(database)
    declared = project(database, tmp_path, DELETE)
    always = " OVERRIDING SYSTEM VALUE" if database.dialect == "postgresql" else ""
    with declared.connect() as db:
        receipt = write(db, see(declared, db))
        database.execute(
            f"INSERT INTO summaries (id, post_id, body){always} VALUES (2, 2, 'newer')"
        )
        seen = db.preview_restore(receipt.id)
        assert (seen.rows, seen.kept_regenerated, seen.taken_keys) == (5, 1, ((2,),))
        back = db.restore(seen.approve(by="ann", rows=5))
        assert (back.rows, back.taken_keys) == (5, ((2,),))
    assert dict(database.query("SELECT id, body FROM summaries"))[2] == "newer"
    assert len(database.query("SELECT id FROM summaries")) == 7


@pytest.mark.parametrize(
    ("choice", "back"),
    [
        (RestoreChoice(keys=((2,), (5,))), [2, 5]),
        (RestoreChoice(owners=("author1",)), [1, 7]),
    ],
    ids=("keys", "owner"),
)
def test_some_of_the_deleted_rows_go_back(
    database: Database, tmp_path: Path, choice: RestoreChoice, back: list[int]
) -> None:
    summaries(database)
    before = everything(database)
    declared = project(database, tmp_path, DELETE)
    with declared.connect() as db:
        receipt = write(db, see(declared, db))
        seen = db.preview_restore(receipt.id, choice)
        assert seen.rows == len(back)
        assert db.restore(seen.approve(by="ann", rows=seen.rows)).rows == len(back)
        assert sorted(row[0] for row in database.query("SELECT id FROM summaries")) == sorted(
            [4, *back]
        )
        db.restore(receipt.id)
    assert everything(database) == before


def test_rows_that_others_refer_to_are_not_deleted(database: Database, tmp_path: Path) -> None:
    summaries(database)
    database.execute(
        "CREATE TABLE votes (id INTEGER PRIMARY KEY, summary_id INTEGER,"
        " FOREIGN KEY (summary_id) REFERENCES summaries (id) ON DELETE CASCADE)"
    )
    database.insert("votes", (1, 1))
    before = everything(database)
    declared = project(database, tmp_path, DELETE)
    with declared.connect() as db:
        seen = see(declared, db)
        with pytest.raises(ApprovalRefusedError, match="votes"):
            seen.approve(by="ann", rows=seen.rows)
    assert everything(database) == before


def test_a_row_that_the_database_does_not_take_back_fails_cleanly(
    database: Database, tmp_path: Path
) -> None:
    summaries(database)
    # no column that is journaled tells of the collision
    database.execute("CREATE UNIQUE INDEX one_each ON summaries (words)")
    declared = project(database, tmp_path, DELETE)
    with declared.connect() as db:
        receipt = write(db, see(declared, db))
        database.execute("INSERT INTO summaries (post_id, body) VALUES (3, 'another row')")
        with pytest.raises(InterruptedRunError, match="1 pages were put back"):
            db.restore(receipt.id)
        # the page with the third row went back as a whole: not at all
        rows = dict(database.query("SELECT post_id, body FROM summaries"))
        assert rows == {1: "summary 1", 2: "summary 2", 3: "another row", 4: None}


def test_a_row_that_would_collide_with_another_one_is_left_out_and_named(
    database: Database, tmp_path: Path
) -> None:
    summaries(database)
    database.execute("CREATE UNIQUE INDEX one_each ON summaries (post_id)")
    declared = project(database, tmp_path, DELETE)
    with declared.connect() as db:
        receipt = write(db, see(declared, db))
        database.execute("INSERT INTO summaries (post_id, body) VALUES (3, 'another row')")
        seen = db.preview_restore(receipt.id)
        assert (seen.rows, seen.taken_keys) == (5, ((3,),))
        assert db.restore(receipt.id).rows == 5
    rows = dict(database.query("SELECT post_id, body FROM summaries"))
    assert (rows[3], rows[2], rows[7]) == ("another row", "summary 2", "summary 7")


def test_rows_that_only_a_lenient_server_took_go_back_as_they_were(
    database: Database, tmp_path: Path
) -> None:
    if database.dialect != "mariadb":
        pytest.skip("only MySQL and MariaDB keep days that no calendar has")
    database.execute(
        "SET SESSION sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO'",
        "CREATE TABLE days (id INTEGER PRIMARY KEY AUTO_INCREMENT, day DATE, value VARCHAR(9))",
        "INSERT INTO days VALUES (0, '0000-00-00', 'a'), (1, '2026-02-31', 'b')",
    )
    rows = "SELECT id, CAST(day AS CHAR), value FROM days ORDER BY id"
    before = database.query(rows)
    text = '[upstreams.a]\n[tables.days.caches.value]\ndepends_on = ["a"]\nreset = "delete_row"\n'
    declared = project(database, tmp_path, text)
    with declared.connect() as db:
        seen = db.preview(declared.plan("a"))
        receipt = db.apply(seen.approve(by="ann", rows=2))
        assert database.query(rows) == []
        db.restore(receipt.id)
    assert database.query(rows) == before
