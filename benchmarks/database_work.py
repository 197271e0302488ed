"""Apply, restore and preview beside the raw statements, on one table, in one run.

Prints ratios: each measured pair runs in turns on the same data, and the median of the pairs'
ratios is shown. The work alone is timed, not the interpreter's start.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

import cachedeps
from cachedeps.domain.outcome import Preview
from cachedeps.project import Database, Project

ROWS = 300_000
SHARE = 10
DECLARATION = """
[database]
url = "{url}"

[upstreams.analytics]

[tables.results]
owner = "user_id -> people.email"

[tables.results.caches.metrics]
depends_on = ["analytics"]

[tables.people]
"""
# every tenth row is chosen by a plain column, as a time window would be
CHOSEN = "bucket = 3"
RAW_UPDATE = f"UPDATE results SET metrics = NULL WHERE metrics IS NOT NULL AND {CHOSEN}"
RAW_COUNT = f"SELECT count(*) FROM results WHERE metrics IS NOT NULL AND {CHOSEN}"


def build(engine: sa.Engine, rows: int) -> None:
    """A results table with 1 KB texts, a tenth of which will be reset, and their owners."""
    letters = {
        "sqlite": "substr(hex(randomblob(600)), 1, 1000)",
        "postgresql": "(SELECT string_agg(md5(random()::text || s.n::text || g::text), '') FROM generate_series(1, 32) g)",
        "mysql": "concat(" + ", ".join("md5(rand() + n)" for _ in range(31)) + ")",
    }[backend(engine)]
    with engine.begin() as connection:
        run = connection.exec_driver_sql
        if backend(engine) == "sqlite":
            connection.connection.driver_connection.create_function("mod", 2, lambda a, b: a % b)
        run("DROP TABLE IF EXISTS results")
        run("DROP TABLE IF EXISTS people")
        run("CREATE TABLE people (id integer PRIMARY KEY, email varchar(80) NOT NULL)")
        run(
            "CREATE TABLE results (id integer PRIMARY KEY, user_id integer NOT NULL, "
            "bucket integer NOT NULL, note varchar(40), metrics text)"
        )
        numbers = series(engine, rows)
        people = rows // 100
        run(f"INSERT INTO people SELECT n, {mail(engine)} FROM {series(engine, people)} s")
        run(
            f"INSERT INTO results SELECT n, mod(n, {people}) + 1, mod(n, {SHARE}), 'note', {letters} "
            f"FROM {numbers} s"
        )
    if backend(engine) == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE results")


def mail(engine: sa.Engine) -> str:
    """An address made of a number."""
    if backend(engine) == "mysql":
        return "concat('p', n, '@example.com')"
    return "'p' || n || '@example.com'"


def series(engine: sa.Engine, rows: int) -> str:
    """The numbers from 1 to ``rows`` as a table of n."""
    if backend(engine) == "postgresql":
        return f"(SELECT n FROM generate_series(1, {rows}) n)"
    if backend(engine) == "mysql":
        return f"(SELECT seq AS n FROM seq_1_to_{rows})"
    return (
        f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {rows}) "
        "SELECT n FROM c)"
    )


def backend(engine: sa.Engine) -> str:
    """sqlite, postgresql or mysql."""
    name = engine.url.get_backend_name()
    return "mysql" if name == "mariadb" else name


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes, by the wall clock: the database works elsewhere."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def raw(engine: sa.Engine, statement: str) -> float:
    """One statement in one transaction."""

    def work() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)

    return seconds(work)


class Bench:
    """The measured pairs of one database."""

    def __init__(self, project: Project, engine: sa.Engine, rows: int, turns: int) -> None:
        self._project = project
        self._engine = engine
        self._rows = rows
        self._turns = turns

    def preview(self, db: Database, fingerprint: str) -> Preview:
        """One preview of the tenth that will be reset."""
        plan = self._project.plan("analytics", scope=cachedeps.Where(CHOSEN, table="results"))
        return db.preview(plan, fingerprint=fingerprint)

    def put_back(self) -> None:
        """The reset cells as they were, by the plain statement."""
        statement = {
            "sqlite": "UPDATE results SET metrics = (SELECT k.metrics FROM kept k WHERE k.id = results.id) WHERE metrics IS NULL",
            "postgresql": "UPDATE results SET metrics = k.metrics FROM kept k WHERE k.id = results.id",
            "mysql": "UPDATE results, kept k SET results.metrics = k.metrics WHERE k.id = results.id",
        }[backend(self._engine)]
        with self._engine.begin() as connection:
            connection.exec_driver_sql(statement)
        self.tidy()

    def tidy(self) -> None:
        """Dead rows of one turn must not slow the next one down."""
        if backend(self._engine) == "postgresql":
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE results")
                connection.exec_driver_sql("CHECKPOINT")

    def run(self) -> dict[str, float]:
        """The ratios, by name."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE IF EXISTS kept")
            connection.exec_driver_sql(
                f"CREATE TABLE kept AS SELECT id, metrics FROM results WHERE {CHOSEN}"
            )
            index = "CREATE UNIQUE INDEX kept_id ON kept (id)"
            connection.exec_driver_sql(index)
        found: dict[str, list[float]] = {}
        with self._project.connect() as db:
            for _ in range(self._turns):
                for name, ratio in self._turn(db).items():
                    found.setdefault(name, []).append(ratio)
        return {name: statistics.median(ratios) for name, ratios in found.items()}

    def _turn(self, db: Database) -> dict[str, float]:
        out: dict[str, float] = {}
        count = raw(self._engine, RAW_COUNT)
        count = raw(self._engine, RAW_COUNT)
        for kind in ("sizes", "values"):
            out[f"preview, {kind}"] = seconds(lambda k=kind: self.preview(db, k)) / count  # type: ignore[misc]
        plain = raw(self._engine, RAW_UPDATE)
        self.put_back()
        seen = self.preview(db, "auto")
        approval = seen.approve(by="bench", rows=seen.rows)
        receipts = []
        ours = seconds(lambda: receipts.append(db.apply(approval)))
        out[f"apply ({seen.fingerprint})"] = ours / plain
        self.tidy()
        back = db.preview_restore(receipts[0].id)
        yes = back.approve(by="bench", rows=back.rows)
        ours = seconds(lambda: db.restore(yes))
        self.tidy()
        raw(self._engine, RAW_UPDATE)
        self.tidy()
        plain = seconds(self.put_back_raw)
        self.tidy()
        out["restore"] = ours / plain
        return out

    def put_back_raw(self) -> None:
        """The same, timed."""
        statement = {
            "sqlite": "UPDATE results SET metrics = k.metrics FROM kept k WHERE k.id = results.id",
            "postgresql": "UPDATE results SET metrics = k.metrics FROM kept k WHERE k.id = results.id",
            "mysql": "UPDATE results, kept k SET results.metrics = k.metrics WHERE k.id = results.id",
        }[backend(self._engine)]
        with self._engine.begin() as connection:
            connection.exec_driver_sql(statement)


def main() -> None:
    """Runs one database and prints its ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--turns", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.url == "sqlite":
            path = Path(folder) / "bench.db"
            sqlite3.connect(path).close()
            arguments.url = f"sqlite:///{path}"
        file = Path(folder) / "cachedeps.toml"
        file.write_text(DECLARATION.format(url=arguments.url))
        from cachedeps.db.connect import parse

        engine = sa.create_engine(parse(arguments.url))
        build(engine, arguments.rows)
        project = cachedeps.load(file)
        for name, ratio in Bench(project, engine, arguments.rows, arguments.turns).run().items():
            sys.stdout.write(f"{backend(engine):12} {name:24} {ratio:6.2f} x\n")
        engine.dispose()


if __name__ == "__main__":
    main()
