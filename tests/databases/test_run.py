"""A reviewed statement goes through the gate, and all that hung on its rows comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, event

from cachedeps.db.connect import parse
from cachedeps.domain.closure import RunPreview
from cachedeps.domain.outcome import Receipt, RestoreChoice
from cachedeps.errors import (
    ApprovalRefusedError,
    GuardRefusedError,
    RefusedError,
    ScopeError,
    StalePlanError,
    UnfreezableError,
)
from cachedeps.project import Database as Open
from tests.databases import honeychat
from tests.databases.database import Database
from tests.databases.declared import project
from tests.databases.exact import everything

INT = {"sqlite": "INTEGER", "postgresql": "integer", "mariadb": "int"}


def go(db: Open, sql: str, *, page_rows: int = 1_000) -> Receipt:
    seen = db.preview_run(sql, page_rows=page_rows)
    return db.run(seen.approve(by="ann", rows=seen.rows, tables=seen.must_name))


def refusals(seen: RunPreview) -> list[str]:
    return [refusal.slug for refusal in seen.refusals]


@pytest.mark.parametrize("page_rows", [1, 5, 1_000])
def test_ten_users_and_all_that_hung_on_them_come_back_to_the_byte(
    database: Database, tmp_path: Path, page_rows: int
) -> None:
    honeychat.create(database)
    before = everything(database)
    declared = honeychat.declared(database, tmp_path)
    with declared.connect() as db:
        with pytest.raises(GuardRefusedError, match="range-delete-on-key"):
            db.preview_run(honeychat.CLEAN_UP)
        seen = db.preview_run(honeychat.FORCED, page_rows=page_rows)
        assert (seen.rows, seen.tables, seen.set_null) == (13, honeychat.GONE, {"referrals": 3})
        assert "ines@example.com" in seen.owners.labels
        assert (seen.refusals, seen.beyond) == ((), ())
        assert everything(database) == before, "a preview writes nothing"
        receipt = db.run(seen.approve(by="ann", rows=13, tables={"web_messages": 132}))
        assert (receipt.state, receipt.rows, receipt.cells) == ("done", 13, 181)
        assert database.query("SELECT count(*) FROM users") == [(10,)]
        assert database.query("SELECT count(*) FROM web_messages WHERE session_id NOT IN "
                              "(SELECT id FROM chat_sessions)") == [(0,)]  # fmt: skip
        back = db.preview_restore(receipt.id)
        assert (back.rows, back.cells, back.taken_keys) == (181, 181, ())
        assert db.restore(receipt.id).rows == 181
        assert everything(database) == before
        again = db.preview_restore(receipt.id)
        assert (again.rows, again.taken_keys) == (0, ())


def test_what_hung_on_a_key_that_somebody_else_has_now_does_not_come_back_to_them(
    database: Database, tmp_path: Path
) -> None:
    honeychat.create(database)
    with honeychat.declared(database, tmp_path).connect() as db:
        receipt = go(db, honeychat.FORCED)
        database.execute(
            "INSERT INTO users (id, email, name, plan, auth_source, created_at) "
            "VALUES (-91111104, 'new@example.com', 'New', 'free', 'google', '2026-05-12')"
        )
        seen = db.preview_restore(receipt.id)
        assert seen.taken_keys == ((-91111104,),)
        assert any("stay out" in notice.message for notice in seen.notices)
        db.restore(receipt.id)
    theirs = "SELECT count(*) FROM chat_sessions WHERE user_id = -91111104"
    assert database.query(theirs) == [(0,)]
    assert database.query("SELECT email FROM users WHERE id = -91111104") == [("new@example.com",)]
    assert database.query("SELECT count(*) FROM users") == [(23,)]


def test_nothing_is_written_without_an_approval_of_these_very_counts(
    database: Database, tmp_path: Path
) -> None:
    honeychat.create(database)
    before = everything(database)
    with honeychat.declared(database, tmp_path).connect() as db:
        seen = db.preview_run(honeychat.FORCED)
        for rows, tables in ((10, {}), (13, {"web_messages": 100}), (13, {"nobody": 1})):
            with pytest.raises(ApprovalRefusedError):
                seen.approve(by="ann", rows=rows, tables=tables)
        with pytest.raises(ApprovalRefusedError):
            seen.approve(by=" ", rows=13)
    assert everything(database) == before


@pytest.mark.parametrize(
    "meanwhile",
    [
        "INSERT INTO chat_sessions (id, user_id, companion, started_at) "
        "VALUES (9999, -91111104, 'x', '2026-05-11')",
        "UPDATE web_messages SET body = 'edited' WHERE session_id IN "
        "(SELECT id FROM chat_sessions WHERE user_id = -91111104)",
        "UPDATE users SET plan = 'vip' WHERE id = -91111105",
        "UPDATE referrals SET referrer_id = NULL WHERE referrer_id < -91111100",
        "DELETE FROM subscriptions WHERE user_id < -91111100",
        "INSERT INTO users (id, email, name, plan, auth_source, created_at) "
        "VALUES (-91111150, 'new@example.com', 'New', 'free', 'google', '2026-05-12')",
    ],
)
def test_whatever_joined_left_or_changed_since_the_preview_stops_the_run(
    database: Database, tmp_path: Path, meanwhile: str
) -> None:
    honeychat.create(database)
    with honeychat.declared(database, tmp_path).connect() as db:
        approval = db.preview_run(honeychat.FORCED).approve(by="ann", rows=13)
        database.execute(meanwhile)
        before = everything(database)
        with pytest.raises(StalePlanError, match="nothing was written"):
            db.run(approval)
    assert everything(database) == before


@pytest.mark.parametrize("page_rows", [1, 2, 1_000])
def test_an_update_changes_what_its_own_text_says_and_comes_back(
    database: Database, tmp_path: Path, page_rows: int
) -> None:
    honeychat.create(database)
    before = everything(database)
    sql = (
        "UPDATE users SET plan = CASE WHEN plan = 'free' THEN '100%:x' ELSE 'a''b' END, "
        "summary_version = coalesce(summary_version, 0) + 1 WHERE auth_source = 'google'"
    )
    with honeychat.declared(database, tmp_path).connect() as db:
        receipt = go(db, sql, page_rows=page_rows)
        rows = database.query("SELECT plan, summary_version FROM users WHERE id IN (-1, -2)")
        assert sorted(rows) == [("100%:x", 4), ("a'b", 5)]
        assert db.restore(receipt.id).rows == receipt.rows
    assert everything(database) == before


def test_newer_work_is_left_alone_column_by_column(database: Database, tmp_path: Path) -> None:
    honeychat.create(database)
    sql = "UPDATE users SET plan = 'x', name = 'y' WHERE auth_source = 'discord'"
    with honeychat.declared(database, tmp_path).connect() as db:
        receipt = go(db, sql)
        database.execute("UPDATE users SET plan = 'bought since' WHERE id = -3")
        seen = db.preview_restore(receipt.id)
        assert seen.kept_regenerated == 1
        undone = db.restore(receipt.id)
        query = "SELECT plan, name FROM users WHERE id = -3"
        assert database.query(query) == [("bought since", "Nadia")]
        # and the restore itself can be undone
        db.restore(undone.id)
        assert database.query(query) == [("bought since", "y")]


def test_a_join_chooses_rows_and_gives_values(database: Database, tmp_path: Path) -> None:
    honeychat.create(database)
    before = everything(database)
    update = {
        "mariadb": "UPDATE users u JOIN subscriptions s ON s.user_id = u.id SET u.plan = s.plan "
        "WHERE s.provider <> 'x'",
    }.get(
        database.dialect,
        "UPDATE users SET plan = s.plan FROM subscriptions s "
        "WHERE s.user_id = users.id AND s.provider <> 'x'",
    )
    delete = {
        "mariadb": "DELETE s FROM chat_sessions s JOIN users u ON u.id = s.user_id "
        "WHERE u.plan = 'free'",
        "postgresql": "DELETE FROM chat_sessions s USING users u "
        "WHERE u.id = s.user_id AND u.plan = 'free'",
    }.get(
        database.dialect,
        "DELETE FROM chat_sessions WHERE user_id IN (SELECT id FROM users WHERE plan = 'free')",
    )
    with honeychat.declared(database, tmp_path).connect() as db:
        receipts = [go(db, sql, page_rows=3) for sql in (update, delete)]
        assert all(receipt.rows > 3 for receipt in receipts)
        for receipt in reversed(receipts):
            db.restore(receipt.id)
    assert everything(database) == before


def test_a_row_that_meets_several_joined_rows_is_refused(
    database: Database, tmp_path: Path
) -> None:
    honeychat.create(database)
    sql = {
        "mariadb": "UPDATE users u JOIN chat_sessions s ON s.user_id = u.id SET u.name = s.companion"
    }.get(
        database.dialect,
        "UPDATE users SET name = s.companion FROM chat_sessions s WHERE s.user_id = users.id",
    )
    with honeychat.declared(database, tmp_path).connect() as db:
        seen = db.preview_run(f"{sql} -- cachedeps: allow unfiltered-write because it is joined")
        assert "ambiguous-join" in refusals(seen)


def test_what_cannot_be_put_back_or_paged_is_refused_with_the_reason(
    database: Database, tmp_path: Path
) -> None:
    honeychat.create(database)
    database.execute("CREATE TABLE scores (id INTEGER PRIMARY KEY, n INTEGER, place INTEGER)")
    database.insert("scores", *((i, i * i % 7, None) for i in range(1, 9)))
    place = "(SELECT count(*) FROM scores o WHERE o.n > scores.n)"
    ranking = f"UPDATE scores SET n = n + 1, place = {place} WHERE n > 0"
    with honeychat.declared(database, tmp_path).connect() as db:
        with pytest.raises(UnfreezableError, match="neither"):
            db.preview_run("INSERT INTO scores VALUES (100, 1, 1)")
        moved = db.preview_run("UPDATE users SET id = id - 1 WHERE auth_source = 'discord'")
        assert refusals(moved) == ["key-column"]
        if database.dialect != "mariadb":
            assert refusals(db.preview_run(ranking, page_rows=3)) == ["not-in-pages"]
            assert refusals(db.preview_run(ranking)) == []


def test_rows_that_stand_in_the_way_are_counted_and_refused(
    database: Database, tmp_path: Path
) -> None:
    database.execute(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, kind INTEGER)",
        "CREATE TABLE bills (id INTEGER PRIMARY KEY, person INTEGER REFERENCES people (id))",
    )
    database.insert("people", (1, 1), (2, 1), (3, 2))
    database.insert("bills", (10, 1), (11, 1))
    declared = project(database, tmp_path, "[tables.people]\nprotected = true\n")
    with declared.connect() as db:
        seen = db.preview_run("DELETE FROM people WHERE kind = 1")
        assert refusals(seen) == ["referenced-rows"]
        assert "2 rows of bills" in seen.refusals[0].message
        assert refusals(db.preview_run("DELETE FROM people WHERE kind = 2")) == []


@pytest.mark.parametrize("page_rows", [1, 2, 1_000])
def test_trees_circles_and_rows_reached_twice_come_back(
    database: Database, tmp_path: Path, page_rows: int
) -> None:
    kind = INT[database.dialect]
    database.execute(
        f"CREATE TABLE orgs (id {kind} PRIMARY KEY, name varchar(20), boss {kind})",
        f"CREATE TABLE folk (id {kind} PRIMARY KEY, org {kind} REFERENCES orgs (id)"
        f" ON DELETE CASCADE, chief {kind} REFERENCES folk (id) ON DELETE SET NULL,"
        f" mother {kind} REFERENCES folk (id) ON DELETE CASCADE, kind {kind})",
        f"CREATE TABLE notes (a {kind} NOT NULL REFERENCES folk (id) ON DELETE CASCADE,"
        f" b {kind} NOT NULL REFERENCES folk (id) ON DELETE CASCADE, body varchar(20),"
        " PRIMARY KEY (a, b))",
    )
    database.insert("orgs", (1, "one", None), (2, "two", None))
    database.insert(
        "folk",
        (1, 1, None, None, 1), (2, 1, 1, 1, 2), (3, 1, 2, 2, 1), (4, 2, 3, 3, 2),
        (5, 2, 1, None, 2), (6, 2, 5, None, 1), (7, 2, 6, None, 2), (8, 2, 8, None, 1),
    )  # fmt: skip
    database.insert("notes", (1, 6, "x"), (6, 1, "y"), (5, 7, "stays"), (3, 8, "z"))
    if database.dialect != "sqlite":
        database.execute(
            "ALTER TABLE orgs ADD FOREIGN KEY (boss) REFERENCES folk (id) ON DELETE CASCADE"
        )
        database.execute("UPDATE orgs SET boss = 4 WHERE id = 2")
    before = everything(database)
    declared = project(database, tmp_path, "[tables.folk]\nprotected = true\n")
    with declared.connect() as db:
        # 1 takes 2, 3 and 4 along; 4 is the boss of org 2, which takes all others along
        receipt = go(db, "DELETE FROM folk WHERE kind = 1", page_rows=page_rows)
        left = database.query("SELECT id, chief FROM folk ORDER BY id")
        circle = database.dialect != "sqlite"
        assert left == ([] if circle else [(5, None), (7, None)])
        assert db.restore(receipt.id).state == "done"
    assert everything(database) == before


def test_a_trigger_that_writes_elsewhere_is_measured_or_at_least_named(
    database: Database, tmp_path: Path
) -> None:
    database.execute(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, kind INTEGER)",
        "CREATE TABLE totals (id INTEGER PRIMARY KEY, people INTEGER)",
    )
    database.insert("people", *((i, i % 2) for i in range(1, 7)))
    database.insert("totals", (1, 6))
    body = "UPDATE totals SET people = people - 1"
    database.execute(
        *{
            "postgresql": (
                f"CREATE FUNCTION lower_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body};"
                " RETURN OLD; END $$",
                "CREATE TRIGGER fewer AFTER DELETE ON people FOR EACH ROW"
                " EXECUTE FUNCTION lower_it()",
            )
        }.get(
            database.dialect,
            (f"CREATE TRIGGER fewer AFTER DELETE ON people FOR EACH ROW BEGIN {body}; END",),
        )
    )
    declared = project(database, tmp_path, "[tables.people]\nprotected = true\n")
    with declared.connect() as db:
        seen = db.preview_run("DELETE FROM people WHERE kind = 1")
        assert any("fewer" in notice.message for notice in seen.notices)
        if database.dialect != "postgresql":
            assert not seen.measured
            return
        assert seen.measured
        assert seen.must_name == {"totals": 3}
        with pytest.raises(ApprovalRefusedError, match="totals"):
            seen.approve(by="ann", rows=3)
        receipt = db.run(seen.approve(by="ann", rows=3, tables={"totals": 3}))
        assert any("totals" in note for note in receipt.notes)
        # a trigger that appears after the preview is noticed before the page is committed
        approval = db.preview_run("DELETE FROM people WHERE kind = 0").approve(
            by="ann", rows=3, tables={"totals": 3}
        )
        database.execute(
            "CREATE TABLE extra (id int PRIMARY KEY)", "INSERT INTO extra VALUES (1), (2)",
            "CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN DELETE FROM extra; RETURN OLD; END $$",
            "CREATE TRIGGER unseen AFTER DELETE ON people FOR EACH ROW EXECUTE FUNCTION more()",
        )  # fmt: skip
        with pytest.raises(RefusedError, match="extra"):
            db.run(approval)
    assert database.query("SELECT count(*) FROM people") == [(3,)]
    assert database.query("SELECT count(*) FROM extra") == [(2,)]


def test_some_tables_of_a_run_can_be_put_back_alone(database: Database, tmp_path: Path) -> None:
    honeychat.create(database)
    with honeychat.declared(database, tmp_path).connect() as db:
        receipt = go(db, honeychat.FORCED)
        of_ines = RestoreChoice(owners=("ines@example.com",))
        with pytest.raises(ScopeError, match="owners"):
            db.preview_restore(receipt.id, of_ines)
        seen = db.preview_restore(receipt.id, RestoreChoice(columns=("web_messages",)))
        # their sessions are gone: messages alone have no place
        assert seen.rows == 0
        chosen = RestoreChoice(columns=("users", "subscriptions"))
        seen = db.preview_restore(receipt.id, chosen)
        assert seen.rows == 20
        db.restore(seen.approve(by="ann", rows=20))
        assert database.query("SELECT count(*) FROM users") == [(23,)]
        db.restore(receipt.id)
        assert database.query("SELECT count(*) FROM web_messages") == [
            (sum(1 for _ in database.query("SELECT id FROM web_messages")),)
        ]


def test_a_run_that_was_stopped_goes_on_with_the_same_text_and_its_first_approval(
    database: Database, tmp_path: Path
) -> None:
    honeychat.create(database)
    before = everything(database)
    with honeychat.declared(database, tmp_path).connect() as db:
        seen = db.preview_run(honeychat.FORCED, page_rows=4)
        stopped = db.run(seen.approve(by="ann", rows=13), stop=lambda: True)
        assert (stopped.state, stopped.pages_done, stopped.pages_total) == ("interrupted", 1, 4)
        assert database.query("SELECT count(*) FROM users") == [(19,)]
        again = db.preview_run(honeychat.FORCED)
        assert [notice.code for notice in again.notices] == ["resumes"]
        assert (again.rows, again.digest) == (13, seen.digest)
        done = db.run(again.approve(by="bob", rows=13))
        assert (done.id, done.state, done.rows) == (stopped.id, "done", 13)
        assert database.query("SELECT count(*) FROM users") == [(10,)]
        assert db.restore(done.id).rows == 181
    assert everything(database) == before


def test_a_run_that_was_stopped_can_be_undone_instead(database: Database, tmp_path: Path) -> None:
    honeychat.create(database)
    before = everything(database)
    with honeychat.declared(database, tmp_path).connect() as db:
        approval = db.preview_run(honeychat.FORCED, page_rows=4).approve(by="ann", rows=13)
        stopped = db.run(approval, stop=lambda: True)
        db.restore(stopped.id)
        assert everything(database) == before
        # undone, it is no run that would go on
        assert db.preview_run(honeychat.FORCED).notices == ()


def test_foreign_keys_that_are_switched_off_are_noticed(
    database: Database, tmp_path: Path
) -> None:
    honeychat.create(database)
    off = {
        "sqlite": "PRAGMA foreign_keys = OFF",
        "mariadb": "SET SESSION foreign_key_checks = 0",
        "postgresql": "SET session_replication_role = replica",
    }[database.dialect]
    engine = create_engine(parse(database.url))
    event.listen(engine, "connect", lambda connection, _: connection.cursor().execute(off))
    if database.dialect == "postgresql":
        event.listen(engine, "connect", lambda connection, _: connection.commit())
    with honeychat.declared(database, tmp_path).bind(engine) as db:
        assert refusals(db.preview_run(honeychat.FORCED)) == ["foreign-keys-off"]
    engine.dispose()


def test_a_row_that_loses_a_reference_and_then_goes_itself_is_no_surprise(
    database: Database, tmp_path: Path
) -> None:
    kind = INT[database.dialect]
    database.execute(
        f"CREATE TABLE folk (id {kind} PRIMARY KEY, chief {kind} REFERENCES folk (id)"
        f" ON DELETE SET NULL, mother {kind} REFERENCES folk (id) ON DELETE CASCADE, kind {kind})"
    )
    database.insert("folk", (1, None, None, 1), (2, 1, 1, 2), (3, 2, 2, 2), (4, 2, None, 2))
    before = everything(database)
    with project(database, tmp_path, "[tables.folk]\nprotected = true\n").connect() as db:
        seen = db.preview_run("DELETE FROM folk WHERE kind = 1")
        assert (seen.tables, seen.set_null, seen.beyond) == ({"folk": 3}, {"folk": 1}, ())
        receipt = db.run(seen.approve(by="ann", rows=1))
        assert database.query("SELECT id, chief FROM folk") == [(4, None)]
        db.restore(receipt.id)
    assert everything(database) == before
