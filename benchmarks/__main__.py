"""Runs every benchmark and prints one table.

    python -m benchmarks [--rows N] [--turns N] [NAME ...]

Databases: SQLite always; PostgreSQL and MariaDB where the tests' environment variables name
one or a server listens on its standard port.
"""

from __future__ import annotations

import argparse
import os
import sys

from benchmarks import databases, offline, runs, startup, statements
from benchmarks.table import Row, printed

DATABASES = {
    "sqlite": "sqlite",
    "postgresql": os.environ.get(
        "CACHEDEPS_BENCH_POSTGRESQL_URL", "postgresql://root@127.0.0.1/test"
    ),
    "mariadb": os.environ.get("CACHEDEPS_BENCH_MYSQL_URL", "mysql://root@127.0.0.1/test"),
}


def main() -> None:
    """Measures what is named, or everything."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("names", nargs="*", default=[])
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--turns", type=int, default=5)
    arguments = parser.parse_args()
    wanted = arguments.names or ["startup", "offline", "guard", *DATABASES]
    rows: list[Row] = []
    for name in wanted:
        sys.stderr.write(f"measuring {name}\n")
        if name == "startup":
            rows += startup.measure(turns=4 * arguments.turns)
        elif name == "offline":
            rows += offline.measure()
        elif name == "guard":
            rows += statements.measure()
        else:
            rows += databases.measure(DATABASES[name], arguments.rows, arguments.turns)
            rows += runs.measure(DATABASES[name], arguments.rows // 3, arguments.turns)
    sys.stdout.write(printed(rows))


if __name__ == "__main__":
    main()
