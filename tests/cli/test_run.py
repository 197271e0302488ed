"""``run`` and ``cleanup``: dry runs by default, one document in JSON, the gate before a write."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.example import Example, Program

DATA = resources.files("cachedeps.actions") / "demo_data"
NIGHTLY = "DELETE FROM users WHERE id BETWEEN -91111200 AND -91111100;\n"
FORCED = "-- cachedeps: allow range-delete-on-key because the night is replayed\n" + NIGHTLY


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """HoneyChat one hour before the nightly clean-up, and two statements in files."""
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript((DATA / "honeychat.sql").read_text(encoding="utf-8"))
    text = (DATA / "honeychat.toml").read_text(encoding="utf-8")
    (tmp_path / "cachedeps.toml").write_text(text, encoding="utf-8")
    (tmp_path / "nightly.sql").write_text(NIGHTLY, encoding="utf-8")
    (tmp_path / "forced.sql").write_text(FORCED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def users(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "app.db")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM users").fetchone()
        return int(count)


def test_what_the_guard_refuses_does_not_reach_the_database(
    folder: Path, program: Program
) -> None:
    (folder / "app.db").unlink()
    (folder / "app.db").touch()
    ended = program("run", "nightly.sql", "--apply", "--approved-by", "ann", "--expect-rows", "13")
    assert ended.code == 3
    assert "range-delete-on-key" in ended.err
    assert "cachedeps cleanup users" in ended.err
    told = json.loads(program("run", "nightly.sql", "--json").out)
    assert told["error"]["slug"] == "guard"
    assert told["verdict"]["verdict"] == "refuse"


def test_a_dry_run_shows_every_table_and_writes_nothing(folder: Path, program: Program) -> None:
    before = (folder / "app.db").read_bytes()
    ended = program("run", "forced.sql")
    assert ended.code == 0
    assert ended.out.startswith("13 rows of users, 16 owners\n")
    for told in ("web_messages       132", "referrals.referrer_id     3", "ines@example.com"):
        assert told in ended.out
    assert ended.out.endswith("Next: cachedeps run forced.sql --apply\n")
    assert (folder / "app.db").read_bytes() == before


def test_the_document_has_what_a_program_needs(folder: Path, program: Program) -> None:
    told = json.loads(program("run", "forced.sql", "--json").out)
    assert (told["version"], told["command"], told["receipt"]) == (1, "run", None)
    assert told["rows"] == 13
    assert told["tables"] == {
        "users": 13,
        "chat_sessions": 16,
        "oauth_identities": 10,
        "subscriptions": 7,
        "web_messages": 132,
    }
    assert told["set_null"] == {"referrals": 3}
    assert told["verdict"]["findings"][0]["waived"] == "the night is replayed"
    assert told["digest"].startswith("sha256:")
    again = json.loads(program("run", "forced.sql", "--json").out)
    assert again["digest"] == told["digest"]


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ((), "--apply --approved-by WHO --expect-rows 13"),
        (("--approved-by", "ann"), "--expect-rows 13"),
        (("--approved-by", "ann", "--expect-rows", "10"), "the preview counts 13"),
        (
            ("--approved-by", "ann", "--expect-rows", "13", "--expect", "web_messages=100"),
            "the preview counts 132",
        ),
    ],
)
def test_without_the_right_approval_nothing_is_written(
    folder: Path, program: Program, flags: tuple[str, ...], told: str
) -> None:
    ended = program("run", "forced.sql", "--apply", *flags)
    assert ended.code == 3
    assert told in ended.err
    assert users(folder) == 23


def test_run_history_and_restore_tell_one_story(folder: Path, program: Program) -> None:
    yes = ("--apply", "--approved-by", "ann", "--expect-rows", "13", "--expect", "users=13")
    done = json.loads(program("run", "forced.sql", *yes, "--json").out)
    assert (done["state"], done["rows"], users(folder)) == ("done", 13, 10)
    listed = json.loads(program("history", "--json").out)["entries"]
    assert [(entry["command"], entry["rows"]) for entry in listed] == [("run", 13)]
    assert "132" in program("show", done["receipt"]).out
    seen = json.loads(program("restore", done["receipt"], "--json").out)
    assert (seen["rows"], seen["taken_keys"]) == (181, [])
    back = ("--apply", "--approved-by", "ann", "--expect-rows", "181")
    assert program("restore", done["receipt"], *back).code == 0
    assert users(folder) == 23
    nothing = program("run", "forced.sql", "--json")
    assert json.loads(nothing.out)["rows"] == 13


def test_a_statement_comes_from_stdin_too_and_then_nobody_is_asked(
    folder: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = SimpleNamespace(buffer=io.BytesIO(FORCED.encode()), isatty=lambda: True)
    monkeypatch.setattr("sys.stdin", given)
    ended = program("run", "-", "--apply")
    assert ended.code == 3
    assert "cachedeps run - --apply --approved-by WHO" in ended.err
    assert users(folder) == 23


def test_a_clean_up_lists_who_looks_real_and_is_refused(folder: Path, program: Program) -> None:
    ended = program("cleanup", "users")
    assert ended.code == 0
    for told in ("5 rows of users", "-91111110  clara@example.com", "test-row-conflict"):
        assert told in ended.out
    assert "Next:" not in ended.out
    yes = ("--apply", "--approved-by", "ann", "--expect-rows", "5")
    assert program("cleanup", "users", *yes).code == 3
    told = json.loads(program("cleanup", "users", "--json").out)
    assert told["command"] == "cleanup"
    assert [conflict["key"] for conflict in told["conflicts"]] == [[-91111110], [-91111105]]
    assert users(folder) == 23


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("run", "nowhere.sql"), 2, "cannot be read"),
        (("run", "insert.sql"), 3, "neither an UPDATE nor a DELETE"),
        (("run", "two.sql"), 3, "2 statements"),
        (("run", "latin.sql"), 2, "UTF-8"),
        (("run", "missing.sql"), 2, "no table"),
        (("run", "wrong.sql"), 4, "no such column"),
        (("cleanup", "user"), 2, "users"),
        (("cleanup", "chat_sessions"), 2, "test_rows"),
    ],
)
def test_bad_input_names_what_is_wrong_and_what_to_do(
    folder: Path, program: Program, arguments: tuple[str, ...], code: int, told: str
) -> None:
    texts = {
        "insert.sql": b"INSERT INTO companions VALUES (1)",
        "two.sql": b"DELETE FROM referrals WHERE id = 1; DELETE FROM referrals WHERE id = 2",
        "latin.sql": b"DELETE FROM referrals WHERE code = '\xe9'",
        "missing.sql": b"DELETE FROM nothing WHERE a = 1",
        "wrong.sql": b"DELETE FROM referrals WHERE colour = 1",
    }
    for name, text in texts.items():
        (folder / name).write_bytes(text)
    ended = program(*arguments)
    assert ended.code == code, ended
    assert told in ended.err + ended.out


def test_rows_that_go_with_the_only_copy_of_a_value_are_told(
    example: Example, program: Program
) -> None:
    (example.folder / "gone.sql").write_text("DELETE FROM users WHERE plan = 'pro'", "utf-8")
    told = json.loads(program("run", "gone.sql", "--json").out)
    assert told["tables"]["uploads"] > 0
    warned = [w["message"] for w in told["warnings"] if w["code"] == "irreplaceable"]
    assert warned == [
        f"{told['tables']['uploads']} rows of uploads may hold the only copy of diagnosis_text and "
        "training_plan (irreplaceable); from then on only the journal has it"
    ]
    (example.folder / "kept.sql").write_text("UPDATE uploads SET clip = '' WHERE id > 1", "utf-8")
    assert json.loads(program("run", "kept.sql", "--json").out)["warnings"] == []
