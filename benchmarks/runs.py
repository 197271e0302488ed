"""A reviewed DELETE with its cascades beside the raw one, on the same rows, in one run."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

import cachedeps
from benchmarks.databases import seconds
from benchmarks.table import Row
from cachedeps.project import Database

DECLARATION = """
[database]
url = "{url}"
[tables.bench_members]
owner = "email"
protected = true
"""
SCHEMA = (
    "CREATE TABLE bench_members (id INTEGER PRIMARY KEY, email VARCHAR(60), kind INTEGER)",
    "CREATE TABLE bench_letters (id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL, "
    "body VARCHAR(400), FOREIGN KEY (member_id) REFERENCES bench_members (id) ON DELETE CASCADE)",
    "CREATE INDEX bench_letters_by_member ON bench_letters (member_id)",
)
TABLES = (
    "bench_letters",
    "bench_members",
    "cachedeps_cell",
    "cachedeps_page",
    "cachedeps_run",
    "cachedeps_journal",
)
LETTERS = 3
CHOSEN = "DELETE FROM bench_members WHERE kind = 1"


def measure(url: str, members: int, turns: int) -> list[Row]:
    """The medians of preview, run and restore beside the raw DELETE."""
    found: dict[str, list[float]] = {}
    for _ in range(turns):
        for name, value in _turn(url, members).items():
            found.setdefault(name, []).append(value)
    where = url.partition("://")[0]
    return [
        Row(where, f"{name}, {members // 10} rows of {members} and {LETTERS} letters each",
            statistics.median(values), "x raw DELETE", "")
        for name, values in found.items()
    ]  # fmt: skip


def _turn(url: str, members: int) -> dict[str, float]:
    with _opened(url, members) as (engine, _):
        raw = seconds(lambda: _delete(engine))
    with _opened(url, members) as (_, db):
        out: dict[str, float] = {}
        seen = db.preview_run(CHOSEN, measure=False)
        out["preview of a DELETE"] = seconds(lambda: db.preview_run(CHOSEN, measure=False)) / raw
        approval = seen.approve(by="bench", rows=seen.rows)
        out["run of a DELETE"] = seconds(lambda: db.run(approval)) / raw
        receipt = db.history()[0]
        out["its restore"] = seconds(lambda: db.restore(receipt.id)) / raw
    return out


def _delete(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(CHOSEN)


@contextmanager
def _opened(url: str, members: int) -> Iterator[tuple[sa.Engine, Database]]:
    from cachedeps.db.connect import parse

    with tempfile.TemporaryDirectory() as folder:
        if url == "sqlite":
            path = Path(folder) / "bench.db"
            sqlite3.connect(path).close()
            url = f"sqlite:///{path}"
        file = Path(folder) / "cachedeps.toml"
        file.write_text(DECLARATION.format(url=url))
        engine = sa.create_engine(parse(url))
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _enforce)
        _drop(engine)
        try:
            _build(engine, members)
            with cachedeps.load(file).connect() as db:
                yield engine, db
        finally:
            _drop(engine)
            engine.dispose()


def _drop(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        for table in TABLES:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")


def _enforce(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


def _build(engine: sa.Engine, members: int) -> None:
    people = sa.table("bench_members", *map(sa.column, ("id", "email", "kind")))
    letters = sa.table("bench_letters", *map(sa.column, ("id", "member_id", "body")))
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.exec_driver_sql(statement)
        rows = range(1, members + 1)
        connection.execute(
            people.insert(),
            [{"id": n, "email": f"a{n}@example.com", "kind": n % 10} for n in rows],
        )
        connection.execute(
            letters.insert(),
            [
                {"id": n * LETTERS + k, "member_id": n, "body": f"letter {n} " * 30}
                for n in rows
                for k in range(LETTERS)
            ],
        )
