"""Whatever type a cache has, the journal brings its values back to the byte."""

from __future__ import annotations

from hashlib import sha256
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


HUGE = 16 * 1024 * 1024 - 1
_LONG_TEXT = {"sqlite": "TEXT", "postgresql": "TEXT", "mariadb": "LONGTEXT"}
_LENGTHS = {
    "sqlite": "SELECT id, length(CAST(value AS BLOB)), substr(value, -3) FROM huge ORDER BY id",
    "postgresql": "SELECT id, octet_length(value), right(value, 3) FROM huge ORDER BY id",
    "mariadb": "SELECT id, OCTET_LENGTH(value), RIGHT(value, 3) FROM huge ORDER BY id",
}
_FILL = {
    "sqlite": "INSERT INTO huge VALUES ({id}, replace(hex(zeroblob({times})), '00', '{text}'))",
    "postgresql": "INSERT INTO huge VALUES ({id}, repeat('{text}', {times}))",
    "mariadb": "INSERT INTO huge VALUES ({id}, REPEAT('{text}', {times}))",
}


def test_values_of_16_megabytes_come_back_whole(database: Database, tmp_path: Path) -> None:
    database.execute(
        f"CREATE TABLE huge (id INTEGER PRIMARY KEY, value {_LONG_TEXT[database.dialect]})"
    )
    for place, text in enumerate(("abc", "x😀é"), start=1):
        times = HUGE // len(text.encode())
        database.execute(_FILL[database.dialect].format(id=place, text=text, times=times))
    before = database.query(_LENGTHS[database.dialect])
    assert [row[2] for row in before] == ["abc", "x😀é"]
    assert all(HUGE - 7 < row[1] <= HUGE for row in before)
    sums = _checksums(database)
    declared = project(database, tmp_path, caches("model", "huge"))
    with declared.connect() as db:
        seen = db.preview(declared.plan("model"), fingerprint="values")
        receipt = db.apply(seen.approve(by="ann", rows=2))
        assert [row[1] for row in database.query(_LENGTHS[database.dialect])] == [None, None]
        db.restore(receipt.id)
    assert database.query(_LENGTHS[database.dialect]) == before
    assert _checksums(database) == sums


def _checksums(database: Database) -> list[str]:
    if database.dialect == "sqlite":
        rows = exact_rows(database, "huge")
        return [sha256(row[3]).hexdigest() for row in rows]
    return [row[0] for row in database.query("SELECT md5(value) FROM huge ORDER BY id")]
