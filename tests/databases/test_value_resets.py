"""A literal as the reset: whatever the column's type, it is written, recognised and undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases.database import Database
from tests.databases.declared import caches, project, quoted
from tests.databases.exact import exact_rows

Case = tuple[str, str, tuple[object, ...]]
COMMON: dict[str, Case] = {
    "text": ("VARCHAR(40)", '""', ("a", " ", "", "0", "A")),
    "letters": ("VARCHAR(40)", '"a"', ("a", "A", "a ", "ä", "")),
    "quotes": ("VARCHAR(40)", quoted('it\'s \\ "%s" :x 😀'), ("it's", "x")),
    "integer": ("INTEGER", "0", (1, 0, -1)),
    "large": ("BIGINT", str(2**63 - 1), (1, 2**63 - 1, 2**53)),
    "double": ("DOUBLE PRECISION", "0.1", (0.1, 0.2, 0.30000000000000004, 0)),
    "real": ("FLOAT", "0.1", (0.1, 0.5, 0)),
    "decimal": ("NUMERIC(12,4)", "0.1", ("0.1000", "0.1001", "-1")),
    "date": ("DATE", '"2000-01-01"', ("2000-01-01", "2026-04-25")),
}
OWN: dict[str, dict[str, Case]] = {
    "sqlite": {
        "untyped": ("", '""', ("", b"", 0, "0", 1.5)),
        "nocase": ("TEXT COLLATE NOCASE", '"a"', ("a", "A", "a ")),
        "boolean": ("BOOLEAN", "false", (0, 1)),
        "time": ("TIMESTAMP", '"1970-01-01 00:00:00"', ("1970-01-01 00:00:00", "2026-04-25")),
    },
    "postgresql": {
        "boolean": ("BOOLEAN", "false", (True, False)),
        "json": ("JSON", '"{}"', ("{}", "{ }", '{"a": 1}')),
        "jsonb": ("JSONB", '"{}"', ("{}", '{"a": 1}', "[]")),
        "array": ("TEXT[]", '"{}"', ("{}", "{NULL}", '{""}')),
        "uuid": ("UUID", '"00000000-0000-0000-0000-000000000000"', (
            "00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        )),
        "time": ("TIMESTAMPTZ", '"1970-01-01 00:00:00+00"', ("1970-01-01", "infinity")),
        "bytes": ("BYTEA", quoted("\\x"), (b"", b"\x00")),
        "real": ("REAL", "0.1", (0.1, 0.5, "NaN")),
        "number": ("NUMERIC", "0", ("0", "0.00", "NaN", "1e-30")),
        "interval": ("INTERVAL", '"0"', ("0", "1 day", "24:00:00")),
    },
    "mariadb": {
        "boolean": ("BOOLEAN", "false", (True, False)),
        "json": ("JSON", '"{}"', ("{}", "{ }", '{"a": 1}')),
        "latin1": ("VARCHAR(40) CHARACTER SET latin1", '"ü"', ("ü", "Ü", "u", "")),
        "enum": ("ENUM('new','done')", '"new"', ("new", "done")),
        "time": ("DATETIME(6)", '"1970-01-01"', ("1970-01-01", "2026-04-25 00:00:00.000001")),
        "bytes": ("BLOB", '""', (b"", b"\x00", b" ")),
        "long": ("LONGTEXT", '"<p></p>"', ("<p></p>", "<P></P>", "<p></p> ")),
        "uuid": ("UUID", '"00000000-0000-0000-0000-000000000000"', (
            "00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        )),
        "unsigned": ("BIGINT UNSIGNED", "0", (0, 18446744073709551615)),
    },
}  # fmt: skip


def test_a_literal_is_written_recognised_and_undone(database: Database, tmp_path: Path) -> None:
    for name, case in (COMMON | OWN[database.dialect]).items():
        _check(database, tmp_path, name, case)


def _check(database: Database, folder: Path, name: str, case: Case) -> None:
    kind, literal, values = case
    table = f"cells_{name}"
    database.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, value {kind})")
    database.insert(table, *enumerate(values, start=1), (99, None))
    before = exact_rows(database, table)
    text = caches("model", table, extra=f"reset = {{ value = {literal} }}")
    declared = project(database, folder, text)
    plan = declared.plan("model")
    with declared.connect() as db:
        seen = db.preview(plan)
        receipt = db.apply(seen.approve(by="ann", rows=seen.rows))
        assert db.preview(plan).rows == 0, name
        after = exact_rows(database, table)
        assert len({row[1:] for row in after} | {before[0][1:]}) <= 4 or after != before
        back = db.restore(receipt.id)
        assert (back.rows, back.kept_regenerated) == (seen.rows, 0), name
        assert exact_rows(database, table) == before, name
        db.restore(back.id)
        assert exact_rows(database, table) == after, name


@pytest.mark.parametrize("value", ['"not a number"', "99999999999", "1.5"])
def test_a_literal_that_the_column_cannot_hold_writes_nothing(
    database: Database, tmp_path: Path, value: str
) -> None:
    from cachedeps.errors import CachedepsError

    if database.dialect == "sqlite":
        pytest.skip("SQLite's columns hold anything")
    database.execute("CREATE TABLE cells (id INTEGER PRIMARY KEY, value SMALLINT)")
    database.insert("cells", (1, 7))
    text = caches("model", "cells", extra=f"reset = {{ value = {value} }}")
    declared = project(database, tmp_path, text)
    try:
        with declared.connect() as db:
            seen = db.preview(declared.plan("model"))
            db.apply(seen.approve(by="ann", rows=seen.rows))
    except CachedepsError as error:
        assert error.exit_code in (2, 3, 4)  # noqa: PT017
        assert database.query("SELECT value FROM cells") == [(7,)]
    else:
        assert value == "1.5"
