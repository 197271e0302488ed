"""Whose rows a plan touches: the same people, however many rows and labels there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.actions import fold, measure
from tests.databases.database import Database
from tests.databases.declared import project

DECLARATION = """
[upstreams.renderer]
[tables.posts]
owner = ["author_id = addresses.person_id", "addresses.email"]
[tables.posts.caches.html]
depends_on = ["renderer"]
"""


@pytest.mark.parametrize("labels", [10_000, 2], ids=("remembered", "counted-by-the-database"))
@pytest.mark.parametrize("probed", [2_000, 3], ids=("at-once", "streamed"))
def test_a_row_with_two_owners_is_one_row_of_both(
    database: Database, tmp_path: Path, probed: int, labels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "PROBED_ROWS", probed)
    monkeypatch.setattr(measure, "BATCH", 2)
    monkeypatch.setattr(fold, "MOST_LABELS", labels)
    database.execute(
        "CREATE TABLE addresses (person_id INTEGER NOT NULL, email VARCHAR(80) NOT NULL)",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER, html TEXT)",
    )
    # person 1 has two addresses, person 3 none, and post 8 no author
    for person, email in ((1, "a@x.org"), (1, "b@x.org"), (2, "c@x.org")):
        database.insert("addresses", (person, email))
    authors = {1: 1, 2: 2, 3: 1, 4: 3, 5: 2, 6: 1, 7: 3, 8: None}
    for key, author in authors.items():
        database.insert("posts", (key, author, f"<p>{key}"))

    declared = project(database, tmp_path, DECLARATION)
    with declared.connect() as db:
        seen = db.preview(declared.plan("renderer"), page_rows=3)
        assert (seen.rows, seen.cells) == (8, 8)
        assert [(p.low, p.high, p.rows) for p in seen.tables[0].pages] == [
            ((1,), (3,), 3),
            ((4,), (6,), 3),
            ((7,), (8,), 2),
        ]
        assert (seen.owners.count, seen.owners.labels) == (3, ("a@x.org", "b@x.org", "c@x.org"))
        assert seen.owners.unowned_rows == 3
        receipt = db.apply(seen.approve(by="ann", rows=8))
    assert (receipt.state, receipt.rows) == ("done", 8)
    assert database.query("SELECT count(*) FROM posts WHERE html IS NOT NULL") == [(0,)]
