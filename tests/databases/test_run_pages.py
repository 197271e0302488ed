"""Rows that one page of a run changes and a later one deletes; a restore that is repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.domain.outcome import Progress
from cachedeps.errors import UnsupportedError
from cachedeps.project import Project
from tests.databases.database import Database, sqlite_database
from tests.databases.declared import project
from tests.databases.exact import everything

ACTIONS = {
    "sqlite": ("SET NULL", "SET DEFAULT"),
    "postgresql": ("SET NULL", "SET DEFAULT"),
    "mariadb": ("SET NULL",),
}


def staff(database: Database, folder: Path, action: str = "SET NULL") -> Project:
    """People in a chain of chiefs, and notes about them; 1 has nobody above."""
    default = " DEFAULT 9" if action == "SET DEFAULT" else ""
    database.execute(
        f"CREATE TABLE staff (id INTEGER PRIMARY KEY, chief INTEGER{default}, kind INTEGER,"
        f" name varchar(20) UNIQUE, FOREIGN KEY (chief) REFERENCES staff (id) ON DELETE {action})",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, who INTEGER, body varchar(20),"
        " FOREIGN KEY (who) REFERENCES staff (id) ON DELETE CASCADE)",
    )
    database.insert("staff", (9, None, 2, "nobody"), (1, None, 1, "ann"))
    database.insert("staff", *((i, i - 1, 1 + (i == 5), f"person {i}") for i in range(2, 9)))
    database.insert("notes", *((10 + i, i, f"of {i}") for i in range(1, 9)))
    return project(database, folder, "[tables.staff]\nprotected = true\n")


@pytest.mark.parametrize("page_rows", [1, 2, 3, 1_000])
@pytest.mark.parametrize("place", [0, 1])
def test_a_row_that_loses_its_reference_with_one_page_goes_with_a_later_one(
    database: Database, tmp_path: Path, page_rows: int, place: int
) -> None:
    actions = ACTIONS[database.dialect]
    if place >= len(actions):
        pytest.skip("InnoDB has no SET DEFAULT")
    declared = staff(database, tmp_path, actions[place])
    before = everything(database)
    with declared.connect() as db:
        seen = db.preview_run("DELETE FROM staff WHERE kind = 1", page_rows=page_rows)
        assert (seen.rows, seen.refusals) == (7, ())
        # 5 stays, and has nobody above any more
        assert seen.tables == {"staff": 7, "notes": 7}
        assert seen.set_null == {"staff": 1}
        receipt = db.run(seen.approve(by="ann", rows=7, tables={"staff": 7}))
        chief = 9 if place else None
        assert database.query("SELECT id, chief FROM staff ORDER BY id") == [(5, chief), (9, None)]
        db.restore(receipt.id)
        assert everything(database) == before
        again = db.preview_restore(receipt.id)
        assert (again.rows, again.taken_keys, again.notices) == (0, (), ())


def test_a_restore_that_was_interrupted_between_such_pages_goes_on(
    database: Database, tmp_path: Path
) -> None:
    declared = staff(database, tmp_path)
    before = everything(database)
    with declared.connect() as db:
        seen = db.preview_run("DELETE FROM staff WHERE kind = 1", page_rows=1)
        receipt = db.run(seen.approve(by="ann", rows=7))
        for pages in range(1, 8):
            told: list[Progress] = []
            undone = db.restore(receipt.id, progress=told.append, stop=lambda: len(told) >= pages)  # noqa: B023 - called at once
            assert undone.state == ("interrupted" if pages < 7 else "done")
            assert len(database.query("SELECT id FROM notes")) == 1 + pages
        assert everything(database) == before


def test_a_name_that_only_its_letters_case_tells_apart_is_taken_where_the_index_says_so(
    database: Database, tmp_path: Path
) -> None:
    declared = staff(database, tmp_path)
    with declared.connect() as db:
        seen = db.preview_run("DELETE FROM staff WHERE kind = 1")
        receipt = db.run(seen.approve(by="ann", rows=7))
        database.execute("INSERT INTO staff (id, kind, name) VALUES (77, 2, 'ANN')")
        taken = ((1,),) if database.dialect == "mariadb" else ()
        assert db.preview_restore(receipt.id).taken_keys == taken
        assert db.restore(receipt.id).state == "done"
    here = database.query("SELECT count(*) FROM staff WHERE id = 1")
    assert here == [(0 if taken else 1,)]


def test_rows_that_refer_by_the_parents_collation_are_seen(tmp_path: Path) -> None:
    with sqlite_database(tmp_path) as database:
        database.execute(
            "CREATE TABLE words (id TEXT PRIMARY KEY COLLATE NOCASE, exact TEXT UNIQUE, kind)",
            "CREATE TABLE uses (id INTEGER PRIMARY KEY, word TEXT REFERENCES words (id)"
            " ON DELETE CASCADE, exact TEXT COLLATE NOCASE REFERENCES words (exact)"
            " ON DELETE SET NULL)",
        )
        database.insert("words", ("Ant", "x", 1), ("bee", "X", 2))
        database.insert(
            "uses", (1, "ANT", None), (2, "ant", "X"), (3, "BEE", "X"), (4, "BEE", "x")
        )
        before = everything(database)
        with project(database, tmp_path, "[tables.words]\nprotected = true\n").connect() as db:
            seen = db.preview_run("DELETE FROM words WHERE kind = 1")
            assert (seen.tables, seen.set_null) == ({"words": 1, "uses": 2}, {"uses": 1})
            receipt = db.run(seen.approve(by="ann", rows=1))
            assert database.query("SELECT id, exact FROM uses") == [(3, "X"), (4, None)]
            db.restore(receipt.id)
        assert everything(database) == before


def test_rows_without_a_key_are_refused_wherever_they_hang(tmp_path: Path) -> None:
    with sqlite_database(tmp_path) as database:
        database.execute(
            "CREATE TABLE words (id TEXT PRIMARY KEY, kind INTEGER)",
            "CREATE TABLE uses (id TEXT PRIMARY KEY, word TEXT REFERENCES words (id)"
            " ON DELETE CASCADE)",
        )
        database.insert("words", ("a", 1), ("b", 2), (None, 3))
        database.insert("uses", (None, "a"), ("x", "a"), ("y", "b"))
        with project(database, tmp_path, "[tables.words]\nprotected = true\n").connect() as db:
            for kind in (1, 3):
                with pytest.raises(UnsupportedError, match="key is NULL"):
                    db.preview_run(f"DELETE FROM words WHERE kind = {kind}")
            assert db.preview_run("DELETE FROM words WHERE kind = 2").rows == 1


def test_unique_values_that_move_from_row_to_row_go_back_one_by_one(
    database: Database, tmp_path: Path
) -> None:
    database.execute("CREATE TABLE places (id INTEGER PRIMARY KEY, place INTEGER UNIQUE)")
    database.insert("places", *((i, i) for i in range(1, 6)))
    before = everything(database)
    sql = "UPDATE places SET place = place - 1 WHERE place > 0"
    with project(database, tmp_path, "[upstreams.model]\n").connect() as db:
        (notice,) = db.preview_run(sql).notices
        assert (notice.code, "--page-rows 1" in notice.message) == ("unique-column", True)
        seen = db.preview_run(sql, page_rows=1)
        assert seen.notices == ()
        receipt = db.run(seen.approve(by="ann", rows=5))
        assert everything(database) != before
        db.restore(receipt.id)
    assert everything(database) == before
