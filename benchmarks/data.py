"""The table that the database benchmarks work on."""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa

TABLES = (
    "bench_results",
    "bench_people",
    "bench_kept",
    "bench_fresh",
    "cachedeps_cell",
    "cachedeps_page",
    "cachedeps_run",
    "cachedeps_journal",
)
# every tenth row is chosen by a plain column, as a time window would be
CHOSEN = "bucket = 3"
RAW_UPDATE = f"UPDATE bench_results SET metrics = NULL WHERE metrics IS NOT NULL AND {CHOSEN}"
RAW_COUNT = f"SELECT count(*) FROM bench_results WHERE metrics IS NOT NULL AND {CHOSEN}"
TEXT = {
    "sqlite": "hex(randomblob(512))",
    "postgresql": (
        "(SELECT string_agg(md5(random()::text || s.n::text || g::text), '') "
        "FROM generate_series(1, 32) g)"
    ),
    "mysql": "concat(" + ", ".join("md5(rand() + n)" for _ in range(32)) + ")",
}
ADDRESS = {
    "sqlite": "'p' || n || '@example.com'",
    "postgresql": "'p' || n || '@example.com'",
    "mysql": "concat('p', n, '@example.com')",
}
PUT_BACK = {
    "sqlite": (
        "UPDATE bench_results SET metrics = k.metrics FROM bench_kept k "
        "WHERE k.id = bench_results.id"
    ),
    "postgresql": (
        "UPDATE bench_results SET metrics = k.metrics FROM bench_kept k "
        "WHERE k.id = bench_results.id"
    ),
    "mysql": (
        "UPDATE bench_results, bench_kept k SET bench_results.metrics = k.metrics "
        "WHERE k.id = bench_results.id"
    ),
}


def kind_of(engine: sa.Engine) -> str:
    """sqlite, postgresql or mysql."""
    name = engine.url.get_backend_name()
    return "mysql" if name == "mariadb" else name


def _numbers(kind: str, rows: int) -> str:
    if kind == "postgresql":
        return f"(SELECT n FROM generate_series(1, {rows}) n)"
    if kind == "mysql":
        return f"(SELECT seq AS n FROM seq_1_to_{rows})"
    return (
        f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {rows}) "
        "SELECT n FROM c)"
    )


def build(engine: sa.Engine, rows: int) -> None:
    """``rows`` results with 1 KB texts of a hundredth as many people, and a copy of a tenth."""
    kind = kind_of(engine)
    people = max(1, rows // 100)
    with engine.begin() as connection:
        run = connection.exec_driver_sql
        raw = connection.connection.driver_connection
        if isinstance(raw, sqlite3.Connection):
            raw.create_function("mod", 2, lambda a, b: a % b, deterministic=True)
        for table in TABLES:
            run(f"DROP TABLE IF EXISTS {table}")
        run("CREATE TABLE bench_people (id integer PRIMARY KEY, email varchar(80) NOT NULL)")
        run(
            "CREATE TABLE bench_results (id integer PRIMARY KEY, user_id integer NOT NULL, "
            "bucket integer NOT NULL, note varchar(40), metrics text)"
        )
        run(f"INSERT INTO bench_people SELECT n, {ADDRESS[kind]} FROM {_numbers(kind, people)} s")
        run(
            f"INSERT INTO bench_results SELECT n, mod(n, {people}) + 1, mod(n, 10), 'note', "
            f"{TEXT[kind]} FROM {_numbers(kind, rows)} s"
        )
        run(f"CREATE TABLE bench_kept AS SELECT id, metrics FROM bench_results WHERE {CHOSEN}")
        run("CREATE UNIQUE INDEX bench_kept_id ON bench_kept (id)")
        run("CREATE TABLE bench_fresh AS SELECT * FROM bench_results")
    tidy(engine)


def put_back(engine: sa.Engine) -> None:
    """The texts as they were, by the plain statement."""
    with engine.begin() as connection:
        connection.exec_driver_sql(PUT_BACK[kind_of(engine)])


def refresh(engine: sa.Engine) -> None:
    """The table as it was built: an update moves rows, and moved rows lie closer together."""
    empty = "DELETE FROM" if kind_of(engine) == "sqlite" else "TRUNCATE TABLE"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"{empty} bench_results")
        connection.exec_driver_sql(
            "INSERT INTO bench_results SELECT * FROM bench_fresh ORDER BY id"
        )
    tidy(engine)


def tidy(engine: sa.Engine) -> None:
    """What one turn left behind must not slow the next one down."""
    if kind_of(engine) == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE bench_results")
            connection.exec_driver_sql("CHECKPOINT")
