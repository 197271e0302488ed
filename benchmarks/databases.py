"""Apply, restore and preview beside the raw statements, on one table, in one run.

Each measured pair runs in turns on the same data; the median of the pairs' ratios is shown. A
tenth of the rows is reset, in 1 KB texts. Wall time is compared: the database works elsewhere.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

import cachedeps
from benchmarks.data import (
    CHOSEN,
    RAW_COUNT,
    RAW_UPDATE,
    TABLES,
    build,
    kind_of,
    put_back,
    refresh,
    tidy,
)
from benchmarks.table import Row
from cachedeps.domain.outcome import Preview, Receipt
from cachedeps.project import Database, Project

DECLARATION = """
[database]
url = "{url}"
[upstreams.analytics]
[tables.bench_people]
[tables.bench_results]
owner = "user_id -> bench_people.email"
[tables.bench_results.caches.metrics]
depends_on = ["analytics"]
"""
AIMS = {
    "apply": {"sqlite": "<= 2.5", "postgresql": "<= 1.35", "mysql": "<= 1.9"},
    "preview, sizes": "<= 3",
    "preview, values": "<= 8",
    "restore": {"postgresql": "<= 1.0"},
    "stall": "<= 50",
}


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextmanager
def project_on(url: str) -> Iterator[tuple[Project, sa.Engine]]:
    """A project on an otherwise empty set of tables."""
    from cachedeps.db.connect import parse

    with tempfile.TemporaryDirectory() as folder:
        if url == "sqlite":
            path = Path(folder) / "bench.db"
            sqlite3.connect(path).close()
            url = f"sqlite:///{path}"
        file = Path(folder) / "cachedeps.toml"
        file.write_text(DECLARATION.format(url=url))
        engine = sa.create_engine(parse(url))
        try:
            yield cachedeps.load(file), engine
        finally:
            with engine.begin() as connection:
                for table in TABLES:
                    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
            engine.dispose()


def measure(url: str, rows: int, turns: int) -> list[Row]:
    """The medians of every figure on one database."""
    with project_on(url) as (project, engine):
        build(engine, rows)
        found: dict[str, list[float]] = {}
        with project.connect() as db:
            bench = _Bench(project, engine, db)
            for _ in range(turns):
                for name, value in bench.turn().items():
                    found.setdefault(name, []).append(value)
        where = kind_of(engine)
        return [_row(where, name, statistics.median(values)) for name, values in found.items()]


def _row(where: str, name: str, value: float) -> Row:
    aim = AIMS.get(name, "")
    told = aim.get(where, "") if isinstance(aim, dict) else aim
    if name == "stall":
        return Row(where, "worst stall of a neighbour", value * 1000, "ms", told)
    beside = {"apply": "raw UPDATE", "restore": "UPDATE .. FROM"}.get(name, "count(*)")
    return Row(where, name, value, f"x {beside}", told)


class _Bench:
    def __init__(self, project: Project, engine: sa.Engine, db: Database) -> None:
        self._project = project
        self._engine = engine
        self._db = db

    def _raw(self, statement: str) -> float:
        def work() -> None:
            with self._engine.begin() as connection:
                connection.exec_driver_sql(statement)

        return seconds(work)

    def _preview(self, fingerprint: str) -> Preview:
        scope = cachedeps.Where(CHOSEN, table="bench_results")
        return self._db.preview(
            self._project.plan("analytics", scope=scope), fingerprint=fingerprint
        )

    def turn(self) -> dict[str, float]:
        """Every figure once, each on the table as it was built."""
        out: dict[str, float] = {}
        refresh(self._engine)
        self._raw(RAW_COUNT)
        count = statistics.median(self._raw(RAW_COUNT) for _ in range(3))
        for kind in ("sizes", "values"):
            out[f"preview, {kind}"] = seconds(lambda k=kind: self._preview(k)) / count  # type: ignore[misc]
        tidy(self._engine)
        plain = self._raw(RAW_UPDATE)
        tidy(self._engine)
        plain_back = seconds(lambda: put_back(self._engine))

        refresh(self._engine)
        receipt, applied = self._apply()
        out["apply"] = applied / plain
        tidy(self._engine)
        back = self._db.preview_restore(receipt.id)
        yes = back.approve(by="bench", rows=back.rows)
        tidy(self._engine)
        out["restore"] = seconds(lambda: self._db.restore(yes)) / plain_back

        if kind_of(self._engine) != "sqlite":
            refresh(self._engine)
            with self._neighbour() as stalls:
                self._apply()
            out["stall"] = max(stalls)
        return out

    def _apply(self) -> tuple[Receipt, float]:
        seen = self._preview("auto")
        approval = seen.approve(by="bench", rows=seen.rows)
        tidy(self._engine)
        start = time.perf_counter()
        receipt = self._db.apply(approval)
        return receipt, time.perf_counter() - start

    @contextmanager
    def _neighbour(self) -> Iterator[list[float]]:
        """A second session that updates other columns of target rows all the while."""
        stalls: list[float] = []
        over = threading.Event()

        def work() -> None:
            statement = "UPDATE bench_results SET note = 'seen' WHERE id = "
            number = 0
            while not over.is_set():
                number += 7 * 10
                stalls.append(self._raw(f"{statement}{number % 100_000 + 3}"))
                time.sleep(0.002)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield stalls
        finally:
            over.set()
            thread.join()
