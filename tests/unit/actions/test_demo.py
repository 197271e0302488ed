from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cachedeps.actions.demo import build_honeychat, build_jumponion
from cachedeps.errors import UsageError

ROOT = Path(__file__).parents[3]
WINDOW = "created_at BETWEEN '2026-04-01' AND '2026-04-25'"
STALE = "rotation_metrics IS NOT NULL AND rotation_version IS NOT 7"
TEST_RANGE = "id BETWEEN -91111200 AND -91111100"


def rows(database: Path, *statements: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for statement in statements:
            found = connection.execute(statement).fetchall()
        return found


@pytest.fixture
def jumponion(tmp_path: Path) -> Path:
    build_jumponion(tmp_path)
    return tmp_path / "examples" / "jumponion" / "app.db"


@pytest.fixture
def honeychat(tmp_path: Path) -> Path:
    build_honeychat(tmp_path)
    return tmp_path / "app.db"


def test_twenty_uploads_of_seven_paying_customers_are_stale(jumponion: Path) -> None:
    count = "SELECT count(*), count(DISTINCT user_id) FROM uploads WHERE "
    assert rows(jumponion, count + STALE) == [(20, 7)]
    assert rows(jumponion, count + WINDOW) == [(20, 7)]
    assert rows(jumponion, f"{count}{STALE} AND {WINDOW}") == [(20, 7)]
    plans = f"SELECT plan FROM users WHERE id IN (SELECT user_id FROM uploads WHERE {STALE})"
    assert {plan for (plan,) in rows(jumponion, plans)} == {"pro", "club"}


def test_uploads_beside_the_dark_ones_would_show_a_mistake(jumponion: Path) -> None:
    others = f"SELECT rotation_version, rotation_metrics IS NULL FROM uploads WHERE NOT ({STALE})"
    kinds = set(rows(jumponion, others))
    assert kinds == {(7, 0), (7, 1), (6, 1), (None, 1)}


def test_the_log_holds_most_texts_and_some_only_as_failures(jumponion: Path) -> None:
    latest = (
        "SELECT response_text FROM llm_call_log WHERE task_id = uploads.id AND kind = '{kind}'"
        " AND status = 'ok' ORDER BY created_at DESC, id DESC LIMIT 1"
    )
    found = "SELECT sum({column} = ({latest})), sum(({latest}) IS NULL) FROM uploads WHERE "
    diagnoses = found.format(column="diagnosis_text", latest=latest.format(kind="diagnosis"))
    plans = found.format(column="training_plan", latest=latest.format(kind="plan"))
    assert rows(jumponion, diagnoses + STALE) == [(19, 1)]
    assert rows(jumponion, plans + STALE) == [(18, 1)]


def test_the_declaration_at_the_top_is_the_one_of_the_example(tmp_path: Path) -> None:
    built = build_jumponion(tmp_path)
    assert built == tmp_path / "cachedeps.toml"
    assert built.read_text("utf-8") == (ROOT / "cachedeps.toml").read_text("utf-8")


def test_the_range_delete_of_honeychat_takes_ten_real_people(honeychat: Path) -> None:
    real = f"SELECT count(*) FROM users WHERE {TEST_RANGE} AND id IN (SELECT user_id FROM oauth_identities)"
    overwritten = f"{real} AND auth_source = 'test'"
    assert rows(honeychat, real) == [(10,)]
    assert rows(honeychat, overwritten) == [(2,)]
    assert rows(honeychat, f"SELECT count(*) FROM users WHERE {TEST_RANGE}") == [(13,)]

    before = rows(honeychat, "SELECT count(*) FROM web_messages")[0][0]
    delete = f"DELETE FROM users WHERE {TEST_RANGE}"
    left = "SELECT (SELECT count(*) FROM web_messages), count(*) FROM referrals WHERE referrer_id IS NULL"
    assert rows(honeychat, delete, left) == [(before - 132, 3)]


def test_building_again_starts_from_the_beginning(tmp_path: Path, jumponion: Path) -> None:
    fresh = jumponion.read_bytes()
    with closing(sqlite3.connect(jumponion)) as connection, connection:
        connection.execute("UPDATE uploads SET rotation_metrics = NULL")
    build_jumponion(tmp_path)
    assert jumponion.read_bytes() == fresh


def test_a_database_that_is_not_an_example_is_left_alone(tmp_path: Path) -> None:
    own = tmp_path / "app.db"
    with closing(sqlite3.connect(own)) as connection:
        connection.execute("CREATE TABLE mine (id INTEGER)")
    before = own.read_bytes()
    with pytest.raises(UsageError, match=r"app\.db exists and is not an example"):
        build_honeychat(tmp_path)
    assert own.read_bytes() == before


def test_a_declaration_that_is_not_the_examples_is_left_alone(tmp_path: Path) -> None:
    own = tmp_path / "cachedeps.toml"
    own.write_text("[database]\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"cachedeps\.toml exists"):
        build_jumponion(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["cachedeps.toml"]
    assert own.read_text("utf-8") == "[database]\n"
