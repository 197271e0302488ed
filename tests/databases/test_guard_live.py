"""The guard with a connection: what it then knows, on real databases, and whom it counts."""

from __future__ import annotations

from pathlib import Path

import pytest

import cachedeps
from cachedeps.domain.verdict import Verdict
from tests.databases.database import Database
from tests.databases.declared import project

DECLARATION = """
[upstreams.analytics]
[upstreams.llm]

[tables.people]
owner = "email"
protected = true

[tables.clips]
owner = "person -> people.email"
[tables.clips.caches.metrics]
depends_on = ["analytics"]
[tables.clips.caches.verdict]
depends_on = ["llm"]

[tables.tags]
protected = true
"""
TABLES = (
    "CREATE TABLE teams (id INTEGER PRIMARY KEY, name VARCHAR(40))",
    "CREATE TABLE people (id INTEGER PRIMARY KEY, email VARCHAR(80) UNIQUE,"
    " slug VARCHAR(40) NOT NULL, team INTEGER, id2 INTEGER,"
    " FOREIGN KEY (team) REFERENCES teams (id) ON DELETE CASCADE)",
    "CREATE TABLE clips (id INTEGER PRIMARY KEY, person INTEGER, made INTEGER,"
    " metrics TEXT, verdict TEXT,"
    " FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE)",
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, clip INTEGER, author INTEGER,"
    " FOREIGN KEY (clip) REFERENCES clips (id) ON DELETE CASCADE,"
    " FOREIGN KEY (author) REFERENCES people (id) ON DELETE SET NULL)",
    "CREATE TABLE tags (code VARCHAR(20) NOT NULL, lang VARCHAR(5) NOT NULL, id INTEGER,"
    " PRIMARY KEY (code, lang))",
    "CREATE TABLE banned (reason VARCHAR(40), person INTEGER)",
)


@pytest.fixture
def declared(database: Database, tmp_path: Path) -> cachedeps.Project:
    database.execute(*TABLES)
    database.insert("teams", (1, "red"))
    people = [(at, f"p{at}@example.com", f"p{at}", 1, at) for at in range(1, 8)]
    database.insert("people", *people)
    clips = [(at, 1 + at % 7, at, "m", "v" if at % 2 else None) for at in range(1, 21)]
    database.insert("clips", *clips)
    database.insert("tags", ("a", "de", 1), ("a", "en", 1), ("b", "de", 2))
    return project(database, tmp_path, DECLARATION)


def guard(declared: cachedeps.Project, sql: str) -> Verdict:
    with declared.connect() as opened:
        return opened.guard(sql)


def told(verdict: Verdict) -> str:
    return " | ".join(f"{found.rule}: {found.message}" for found in verdict.findings)


def test_the_incident_is_refused_with_whom_it_would_have_hit(
    declared: cachedeps.Project, database: Database
) -> None:
    sql = "UPDATE clips SET metrics = NULL, verdict = NULL WHERE made BETWEEN 1 AND 14"
    before = database.query("SELECT * FROM clips ORDER BY id")
    verdict = guard(declared, sql)

    assert verdict.ruling.value == "refuse"
    (hit,) = verdict.hits
    assert (hit.table, hit.rows, hit.owners) == ("clips", 14, 7)
    assert hit.emptied == (("clips.metrics", 14), ("clips.verdict", 7))
    assert hit.labels[0] == "p1@example.com"
    assert hit.message == (
        "would have emptied metrics of 14 and verdict of 7, in 14 rows, 7 owners; "
        "verdict does not depend on analytics"
    )
    assert {"keys", "rows"} <= set(verdict.used)
    assert database.query("SELECT * FROM clips ORDER BY id") == before


def test_without_a_connection_nothing_of_this_is_said(declared: cachedeps.Project) -> None:
    verdict = declared.guard("UPDATE clips SET metrics = NULL, verdict = NULL WHERE id = 1")

    assert (verdict.used, verdict.hits) == ((), ())


def test_a_delete_by_the_real_key_of_a_table_that_nobody_refers_to_is_allowed(
    declared: cachedeps.Project,
) -> None:
    sql = "DELETE FROM tags WHERE code = 'a' AND lang = 'de'"
    assert declared.guard(sql).ruling.value == "review"
    verdict = guard(declared, sql)
    assert (verdict.ruling.value, verdict.used) == (
        "allow",
        ("keys", "foreign keys", "triggers", "columns"),
    )


def test_a_column_called_id_that_is_no_key_names_no_row(declared: cachedeps.Project) -> None:
    sql = "UPDATE tags SET lang = 'fr' WHERE id = 1"
    assert declared.guard("UPDATE tags SET note = 'x' WHERE id = 1").ruling.value == "allow"
    verdict = guard(declared, sql)
    assert verdict.ruling.value == "review"
    assert verdict.hits[0].rows == 2


def test_a_delete_that_cascades_in_the_database_names_every_table_it_reaches(
    declared: cachedeps.Project,
) -> None:
    verdict = guard(declared, "DELETE FROM people WHERE id = 3")
    assert verdict.ruling.value == "review"
    assert "rows of clips, notes would go with it (ON DELETE CASCADE)" in told(verdict)
    assert verdict.hits[0].message == "would have deleted 1 row of people, 1 owner"


def test_a_delete_of_an_undeclared_parent_that_takes_declared_rows_along_is_told(
    declared: cachedeps.Project,
) -> None:
    sql = "DELETE FROM teams WHERE id = 1"
    assert declared.guard(sql).ruling.value == "allow"
    verdict = guard(declared, sql)
    assert verdict.ruling.value == "review"
    assert "rows of people, clips, notes would go with it" in told(verdict)


def test_references_that_only_stop_a_delete_do_not_make_it_a_review(
    declared: cachedeps.Project, database: Database
) -> None:
    database.execute(
        "CREATE TABLE uses (id INTEGER PRIMARY KEY, code VARCHAR(20), lang VARCHAR(5),"
        " FOREIGN KEY (code, lang) REFERENCES tags (code, lang))"
    )
    verdict = guard(declared, "DELETE FROM tags WHERE code = 'a' AND lang = 'de'")
    assert verdict.ruling.value == "allow"


@pytest.mark.parametrize(
    ("where", "ruling"),
    [
        ("email = 'p1@example.com'", "allow"),
        ("slug = 'p1'", "review"),
        ("id = 1", "allow"),
        ("id2 = 1", "review"),
        ("id = 1 OR id = 2", "review"),
    ],
)
def test_a_row_is_named_by_what_the_database_keeps_unique(
    declared: cachedeps.Project, where: str, ruling: str
) -> None:
    verdict = guard(declared, f"UPDATE people SET slug = 'x' WHERE {where}")
    assert verdict.ruling.value == ruling


@pytest.mark.parametrize("value", ["0", "TRUE", "CAST('1' AS {integer})", "1 + 0", "(SELECT 1)"])
def test_text_names_no_row_where_it_is_compared_with_what_may_be_a_number(
    declared: cachedeps.Project, database: Database, value: str
) -> None:
    integer = "SIGNED" if database.dialect == "mariadb" else "INTEGER"
    said = value.format(integer=integer)
    verdict = guard(declared, f"UPDATE people SET slug = 'x' WHERE email = {said}")
    if database.dialect == "postgresql":
        return  # which compares no text with a number, and says so
    assert verdict.ruling.value != "allow"


def test_a_placeholder_may_be_text_unless_its_value_is_known_to_be_none(
    declared: cachedeps.Project,
) -> None:
    sql = "UPDATE people SET slug = 'x' WHERE email = ?"
    with declared.connect() as opened:
        if opened.dialect == "postgresql":
            return
        assert opened.guard(sql).ruling.value == "allow"
        assert opened.guard(sql, params=["p1@example.com"]).ruling.value == "allow"
        assert opened.guard(sql, params=[0]).ruling.value != "allow"


def test_several_rows_may_hold_null_in_a_unique_column(
    declared: cachedeps.Project, database: Database
) -> None:
    equal = {
        "sqlite": "email IS NULL",
        "postgresql": "email IS NOT DISTINCT FROM NULL",
        "mariadb": "email <=> NULL",
    }[database.dialect]
    database.execute("UPDATE people SET email = NULL WHERE id > 4")
    verdict = guard(declared, f"UPDATE people SET slug = 'x' WHERE {equal}")
    assert verdict.ruling.value != "allow"


def test_a_range_of_the_real_key_is_refused_whatever_it_is_called(
    declared: cachedeps.Project,
) -> None:
    verdict = guard(declared, "DELETE FROM tags WHERE code BETWEEN 'a' AND 'c'")
    assert "range-delete-on-key" in told(verdict)
    assert verdict.hits[0].rows == 3


def test_an_inner_column_that_only_the_outer_row_has_is_refused_by_its_name(
    declared: cachedeps.Project,
) -> None:
    sql = "DELETE FROM people WHERE id IN (SELECT {} FROM banned)"
    verdict = guard(declared, sql.format("id2"))
    assert "accidental-meaning: id2 is no column of banned: the outer row's is read" in (
        told(verdict)
    )
    assert verdict.hits[0].rows in {0, 7}
    for fine in ("person", "b.person FROM banned b) OR id IN (SELECT person"):
        assert "accidental-meaning" not in told(guard(declared, sql.format(fine)))


def test_a_name_that_nobody_has_is_the_database_s_to_refuse(declared: cachedeps.Project) -> None:
    verdict = guard(declared, "DELETE FROM people WHERE id IN (SELECT nope FROM banned)")
    assert "accidental-meaning" not in told(verdict)
    assert verdict.hits == ()


def test_a_double_quoted_name_is_a_name_where_there_is_such_a_column(
    declared: cachedeps.Project, database: Database
) -> None:
    if database.dialect != "sqlite":
        pytest.skip("only SQLite takes an unknown name for text")
    known = guard(declared, 'DELETE FROM clips WHERE metrics = "verdict" AND id = 3')
    assert "accidental-meaning" not in told(known)
    offline = declared.guard('DELETE FROM people WHERE slug = "email"')
    assert "accidental-meaning" in told(offline)
    assert "accidental-meaning" not in told(
        guard(declared, 'DELETE FROM people WHERE slug = "email"')
    )
    unknown = guard(declared, "DELETE FROM people WHERE \"emial\" = 'x'")
    assert 'no column is called "emial"' in told(unknown)
    inner = 'SELECT "nope" FROM banned'
    assert 'no column is called "nope"' in told(
        guard(declared, f"DELETE FROM people WHERE id IN ({inner})")
    )


def test_text_compared_with_a_number_is_told_where_the_database_makes_do(
    declared: cachedeps.Project, database: Database
) -> None:
    verdict = guard(declared, "UPDATE people SET team = 2 WHERE slug = 0")
    found = "accidental-meaning: slug holds text" in told(verdict)
    assert found is (database.dialect == "mariadb")


def test_a_view_of_declared_rows_is_no_undeclared_table(
    declared: cachedeps.Project, database: Database
) -> None:
    database.execute("CREATE VIEW reds AS SELECT id, slug FROM people WHERE team = 1")
    sql = "UPDATE reds SET slug = 'x' WHERE id > 0"
    assert declared.guard(sql).ruling.value == "allow"
    verdict = guard(declared, sql)
    assert (verdict.ruling.value, "reds is a view" in told(verdict)) == ("review", True)


@pytest.mark.parametrize(
    ("on", "before"),
    [
        ("sqlite postgresql mariadb", "ALTER TABLE tags DROP COLUMN id"),
        ("sqlite postgresql mariadb", "CREATE VIEW shown AS SELECT id FROM people"),
        ("postgresql", "SET search_path = archive"),
        ("postgresql", "SELECT set_config('app.x', 'y', false)"),
        ("mariadb", "USE archive"),
    ],
)
def test_where_the_text_itself_changes_what_names_mean_only_the_declaration_counts(
    declared: cachedeps.Project, database: Database, on: str, before: str
) -> None:
    if database.dialect not in on:
        return
    delete = "DELETE FROM tags WHERE code = 'a' AND lang = 'de'"
    assert guard(declared, delete).ruling.value == "allow"
    assert guard(declared, f"CREATE INDEX i ON tags (id); {delete}").ruling.value == "allow"
    verdict = guard(declared, f"{before}; {delete}")
    assert (verdict.ruling.value, verdict.used, verdict.hits) == ("review", (), ())


def test_a_form_that_cannot_be_asked_about_simply_has_no_count(
    declared: cachedeps.Project,
) -> None:
    for sql in (
        "DELETE FROM people WHERE id IN (SELECT gone FROM nowhere)",
        "DELETE FROM people WHERE slug = ? AND team = ?",
        "TRUNCATE TABLE people",
        "DELETE FROM people WHERE wipe(id)",
    ):
        verdict = guard(declared, sql)
        assert verdict.ruling.value != "allow", sql
        assert verdict.hits == (), sql


def test_what_takes_a_lock_by_being_asked_is_not_asked(
    declared: cachedeps.Project, database: Database
) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has no such functions")
    call = {"postgresql": "pg_try_advisory_lock(77)", "mariadb": "GET_LOCK('x', 0) = 1"}
    verdict = guard(declared, f"DELETE FROM people WHERE team = 1 AND {call[database.dialect]}")
    assert (verdict.ruling.value, verdict.hits) == ("review", ())


def test_a_join_counts_each_row_once(declared: cachedeps.Project, database: Database) -> None:
    database.insert("banned", ("spam", 1), ("spam", 1), ("ads", 2))
    sql = {
        "sqlite": "UPDATE people SET slug = 'x' FROM banned b WHERE b.person = people.id",
        "postgresql": "UPDATE people SET slug = 'x' FROM banned b WHERE b.person = people.id",
        "mariadb": "UPDATE people JOIN banned b ON b.person = people.id SET people.slug = 'x'",
    }[database.dialect]
    (hit,) = guard(declared, sql).hits
    assert (hit.rows, hit.owners) == (2, 2)


def test_of_many_rows_the_owners_are_not_looked_up(
    declared: cachedeps.Project, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cachedeps.actions.guard_live.MOST_ROWS", 5)
    (hit,) = guard(declared, "UPDATE clips SET metrics = NULL, verdict = NULL WHERE id > 0").hits
    assert (hit.rows, hit.owners, hit.labels) == (20, None, ())
    assert hit.emptied == (("clips.metrics", 20), ("clips.verdict", 10))
    assert "owner" not in hit.message


def test_a_count_that_takes_too_long_is_given_up_and_the_verdict_stands(
    declared: cachedeps.Project, database: Database
) -> None:
    slow = " , ".join(f"clips c{at}" for at in range(8))
    sql = f"DELETE FROM people WHERE id IN (SELECT c0.person + c7.id FROM {slow})"
    with declared.connect(statement_timeout_seconds=0.2) as opened:
        verdict = opened.guard(sql)
        assert verdict.ruling.value == "review"
        assert verdict.hits == ()
        assert opened.guard("UPDATE people SET slug = 'x' WHERE team = 1").hits[0].rows == 7


TRIGGERS = {
    "sqlite": "CREATE TRIGGER gone {} DELETE ON tags BEGIN {}; END",
    "mariadb": "CREATE TRIGGER gone {} DELETE ON tags FOR EACH ROW {}",
}
FUNCTION = "CREATE OR REPLACE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {}; RETURN OLD; END $$"


@pytest.mark.parametrize(
    ("body", "ruling"),
    [
        ("INSERT INTO banned VALUES ('x', 1)", "allow"),
        ("DELETE FROM banned", "review"),
        ("UPDATE people SET slug = 'x'", "review"),
    ],
)
def test_a_trigger_that_changes_other_rows_is_to_be_seen_and_one_that_adds_some_is_not(
    declared: cachedeps.Project, database: Database, body: str, ruling: str
) -> None:
    if database.dialect == "postgresql":
        database.execute(
            FUNCTION.format(body),
            "CREATE TRIGGER gone AFTER DELETE ON tags FOR EACH ROW EXECUTE FUNCTION gone()",
        )
    else:
        database.execute(TRIGGERS[database.dialect].format("AFTER", body))
    verdict = guard(declared, "DELETE FROM tags WHERE code = 'a' AND lang = 'de'")
    assert verdict.ruling.value == ruling, told(verdict)
    assert ("trigger gone fires" in told(verdict)) is (ruling == "review")


def test_the_only_copy_that_a_cascade_takes_along_is_named(
    database: Database, tmp_path: Path
) -> None:
    database.execute(*TABLES)
    text = DECLARATION.replace(
        "[tables.clips.caches.verdict]", "[tables.clips.caches.verdict]\nirreplaceable = true"
    )
    verdict = guard(project(database, tmp_path, text), "DELETE FROM people WHERE id = 3")
    assert "with them clips.verdict, maybe the only copy" in told(verdict)
