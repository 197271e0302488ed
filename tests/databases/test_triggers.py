"""Triggers that write to the cache itself: what was approved is what happens, or nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.errors import RefusedError
from tests.databases import uploads
from tests.databases.database import Database
from tests.databases.declared import project
from tests.databases.exact import everything

ROWS = 40
STALE = uploads.stale_ids(ROWS)
WORDS = {"old": "OLD.rotation_metrics", "another": "'another'", "nothing": "NULL"}
WHEN = {
    "old": "NEW.rotation_metrics IS NULL",
    "another": "NEW.rotation_metrics IS NULL",
    "nothing": "NEW.rotation_metrics IS NOT NULL",
}


def overrule(database: Database, how: str, key: int) -> None:
    """From now on the row's metrics are what a trigger says."""
    value, when = WORDS[how], f"{WHEN[how]} AND NEW.id = {key}"
    database.execute(
        *{
            "sqlite": (
                f"CREATE TRIGGER overrule AFTER UPDATE ON uploads WHEN {when}"
                f" BEGIN UPDATE uploads SET rotation_metrics = {value} WHERE id = NEW.id; END",
            ),
            "postgresql": (
                "CREATE OR REPLACE FUNCTION overrule() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN NEW.rotation_metrics = {value}; RETURN NEW; END $$",
                "CREATE TRIGGER overrule BEFORE UPDATE ON uploads FOR EACH ROW"
                f" WHEN ({when}) EXECUTE FUNCTION overrule()",
            ),
            "mariadb": (
                "CREATE TRIGGER overrule BEFORE UPDATE ON uploads FOR EACH ROW"
                f" IF {when} THEN SET NEW.rotation_metrics = {value}; END IF",
            ),
        }[database.dialect]
    )


@pytest.mark.parametrize("how", ["old", "another"])
def test_a_page_in_which_a_trigger_keeps_a_cell_is_rolled_back(
    database: Database, tmp_path: Path, how: str
) -> None:
    uploads.create(database, ROWS)
    overrule(database, how, STALE[5])
    before = everything(database)
    declared = project(database, tmp_path, uploads.DECLARATION)
    with declared.connect() as db:
        seen = db.preview(declared.plan("analytics"), page_rows=4)
        with pytest.raises(RefusedError, match=r"1 cells of uploads.rotation_metrics.*overrule"):
            db.apply(seen.approve(by="ann", rows=seen.rows))
        (entry,) = db.history()
        assert entry.pages_done == 1
        empty = {key for key, value in uploads.metrics(database).items() if value is None}
        assert empty.isdisjoint(STALE[4:])
        assert empty.issuperset(STALE[:4])
        db.restore(entry.id)
    assert everything(database) == before


def test_a_restore_that_a_trigger_overrules_is_rolled_back(
    database: Database, tmp_path: Path
) -> None:
    uploads.create(database, ROWS)
    declared = project(database, tmp_path, uploads.DECLARATION)
    with declared.connect() as db:
        seen = db.preview(declared.plan("analytics"))
        receipt = db.apply(seen.approve(by="ann", rows=seen.rows))
        after = uploads.metrics(database)
        overrule(database, "nothing", STALE[3])
        with pytest.raises(RefusedError, match="overrule"):
            db.restore(receipt.id)
        assert uploads.metrics(database) == after
        database.execute(
            "DROP TRIGGER overrule" + (" ON uploads" if database.dialect == "postgresql" else "")
        )
        assert db.restore(receipt.id).rows == len(STALE)


def test_a_row_that_a_trigger_brings_back_is_not_deleted(
    database: Database, tmp_path: Path
) -> None:
    if database.dialect == "mariadb":
        pytest.skip("a trigger there cannot write to its own table")
    database.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, value VARCHAR(20))")
    database.insert("notes", (1, "one"), (2, "two"))
    again = "INSERT INTO notes VALUES (OLD.id, 'again')"
    database.execute(
        *{
            "sqlite": (f"CREATE TRIGGER overrule AFTER DELETE ON notes BEGIN {again}; END",),
            "postgresql": (
                "CREATE FUNCTION overrule() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN {again}; RETURN NULL; END $$",
                "CREATE TRIGGER overrule AFTER DELETE ON notes FOR EACH ROW"
                " EXECUTE FUNCTION overrule()",
            ),
        }[database.dialect]
    )
    text = '[upstreams.a]\n[tables.notes.caches.value]\ndepends_on = ["a"]\nreset = "delete_row"\n'
    declared = project(database, tmp_path, text)
    with declared.connect() as db:
        seen = db.preview(declared.plan("a"))
        with pytest.raises(RefusedError, match="overrule"):
            db.apply(seen.approve(by="ann", rows=2))
    assert database.query("SELECT id, value FROM notes ORDER BY id") == [(1, "one"), (2, "two")]
