"""Two caches that share one stamp: one mark for both, counted and put back for what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.domain.outcome import RestoreChoice
from cachedeps.errors import ScopeError
from tests.databases.database import Database
from tests.databases.declared import project

DECLARATION = """
[upstreams.parser]
version = 2
[tables.posts.caches.title_html]
depends_on = ["parser"]
stamp = "version"
reset = "mark"
[tables.posts.caches.body_html]
depends_on = ["parser"]
stamp = "version"
reset = "mark"
"""

ROWS = [(1, "<b>1</b>", None, 1), (2, None, "<p>2</p>", 1), (3, "<b>3</b>", "<p>3</p>", 1)]
FRESH = (4, "<b>4</b>", "<p>4</p>", 2)


def test_a_shared_mark_is_counted_cache_by_cache_and_goes_back_for_all(
    database: Database, tmp_path: Path
) -> None:
    database.execute(
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, title_html TEXT, body_html TEXT,"
        " version INTEGER)"
    )
    database.insert("posts", *ROWS, FRESH)
    declared = project(database, tmp_path, DECLARATION)
    with declared.connect() as opened:
        seen = opened.preview(declared.plan("parser"), page_rows=2)
        assert list(opened.keys(seen, "posts.title_html")) == [(1,), (3,)]
        assert list(opened.keys(seen, "posts.body_html")) == [(2,), (3,)]
        receipt = opened.apply(seen.approve(by="ann@example.com", rows=3))
        assert dict(receipt.caches) == {"posts.title_html": 2, "posts.body_html": 2}
        assert receipt.cells == seen.cells == 4
        marked = [(*row[:3], None) for row in ROWS]
        assert database.query("SELECT * FROM posts ORDER BY id") == [*marked, FRESH]
        with pytest.raises(ScopeError, match="also the stamp of posts"):
            opened.preview_restore(receipt.id, RestoreChoice(columns=("posts.title_html",)))
        both = RestoreChoice(columns=("posts.title_html", "posts.body_html"))
        back = opened.preview_restore(receipt.id, both)
        opened.restore(back.approve(by="ann@example.com", rows=back.rows))
        assert database.query("SELECT * FROM posts ORDER BY id") == [*ROWS, FRESH]
