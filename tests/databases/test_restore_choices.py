"""Which rows of a receipt a restore is about, where some of them are not there any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.domain.outcome import RestoreChoice
from cachedeps.domain.scope import TableKeys
from cachedeps.errors import ScopeError, UnknownNameError
from cachedeps.project import Project
from tests.databases.database import Database
from tests.databases.declared import project
from tests.databases.exact import everything

DECLARATION = """
[upstreams.model]
[tables.notes]
owner = "who"
[tables.notes.caches.value]
depends_on = ["model"]
reset = "delete_row"
[tables.pairs.caches.value]
depends_on = ["model"]
[tables.untouched.caches.value]
depends_on = ["model"]
"""


@pytest.fixture
def declared(database: Database, tmp_path: Path) -> Project:
    database.execute(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, who VARCHAR(20), value VARCHAR(20))",
        "CREATE TABLE pairs (a INTEGER, b VARCHAR(9), value VARCHAR(20), PRIMARY KEY (a, b))",
        "CREATE TABLE untouched (id INTEGER PRIMARY KEY, value VARCHAR(20))",
    )
    database.insert("notes", *((i, f"ann{i}", f"note {i}") for i in range(1, 5)))
    database.insert("pairs", (1, "x", "one"), (1, "y", "two"), (2, "x", "three"))
    return project(database, tmp_path, DECLARATION)


def of(table: str, *keys: tuple[int | str, ...]) -> RestoreChoice:
    return RestoreChoice(table_keys=(TableKeys(keys, table),))


def written(declared: Project) -> str:
    with declared.connect() as db:
        seen = db.preview(declared.plan("model"))
        return db.apply(seen.approve(by="ann", rows=seen.rows)).id


def test_keys_say_of_which_table_they_are(database: Database, declared: Project) -> None:
    before = everything(database)
    receipt = written(declared)
    with declared.connect() as db:
        for choice, rows in ((of("notes", (2,)), 1), (of("pairs", (1, "x"), (2, "x")), 2)):
            seen = db.preview_restore(receipt, choice)
            assert seen.rows == rows
            db.restore(seen.approve(by="ann", rows=rows))
        assert database.query("SELECT id FROM notes") == [(2,)]
        left = database.query("SELECT a, b FROM pairs WHERE value IS NULL")
        assert left == [(1, "y")]
        db.restore(receipt)
    assert everything(database) == before


def test_keys_without_a_table_are_refused_where_they_could_be_of_two(declared: Project) -> None:
    receipt = written(declared)
    with declared.connect() as db:
        with pytest.raises(ScopeError, match="several tables: notes, pairs") as caught:
            db.preview_restore(receipt, RestoreChoice(keys=((2,),)))
        assert "--key notes=" in caught.value.hint
        one = RestoreChoice(keys=((2,),), columns=("notes.value",))
        assert db.preview_restore(receipt, one).rows == 1


def test_what_the_receipt_does_not_have_is_an_error(declared: Project) -> None:
    receipt = written(declared)
    with declared.connect() as db:
        for choice, words in (
            (of("untouched", (1,)), "nothing of table untouched"),
            (of("notes", (2,), (9,)), "no row of notes with the key 9"),
            (of("pairs", (9, "x")), "no row of pairs with the key 9,x"),
            (RestoreChoice(owners=("ann9",), columns=("notes.value",)), "nobody"),
        ):
            with pytest.raises(UnknownNameError, match=words):
                db.preview_restore(receipt, choice)


def test_a_key_whose_row_has_vanished_is_known_and_counted(
    database: Database, declared: Project
) -> None:
    receipt = written(declared)
    database.execute("DELETE FROM pairs WHERE b = 'y'")
    with declared.connect() as db:
        seen = db.preview_restore(receipt, of("pairs", (1, "x"), (1, "y")))
    assert (seen.rows, seen.vanished) == (1, 1)


def test_a_deleted_row_goes_back_to_the_owner_that_it_names(
    database: Database, declared: Project
) -> None:
    receipt = written(declared)
    with declared.connect() as db:
        choice = RestoreChoice(owners=("ann3",), columns=("notes.value",))
        seen = db.preview_restore(receipt, choice)
        db.restore(seen.approve(by="ann", rows=1))
    assert database.query("SELECT id, who FROM notes") == [(3, "ann3")]


def test_rows_that_were_put_back_are_known_to_the_restore(declared: Project) -> None:
    receipt = written(declared)
    with declared.connect() as db:
        back = db.restore(receipt)
        seen = db.preview_restore(back.id, of("notes", (2,)))
        assert (seen.rows, seen.vanished) == (0, 0)
        assert any("plan again to delete them" in notice.message for notice in seen.notices)
        with pytest.raises(UnknownNameError, match="the key 9"):
            db.preview_restore(back.id, of("notes", (9,)))
