"""Caches that feed each other over many tables: one statement stays small enough to be read."""

from __future__ import annotations

from pathlib import Path

from cachedeps.domain.scope import Where
from tests.databases.database import Database
from tests.databases.declared import project
from tests.databases.exact import everything

TABLES = 12


def test_a_fix_follows_links_over_twelve_tables_and_is_undone(
    database: Database, tmp_path: Path
) -> None:
    text = '[upstreams.model]\n[tables.t0.caches.value]\ndepends_on = ["model"]\n'
    for number in range(TABLES):
        database.execute(
            f"CREATE TABLE t{number} (id INTEGER PRIMARY KEY, parent INTEGER, value VARCHAR(9))"
        )
        database.insert(f"t{number}", (1, 1, "stale"), (2, 2, "fresh"), (3, None, "fresh"))
        if number:
            edge = f'{{ on = "t{number - 1}.value", via = "parent -> t{number - 1}.id" }}'
            text += f"[tables.t{number}.caches.value]\ndepends_on = [{edge}]\n"
    before = everything(database)
    declared = project(database, tmp_path, text)
    with declared.connect() as db:
        seen = db.preview(declared.plan("model", scope=Where("id = 1", table="t0")))
        assert seen.cells == TABLES
        done = db.apply(seen.approve(by="ann", rows=TABLES))
        for number in range(TABLES):
            left = database.query(f"SELECT id FROM t{number} WHERE value IS NOT NULL ORDER BY id")
            assert left == [(2,), (3,)]
        db.restore(done.id)
    assert everything(database) == before
