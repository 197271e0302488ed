"""A write never reaches beyond the cells that were previewed: whatever could is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.errors import (
    ApprovalRefusedError,
    StalePlanError,
    UnsupportedError,
)
from cachedeps.project import Project
from tests.databases.database import Database
from tests.databases.declared import caches, project
from tests.databases.exact import everything

DELETE = 'reset = "delete_row"'


def refused(declared: Project) -> list[str]:
    """The slugs for which an approval of the plan is refused."""
    with declared.connect() as db:
        seen = db.preview(declared.plan("model"))
        with pytest.raises(ApprovalRefusedError):
            seen.approve(by="ann", rows=seen.rows)
    return sorted({refusal.slug for refusal in seen.refusals})


def test_a_row_whose_own_table_refers_to_it_is_not_deleted(
    database: Database, tmp_path: Path
) -> None:
    database.execute(
        "CREATE TABLE comments (id INTEGER PRIMARY KEY, parent INTEGER, value VARCHAR(9),"
        " FOREIGN KEY (parent) REFERENCES comments (id) ON DELETE CASCADE)"
    )
    database.insert("comments", (1, None, "stale"), (2, 1, None))
    declared = project(database, tmp_path, caches("model", "comments", extra=DELETE))
    assert refused(declared) == ["referenced-rows"]


def test_rows_that_only_stop_the_delete_of_their_own_parents_are_no_danger(
    database: Database, tmp_path: Path
) -> None:
    database.execute(
        "CREATE TABLE comments (id INTEGER PRIMARY KEY, parent INTEGER, value VARCHAR(9),"
        " FOREIGN KEY (parent) REFERENCES comments (id))"
    )
    database.insert("comments", (1, None, "stale"), (2, None, None))
    declared = project(database, tmp_path, caches("model", "comments", extra=DELETE))
    with declared.connect() as db:
        seen = db.preview(declared.plan("model"))
        db.apply(seen.approve(by="ann", rows=1))
    assert database.query("SELECT id FROM comments") == [(2,)]


def test_a_row_that_another_schema_refers_to_is_not_deleted(
    database: Database, tmp_path: Path
) -> None:
    if database.dialect == "sqlite":
        pytest.skip("foreign keys of SQLite never leave their schema")
    here = database.query(
        "SELECT current_schema()" if database.dialect == "postgresql" else "SELECT database()"
    )
    other = f"{here[0][0]}_other"
    database.execute(
        "CREATE TABLE summaries (id INTEGER PRIMARY KEY, value VARCHAR(9))",
        f"CREATE SCHEMA {other}",
        f"CREATE TABLE {other}.votes (id INTEGER PRIMARY KEY, summary INTEGER,"
        f" FOREIGN KEY (summary) REFERENCES {here[0][0]}.summaries (id) ON DELETE CASCADE)",
    )
    try:
        database.insert("summaries", (1, "stale"))
        declared = project(database, tmp_path, caches("model", "summaries", extra=DELETE))
        assert refused(declared) == ["referenced-rows"]
    finally:
        database.execute(f"DROP TABLE {other}.votes", f"DROP SCHEMA {other}")


def test_a_cache_that_other_rows_copy_by_a_foreign_key_is_not_reset(
    database: Database, tmp_path: Path
) -> None:
    database.execute(
        "CREATE TABLE pages (id INTEGER PRIMARY KEY, value VARCHAR(9) UNIQUE)",
        "CREATE TABLE links (id INTEGER PRIMARY KEY, slug VARCHAR(9),"
        " FOREIGN KEY (slug) REFERENCES pages (value) ON UPDATE CASCADE)",
    )
    database.insert("pages", (1, "about"))
    database.insert("links", (1, "about"))
    declared = project(database, tmp_path, caches("model", "pages"))
    assert refused(declared) == ["key-column"]
    assert database.query("SELECT slug FROM links") == [("about",)]


def test_a_table_that_cannot_roll_back_is_not_written(database: Database, tmp_path: Path) -> None:
    if database.dialect != "mariadb":
        pytest.skip("every table of this database has transactions")
    database.execute(
        "CREATE TABLE pages (id INTEGER PRIMARY KEY, value VARCHAR(9)) ENGINE = MyISAM"
    )
    database.insert("pages", (1, "stale"))
    declared = project(database, tmp_path, caches("model", "pages"))
    assert refused(declared) == ["unsafe-table"]


def test_the_journal_has_transactions_whatever_the_server_prefers(
    database: Database, tmp_path: Path
) -> None:
    if database.dialect != "mariadb":
        pytest.skip("every table of this database has transactions")
    declared = project(database, tmp_path, caches("model", "pages"))
    with declared.connect() as db:
        assert db.journal_ddl().count("ENGINE=InnoDB") == 4


def test_a_table_that_others_inherit_from_is_not_written(
    database: Database, tmp_path: Path
) -> None:
    if database.dialect != "postgresql":
        pytest.skip("no other database has inheritance")
    database.execute(
        "CREATE TABLE pages (id INTEGER PRIMARY KEY, value TEXT)",
        "CREATE TABLE drafts () INHERITS (pages)",
        "INSERT INTO pages VALUES (1, 'page')",
        "INSERT INTO drafts VALUES (1, 'draft')",
    )
    declared = project(database, tmp_path, caches("model", "pages"))
    assert refused(declared) == ["unsafe-table"]


def test_a_declared_key_that_several_rows_can_share_is_no_key(
    database: Database, tmp_path: Path
) -> None:
    database.execute("CREATE TABLE pages (id INTEGER PRIMARY KEY, site INTEGER, value TEXT)")
    database.insert("pages", (1, 1, "one"), (2, 1, "two"))
    text = caches("model", "pages") + '\n[tables.pages]\nkey = ["site"]\n'
    declared = project(database, tmp_path, text)
    with declared.connect() as db, pytest.raises(UnsupportedError, match="no key"):
        db.preview(declared.plan("model"))


def test_a_restore_names_rows_by_the_key_that_the_run_named_them_by(
    database: Database, tmp_path: Path
) -> None:
    database.execute(
        "CREATE TABLE pages (id INTEGER PRIMARY KEY, place INTEGER NOT NULL UNIQUE, value TEXT)"
    )
    database.insert("pages", (1, 2, "one"), (2, 3, "two"), (3, 1, "three"))
    before = everything(database)
    declared = project(database, tmp_path, caches("model", "pages"))
    with declared.connect() as db:
        receipt = db.apply(db.preview(declared.plan("model")).approve(by="ann", rows=3))
    moved = caches("model", "pages") + '\n[tables.pages]\nkey = ["place"]\n'
    with project(database, tmp_path, moved).connect() as db:
        db.restore(receipt.id)
    assert everything(database) == before


def test_a_table_that_is_not_declared_any_more_can_be_restored(
    database: Database, tmp_path: Path
) -> None:
    database.execute("CREATE TABLE pages (id INTEGER PRIMARY KEY, value TEXT)")
    database.insert("pages", (1, "one"))
    before = everything(database)
    declared = project(database, tmp_path, caches("model", "pages"))
    with declared.connect() as db:
        receipt = db.apply(db.preview(declared.plan("model")).approve(by="ann", rows=1))
    with project(database, tmp_path, "[upstreams.model]\n").connect() as db:
        assert db.preview_restore(receipt.id).owners.undeclared == ("pages",)
        db.restore(receipt.id)
    assert everything(database) == before


def test_a_plan_does_not_run_on_a_schema_that_has_become_dangerous(
    database: Database, tmp_path: Path
) -> None:
    database.execute("CREATE TABLE summaries (id INTEGER PRIMARY KEY, value VARCHAR(9))")
    database.insert("summaries", (1, "stale"))
    declared = project(database, tmp_path, caches("model", "summaries", extra=DELETE))
    with declared.connect() as db:
        seen = db.preview(declared.plan("model"))
    database.execute(
        "CREATE TABLE votes (id INTEGER PRIMARY KEY, summary INTEGER,"
        " FOREIGN KEY (summary) REFERENCES summaries (id) ON DELETE CASCADE)"
    )
    database.insert("votes", (1, 1))
    before = everything(database)
    with declared.connect() as db, pytest.raises(StalePlanError, match="rows of votes refer"):
        db.apply(seen.approve(by="ann", rows=1))
    assert everything(database) == before
