"""Every way a cache can be reset, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.domain.outcome import Preview, Receipt
from cachedeps.errors import ApprovalRefusedError
from cachedeps.project import Database as Opened
from cachedeps.project import Project
from tests.databases.database import Database
from tests.databases.declared import project
from tests.databases.exact import everything

TEXT = {"sqlite": "TEXT", "postgresql": "TEXT", "mariadb": "VARCHAR(200)"}


def see(declared: Project, db: Opened, upstream: str = "model") -> Preview:
    return db.preview(declared.plan(upstream), page_rows=2)


def write(db: Opened, seen: Preview) -> Receipt:
    return db.apply(seen.approve(by="ann", rows=seen.rows))


def column(database: Database, name: str) -> dict[int, object]:
    return dict(database.query(f"SELECT id, {name} FROM posts ORDER BY id"))


def test_a_value_reset_writes_the_literal_and_skips_cells_that_hold_it(
    database: Database, tmp_path: Path
) -> None:
    text = TEXT[database.dialect]
    database.execute(
        f"CREATE TABLE posts (id INTEGER PRIMARY KEY, html {text} NOT NULL DEFAULT '', n INTEGER NOT NULL)"
    )
    rows = [(1, "<b>1</b>", 5), (2, "", 0), (3, " ", -1), (4, "0", 7), (5, "<i>5</i>", 0)]
    database.insert("posts", *rows)
    before = everything(database)
    declared = project(
        database,
        tmp_path,
        '[upstreams.model]\n[tables.posts.caches.html]\ndepends_on = ["model"]\n'
        'reset = { value = "" }\n[tables.posts.caches.n]\ndepends_on = ["model"]\n'
        "reset = { value = -1 }\n",
    )
    with declared.connect() as db:
        seen = see(declared, db)
        # a blank is not the empty string, also where the collation says so
        assert {c.cache: c.rows for c in seen.caches} == {"posts.html": 4, "posts.n": 4}
        assert seen.rows == 5
        receipt = write(db, seen)
        assert set(column(database, "html").values()) == {""}
        assert set(column(database, "n").values()) == {-1}
        assert see(declared, db).rows == 0
        database.execute("UPDATE posts SET html = 'again' WHERE id = 4")
        back = db.restore(receipt.id)
        assert (back.cells, back.kept_regenerated) == (7, 1)
        assert column(database, "html")[4] == "again"
        database.execute("UPDATE posts SET html = '0' WHERE id = 4")
        assert everything(database) == before


MARK = """
[upstreams.parser]
version = 9
[upstreams.theme]
[tables.posts.caches.html]
depends_on = ["parser"]
stamp = { column = "html_version", of = "parser" }
reset = "mark"
"""


def marked_posts(database: Database) -> None:
    text = TEXT[database.dialect]
    database.execute(
        f"CREATE TABLE posts (id INTEGER PRIMARY KEY, html {text}, excerpt {text}, html_version INTEGER)"
    )
    database.insert(
        "posts", (1, "a", "x", 8), (2, "b", "x", 9), (3, "c", "x", None), (4, None, "x", 8),
        (5, "e", "x", 7), (6, "f", None, 8),
    )  # fmt: skip


def test_a_mark_sets_the_stamp_alone_and_restore_brings_it_back(
    database: Database, tmp_path: Path
) -> None:
    marked_posts(database)
    before = everything(database)
    declared = project(database, tmp_path, MARK)
    with declared.connect() as db:
        seen = see(declared, db, "parser")
        assert (seen.rows, seen.caches[0].fresh) == (3, 1)
        receipt = write(db, seen)
        assert column(database, "html_version") == {1: None, 2: 9, 3: None, 4: 8, 5: None, 6: None}
        assert column(database, "html")[1] == "a"
        assert see(declared, db, "parser").rows == 0
        database.execute("UPDATE posts SET html = 'rebaked', html_version = 9 WHERE id = 5")
        back = db.restore(receipt.id)
        assert (back.rows, back.kept_regenerated) == (2, 1)
        database.execute("UPDATE posts SET html = 'e', html_version = 7 WHERE id = 5")
    assert everything(database) == before


def test_a_shared_stamp_is_marked_for_all_of_its_caches_or_not_at_all(
    database: Database, tmp_path: Path
) -> None:
    marked_posts(database)
    before = everything(database)
    shared = MARK + (
        '[tables.posts.caches.excerpt]\ndepends_on = ["parser", "theme"]\n'
        'stamp = { column = "html_version", of = "parser" }\nreset = "mark"\n'
    )
    declared = project(database, tmp_path, shared)
    with declared.connect() as db:
        seen = see(declared, db, "theme")
        with pytest.raises(ApprovalRefusedError, match="also marks"):
            seen.approve(by="ann", rows=seen.rows)
        assert everything(database) == before
        seen = see(declared, db, "parser")
        assert [s.caches for s in seen.statements] == [("posts.html", "posts.excerpt")]
        receipt = write(db, seen)
        assert column(database, "html_version") == {
            1: None, 2: 9, 3: None, 4: None, 5: None, 6: None,
        }  # fmt: skip
        db.restore(receipt.id)
    assert everything(database) == before


def test_recompute_writes_no_value_and_tells_later_what_is_still_old(
    database: Database, tmp_path: Path
) -> None:
    database.execute("CREATE TABLE posts (id INTEGER PRIMARY KEY, likes INTEGER NOT NULL)")
    database.insert("posts", *((i, i * 10) for i in range(1, 6)))
    before = everything(database)
    declared = project(
        database,
        tmp_path,
        '[upstreams.counter]\n[tables.posts.caches.likes]\ndepends_on = ["counter"]\n'
        'reset = "recompute"\n',
    )
    with declared.connect() as db:
        seen = see(declared, db, "counter")
        assert list(db.keys(seen, "posts.likes")) == [(1,), (2,), (3,), (4,), (5,)]
        receipt = write(db, seen)
        assert everything(database) == before
        assert (receipt.state, receipt.cells) == ("done", 5)
        assert db.still_old(receipt.id) == {"posts.likes": (5, 5)}
        database.execute("UPDATE posts SET likes = likes + 1 WHERE id > 3")
        assert db.still_old(receipt.id) == {"posts.likes": (3, 5)}
        back = db.preview_restore(receipt.id)
        assert back.rows == 0
        assert [notice.code for notice in back.notices] == ["not-restorable"]


def test_none_keeps_the_cell_and_passes_staleness_on(database: Database, tmp_path: Path) -> None:
    text = TEXT[database.dialect]
    database.execute(f"CREATE TABLE posts (id INTEGER PRIMARY KEY, tree {text}, html {text})")
    database.insert("posts", (1, "t1", "h1"), (2, None, "h2"), (3, "t3", None))
    declared = project(
        database,
        tmp_path,
        '[upstreams.model]\n[tables.posts.caches.tree]\ndepends_on = ["model"]\nreset = "none"\n'
        '[tables.posts.caches.html]\ndepends_on = ["posts.tree"]\n',
    )
    with declared.connect() as db:
        seen = see(declared, db)
        assert [keep.cache for keep in seen.keep] == ["posts.tree"]
        assert (seen.rows, seen.cells) == (2, 2)
        write(db, seen)
    assert column(database, "tree") == {1: "t1", 2: None, 3: "t3"}
    assert column(database, "html") == {1: None, 2: None, 3: None}


def test_a_refresh_is_a_refresh_on_postgresql_and_refused_elsewhere(
    database: Database, tmp_path: Path
) -> None:
    database.execute("CREATE TABLE posts (id INTEGER PRIMARY KEY, likes INTEGER)")
    kind = "MATERIALIZED VIEW" if database.dialect == "postgresql" else "VIEW"
    database.insert("posts", (1, 10))
    database.execute(f"CREATE {kind} totals AS SELECT 1 AS id, sum(likes) AS likes FROM posts")
    declared = project(
        database,
        tmp_path,
        '[upstreams.counter]\n[tables.totals.caches.likes]\ndepends_on = ["counter"]\n'
        'reset = "refresh"\n',
    )
    database.execute("UPDATE posts SET likes = 11")
    with declared.connect() as db:
        seen = see(declared, db, "counter")
        if database.dialect != "postgresql":
            with pytest.raises(ApprovalRefusedError, match="refresh"):
                seen.approve(by="ann", rows=0)
            return
        assert "REFRESH MATERIALIZED VIEW totals" in seen.statements[0].sql
        assert database.query("SELECT likes FROM totals") == [(10,)]
        assert write(db, seen).state == "done"
    assert database.query("SELECT likes FROM totals") == [(11,)]
