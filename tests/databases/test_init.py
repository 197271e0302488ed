"""A starter of a live schema loads, passes its own check, and holds no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

import cachedeps
from cachedeps.domain.model import Declaration, ResetKind, TableRef
from tests.databases.database import Database
from tests.databases.looking import connected


def starter(database: Database, *schemas: str) -> str:
    return cachedeps.init(database.url, schemas=schemas)


def loaded(text: str, folder: Path) -> cachedeps.Project:
    path = folder / "cachedeps.toml"
    path.write_text(text, encoding="utf-8")
    return cachedeps.load(path)


def uploads(database: Database) -> None:
    database.execute(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL)",
        "CREATE TABLE uploads (id INTEGER PRIMARY KEY, user_id INTEGER, created_at TIMESTAMP NULL,"
        " rotation_metrics TEXT, notes_html TEXT, notes_version INTEGER,"
        " views_count INTEGER NOT NULL, title TEXT,"
        " FOREIGN KEY (user_id) REFERENCES users (id))",
    )


def resets(declaration: Declaration) -> dict[str, ResetKind]:
    return {cache.node: cache.reset.kind for cache in declaration.caches()}


def test_a_starter_loads_and_its_check_asks_only_what_the_starter_asked(
    database: Database, tmp_path: Path
) -> None:
    uploads(database)
    text = starter(database)
    project = loaded(text, tmp_path)
    assert resets(project.declaration) == {
        "uploads.rotation_metrics": ResetKind.NULL,
        "uploads.notes_html": ResetKind.MARK,
        "uploads.views_count": ResetKind.RECOMPUTE,
    }
    (table,) = project.declaration.tables
    assert table.owner is not None
    assert (table.owner.text, table.time) == ("user_id -> users.email", "created_at")
    with project.connect(database.url) as opened:
        (finding,) = opened.check()
    assert (finding.rule, finding.message.rpartition(" ")[2]) == ("undeclared-column", "title")
    answered = loaded(text.replace("# ? not_caches", "not_caches"), tmp_path)
    with answered.connect(database.url) as opened:
        assert opened.check() == ()


def test_odd_names_survive_the_way_into_the_file_and_back(
    database: Database, tmp_path: Path
) -> None:
    people, posts = 'My "people" 100%', "ord.er ünd"
    q = database.quote
    database.execute(
        f"CREATE TABLE {q(people)} ({q('the key')} INTEGER PRIMARY KEY, {q('E-mail')} TEXT,"
        f" {q('email')} VARCHAR(20))",
        f"CREATE TABLE {q(posts)} (id INTEGER PRIMARY KEY, {q('who is')} INTEGER,"
        f" {q('Two words_html')} TEXT, {q('select')} TEXT,"
        f" FOREIGN KEY ({q('who is')}) REFERENCES {q(people)} ({q('the key')}))",
    )
    project = loaded(starter(database), tmp_path)
    (table,) = project.declaration.tables
    assert table.ref == TableRef(posts)
    assert [cache.column for cache in table.caches] == ["Two words_html"]
    assert table.owner is not None
    assert (table.owner.label.table, table.owner.label.column) == (TableRef(people), "email")
    with project.connect(database.url) as opened:
        assert [finding.rule for finding in opened.check()] == ["undeclared-column"]


def test_a_schema_without_candidates_makes_a_file_that_loads(
    database: Database, tmp_path: Path
) -> None:
    database.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
    text = starter(database)
    assert "was seen in: users" in text
    assert loaded(text, tmp_path).declaration.tables == ()


def test_a_variable_stays_a_variable_and_its_dialect_is_written_down(
    database: Database, tmp_path: Path
) -> None:
    uploads(database)
    text = cachedeps.init("env:APP_DB", environ={"APP_DB": database.url})
    assert database.url not in text
    settings = loaded(text, tmp_path).declaration.database
    assert (settings.url, settings.dialect) == ("env:APP_DB", database.dialect)


def test_looking_writes_nothing(database: Database) -> None:
    from cachedeps.db.inspect import inspect_all

    uploads(database)
    with connected(database) as connection:
        before = inspect_all(connection, dialect=database.dialect)
    starter(database)
    with connected(database) as connection:
        assert inspect_all(connection, dialect=database.dialect) == before


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_other_schemas_are_named_in_the_file(database: Database, tmp_path: Path) -> None:
    database.execute(
        'CREATE SCHEMA "my.app"',
        'CREATE TABLE "my.app".users (id integer PRIMARY KEY, email text)',
        'CREATE TABLE "my.app".posts (id integer PRIMARY KEY, body_html text, user_id integer'
        ' REFERENCES "my.app".users)',
        "CREATE SCHEMA app",
        "CREATE TABLE app.users (id integer PRIMARY KEY, email text, bio_html text)",
        "CREATE TABLE app.posts (id integer PRIMARY KEY, body_html text, user_id integer"
        " REFERENCES app.users)",
    )
    project = loaded(starter(database, "app", "my.app"), tmp_path)
    refs = {table.ref for table in project.declaration.tables}
    assert refs == {
        TableRef("posts", "app"),
        TableRef("users", "app"),
        TableRef("posts", "my.app"),
    }
    labels = {
        str(table.ref): str(table.owner.label.table)
        for table in project.declaration.tables
        if table.owner
    }
    assert labels["app.posts"] == "app.users"
    assert labels["my.app.posts"] == "my.app.users"
    with project.connect(database.url) as opened:
        assert opened.check() == ()
