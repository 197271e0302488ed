"""Tries statements on a real database, tells what they changed, and takes it back.

The tables are those of tests/guard_cases/cachedeps.toml, with several rows each and something in
every cache, so that a statement that reaches too far has something to reach.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg
import pymysql

from cachedeps.parse.foreign import lexing
from cachedeps.parse.foreign.prefixes import Numbering
from tests.databases.database import Database

ERRORS = (sqlite3.Error, sqlite3.Warning, psycopg.Error, pymysql.Error, UnicodeError)
KEYS: dict[str, tuple[str, ...]] = {
    "users": ("id",),
    "subscriptions": ("id",),
    "uploads": ("id",),
    "posts": ("id",),
    "images": ("uuid",),
    "tracks": ("album_id", "position"),
}
# caches that have no upstream of their own together are one group
GROUPS = {
    "uploads.rotation_metrics": "analytics",
    "uploads.diagnosis_text": "diagnosis",
    "uploads.training_plan": "diagnosis",
    "posts.cooked": "renderer",
    "posts.excerpt": "renderer",
    "posts.search_data": "indexer",
    "posts.summary": "summary_llm",
    "posts.summary_html": "summary_llm",
    "images.thumbnail": "thumbnailer",
    "images.thumbnail_version": "thumbnailer",
    "images.caption": "summary_llm of images",
    "tracks.waveform": "audio",
    "tracks.lyrics_html": "renderer of tracks",
}
NOTHING = frozenset({"", "{}", "[]", "null", "()", '""', "\\x"})
TABLES = """
CREATE TABLE users (
    {id}, email VARCHAR(99) UNIQUE, name VARCHAR(99), plan VARCHAR(99),
    auth_source VARCHAR(99), active BOOLEAN, is_adult BOOLEAN, bio TEXT, login_count INTEGER,
    created_at {time}, updated_at {time}, deleted_at {time}, last_seen {time}, trial_ends_at {time},
    legacy_flag INTEGER, remember_token VARCHAR(99), version INTEGER, seats INTEGER, age INTEGER,
    first_name VARCHAR(99), last_name VARCHAR(99), note TEXT, last_login {time}, verified INTEGER,
    sign_in_count INTEGER, uploads_count INTEGER, plan_id INTEGER, confirmed BOOLEAN
);
CREATE TABLE subscriptions (
    {id}, user_id INTEGER, plan VARCHAR(99), expires_at {time},
    FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE uploads (
    {id}, user_id INTEGER, title VARCHAR(99), slug VARCHAR(99) UNIQUE,
    plan VARCHAR(99), created_at {time}, updated_at {time}, views_count INTEGER,
    lock_version INTEGER, rotation_metrics TEXT, rotation_version INTEGER, diagnosis_text TEXT, training_plan TEXT
);
CREATE TABLE posts (
    {id}, author_id INTEGER, title VARCHAR(99), slug VARCHAR(99) UNIQUE,
    created_at {time}, updated_at {time}, locked BOOLEAN, cooked TEXT, excerpt TEXT,
    search_data TEXT DEFAULT {empty}, summary TEXT, summary_html TEXT, baked_version INTEGER
);
CREATE TABLE images (
    uuid VARCHAR(36) NOT NULL PRIMARY KEY, post_id INTEGER, alt VARCHAR(99), author_id INTEGER,
    thumbnail TEXT, caption TEXT, thumbnail_version INTEGER
);
CREATE TABLE tracks (
    album_id INTEGER NOT NULL, position INTEGER NOT NULL, title VARCHAR(99), waveform TEXT,
    lyrics_html TEXT, PRIMARY KEY (album_id, position)
);
CREATE TABLE spam (post_id INTEGER, user_id INTEGER, score INTEGER);
CREATE TABLE authors ({id}, name VARCHAR(99), locale VARCHAR(9), banned BOOLEAN);
CREATE TABLE notes ({id}, a VARCHAR(99), b VARCHAR(99), c INTEGER, author_id INTEGER, body TEXT, created_at {time});
CREATE TABLE jobs ({id}, state VARCHAR(99), payload TEXT);
CREATE TABLE payments ({id}, user_id INTEGER, plan VARCHAR(99), paid BOOLEAN);
CREATE TABLE plans ({id}, name VARCHAR(99), seats INTEGER);
CREATE TABLE sessions ({id}, user_id INTEGER, last_activity INTEGER, expires_at {time});
CREATE TABLE audit_log ({id}, user_id INTEGER, actor INTEGER, action VARCHAR(99), seen INTEGER);
CREATE TABLE reports ({id}, diagnosis_text TEXT);
CREATE TABLE newsletter ({id}, email VARCHAR(99), confirmed INTEGER);
CREATE TABLE settings ({key} VARCHAR(99) NOT NULL PRIMARY KEY, value TEXT);
CREATE TABLE banned ({id}, user_id INTEGER, email VARCHAR(99));
CREATE TABLE drafts ({id}, user_id INTEGER, cooked TEXT, search_data TEXT);
INSERT INTO users (id, email, name, plan, auth_source, legacy_flag) VALUES
    (-91111150, 't@x', 't', 'trial', 'test', 1), (-1, 'a', 'a', 'x', 'test', 1),
    (1, 'b', 'b', 'x', 'oauth', 1), (2, 'c', 'c', 'y', 'oauth', 1), (3, '3', '3', NULL, NULL, NULL),
    (4, 'd', 'd', 'trial', 'oauth', 1), (5, 'e', 'e', 'pro', 'oauth', 0), (17, 'f', 'f', 'pro', 'oauth', 0);
INSERT INTO subscriptions (id, user_id, plan) VALUES (1, 1, 'x'), (2, 2, 'x'), (3, 1, 'y'), (4, 4, 'x'), (17, 17, 'x');
INSERT INTO uploads VALUES
    (1, 4, 'x', 'p', 'a', '2026-04-03', NULL, 1, 0, '{{"m": 1}}', 6, 'diagnosis', 'plan'),
    (2, 4, 'y', 'q', 'a', '2026-04-24', NULL, 1, 0, '{{"m": 2}}', 6, 'diagnosis', 'plan'),
    (3, 3, 'z', 'r', 'b', '2026-04-25', NULL, 1, 0, '{{"m": 3}}', NULL, 'diagnosis', 'plan'),
    (17, 7, 'u', 'a', 'b', '2026-05-01', NULL, 1, 0, '{{"m": 4}}', 7, 'diagnosis', 'plan');
INSERT INTO posts VALUES
    (0, 1, 'x', 'p', '2025-12-31', NULL, FALSE, 'cooked', 'excerpt', 'search', 'summary', '<html>', 11),
    (1, 3, 'y', 'q', '2026-04-02', NULL, TRUE, 'cooked', 'excerpt', 'search', 'summary', '<html>', 12),
    (2, 4, '2', 'r', NULL, NULL, FALSE, NULL, NULL, NULL, NULL, NULL, NULL),
    (3, 3, NULL, 'a', '2026-04-03', NULL, FALSE, 'cooked', 'excerpt', 'search', 'summary', '<html>', 11),
    (4, 4, 'z', 'b', '2026-04-04', NULL, FALSE, 'cooked', 'excerpt', 'search', 'summary', '<html>', 11),
    (17, 4, 'w', NULL, '2026-04-05', NULL, FALSE, 'cooked', 'excerpt', 'search', 'summary', '<html>', 11);
INSERT INTO images VALUES
    ('a', 1, 'x', 3, 'thumbnail', 'caption', 1), ('b', 3, 'x', 3, 'thumbnail', 'caption', 1), ('1', 2, 'y', 4, 'thumbnail', 'caption', NULL);
INSERT INTO tracks VALUES
    (1, 1, 'x', 'wave', 'lyrics'), (1, 2, 'y', 'wave', 'lyrics'), (2, 1, 'x', 'wave', 'lyrics'), (4, 2, 'x', 'wave', 'lyrics'), (4, 3, 'z', 'wave', 'lyrics');
INSERT INTO spam VALUES (1, 1, 9), (1, 2, 8), (2, 4, 7);
INSERT INTO authors VALUES (1, 'a', 'de', FALSE), (3, 'c', 'de', TRUE), (4, 'd', 'en', TRUE);
INSERT INTO payments VALUES (1, 1, 'pro', TRUE), (2, 2, 'pro', TRUE), (3, 4, 'pro', FALSE);
INSERT INTO plans VALUES (2, 'team', 5), (3, 'solo', 1);
INSERT INTO banned VALUES (1, 1, 'b'), (2, 2, 'c');
"""
_IDENTITY = "id INTEGER GENERATED BY DEFAULT AS IDENTITY (START WITH 1000) PRIMARY KEY"
_WORDS = {
    "sqlite": {
        "id": "id INTEGER NOT NULL PRIMARY KEY",
        "time": "TEXT",
        "key": '"key"',
        "empty": "''",
    },
    "postgresql": {"id": _IDENTITY, "time": "TIMESTAMP", "key": '"key"', "empty": "''"},
    "mariadb": {
        "id": "id INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY",
        "time": "DATETIME",
        "key": "`key`",
        "empty": "('')",
    },
}
_NAMED = re.compile(r"(?<![:\w]):(?P<name>[A-Za-z_]\w*)")

Row = tuple[object, ...]
Params = Sequence[object] | Mapping[str, object] | None


@dataclass(frozen=True)
class Effect:
    """What one statement did to rows that stood there before.

    ``changed`` counts, by table, rows that are gone or not what they were; ``emptied`` names
    the groups of caches of which some row lost what it held.
    """

    changed: Mapping[str, int]
    emptied: frozenset[str]


class Trial:
    """A database with the tables, and nothing that lasts."""

    def __init__(self, database: Database) -> None:
        self.dialect = database.dialect
        self._session = database.connect()
        text = TABLES.format(**_WORDS[self.dialect])
        if self.dialect == "mariadb":
            # or the row whose id is 0 gets another one
            self._session.execute("SET sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')")
        self._session.execute(*(part for part in text.split(";\n") if part.strip()))
        self._columns = {table: self._names(table) for table in KEYS}
        self._before = self._held()

    def effect(self, *statements: str) -> Effect | None:
        """What the statements changed; None where the database rejects one. All is taken back."""
        self._session.execute("BEGIN")
        try:
            self._session.execute(*statements)
            after = self._held()
        except ERRORS:
            return None
        finally:
            self._take_back()
        changed = {
            table: sum(after[table].get(key) != row for key, row in rows.items())
            for table, rows in self._before.items()
        }
        return Effect({t: n for t, n in changed.items() if n}, self._emptied(after))

    def _take_back(self) -> None:
        try:
            self._session.execute("ROLLBACK")
        except ERRORS:
            # SQLite's OR ROLLBACK has ended the transaction already
            assert self._held() == self._before

    def _names(self, table: str) -> tuple[str, ...]:
        if self.dialect == "sqlite":
            return tuple(str(row[1]) for row in self._session.query(f"PRAGMA table_info({table})"))
        here = "current_schema()" if self.dialect == "postgresql" else "database()"
        sql = (
            "SELECT column_name FROM information_schema.columns "
            f"WHERE table_name = '{table}' AND table_schema = {here} ORDER BY ordinal_position"
        )
        return tuple(str(row[0]) for row in self._session.query(sql))

    def _held(self) -> dict[str, dict[Row, Row]]:
        held = {}
        for table, key in KEYS.items():
            columns = ", ".join((*key, *self._columns[table]))
            rows = self._session.query(f"SELECT {columns} FROM {table}")
            held[table] = {row[: len(key)]: row[len(key) :] for row in rows}
        return held

    def _emptied(self, after: Mapping[str, Mapping[Row, Row]]) -> frozenset[str]:
        found = set()
        for table, rows in self._before.items():
            for key, row in rows.items():
                new = after[table].get(key, row)
                for name, held, left in zip(self._columns[table], row, new, strict=True):
                    group = GROUPS.get(f"{table}.{name}")
                    if group and not is_nothing(held) and is_nothing(left):
                        found.add(group)
        return frozenset(found)


def is_nothing(value: object) -> bool:
    """Whether a cell holds nothing that anybody could use."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    return value is None or (isinstance(value, str) and value.strip().lower() in NOTHING)


def written_out(sql: str, dialect: str, params: Params) -> tuple[str, ...]:
    """The statements of a text, each with values in place of its placeholders.

    One whose value is not given may be anything; it becomes '1', which is a number where one is
    wanted.
    """
    given: Mapping[str, object] = {}
    if isinstance(params, Mapping):
        given = {str(name): value for name, value in params.items()}
    elif params is not None:
        given = {f"p__{place}": value for place, value in enumerate(params, start=1)}
    numbers = Numbering()
    return tuple(_filled(found, numbers, dialect, given) for found in lexing.cut(sql, dialect))


def _filled(
    found: lexing.Cut, numbers: Numbering, dialect: str, given: Mapping[str, object]
) -> str:
    text = numbers.named(found, dialect)
    code = lexing.cut(text, dialect)[0].code
    out, place = [], 0
    for match in _NAMED.finditer(code):
        out += [text[place : match.start()], _literal(given.get(match["name"], "1"))]
        place = match.end()
    return "".join([*out, text[place:]])


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list | tuple):
        return "(" + ", ".join(map(_literal, value)) + ")"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
