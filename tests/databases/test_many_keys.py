"""Keys in great numbers, keys of odd types, and keys that cannot be any."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.domain.scope import Scope, TableKeys
from cachedeps.errors import ScopeError, UnknownNameError
from tests.databases.database import Database
from tests.databases.declared import caches, project
from tests.databases.exact import everything

ENUM = {"sqlite": "TEXT", "postgresql": "stage", "mariadb": "ENUM('raw', 'middle', 'done')"}


def test_more_composite_keys_than_a_database_nests_expressions(
    database: Database, tmp_path: Path
) -> None:
    rows = 1_200
    database.execute("CREATE TABLE pages (a INTEGER, b INTEGER, value TEXT, PRIMARY KEY (a, b))")
    database.execute("BEGIN")
    database.insert("pages", *((i, -i, "stale") for i in range(rows)))
    database.execute("COMMIT")
    declared = project(database, tmp_path, caches("model", "pages"))
    some = tuple((i, -i) for i in range(1, rows))
    with declared.connect() as db:
        seen = db.preview(declared.plan("model", scope=Scope(keys=(TableKeys(some),))))
        db.apply(seen.approve(by="ann", rows=rows - 1))
    assert database.query("SELECT a FROM pages WHERE value IS NOT NULL") == [(0,)]


def test_too_many_keys_for_one_statement_are_told(database: Database, tmp_path: Path) -> None:
    database.execute("CREATE TABLE pages (id INTEGER PRIMARY KEY, value TEXT)")
    declared = project(database, tmp_path, caches("model", "pages"))
    many = Scope(keys=(TableKeys(tuple((i,) for i in range(70_000))),))
    with declared.connect() as db, pytest.raises(ScopeError, match="70,000 keys"):
        db.preview(declared.plan("model", scope=many))


def test_keys_that_are_sorted_by_their_place_among_declared_values(
    database: Database, tmp_path: Path
) -> None:
    if database.dialect == "postgresql":
        database.execute("CREATE TYPE stage AS ENUM ('raw', 'middle', 'done')")
    database.execute(
        f"CREATE TABLE pages (stage {ENUM[database.dialect]}, id INTEGER, value TEXT,"
        " PRIMARY KEY (stage, id))"
    )
    stages = ("raw", "middle", "done")
    database.insert("pages", *((s, i, f"{s} {i}") for s in stages for i in range(7)))
    before = everything(database)
    declared = project(database, tmp_path, caches("model", "pages"))
    with declared.connect() as db:
        seen = db.preview(declared.plan("model"), page_rows=5)
        receipt = db.apply(seen.approve(by="ann", rows=21))
        assert db.preview(declared.plan("model")).rows == 0
        db.restore(receipt.id)
    assert everything(database) == before


@pytest.mark.parametrize(
    ("kind", "key"), [("integer", 2**70), ("bytes", "\\xzz"), ("enum", "nonsense")]
)
def test_a_value_that_cannot_be_a_key_names_no_row(
    database: Database, tmp_path: Path, kind: str, key: int | str
) -> None:
    if database.dialect == "postgresql":
        database.execute("CREATE TYPE stage AS ENUM ('raw', 'middle', 'done')")
    binary = {"sqlite": "BLOB", "postgresql": "BYTEA", "mariadb": "VARBINARY(9)"}
    types = {"integer": "INTEGER", "bytes": binary[database.dialect]}
    column = types.get(kind, ENUM[database.dialect])
    database.execute(f"CREATE TABLE pages (id {column} PRIMARY KEY, value TEXT)")
    declared = project(database, tmp_path, caches("model", "pages"))
    scope = Scope(keys=(TableKeys(((key,),)),))
    with declared.connect() as db, pytest.raises(UnknownNameError):
        db.preview(declared.plan("model", scope=scope))
