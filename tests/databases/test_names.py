"""Names that need quoting work everywhere: in previews, writes, the journal and on the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.domain.scope import Keys, OwnedBy, Since, Where
from cachedeps.errors import CachedepsError, SchemaMismatchError
from tests.databases.database import Database
from tests.databases.declared import project, quoted
from tests.databases.exact import everything

NAMES = (
    "order",
    "select",
    "Upper Case",
    "ünïcode 漢字",
    'say "hi"',
    "back`tick",
    "100% %s %(x)s",
    ":name :param_1",
    "f(x) [y]",
    "semi;colon -- comment",
    "back\\slash",
    "it's",
    "key_0",
)


def test_every_name_works_in_every_place(database: Database, tmp_path: Path) -> None:
    for name in NAMES:
        _works(database, tmp_path, name)


def _works(database: Database, folder: Path, name: str) -> None:
    people, key, stamp, moment = f"{name} p", f"{name} k", f"{name} s", f"{name} t"
    q = database.quote
    time = {"sqlite": "TEXT", "postgresql": "TIMESTAMP", "mariadb": "DATETIME"}[database.dialect]
    database.execute(
        f"CREATE TABLE {q(people)} ({q(key)} INTEGER PRIMARY KEY, {q(name)} VARCHAR(50))",
        f"CREATE TABLE {q(name)} ({q(key)} INTEGER PRIMARY KEY, {q(people)} INTEGER,"
        f" {q(stamp)} INTEGER, {q(moment)} {time}, {q(name)} VARCHAR(50))",
    )
    database.insert(people, (1, "ann@example.com"), (2, "bob@example.com"))
    moments = ("2026-04-25 10:00:00", "2026-04-24 10:00:00")
    database.insert(
        name, *((i, i % 2 + 1, i % 3, moments[i % 2], f"value {i}") for i in range(1, 7))
    )
    before = everything(database)
    text = f"""
        [upstreams.model]
        version = 1
        [tables.{quoted(name)}]
        owner = [{quoted(f'"{esc(people)}" = "{esc(people)}"."{esc(key)}"')}, {quoted(f'"{esc(people)}"."{esc(name)}"')}]
        time = {quoted(moment)}
        [tables.{quoted(name)}.caches.{quoted(name)}]
        depends_on = ["model"]
        stamp = {quoted(stamp)}
    """
    declared = project(database, folder, text)
    scope = Since("2026-04-24") & OwnedBy("bob@example.com") & Where(f"{q(name)} IS NOT NULL")
    with declared.connect() as db:
        seen = db.preview(declared.plan("model", scope=scope))
        assert [cell.key for cell in seen.tables[0].cells or ()] == [(3,), (5,)]
        assert seen.owners.labels == ("bob@example.com",)
        assert {row.owner for row in seen.sample} == {"bob@example.com"}
        receipt = db.apply(seen.approve(by="ann", rows=2))
        left = database.query(f"SELECT {q(key)} FROM {q(name)} WHERE {q(name)} IS NULL")
        assert sorted(left) == [(3,), (5,)]
        db.restore(receipt.id)
        assert everything(database) == before
        (one,) = db.preview(declared.plan("model", scope=Keys(2))).caches
        assert one.rows == 1


def esc(name: str) -> str:
    """A name between the double quotes of a path or predicate."""
    return name.replace('"', '""')


def test_a_table_of_another_schema_works(database: Database, tmp_path: Path) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has no schemas but attached files")
    q = database.quote
    schema = 'Other "one"' if database.dialect == "postgresql" else f"{database.name} other"
    kind = "SCHEMA" if database.dialect == "postgresql" else "DATABASE"
    database.execute(f"CREATE {kind} {q(schema)}")
    try:
        _in_another_schema(database, tmp_path, schema)
    finally:
        if database.dialect == "mariadb":
            database.execute(f"DROP DATABASE {q(schema)}")


def _in_another_schema(database: Database, tmp_path: Path, schema: str) -> None:
    there = f"{database.quote(schema)}.cells"
    for table in (there, "cells"):
        database.execute(
            f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, value VARCHAR(50))",
            f"INSERT INTO {table} VALUES (1, '{'here' if table == 'cells' else 'there'}')",
        )
    text = f"""
        [upstreams.model]
        [tables.far]
        name = "cells"
        schema = {quoted(schema)}
        [tables.far.caches.value]
        depends_on = ["model"]
    """
    declared = project(database, tmp_path, text)
    with declared.connect() as db:
        seen = db.preview(declared.plan("model"))
        receipt = db.apply(seen.approve(by="ann", rows=1))
        assert database.query(f"SELECT value FROM {there}") == [(None,)]
        assert database.query("SELECT value FROM cells") == [("here",)]
        db.restore(receipt.id)
    assert database.query(f"SELECT value FROM {there}") == [("there",)]


def test_the_journal_can_stand_in_a_schema_of_its_own(database: Database, tmp_path: Path) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has no schemas but attached files")
    schema = f"journal 100% of {database.name[-12:]}"
    database.execute("CREATE TABLE cells (id INTEGER PRIMARY KEY, value VARCHAR(50))")
    database.insert("cells", (1, "a"), (2, "b"))
    text = '[upstreams.model]\n[tables.cells.caches.value]\ndepends_on = ["model"]\n'
    declared = project(database, tmp_path, text, settings=f'journal_schema = "{schema}"')
    try:
        with declared.connect() as db:
            seen = db.preview(declared.plan("model"))
            receipt = db.apply(seen.approve(by="ann", rows=2))
            cells = f"{database.quote(schema)}.cachedeps_cell"
            assert len(database.query(f"SELECT run FROM {cells}")) == 2
            assert db.restore(receipt.id).rows == 2
            assert len(db.history()) == 2
        assert database.query("SELECT id, value FROM cells ORDER BY id") == [(1, "a"), (2, "b")]
    finally:
        if database.dialect == "mariadb":
            database.execute(f"DROP DATABASE IF EXISTS {database.quote(schema)}")


MISSING = (
    '[tables.nowhere.caches.value]\ndepends_on = ["model"]',
    '[tables.cells.caches.valu]\ndepends_on = ["model"]',
    '[tables.cells.caches.value]\ndepends_on = ["model"]\nstamp = "nope"',
    '[tables."cells; DROP TABLE cells".caches.value]\ndepends_on = ["model"]',
    """[tables.cells.caches."value = '', id"]\ndepends_on = ["model"]""",
)


def test_what_the_database_does_not_have_is_named(database: Database, tmp_path: Path) -> None:
    database.execute("CREATE TABLE cells (id INTEGER PRIMARY KEY, value VARCHAR(50))")
    database.insert("cells", (1, "a"))
    for text in MISSING:
        declared = project(database, tmp_path, "[upstreams.model]\nversion = 1\n" + text)
        with declared.connect() as db, pytest.raises(SchemaMismatchError) as caught:
            db.preview(declared.plan("model"))
        assert caught.value.exit_code == 2
    assert database.query("SELECT id, value FROM cells") == [(1, "a")]


WHERE = (
    "1 = 1; DROP TABLE cells",
    "1 = 1 -- ",
    "id IN (SELECT id FROM cells)",
    "EXISTS (SELECT 1)",
    "value = 'a' UNION SELECT 1",
    "1 = 1) OR (1 = 1",
    "sleep(1) = 0",
    "pg_sleep(1) IS NULL",
    "nextval('s') > 0",
    "id = 1 /*! OR 1 = 1 */",
    "'a' = 'b\\' OR 1 = 1 -- '",
    "nope = 1",
    "",
)


def test_a_predicate_can_do_no_more_than_choose_rows(database: Database, tmp_path: Path) -> None:
    database.execute("CREATE TABLE cells (id INTEGER PRIMARY KEY, value VARCHAR(50))")
    database.insert("cells", (1, "a"), (2, "b"))
    text = '[upstreams.model]\n[tables.cells.caches.value]\ndepends_on = ["model"]\n'
    declared = project(database, tmp_path, text)
    with declared.connect() as db:
        for where in WHERE:
            with pytest.raises(CachedepsError) as caught:
                db.preview(declared.plan("model", scope=Where(where)))
            assert caught.value.exit_code == 2, where
    assert len(database.query("SELECT id FROM cells")) == 2
