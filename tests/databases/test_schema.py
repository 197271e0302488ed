"""Tables and journal in a schema that is not the connection's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cachedeps.errors import BusyError
from tests.databases.database import Database
from tests.databases.declared import caches, project, quoted


@pytest.fixture
def schema(database: Database) -> Iterator[str]:
    """A schema beside the default one, with a table of a few rows."""
    if database.dialect == "sqlite":
        pytest.skip("a SQLite file is one schema")
    here = "current_database()" if database.dialect == "postgresql" else "database()"
    name = f"{database.query(f'SELECT {here}')[0][0]}_other"
    database.execute(
        f"CREATE SCHEMA {name}",
        f"CREATE TABLE {name}.pages (id INTEGER PRIMARY KEY, value TEXT)",
        f"INSERT INTO {name}.pages VALUES (1, 'one'), (2, 'two'), (3, 'three')",
    )
    try:
        yield name
    finally:
        tables = ("pages", "cachedeps_cell", "cachedeps_page", "cachedeps_run")
        for table in (*tables, "cachedeps_journal"):
            database.execute(f"DROP TABLE IF EXISTS {name}.{table}")
        database.execute(f"DROP SCHEMA {name}")


def test_the_journal_of_a_declared_schema_is_found_again(
    database: Database, schema: str, tmp_path: Path
) -> None:
    declared = project(
        database, tmp_path, caches("model", "pages"), settings=f"schema = {quoted(schema)}"
    )
    with declared.connect() as db:
        receipt = db.apply(db.preview(declared.plan("model")).approve(by="ann", rows=3))
    with declared.connect() as db:
        assert [run.id for run in db.history()] == [receipt.id]
        assert db.preview(declared.plan("model")).journal
        db.restore(receipt.id)
    assert database.query(f"SELECT value FROM {schema}.pages ORDER BY id") == [
        ("one",),
        ("two",),
        ("three",),
    ]
    assert database.query(f"SELECT COUNT(*) FROM {schema}.cachedeps_journal") == [(1,)]


def test_only_one_run_at_a_time_writes_to_a_declared_schema(
    database: Database, schema: str, tmp_path: Path
) -> None:
    declared = project(
        database, tmp_path, caches("model", "pages"), settings=f"schema = {quoted(schema)}"
    )
    refused = 0
    with declared.connect() as first, declared.connect() as second:
        seen = first.preview(declared.plan("model"), page_rows=1)

        def apply_too(_: object) -> None:
            nonlocal refused
            # a session that has read nothing yet, beside one that has
            with pytest.raises(BusyError):
                second.apply(seen.approve(by="bob", rows=3))
            refused += 1

        first.apply(seen.approve(by="ann", rows=3), progress=apply_too)
        assert refused == 3
        assert second.history() == first.history()
