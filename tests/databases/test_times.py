"""The same text means the same rows on every database, however times are stored."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cachedeps.domain.scope import FixedAt, Scope, Since, Until
from cachedeps.errors import UnsupportedError
from tests.databases.database import Database
from tests.databases.declared import project

BERLIN = 'timezone = "Europe/Berlin"'
TEXT = """
[upstreams.model]
[tables.cells]
time = "at"
[tables.cells.caches.value]
depends_on = ["model"]
computed_at = "at"
"""
PLAIN = {"sqlite": "TEXT", "postgresql": "TIMESTAMP", "mariadb": "DATETIME(6)"}
ZONED = {"sqlite": "TEXT", "postgresql": "TIMESTAMPTZ", "mariadb": "TIMESTAMP(6) NULL"}
DATE = {"sqlite": "DATE", "postgresql": "DATE", "mariadb": "DATE"}


def filled(database: Database, kind: str, *moments: object) -> None:
    database.execute(f"CREATE TABLE cells (id INTEGER PRIMARY KEY, at {kind}, value VARCHAR(9))")
    if database.dialect == "mariadb":
        database.execute("SET time_zone = '+00:00'")
    if database.dialect == "postgresql":
        database.execute("SET TimeZone = 'UTC'")
    database.insert("cells", *((place, at, "x") for place, at in enumerate(moments, start=1)))


def chosen(database: Database, folder: Path, scope: Scope, settings: str = "") -> list[int]:
    declared = project(database, folder, TEXT, settings=settings)
    with declared.connect() as db:
        seen = db.preview(declared.plan("model", scope=scope))
        return [int(key) for (key,) in db.keys(seen, "cells.value")]


EDGES = (
    "2026-04-24 23:59:59.999999",
    "2026-04-25 00:00:00",
    "2026-04-25 00:00:00.000001",
    "2026-04-25 12:00:00",
    "2026-04-25 23:59:59.999999",
    "2026-04-26 00:00:00",
    None,
)
BOUNDS: list[tuple[Scope, list[int]]] = [
    (Since("2026-04-25"), [2, 3, 4, 5, 6]),
    (Since("2026-04-25T00:00:00"), [2, 3, 4, 5, 6]),
    (Since("2026-04-25 00:00:00.000001"), [3, 4, 5, 6]),
    (Since("2026-04-25T00:00:00.000002Z"), [4, 5, 6]),
    (Since("2026-04-25T14:00:00+02:00"), [4, 5, 6]),
    (Since("2026-04-25T14:00:00.000001+02:00"), [5, 6]),
    (Until("2026-04-25"), [1, 2, 3, 4, 5]),
    (Until("2026-04-24"), [1]),
    (Until("2026-04-25T00:00:00"), [1]),
    (Until("2026-04-25T00:00:00.000001"), [1, 2]),
    (Until("2026-04-25 12:00:00"), [1, 2, 3]),
    (Until("2026-04-25T12:00:00.000001"), [1, 2, 3, 4]),
    (Since("2026-04-25") & Until("2026-04-25"), [2, 3, 4, 5]),
    (Since("2026-04-25T12:00") & Until("2026-04-25T12:01"), [4]),
    (Since(datetime(2026, 4, 25, 12, tzinfo=UTC)), [4, 5, 6]),
    (Until(datetime(2026, 4, 25, 12, tzinfo=UTC)), [1, 2, 3]),
    (FixedAt("2026-04-25T00:00:00.000001"), [1, 2, 7]),
]


@pytest.mark.parametrize("kinds", [PLAIN, ZONED], ids=("plain", "zoned"))
def test_since_is_inclusive_until_exclusive_and_a_bare_date_a_whole_day(
    database: Database, tmp_path: Path, kinds: dict[str, str]
) -> None:
    filled(database, kinds[database.dialect], *EDGES)
    for scope, expected in BOUNDS:
        assert chosen(database, tmp_path, scope) == expected, scope


BERLIN_EDGES = (
    "2026-04-24 21:59:59.999999",
    "2026-04-24 22:00:00",
    "2026-04-25 00:00:00",
    "2026-04-25 21:59:59.999999",
    "2026-04-25 22:00:00",
    "2026-04-26 00:00:00",
)


def test_times_with_a_zone_are_instants_and_a_day_is_one_of_the_declared_zone(
    database: Database, tmp_path: Path
) -> None:
    mark = "Z" if database.dialect == "sqlite" else ""
    filled(database, ZONED[database.dialect], *(moment + mark for moment in BERLIN_EDGES))
    day = Since("2026-04-25") & Until("2026-04-25")
    assert chosen(database, tmp_path, day, BERLIN) == [2, 3, 4]
    assert chosen(database, tmp_path, day) == [3, 4, 5]
    assert chosen(database, tmp_path, Since("2026-04-25T00:00:00Z"), BERLIN) == [3, 4, 5, 6]


def test_times_without_a_zone_are_read_in_the_declared_zone(
    database: Database, tmp_path: Path
) -> None:
    filled(database, PLAIN[database.dialect], *BERLIN_EDGES)
    day = Since("2026-04-25") & Until("2026-04-25")
    assert chosen(database, tmp_path, day, BERLIN) == [3, 4, 5]
    # 22:00 in UTC is midnight in Berlin
    assert chosen(database, tmp_path, Since("2026-04-25T22:00:00Z"), BERLIN) == [6]


def test_days_that_end_an_hour_early_or_late_are_whole_days(
    database: Database, tmp_path: Path
) -> None:
    mark = "Z" if database.dialect == "sqlite" else ""
    moments = (
        "2026-03-28 22:59:59", "2026-03-28 23:00:00", "2026-03-29 21:59:59", "2026-03-29 22:00:00",
        "2026-10-24 22:00:00", "2026-10-25 22:59:59", "2026-10-25 23:00:00",
    )  # fmt: skip
    filled(database, ZONED[database.dialect], *(m + mark for m in moments))
    short = Since("2026-03-29") & Until("2026-03-29")
    long = Since("2026-10-25") & Until("2026-10-25")
    assert chosen(database, tmp_path, short, BERLIN) == [2, 3]
    assert chosen(database, tmp_path, long, BERLIN) == [5, 6]


def test_a_date_column_is_a_day(database: Database, tmp_path: Path) -> None:
    filled(database, DATE[database.dialect], "2026-04-24", "2026-04-25", "2026-04-26")
    assert chosen(database, tmp_path, Since("2026-04-25")) == [2, 3]
    assert chosen(database, tmp_path, Until("2026-04-25")) == [1, 2]
    assert chosen(database, tmp_path, Since("2026-04-25") & Until("2026-04-25")) == [2]
    # a day begins at its midnight
    assert chosen(database, tmp_path, Since("2026-04-25T00:00:01")) == [3]


def test_an_integer_column_counts_seconds_since_1970(database: Database, tmp_path: Path) -> None:
    noon = 1_777_118_400  # 2026-04-25 12:00:00 UTC
    filled(database, "BIGINT", noon - 1, noon, noon + 1, None)
    assert chosen(database, tmp_path, Since("2026-04-25T12:00:00")) == [2, 3]
    assert chosen(database, tmp_path, Until("2026-04-25T12:00:00")) == [1]
    assert chosen(database, tmp_path, Since("2026-04-25T12:00:00.5")) == [3]
    assert chosen(database, tmp_path, Since("2026-04-25T14:00:00"), BERLIN) == [2, 3]


NOON = (
    "2026-04-25 12:00:00",
    "2026-04-25T12:00:00",
    "2026-04-25T12:00:00Z",
    "2026-04-25 12:00:00z",
    "2026-04-25T14:00:00+02:00",
    "2026-04-25 14:00:00+02:00",
    "2026-04-25T14:00:00+0200",
    "2026-04-25T14:00:00+02",
    "2026-04-25T07:30:00-04:30",
    "2026-04-25 12:00:00.0",
    "2026-04-25T12:00:00.000000",
    "2026-04-25T12:00:00.0000000Z",
    "2026-04-25 12:00:00.000+00:00",
    "2026-04-25 12:00",
    "2026-04-25T12:00Z",
    "2026-04-25T14:00+02:00",
    "2026-04-25T12:00:00.000 Z",
    "2026-04-25 14:00:00 +02:00",
    "2026-04-26T01:30:00.000000+13:30",
)
LATER = (
    "2026-04-25 12:00:00.000001",
    "2026-04-25T12:00:00.0000010Z",
    "2026-04-25T14:00:00.000001+02:00",
    "2026-04-25T14:00:00.000001+0200",
    "2026-04-25 12:00:01",
    "2026-04-26",
)
EARLIER = (
    "2026-04-25 11:59:59.999999",
    "2026-04-25T13:59:59.999999+02:00",
    "2026-04-25",
    "2026-04-25T12:00:00+00:01",
)


def test_every_spelling_of_a_time_in_text_is_the_instant_it_says(
    database: Database, tmp_path: Path
) -> None:
    if database.dialect == "mariadb":
        pytest.skip("text is refused as a time on MariaDB")
    filled(database, "TEXT", *NOON, *LATER, *EARLIER)
    noon = list(range(1, len(NOON) + 1))
    later = list(range(len(NOON) + 1, len(NOON) + len(LATER) + 1))
    earlier = list(range(later[-1] + 1, later[-1] + len(EARLIER) + 1))
    assert chosen(database, tmp_path, Since("2026-04-25T12:00:00")) == noon + later
    assert chosen(database, tmp_path, Until("2026-04-25T12:00:00")) == earlier
    assert chosen(database, tmp_path, Since("2026-04-25T12:00:00.000001")) == later
    assert chosen(database, tmp_path, Until("2026-04-25T12:00:00.000001")) == noon + earlier


@pytest.mark.parametrize("spelled", NOON)
def test_a_spelling_alone_in_its_column_is_read_alike(tmp_path: Path, spelled: str) -> None:
    from tests.databases.database import sqlite_database

    with sqlite_database(tmp_path) as database:
        filled(database, "DATETIME", spelled, spelled)
        assert chosen(database, tmp_path, Since("2026-04-25T12:00:00")) == [1, 2]
        assert chosen(database, tmp_path, Since("2026-04-25T12:00:00.000001")) == []
        assert chosen(database, tmp_path, Until("2026-04-25T12:00:00.000001")) == [1, 2]
        assert chosen(database, tmp_path, Until("2026-04-25T12:00:00")) == []


def test_sqlite_reads_numbers_and_text_of_one_column_together(tmp_path: Path) -> None:
    from tests.databases.database import sqlite_database

    with sqlite_database(tmp_path) as database:
        values = (
            1777118400,
            1777118400.5,
            "2026-04-25T12:00:00Z",
            "2026-04-25 12:00:00",
            1777118399,
        )
        filled(database, "DATETIME", *values)
        assert chosen(database, tmp_path, Since("2026-04-25T12:00:00")) == [1, 2, 3, 4]
        assert chosen(database, tmp_path, Since("2026-04-25T12:00:00.25")) == [2]
        # the one without a zone is two hours earlier in Berlin
        assert chosen(database, tmp_path, Since("2026-04-25T12:00:00Z"), BERLIN) == [1, 2, 3]


def test_text_that_is_no_time_is_never_taken_for_one(database: Database, tmp_path: Path) -> None:
    filled(database, "VARCHAR(40)", "2026-04-25 12:00:00", "yesterday")
    with pytest.raises(UnsupportedError, match="at") as caught:
        chosen(database, tmp_path, Until("2026-04-25"))
    assert caught.value.exit_code == 2


SOURCE = """
[upstreams.posts]
table = "posts"
changed_at = "changed"
[tables.posts.caches.value]
depends_on = ["posts"]
computed_at = "computed"
"""
# Berlin is two hours ahead of UTC in April; 02:30 comes twice on 25 October
PAIRS = (
    ("2026-04-25 12:00:00", "2026-04-25T10:00:00Z", False),
    ("2026-04-25 12:00:00", "2026-04-25T10:00:00.000001Z", True),
    ("2026-04-25T11:59:59.999999", "2026-04-25T10:00:00Z", True),
    ("2026-04-25T10:00:00Z", "2026-04-25 12:00:00", False),
    ("2026-04-25T10:00:00Z", "2026-04-25 12:00:00.5", True),
    ("2026-04-25T13:00:00+03:00", "2026-04-25T12:00:01", True),
    ("2026-04-25", "2026-04-24T22:00:00Z", False),
    ("2026-04-25", "2026-04-24T22:00:01Z", True),
    ("2026-01-25 12:00", "2026-01-25T11:00:00Z", False),
    ("2026-01-25 12:00", "2026-01-25T11:00:01Z", True),
    ("2026-10-25 02:30:00", "2026-10-25T01:30:00Z", False),
    ("2026-10-25 02:30:00", "2026-10-25T01:30:01Z", True),
    ("2026-03-29 02:30:00", "2026-03-29T01:30:00Z", False),
    ("2026-03-29 02:30:00", "2026-03-29T01:30:01Z", True),
    ("2026-04-25 12:00:00", "2026-04-25T12:00:00", False),
    ("2026-04-25 12:00:00", "2026-04-25T12:00:01", True),
)


def behind(database: Database, folder: Path, settings: str = "") -> list[int]:
    declared = project(database, folder, SOURCE, settings=settings)
    with declared.connect() as db:
        seen = db.preview(declared.plan(scope=Scope(stale=True)))
        return [int(key) for (key,) in db.keys(seen, "posts.value")]


def test_times_with_and_without_a_zone_are_compared_in_the_declared_zone(
    database: Database, tmp_path: Path
) -> None:
    if database.dialect == "mariadb":
        pytest.skip("text is refused as a time on MariaDB")
    database.execute(
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, changed TEXT, computed TEXT, value TEXT)"
    )
    rows = ((i, changed, at, "x") for i, (at, changed, _) in enumerate(PAIRS, start=1))
    database.insert("posts", *rows)
    stale = [i for i, (_, _, is_stale) in enumerate(PAIRS, start=1) if is_stale]
    assert behind(database, tmp_path, BERLIN) == stale
    assert behind(database, tmp_path) != stale


def test_columns_of_both_kinds_are_compared_in_the_declared_zone(
    database: Database, tmp_path: Path
) -> None:
    if database.dialect != "postgresql":
        pytest.skip("only PostgreSQL has both and can compare them in a zone")
    database.execute(
        "SET TimeZone = 'UTC'",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, changed TIMESTAMPTZ, computed TIMESTAMP,"
        " value TEXT)",
    )
    mixed = [(at, changed, is_stale) for at, changed, is_stale in PAIRS if changed[-1] == "Z"]
    plain = [pair for pair in mixed if pair[0][-1] != "Z"]
    rows = ((i, changed, at, "x") for i, (at, changed, _) in enumerate(plain, start=1))
    database.insert("posts", *rows)
    stale = [i for i, (_, _, is_stale) in enumerate(plain, start=1) if is_stale]
    assert behind(database, tmp_path, BERLIN) == stale
