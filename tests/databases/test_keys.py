"""Rows are named by whatever primary key they have, a few of them or many."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.actions import preview as previewing
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.scope import Keys
from cachedeps.errors import (
    ApprovalRefusedError,
    StalePlanError,
    UnknownNameError,
    UnsupportedError,
)
from tests.databases.database import Database
from tests.databases.declared import caches, project
from tests.databases.exact import everything

TEXTS = (
    "a", "A", "ä", "Z", "a b", " lead", "trail ", "it's", 'say "hi"', "back\\slash", "100%",
    ":name", "漢字", "😀", "(1,2)", "a,b", "\n", "",
)  # fmt: skip
ODD = tuple(text for text in TEXTS if text not in ("A", "ä", "trail "))
NUMBERS = (0, 1, -1, 2, 10, 9, 2**31 - 1, -(2**31))
LARGE = (0, 2**63 - 1, -(2**63), 2**53 + 1, 2**53)
UUIDS = (
    "00000000-0000-0000-0000-000000000001", "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
)  # fmt: skip
BYTES = (b"a", b"A", b"\x00", b"\x00\x00", b"\xff\xfe", b"'", b"\\x41", bytes(range(16)))
MOMENTS = (
    "2026-04-25 12:00:00", "2026-04-25 12:00:00.000001", "2026-04-25 12:00:00.1",
    "1999-12-31 23:59:59.999999",
)  # fmt: skip

Row = tuple[object, ...]
Kind = tuple[dict[str, str], list[Row]]


def single(values: tuple[object, ...], **types: str) -> Kind:
    columns = {d: f"k {t} NOT NULL, PRIMARY KEY (k)" for d, t in types.items()}
    return columns, [(value,) for value in values]


def everywhere(columns: str) -> dict[str, str]:
    return dict.fromkeys(("sqlite", "postgresql", "mariadb"), columns)


KINDS: dict[str, Kind] = {
    "integer": single(NUMBERS, sqlite="INTEGER", postgresql="INTEGER", mariadb="INTEGER"),
    "bigint": single(LARGE, sqlite="BIGINT", postgresql="BIGINT", mariadb="BIGINT"),
    "text": single(
        TEXTS, sqlite="TEXT", postgresql="TEXT",
        mariadb="VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
    ),
    "text-ignoring-case": single(
        ODD, sqlite="TEXT COLLATE NOCASE", postgresql='TEXT COLLATE "C"', mariadb="VARCHAR(50)"
    ),
    "latin1": single(
        ("a", "ü", "'", " b", "€"), sqlite="VARCHAR(20)", postgresql="VARCHAR(20)",
        mariadb="VARCHAR(20) CHARACTER SET latin1",
    ),
    "char": single(("a", "ab", "b c"), sqlite="CHAR(8)", postgresql="CHAR(8)", mariadb="CHAR(8)"),
    "uuid": single(UUIDS, sqlite="UUID", postgresql="UUID", mariadb="UUID"),
    "bytes": single(BYTES, sqlite="BLOB", postgresql="BYTEA", mariadb="VARBINARY(20)"),
    "timestamp": single(
        MOMENTS, sqlite="TIMESTAMP", postgresql="TIMESTAMP", mariadb="DATETIME(6)"
    ),
    "zoned": single(
        MOMENTS, sqlite="TEXT", postgresql="TIMESTAMPTZ", mariadb="TIMESTAMP(6)"
    ),
    "date": single(("2026-04-25", "2025-01-01"), sqlite="DATE", postgresql="DATE", mariadb="DATE"),
    "decimal": single(
        ("0.10", "-1.50", "99999999.99"), sqlite="NUMERIC(10,2)", postgresql="NUMERIC(10,2)",
        mariadb="DECIMAL(10,2)",
    ),
    "composite": (
        everywhere("b INTEGER NOT NULL, a INTEGER NOT NULL, PRIMARY KEY (a, b)"),
        [(b, a) for a in (1, 2, 10) for b in (3, 1, 20)],
    ),
    "composite-of-text-and-number": (
        everywhere("lang VARCHAR(9) NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (lang, id)"),
        [(lang, i) for lang in ("de", "en", "e n", "'") for i in (2**40, 7, -1)],
    ),
    "unique-instead-of-primary": (
        everywhere("slug VARCHAR(20) NOT NULL UNIQUE"),
        [("a",), ("b'",), ("c d",)],
    ),
}  # fmt: skip


def filled(database: Database, kind: str) -> int:
    columns, rows = KINDS[kind]
    value = {"sqlite": "TEXT", "postgresql": "TEXT", "mariadb": "VARCHAR(50)"}[database.dialect]
    first, *rest = columns[database.dialect].split(", PRIMARY KEY")
    key = ", PRIMARY KEY".join(["", *rest])
    database.execute(f"CREATE TABLE cells ({first}, value {value}{key})")
    database.insert("cells", *((*row, f"value {place}") for place, row in enumerate(rows)))
    return len(rows)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_key_goes_through_preview_apply_and_restore(
    database: Database, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "MOST_KEPT_CELLS", 0)  # pages alone, as of a large plan
    rows = filled(database, kind)
    before = everything(database)
    declared = project(database, tmp_path, caches("model", "cells"))
    plan = declared.plan("model")
    with declared.connect() as db:
        seen = db.preview(plan, page_rows=2)
        assert (seen.rows, seen.tables[0].cells) == (rows, None)
        assert not db.drift(seen)
        keys = list(db.keys(seen, "cells.value"))
        assert len(set(keys)) == rows
        receipt = db.apply(seen.approve(by="ann", rows=rows))
        assert (receipt.rows, receipt.pages_done) == (rows, -(-rows // 2))
        assert db.preview(plan).rows == 0
        assert db.restore(receipt.id).rows == rows
        assert everything(database) == before

        monkeypatch.undo()  # every cell by its key
        chosen = keys[1 : rows - 1]
        some = db.preview(declared.plan("model", scope=Keys(*map(_typed, chosen))))
        assert list(db.keys(some, "cells.value")) == chosen
        part = db.apply(some.approve(by="ann", rows=len(chosen)))
        assert list(db.keys(db.preview(plan), "cells.value")) == [keys[0], keys[-1]]
        db.restore(part.id)
    assert everything(database) == before


def _typed(key: KeyValues) -> tuple[str | int, ...]:
    """A key as a scope takes it: numbers and text."""
    return tuple(value if isinstance(value, int | str) else str(value) for value in key)


@pytest.mark.parametrize("kept", [10_000, 0], ids=("cells-kept", "pages-only"))
def test_a_row_between_two_keys_makes_the_plan_stale(
    database: Database, tmp_path: Path, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "MOST_KEPT_CELLS", kept)
    filled(database, "composite-of-text-and-number")
    declared = project(database, tmp_path, caches("model", "cells"))
    with declared.connect() as db:
        seen = db.preview(declared.plan("model"), page_rows=2)
        database.insert("cells", ("e n", 8, "new"))
        before = everything(database)
        with pytest.raises(StalePlanError, match=r"joined|rows then"):
            db.apply(seen.approve(by="ann", rows=seen.rows))
        assert everything(database) == before


def test_a_key_that_names_no_row_is_an_error(database: Database, tmp_path: Path) -> None:
    filled(database, "integer")
    declared = project(database, tmp_path, caches("model", "cells"))
    with declared.connect() as db:
        for key in (4711, "4711", "1 OR 1=1", "1); DROP TABLE cells; --", "0x1", ""):
            plan = declared.plan("model", scope=Keys(0, key))
            with pytest.raises(UnknownNameError, match="key"):
                db.preview(plan)
    assert len(database.query("SELECT k FROM cells")) == len(NUMBERS)


def test_text_keys_are_never_read_as_numbers_or_sql(database: Database, tmp_path: Path) -> None:
    filled(database, "text")
    declared = project(database, tmp_path, caches("model", "cells"))
    with declared.connect() as db:
        for key in ("' OR '1'='1", "a' --", 0, "a;DROP TABLE cells", "a\\"):
            with pytest.raises(UnknownNameError):
                db.preview(declared.plan("model", scope=Keys(key)))
        for text in TEXTS:
            seen = db.preview(declared.plan("model", scope=Keys(text)))
            assert list(db.keys(seen, "cells.value")) == [(text,)]


def test_a_table_without_a_key_is_told(database: Database, tmp_path: Path) -> None:
    database.execute("CREATE TABLE cells (a INTEGER, value TEXT)")
    database.insert("cells", (1, "x"))
    declared = project(database, tmp_path, caches("model", "cells"))
    with declared.connect() as db, pytest.raises(UnsupportedError, match="no primary key"):
        db.preview(declared.plan("model"))


def test_rows_whose_key_is_null_are_refused(tmp_path: Path) -> None:
    from tests.databases.database import sqlite_database

    with sqlite_database(tmp_path) as database:
        database.execute("CREATE TABLE cells (k TEXT PRIMARY KEY, value TEXT)")
        database.insert("cells", ("a", "x"), (None, "y"), (None, "z"))
        declared = project(database, tmp_path, caches("model", "cells"))
        with declared.connect() as db:
            seen = db.preview(declared.plan("model"))
            with pytest.raises(ApprovalRefusedError, match="2 target rows of cells have a NULL"):
                seen.approve(by="ann", rows=seen.rows)


def test_the_printed_statement_finds_rows_by_keys_of_bytes(
    database: Database, tmp_path: Path
) -> None:
    kind = {"sqlite": "BLOB", "postgresql": "BYTEA", "mariadb": "VARBINARY(16)"}
    database.execute(
        f"CREATE TABLE cells (k {kind[database.dialect]} NOT NULL PRIMARY KEY, value VARCHAR(9))"
    )
    database.insert("cells", (b"\x00\xff", "one"), (b"A", "two"))
    declared = project(database, tmp_path, caches("model", "cells"))
    with declared.connect() as db:
        (statement,) = db.preview(declared.plan("model", scope=Keys("\\x00ff"))).statements
    sql = statement.sql
    for name, value in statement.params:
        sql = sql.replace(f":{name}", f"'{value}'")
    database.execute(sql)
    assert database.query("SELECT value FROM cells WHERE value IS NOT NULL") == [("two",)]
