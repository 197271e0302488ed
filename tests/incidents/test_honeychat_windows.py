"""Incident B, week by week: ``check`` tells of it long before the first real user is lost.

Users of one kind have ids of their own, users of the other get negated numbers of a sequence.
Somebody inserts a test user by hand; the sequence is set behind the smallest id; real users are
given ids beside the test users'. Nothing fails, and nobody looks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cachedeps.domain.finding import Finding
from tests.databases.database import Database
from tests.databases.declared import project

TABLES = (
    "CREATE TABLE users (id {key} PRIMARY KEY, email VARCHAR(80) NOT NULL,"
    " auth_source VARCHAR(20))",
    "CREATE TABLE oauth_identities (id INTEGER PRIMARY KEY, user_id {key} NOT NULL,"
    " subject VARCHAR(40) NOT NULL)",
)
DECLARATION = """
[tables.users]
owner = "email"
protected = true
test_rows = "auth_source = 'test'"
test_rows_conflict = {{ via = "id -> oauth_identities.user_id", where = "subject <> ''" }}

[tables.users.key_windows.telegram]
low = 1
rows = "auth_source = 'telegram'"

[tables.users.key_windows.web]
high = -1
rows = "auth_source = 'web'"
sequence = {sequence}
negated = true

[tables.users.key_windows.test]
low = -91111200
high = -91111100
test = true
"""
COUNTER = '{ table = "id_counters", value = "last_value", where = "name = \'web\'" }'


class HoneyChat:
    """The application: signs people up, as it was written."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self._folder = folder
        self._counts = database.dialect == "sqlite"
        key = "INTEGER" if self._counts else "BIGINT"
        database.execute(*(text.format(key=key) for text in TABLES))
        if self._counts:
            database.execute(
                "CREATE TABLE id_counters (name TEXT PRIMARY KEY, last_value INTEGER NOT NULL)",
                "INSERT INTO id_counters VALUES ('web', 0), ('other', 7)",
            )
        else:
            database.execute("CREATE SEQUENCE web_user_id_seq")
        for key_number in (412883901, 598310277, 703552118):
            self.insert(key_number, "telegram")

    def insert(self, key: int, source: str | None) -> None:
        self.database.insert("users", (key, f"user{key}@example.com", source))

    def next(self) -> int:
        """``-nextval('web_user_id_seq')``."""
        if self._counts:
            self.database.execute(
                "UPDATE id_counters SET last_value = last_value + 1 WHERE name = 'web'"
            )
            return -int(self.scalar("SELECT last_value FROM id_counters WHERE name = 'web'"))
        call = "nextval('web_user_id_seq')"
        call = "NEXTVAL(web_user_id_seq)" if self.database.dialect == "mariadb" else call
        return -int(self.scalar(f"SELECT {call}"))

    def sign_up(self, people: int) -> list[int]:
        """New people with an identity; each gets the sequence's next id."""
        keys = [self.next() for _ in range(people)]
        for key in keys:
            self.insert(key, "web")
            self.database.insert("oauth_identities", (-key, key, f"sub-{-key}"))
        return keys

    def mend_the_sequence(self) -> None:
        """What the code did on a unique violation: setval(seq, GREATEST(-MIN(id), currval))."""
        last = -int(self.scalar("SELECT min(id) FROM users"))
        if self._counts:
            self.database.execute(f"UPDATE id_counters SET last_value = {last} WHERE name = 'web'")
        elif self.database.dialect == "mariadb":
            self.database.query(f"SELECT SETVAL(web_user_id_seq, {last})")
        else:
            self.database.query(f"SELECT setval('web_user_id_seq', {last})")

    def scalar(self, sql: str) -> Any:
        return self.database.query(sql)[0][0]

    def check(self) -> dict[str, Finding]:
        text = DECLARATION.format(sequence=COUNTER if self._counts else '"web_user_id_seq"')
        with project(self.database, self._folder, text).connect() as opened:
            found = opened.check()
        assert len({finding.rule for finding in found}) == len(found)
        return {finding.rule: finding for finding in found}


def test_the_weeks_before_the_accident_are_told_one_by_one(
    database: Database, tmp_path: Path
) -> None:
    chat = HoneyChat(database, tmp_path)
    assert chat.sign_up(5) == [-1, -2, -3, -4, -5]
    assert chat.check() == {}

    # 30 March: a test user is made by hand. Everything works.
    chat.insert(-91111101, "test")
    (leading,) = chat.check().values()
    assert leading.rule == "test-row-leads"
    assert leading.where.endswith("tables.users.key_windows.web.sequence")
    assert "-91111101; the smallest real one is -5" in leading.message
    assert "MIN of the key would make it leap into the test window" in leading.message

    # Days later a number is taken twice, and the code mends its sequence.
    chat.mend_the_sequence()
    found = chat.check()
    assert set(found) == {"test-row-leads", "sequence-near-test-window"}
    near = found["sequence-near-test-window"].message
    assert "is -91111102, which lies in the test window test (-91111200 to -91111100)" in near

    # Real people sign up, and look like test users to whoever counts by ids.
    assert chat.sign_up(9) == [-91111102 - at for at in range(9)]
    found = chat.check()
    assert "9 real rows of users lie in the test window" in (
        found["real-row-in-test-window"].message
    )
    assert "(-91111110, -91111109, -91111108, -91111107, -91111106, ..)" in (
        found["real-row-in-test-window"].message
    )
    assert "test-row-conflict" not in found

    # A test's upsert hits one of them.
    database.execute("UPDATE users SET auth_source = 'test' WHERE id = -91111105")
    found = chat.check()
    assert "1 row of users carries the test attribute" in found["test-row-conflict"].message
    assert "(-91111105)" in found["test-row-conflict"].message
    assert "8 real rows" in found["real-row-in-test-window"].message


def test_a_real_row_without_any_source_counts_as_real(database: Database, tmp_path: Path) -> None:
    chat = HoneyChat(database, tmp_path)
    chat.insert(-91111150, None)
    found = chat.check()
    assert (
        "1 real row of users lies in the test window" in found["real-row-in-test-window"].message
    )


def test_the_sequence_that_has_gone_through_the_window_is_told_too(
    database: Database, tmp_path: Path
) -> None:
    chat = HoneyChat(database, tmp_path)
    chat.sign_up(2)
    chat.insert(-91111101, "test")
    chat.insert(-91113500, "web")
    chat.mend_the_sequence()
    found = chat.check()
    assert set(found) == {"sequence-near-test-window"}
    assert "has gone past" in found["sequence-near-test-window"].message
    assert "(-2)" in found["sequence-near-test-window"].message


def test_looking_changes_nothing_and_takes_no_number(database: Database, tmp_path: Path) -> None:
    chat = HoneyChat(database, tmp_path)
    chat.sign_up(3)
    before = database.query("SELECT * FROM users ORDER BY id")
    chat.check()
    assert database.query("SELECT * FROM users ORDER BY id") == before
    assert chat.next() == -4
