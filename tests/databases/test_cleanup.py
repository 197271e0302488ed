"""Test rows go by their attribute, and not while one of them looks like somebody real."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.errors import ApprovalRefusedError, UnknownNameError, UsageError
from tests.databases import honeychat
from tests.databases.database import Database
from tests.databases.exact import everything

MENDED = "UPDATE users SET auth_source = 'google' WHERE id IN (-91111105, -91111110)"


def test_two_real_users_whom_a_test_overwrote_stand_in_the_way(
    database: Database, tmp_path: Path
) -> None:
    honeychat.create(database)
    before = everything(database)
    with honeychat.declared(database, tmp_path).connect() as db:
        seen = db.preview_cleanup("users")
        assert (seen.command, seen.rows) == ("cleanup", 5)
        assert [(c.key, c.owner) for c in seen.conflicts] == [
            ((-91111110,), "clara@example.com"),
            ((-91111105,), "matteo@example.com"),
        ]
        assert [refusal.slug for refusal in seen.refusals] == ["test-row-conflict"]
        with pytest.raises(ApprovalRefusedError, match="real rows have"):
            seen.approve(by="ann", rows=5)
    assert everything(database) == before


def test_only_rows_with_the_attribute_go_and_they_come_back(
    database: Database, tmp_path: Path
) -> None:
    honeychat.create(database)
    database.execute(MENDED)
    before = everything(database)
    with honeychat.declared(database, tmp_path).connect() as db:
        seen = db.preview_cleanup("users", page_rows=2)
        assert (seen.rows, seen.tables["users"], seen.conflicts) == (3, 3, ())
        receipt = db.run(seen.approve(by="ann", rows=3))
        assert (receipt.command, receipt.state) == ("cleanup", "done")
        left = database.query("SELECT count(*) FROM users WHERE auth_source = 'test'")
        assert left == [(0,)]
        assert database.query("SELECT count(*) FROM users") == [(20,)]
        assert db.preview_cleanup("users").rows == 0
        db.restore(receipt.id)
    assert everything(database) == before


def test_a_table_must_say_what_its_test_rows_are(database: Database, tmp_path: Path) -> None:
    honeychat.create(database)
    with honeychat.declared(database, tmp_path).connect() as db:
        with pytest.raises(UsageError, match="test rows"):
            db.preview_cleanup("chat_sessions")
        with pytest.raises(UnknownNameError, match="user"):
            db.preview_cleanup("user")
