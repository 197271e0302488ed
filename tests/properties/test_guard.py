"""The guard never stumbles, and never allows what changes several rows of a declared table.

Statements are made from a grammar, judged, and those that are allowed are run on SQLite, where
the rows that they changed are counted. CACHEDEPS_EXAMPLES=100000 searches for minutes.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st

import cachedeps
from cachedeps.db.inspect import survey
from cachedeps.domain.graph import Graph
from cachedeps.domain.live_facts import LiveFacts
from cachedeps.domain.verdict import Ruling
from cachedeps.guard.check import STUMBLED, check
from tests.properties.examples import few

CASES = Path(__file__).parents[1] / "guard_cases"
DIALECTS = ("postgresql", "mysql", "mariadb", "sqlite")
SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, plan TEXT, auth_source TEXT);
CREATE TABLE subscriptions (id INTEGER PRIMARY KEY, user_id INTEGER, plan TEXT);
CREATE TABLE posts (
    id INTEGER PRIMARY KEY, author_id INTEGER, title TEXT, slug TEXT UNIQUE, created_at TEXT,
    cooked TEXT, excerpt TEXT, search_data TEXT, summary TEXT, summary_html TEXT,
    baked_version INTEGER
);
CREATE TABLE images (
    uuid TEXT NOT NULL PRIMARY KEY, post_id INTEGER, thumbnail TEXT, caption TEXT,
    thumbnail_version INTEGER
);
CREATE TABLE tracks (
    album_id INTEGER, position INTEGER, title TEXT, waveform TEXT, lyrics_html TEXT,
    PRIMARY KEY (album_id, position)
) WITHOUT ROWID;
CREATE TABLE spam (post_id INTEGER, score INTEGER);
INSERT INTO users VALUES (-1, 'a', 'x', 'test'), (1, 'b', 'x', 'o'), (2, 'c', 'y', 'o');
INSERT INTO users VALUES (3, '3', NULL, NULL);
INSERT INTO subscriptions VALUES (1, 1, 'x'), (2, 2, 'x'), (3, 1, 'y');
INSERT INTO posts (id, author_id, title, slug, created_at, cooked, excerpt, search_data)
VALUES (0, 1, 'x', 'p', '2026-01-01', 'c', 'e', 's'), (1, 1, 'y', 'q', '2026-02-01', 'c', 'e', 's'),
       (2, 2, '2', 'r', NULL, NULL, NULL, NULL), (3, 3, NULL, NULL, NULL, 'c', 'e', 's');
INSERT INTO images VALUES ('a', 1, 't', 'c', 1), ('A', 1, 't', 'c', 1), ('1', 2, 't', 'c', NULL);
INSERT INTO tracks VALUES (1, 1, 'x', 'w', 'l'), (1, 2, 'y', 'w', 'l'), (2, 1, 'x', 'w', 'l');
INSERT INTO spam VALUES (1, 9), (1, 8), (2, 7);
"""
TIES = {
    "user_id INTEGER": "user_id INTEGER REFERENCES users ON DELETE CASCADE",
    "author_id INTEGER": "author_id INTEGER REFERENCES users ON DELETE SET NULL",
    "post_id INTEGER, thumbnail": "post_id INTEGER REFERENCES posts ON DELETE CASCADE, thumbnail",
}
"""The same schema with foreign keys, of which the declaration knows only the first."""
KEYS = {
    "users": ("id",),
    "subscriptions": ("id",),
    "posts": ("id",),
    "images": ("uuid",),
    "tracks": ("album_id", "position"),
}
COLUMNS = {
    "users": ("email", "plan", "auth_source"),
    "subscriptions": ("plan", "user_id"),
    "posts": ("title", "author_id", "cooked", "search_data", "excerpt"),
    "images": ("post_id", "caption", "thumbnail"),
    "tracks": ("title", "waveform"),
}


@cache
def project() -> cachedeps.Project:
    return cachedeps.load(CASES / "cachedeps.toml")


TEXT = (
    "select update delete insert into from where set values and or not null is in like between "
    "exists case when then else end union all with as recursive join on using merge matched "
    "replace conflict do nothing duplicate key truncate drop alter table create view index "
    "explain analyze begin commit copy call prepare execute pragma users posts uploads id email "
    "cooked diagnosis_text = <> < > ( ) ( ) , , ; . * + - / % || :: -- # /* */ /*! */ ' \" ` [ ] $$ "
    "$1 %s ? :x @a 0 1 17 'a' \"a\" `a` 1=1 E'\\ \\' \\ U&' ~ ! @> ->> \n"
)
WORDS = TEXT.split(" ")
SOUP = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
ANYTHING = st.one_of(SOUP, st.text(max_size=60), st.binary(max_size=60).map(lambda b: b.decode("latin-1")))  # fmt: skip


@few(150)
@given(ANYTHING, st.sampled_from(DIALECTS))
@example("(" * 5000, "postgresql")
@example("SELECT " + "NOT " * 3000 + "1", "sqlite")
@example("SELECT " + "-" * 3001 + "1", "mysql")
@example("DELETE FROM users WHERE " + " OR ".join(["id = 1"] * 3000), "postgresql")
@example("SELECT 1" + " UNION SELECT 1" * 2000, "sqlite")
@example("SELECT " + "CASE WHEN a THEN " * 500 + "1" + " END" * 500, "mariadb")
@example("\ud800", "sqlite")
@example("SELECT '\x00'", "mysql")
def test_any_text_gets_a_verdict(text: str, dialect: str) -> None:
    verdict = project().guard(text, dialect=dialect)

    assert not any(STUMBLED in found.message for found in verdict.findings)
    assert (verdict.ruling is Ruling.ALLOW) == (
        not any(found.waived is None for found in verdict.findings)
    )


@st.composite
def statements(draw: st.DrawFn) -> str:
    """A write of one declared table, with a WHERE that may look like what it is not."""
    table = draw(st.sampled_from(sorted(KEYS)))
    alias = draw(st.sampled_from(["", "", "", "z"]))
    where = draw(conditions(table, alias, 2))
    target = f"{table} AS {alias}" if alias else table
    shape = draw(
        st.sampled_from(["update"] * 4 + ["delete"] * 3 + ["from", "or", "upsert", "with"])
    )
    column = draw(st.sampled_from([*COLUMNS[table], *KEYS[table][:1]]))
    value = draw(
        st.sampled_from([f"{column} || 'n'", "NULL", "'new'", "''", f"-7 - {KEYS[table][0]}"])
    )
    if shape == "delete":
        return f"DELETE FROM {target} WHERE {where}"
    if shape == "from":
        source = draw(st.sampled_from(["spam AS s", f"{table} AS s", f"{table}", "users AS s",
                                       "(SELECT 1 AS id, 1 AS post_id) AS s"]))  # fmt: skip
        target = f"{table} AS t" if source == table else target
        link = draw(st.sampled_from(["1 = 1", "s.post_id = 1", f"{table}.{KEYS[table][0]} = 1", "s.id = 1",
                                     where]))  # fmt: skip
        return f"UPDATE {target} SET {column} = {value} FROM {source} WHERE {link}"
    if shape == "or":
        action = draw(st.sampled_from(["IGNORE", "REPLACE", "ABORT"]))
        return f"UPDATE OR {action} {target} SET {column} = {value} WHERE {where}"
    if shape == "upsert":
        return draw(upserts(table))
    if shape == "with":
        return f"WITH s AS (SELECT 1 AS id) UPDATE {target} SET {column} = {value} WHERE {where}"
    return f"UPDATE {target} SET {column} = {value} WHERE {where}"


@st.composite
def upserts(draw: st.DrawFn, table: str) -> str:
    key = draw(st.sampled_from(["id", "slug"])) if table == "posts" else ", ".join(KEYS[table])
    names = f"{key}, {COLUMNS[table][0]}"
    row = ", ".join(["1"] * names.count(",") + ["'n'"])
    how = draw(st.sampled_from(["INSERT INTO", "INSERT OR REPLACE INTO", "REPLACE INTO"]))
    end = draw(st.sampled_from(["", f" ON CONFLICT ({key}) DO UPDATE SET {COLUMNS[table][0]} = 'm'",
                                " ON CONFLICT DO NOTHING"]))  # fmt: skip
    rows = draw(st.sampled_from([f"VALUES ({row})", f"VALUES ({row}), ({row.replace('1', '2')})"]))
    return f"{how} {table} ({names}) {rows}{end if how == 'INSERT INTO' else ''}"


VALUES = st.sampled_from(
    ["1", "2", "0", "-1", "'1'", "'a'", "'x'", "NULL", "1.0", "(SELECT 1)", "(SELECT MAX(id) FROM users)",
     "abs(-1)", "random()", "abs(random() % 3)", "'A' COLLATE NOCASE", "NULLIF(1, 2)", "CAST('1' AS INTEGER)",
     "CASE WHEN 1 THEN 1 END", "(SELECT post_id FROM spam LIMIT 1)", "TRUE", "x'31'",
     "(SELECT coalesce(max(id), 1) FROM users WHERE 1 = 0)", "(SELECT count(*) FROM spam WHERE 1 = 0)",
     "(SELECT 1 WHERE 1 = 0)", "(SELECT total(score) FROM spam WHERE 1 = 0)", "coalesce(NULL, 1)", "nullif(1, 1)",
     "(SELECT post_id FROM spam LIMIT 0)", "(SELECT 1 LIMIT 0)"]
)  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn, table: str, alias: str, depth: int) -> str:
    prefix = draw(st.sampled_from(["", f"{alias or table}."]))
    key, *rest = (f"{prefix}{name}" for name in KEYS[table])
    whole = f"{key} = {{}}" + "".join(f" AND {name} = 1" for name in rest)
    other = prefix + draw(st.sampled_from(COLUMNS[table]))
    one = draw(st.sampled_from([key, key, other]))
    value, second = draw(VALUES), draw(VALUES)
    plain = [
        *[whole.format(value)] * 4,
        whole.replace("=", "==", 1).format(value),
        whole.replace("=", "IS", 1).format(value),
        f"{value} = {key}", f"{one} = {value}", f"{one} <> {value}", f"{one} < {value}",
        f"{one} >= {value}", f"{one} IN ({value})", f"{one} IN ({value}, {second})",
        f"{one} NOT IN ({value})", f"{one} BETWEEN {value} AND {second}", f"{one} BETWEEN {value} AND {value}",
        f"{one} IS NULL", f"{one} IS NOT NULL", f"{one} IS NOT {value}", f"{one} LIKE '%'", f"{one} NOT LIKE 'q'",
        f"{one} LIKE {value}", f"{one} GLOB '*'", f"{key} = {other}", f"{one} = {one}",
        f"{key} + 0 = {value}", f"abs({key}) = {value}", f"{key} COLLATE NOCASE = {value}",
        f"CAST({key} AS TEXT) = {value}", f"+{key} = {value}", f"~{key} = {value}", f"{key} % 2 = {value}",
        f"coalesce({one}, 1) = {value}", f"({key}, 1) = ({value}, 1)", f"({key}, {other}) = ({value}, {second})",
        f"{key} IN (SELECT {KEYS[table][0]} FROM {table})",
        f"{key} IN (SELECT post_id FROM spam)", f"{key} = (SELECT post_id FROM spam WHERE post_id = {key})",
        f"{key} = (SELECT {key})", f"{key} IN (SELECT {key} FROM spam)",
        f"EXISTS (SELECT 1 FROM spam WHERE post_id = {key})", "EXISTS (SELECT 1 FROM spam)",
        f"(SELECT count(*) FROM spam WHERE score > {key}) > {value}",
        f"EXISTS (SELECT 1 FROM {table} q WHERE q.{KEYS[table][0]} = {key})",
        f"rowid = {value}" if table != "tracks" else "1", f"{value}", f"{value} = {second}", f"NOT {value}",
        f"{value} IS NOT {second}", f"CASE WHEN {key} = {value} THEN 0 ELSE 1 END",
        f"iif({key} = {value}, 1, 1)", f"{key} = {value} IS NOT NULL", f"({key} = {value}) = 0",
        f"{key} = {value} = 0", f"NOT {key} = {value}", f"- {key} = - {value}", f"{key} = {value} + {second}",
        f"{key} = max({key}, {value})", f"{key} = {value} COLLATE NOCASE", f'"{KEYS[table][0]}" = {value}',
        f"{KEYS[table][0].upper()} = {value}", f"instr({one}, {value}) >= 0", f"{key} = ({value})",
        f"replace({one}, {one}, '') IS NULL", f"substr({one}, 1, 0) = ''", f"upper({one}) IS {value}",
        f"coalesce({one}, {one}) = {one}", f"nullif({one}, {one}) IS NULL", f"{key} - {key} = {value}",
        f"CAST({key} AS INTEGER) = {key}", f"({key}, {value}) IN (({value}, {value}), ({second}, 1))",
        f"{one} = {value} OR {key} = {second}", f"{key} & {value} = 0", f"{key} << 0 = {value}",
    ]  # fmt: skip
    found = str(draw(st.sampled_from(plain)))
    if not depth:
        return found
    joint = draw(
        st.sampled_from(["", "", "AND", "OR", "NOT", "AND NOT", "OR NOT", "()", "/**/AND"])
    )
    if not joint:
        return found
    if joint == "NOT":
        return f"NOT ({found})"
    if joint == "()":
        return f"(({found}))"
    return f"({found}) {joint} ({draw(conditions(table, alias, depth - 1))})"


@cache
def tied() -> str:
    schema = SCHEMA
    for plain, reference in TIES.items():
        assert plain in schema
        schema = schema.replace(plain, reference)
    return f"PRAGMA foreign_keys = ON; {schema}"


def changed_rows(sql: str, schema: str = SCHEMA) -> dict[str, int]:
    """How many rows that stood in each declared table are gone or are another's."""
    db = sqlite3.connect(":memory:")
    try:
        db.executescript(schema)
        before = {table: held(db, table) for table in KEYS}
        try:
            db.execute(sql)
        except (sqlite3.Error, sqlite3.Warning):
            return {}
        after = {table: held(db, table) for table in KEYS}
    finally:
        db.close()
    return {
        table: sum(after[table].get(key) != row for key, row in rows.items())
        for table, rows in before.items()
    }


def held(db: sqlite3.Connection, table: str) -> dict[object, object]:
    place = len(KEYS[table])
    columns = ", ".join(KEYS[table])
    return {row[:place]: row for row in db.execute(f"SELECT {columns}, * FROM {table}")}


@few(300)
@given(statements())
def test_what_is_allowed_changes_at_most_one_row_of_a_declared_table(sql: str) -> None:
    verdict = project().guard(sql, dialect="sqlite")
    assert not any(STUMBLED in found.message for found in verdict.findings)
    if verdict.ruling is not Ruling.ALLOW:
        return

    for table, count in changed_rows(sql).items():
        assert count <= 1, f"{count} rows of {table}: {sql}"


@cache
def live(schema: str = SCHEMA) -> LiveFacts:
    """What SQLite says of the schema, as a guard with a connection knows it."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.executescript(schema)
        return survey(connection, (), dialect="sqlite")


@few(300)
@given(statements())
@example("DELETE FROM users WHERE id = 2")
@example("DELETE FROM posts WHERE id = 1")
@example("DELETE FROM images WHERE uuid = 'a'")
def test_what_is_known_of_the_database_lets_nothing_pass_that_changes_more(sql: str) -> None:
    graph = Graph(project().declaration)
    verdict = check(graph, sql, "sqlite", None, (), live(tied()))
    assert not any(STUMBLED in found.message for found in verdict.findings)
    if verdict.ruling is not Ruling.ALLOW:
        return

    changed = changed_rows(sql, tied())
    assert sum(changed.values()) <= 1, f"{changed}: {sql}"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the schema, for a guard that counts the rows in it."""
    path = tmp_path_factory.mktemp("guard") / "app.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(SCHEMA)
    return path


@few(200)
@given(sql=statements())
def test_the_rows_that_are_counted_are_those_that_the_statement_would_write(
    copied: Path, sql: str
) -> None:
    with project().connect(f"sqlite:///{copied}") as database:
        hits = database.guard(sql).hits
    if not hits:
        return

    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA)
        try:
            done = db.execute(sql)
        except (sqlite3.Error, sqlite3.Warning):
            return
        assert done.rowcount in {hits[0].rows, -1}, sql


def test_a_delete_is_allowed_where_nothing_goes_with_it_and_no_other_is() -> None:
    graph = Graph(project().declaration)
    wanted = {
        "DELETE FROM images WHERE uuid = 'a'": Ruling.ALLOW,
        "DELETE FROM posts WHERE id = 1": Ruling.REVIEW,
        "DELETE FROM users WHERE id = 2": Ruling.REVIEW,
    }
    found = {sql: check(graph, sql, "sqlite", None, (), live(tied())).ruling for sql in wanted}
    assert found == wanted
    assert sum(changed_rows("DELETE FROM posts WHERE id = 1", tied()).values()) == 3


def test_the_grammar_makes_statements_that_are_allowed_and_change_a_row() -> None:
    sql = "UPDATE posts SET title = 'new' WHERE id = 1"

    assert project().guard(sql, dialect="sqlite").ruling is Ruling.ALLOW
    assert changed_rows(sql)["posts"] == 1
    assert changed_rows("UPDATE posts SET title = 'new'")["posts"] == 4
