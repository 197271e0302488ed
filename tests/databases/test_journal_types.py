"""Whatever type a cache has, the journal brings its values back to the byte."""

from __future__ import annotations

from pathlib import Path

from tests.databases import column_values
from tests.databases.database import Database
from tests.databases.declared import caches, project
from tests.databases.exact import exact_rows


def test_every_type_goes_and_comes_back_to_the_byte(database: Database, tmp_path: Path) -> None:
    tables = column_values.create(database)
    before = {name: exact_rows(database, name) for name in tables}
    declared = project(database, tmp_path, caches("model", *tables))
    plan = declared.plan("model")
    with declared.connect() as db:
        seen = db.preview(plan)
        assert seen.rows == sum(len(rows) for rows in before.values())
        first = db.apply(seen.approve(by="ann", rows=seen.rows))
        assert first.state == "done"
        assert db.preview(plan).rows == 0
        emptied = {name: exact_rows(database, name) for name in tables}
        assert not any(set(before[name]) & set(emptied[name]) for name in tables)

        second = db.restore(first.id)
        assert second.rows == seen.rows
        assert {name: exact_rows(database, name) for name in tables} == before
        assert db.preview(plan).digest == seen.digest

        third = db.restore(second.id)
        assert third.rows == seen.rows
        assert {name: exact_rows(database, name) for name in tables} == emptied
        fourth = db.restore(third.id)
        assert fourth.rows == seen.rows
    assert {name: exact_rows(database, name) for name in tables} == before
