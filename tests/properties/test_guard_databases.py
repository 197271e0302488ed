"""What the guard allows on any database changes one row at most, and empties no two caches.

Statements are made from a grammar, judged, and those that are allowed are run on SQLite,
PostgreSQL and MariaDB, where the rows that they changed and the caches that they emptied are
counted. CACHEDEPS_EXAMPLES=100000 searches for minutes.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachedeps.domain.verdict import Ruling
from cachedeps.guard.check import STUMBLED
from tests.databases.database import Database
from tests.databases.trials import Trial
from tests.properties.examples import few
from tests.properties.test_guard import COLUMNS, KEYS, conditions, project, upserts


@pytest.fixture
def trial(database: Database) -> Trial:
    """The tables on each database, in turn."""
    return Trial(database)


# how the others say what the grammar says in SQLite's words
SPELLINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "sqlite": (),
    "postgresql": (
        (" == ", " = "), ("GLOB '*'", "~ '.*'"), ("COLLATE NOCASE", 'COLLATE "C"'), ("rowid", "ctid"),
        ("max(", "greatest("), ("instr(", "strpos("), ("IS NOT DISTINCT FROM NULL", "IS NULL"),
        ("INSERT OR REPLACE", "INSERT"), ("REPLACE INTO", "INSERT INTO"),
        ("UPDATE OR IGNORE", "UPDATE"), ("UPDATE OR ABORT", "UPDATE"), ("UPDATE OR REPLACE", "UPDATE ONLY"),
    ),
    "mariadb": (
        (" == ", " <=> "), ("GLOB '*'", "RLIKE '.*'"), ("COLLATE NOCASE", "COLLATE utf8mb4_general_ci"),
        ("random()", "floor(rand() * 9)"), ("iif(", "IF("), ("max(", "greatest("), ("rowid", "id"),
        ("CAST('1' AS INTEGER)", "CAST('1' AS SIGNED)"), ("AS TEXT", "AS CHAR"), ("x'31'", "0x31"),
        ("INSERT OR REPLACE", "REPLACE"), ("UPDATE OR IGNORE", "UPDATE IGNORE"),
        ("UPDATE OR ABORT", "UPDATE"), ("UPDATE OR REPLACE", "UPDATE LOW_PRIORITY"),
    ),
}  # fmt: skip


def spelled(sql: str, dialect: str) -> str:
    for sqlite, other in SPELLINGS[dialect]:
        sql = sql.replace(sqlite, other)
    return sql


@st.composite
def statements(draw: st.DrawFn, dialect: str) -> str:
    """A write of one declared table, with a WHERE that may look like what it is not."""
    table = draw(st.sampled_from(sorted(KEYS)))
    alias = draw(st.sampled_from(["", "", "", "z"]))
    where = draw(conditions(table, alias, 2))
    target = f"{table} AS {alias}" if alias else table
    shapes = ["update"] * 4 + ["delete"] * 3 + ["from", "or", "upsert", "with"]
    shape = draw(st.sampled_from(shapes))
    column = draw(st.sampled_from([*COLUMNS[table], *KEYS[table][:1]]))
    value = draw(
        st.sampled_from([f"{column} || 'n'", "NULL", "'new'", "''", f"-7 - {KEYS[table][0]}"])
    )
    if shape == "delete":
        sql = f"DELETE FROM {target} WHERE {where}"
    elif shape == "from":
        sql = draw(joined(table, target, f"{column} = {value}", where, dialect))
    elif shape == "or":
        action = draw(st.sampled_from(["IGNORE", "REPLACE", "ABORT"]))
        sql = f"UPDATE OR {action} {target} SET {column} = {value} WHERE {where}"
    elif shape == "upsert":
        sql = draw(upserts(table))
    elif shape == "with":
        sql = f"WITH s AS (SELECT 1 AS id) UPDATE {target} SET {column} = {value} WHERE {where}"
    else:
        sql = f"UPDATE {target} SET {column} = {value} WHERE {where}"
    return spelled(sql, dialect)


@st.composite
def joined(
    draw: st.DrawFn, table: str, target: str, assignment: str, where: str, dialect: str
) -> str:
    """An UPDATE or DELETE that looks at another table, or at its own once more."""
    key = KEYS[table][0]
    source = draw(st.sampled_from(["spam AS s", f"{table} AS s", f"{table}", "users AS s",
                                   "(SELECT 1 AS id, 1 AS post_id) AS s"]))  # fmt: skip
    target = f"{table} AS t" if source == table else target
    link = draw(st.sampled_from(["1 = 1", "s.post_id = 1", f"{table}.{key} = 1", "s.id = 1", where,
                                 f"{table}.{key} = s.post_id", f"t.{key} = {table}.{key}"]))  # fmt: skip
    deletes = draw(st.booleans())
    own = target.split()[-1]
    if dialect == "mariadb":
        outer = draw(st.sampled_from([",", " JOIN", " LEFT JOIN"]))
        on = f" ON {link}" if outer != "," else ""
        rest = f" WHERE {where if on else link}"
        if deletes:
            return f"DELETE {own} FROM {target}{outer} {source}{on}{rest}"
        return f"UPDATE {target}{outer} {source}{on} SET {own}.{assignment}{rest}"
    if deletes and dialect == "postgresql":
        return f"DELETE FROM {target} USING {source} WHERE {link}"
    return f"UPDATE {target} SET {assignment} FROM {source} WHERE {link}"


@few(200)
@given(st.data())
def test_what_is_allowed_changes_at_most_one_row_of_a_declared_table(
    trial: Trial, data: st.DataObject
) -> None:
    sql = data.draw(statements(trial.dialect))
    if not is_allowed(sql, trial.dialect):
        return

    effect = trial.effect(sql)

    assert effect is None or all(rows <= 1 for rows in effect.changed.values()), (sql, effect)


LITERALS = [
    "1", "0", "2", "-1", "1.5", "0.0", "'1'", "'0'", "'a'", "'A'", "''", "' '", "'1a'", "'t'", "'f'", "'true'",
    "NULL", "TRUE", "FALSE", "id", "email", "plan", "(SELECT NULL)", "(SELECT max(id) FROM users WHERE 1 = 0)",
    "(SELECT count(*) FROM users WHERE 1 = 0)", "(SELECT 1 WHERE 1 = 0)", "(SELECT id FROM users WHERE id = 9)",
]  # fmt: skip
CALCULATED = [
    "lower({})", "trim({})", "length({})", "abs({})", "coalesce({}, {})", "nullif({}, {})", "replace({}, {}, '')",
    "substr({}, 1, 0)", "left({}, 0)", "CASE WHEN {} THEN {} ELSE {} END", "CASE {} WHEN {} THEN {} END",
    "CAST({} AS CHAR(9))", "({} + {})", "({} - {})", "({} * {})", "({} / {})", "concat({}, {})", "(NOT ({}))",
    "max({}, {})", "(SELECT {})", "(SELECT coalesce(max(id), {}) FROM users WHERE 1 = 0)", "({} AND {})", "({} OR {})",
]  # fmt: skip
COMPARED = [
    "{} = {}", "{} <> {}", "{} < {}", "{} >= {}", "{} IS NULL", "{} IS NOT NULL", "{} LIKE {}", "{} IN ({}, {})",
    "{} NOT IN ({}, {})", "{} BETWEEN {} AND {}", "{}", "NOT {}", "{} IS TRUE", "{} IS NOT TRUE", "{} IS FALSE",
    "{} IS NOT DISTINCT FROM {}", "{} <=> {}", "EXISTS (SELECT 1 FROM users WHERE {})", "({}, {}) = ({}, {})",
]  # fmt: skip


@st.composite
def puzzles(draw: st.DrawFn, depth: int = 1) -> str:
    """A condition that holds of all rows or none, for reasons that are hard to see."""

    def value(left: int) -> str:
        if not left or draw(st.booleans()):
            return str(draw(st.sampled_from(LITERALS)))
        shape = str(draw(st.sampled_from(CALCULATED)))
        return shape.format(*[value(left - 1) for _ in range(shape.count("{}"))])

    shape = str(draw(st.sampled_from(COMPARED)))
    found = shape.format(*[value(1) for _ in range(shape.count("{}"))])
    joint = draw(st.sampled_from(["", "", "({}) AND ({})", "({}) OR ({})", "NOT ({})"]))
    return joint.format(found, draw(puzzles(depth - 1))) if joint and depth else found


@few(300)
@given(st.data())
def test_no_condition_that_chooses_several_rows_passes_for_one_that_chooses_none(
    trial: Trial, data: st.DataObject
) -> None:
    sql = f"UPDATE users SET bio = 'new' WHERE {data.draw(puzzles())}"
    if not is_allowed(sql, trial.dialect):
        return

    effect = trial.effect(sql)

    assert effect is None or effect.changed.get("users", 0) <= 1, (sql, effect)


# what a pipeline may write instead of its value, as disguised as anybody can
PLAIN = [
    "NULL", "''", "'{}'", "'[]'", "' '", "'a'", "'a, b'", "'{\"a\": 1}'", "0", "1", "x", "x", "upper(x)",
    "x || ''", "'a' || x", "CAST(NULL AS CHAR(9))", "TRUE", "(SELECT NULL)", "(SELECT 'a')",
    "(SELECT max(title) FROM posts WHERE 1 = 0)", "(SELECT title FROM posts LIMIT 0)",
    "split_part('a', ',', 3)", "json_extract('{}', '$.b')", "elt(2, 'a')", "translate('a', 'a', '')",
]  # fmt: skip
OF_ONE = [
    "lower({0})", "upper({0})", "trim({0})", "ltrim({0})", "({0})", "(SELECT {0})", "replace({0}, 'a', '')",
    "substr({0}, 1, 0)", "substr({0}, 1, 1)", "substr({0}, 2)", "replace({0}, {0}, '')", "coalesce({0})",
    "CASE WHEN 1 = 1 THEN {0} END", "CASE WHEN 1 = 0 THEN {0} ELSE x END", "CASE WHEN id = 3 THEN {0} ELSE x END",
    "(SELECT {0} WHERE 1 = 0)", "nullif({0}, '')", "nullif({0}, {0})", "CAST({0} AS CHAR(20))",
    "(SELECT max(s.y) FROM (SELECT {0} AS y) AS s)", "max({0})", "hex({0})", "left({0}, 0)", "right({0}, 0)",
    "repeat({0}, 0)", "lpad({0}, 0, 'x')", "md5({0})", "reverse({0})", "concat({0})", "concat('', {0})",
    "regexp_replace({0}, '.*', '')",  "to_json(CAST({0} AS TEXT))",
    "jsonb_build_array({0})", "json_array({0})",
]  # fmt: skip
OF_TWO = [
    "coalesce({0}, {1})", "nullif({0}, {1})", "{0} || {1}", "ifnull({0}, {1})", "concat({0}, {1})",
    "CASE WHEN id > 0 THEN {0} ELSE {1} END", "CASE WHEN 1 = 1 THEN {0} ELSE {1} END", "replace({0}, {1}, '')",
    "CASE {0} WHEN {1} THEN NULL ELSE x END", "max({0}, {1})", "greatest({0}, {1})", "trim({0}, {1})",
    "concat_ws({0}, {1})", "CASE WHEN {0} IS NULL THEN {1} ELSE {0} END", "IF({0} IS NULL, {1}, {0})",
]  # fmt: skip


@st.composite
def expressions(draw: st.DrawFn, column: str, depth: int = 2) -> str:
    """A value for ``column``, nothing or something; x stands for what it holds."""
    how = draw(st.integers(0, 5)) if depth else 0
    if how < 2:
        found = str(draw(st.sampled_from(PLAIN)))
        return column if found == "x" else found.replace("x)", f"{column})").replace(" x", f" {column}").replace("x |", f"{column} |")  # fmt: skip
    inner = [draw(expressions(column, depth - 1)) for _ in range(2)]
    shape = str(draw(st.sampled_from(OF_ONE if how < 5 else OF_TWO)))
    return shape.replace("ELSE x", f"ELSE {column}").format(*inner)


SETS = [
    "UPDATE posts SET {a} = {x}, {b} = {y} WHERE id = 3",
    "UPDATE posts SET {b} = {y}, {a} = {x} WHERE id = 3",
    "UPDATE posts SET ({a}, {b}) = ({x}, {y}) WHERE id = 3",
    "UPDATE posts SET ({a}, {b}) = (SELECT {x}, {y}) WHERE id = 3",
    "INSERT INTO posts (slug, {a}, {b}) VALUES ('a', 'm', 'n') ON CONFLICT (slug) DO UPDATE SET {a} = {x}, {b} = {y}",
    "WITH n AS (SELECT {x} AS v FROM posts WHERE id = 3) UPDATE posts SET {a} = (SELECT v FROM n), {b} = {y} WHERE id = 3",
    "UPDATE posts SET {a} = s.v, {b} = s.w FROM (SELECT {x} AS v, {y} AS w FROM posts WHERE id = 3) AS s WHERE posts.id = 3",
]  # fmt: skip


@few(300)
@given(st.data())
def test_what_is_allowed_empties_no_two_caches_that_are_independent(
    trial: Trial, data: st.DataObject
) -> None:
    pairs = [("cooked", "search_data"), ("summary", "cooked"), ("search_data", "summary_html")]
    a, b = data.draw(st.sampled_from(pairs))
    x, y = data.draw(expressions(a)), data.draw(expressions(b))
    sql = data.draw(st.sampled_from(SETS)).format(a=a, b=b, x=x, y=y)
    if not is_allowed(sql, trial.dialect):
        return

    effect = trial.effect(sql)

    assert effect is None or len(effect.emptied) < 2, (sql, effect)


def is_allowed(sql: str, dialect: str) -> bool:
    verdict = project().guard(sql, dialect=dialect)
    assert not any(STUMBLED in found.message for found in verdict.findings), sql
    return verdict.ruling is Ruling.ALLOW


def test_the_grammar_makes_statements_that_are_allowed_and_change_a_row(trial: Trial) -> None:
    one, every = "UPDATE posts SET title = 'new' WHERE id = 1", "UPDATE posts SET title = 'new'"
    effects = [trial.effect(sql) for sql in (one, every)]

    assert is_allowed(one, trial.dialect)
    assert [effect and effect.changed for effect in effects] == [{"posts": 1}, {"posts": 6}]
