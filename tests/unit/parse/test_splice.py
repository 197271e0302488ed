"""A statement of others is cut at its clauses, and its own text is kept."""

from __future__ import annotations

import pytest

from cachedeps.errors import UnfreezableError
from cachedeps.parse.foreign.splice import Splice, splice
from cachedeps.parse.foreign.tree import Verb


def chosen(sql: str, dialect: str = "postgresql") -> str:
    """The SELECT of a statement's rows, in one line."""
    return " ".join(splice(sql, dialect).select("key", "more").split())


def test_a_condition_keeps_its_own_text_and_ends_before_a_comment() -> None:
    found = chosen("DELETE FROM users WHERE id BETWEEN -9 AND -1 OR name = 'it''s -- x' -- all")
    assert found == (
        "SELECT key FROM users WHERE (id BETWEEN -9 AND -1 OR name = 'it''s -- x' ) AND more"
    )


def test_a_statement_without_a_condition_is_held_to_its_rows_all_the_same() -> None:
    assert chosen("DELETE FROM users") == "SELECT key FROM users WHERE more"
    update = splice("UPDATE users SET plan = 'free'", "postgresql").update("more")
    assert update == "UPDATE users SET plan = 'free'\nWHERE more"


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        (
            "postgresql",
            "WITH old AS (SELECT id FROM x WHERE y) DELETE FROM users u USING old, z "
            "WHERE u.id = old.id",
            "WITH old AS (SELECT id FROM x WHERE y) SELECT key FROM old, z , users u "
            "WHERE (u.id = old.id ) AND more",
        ),
        (
            "postgresql",
            "UPDATE users SET a = b IS DISTINCT FROM c, d = extract(year FROM e) FROM x "
            "WHERE x.id = users.id",
            "SELECT key FROM x , users WHERE (x.id = users.id ) AND more",
        ),
        (
            "sqlite",
            "DELETE FROM users AS u WHERE (u.id > 3)",
            "SELECT key FROM users AS u WHERE ((u.id > 3) ) AND more",
        ),
        (
            "mariadb",
            "UPDATE users u JOIN x ON x.id = u.id SET u.plan = 'a' WHERE x.b # all",
            "SELECT key FROM users u JOIN x ON x.id = u.id WHERE (x.b ) AND more",
        ),
        (
            "mariadb",
            "DELETE u FROM users u JOIN x USING (id) WHERE x.b",
            "SELECT key FROM users u JOIN x USING (id) WHERE (x.b ) AND more",
        ),
        (
            "mysql",
            "DELETE FROM u USING users AS u JOIN x USING (id)",
            "SELECT key FROM users AS u JOIN x USING (id) WHERE more",
        ),
    ],
)
def test_other_tables_stand_as_they_were_written(dialect: str, sql: str, expected: str) -> None:
    assert chosen(sql, dialect) == expected


@pytest.mark.parametrize(
    ("dialect", "sql", "known_as", "table", "exact"),
    [
        ("postgresql", "DELETE FROM users WHERE id > 1", "users", "users", False),
        ("postgresql", 'DELETE FROM app."Users" WHERE true', '"Users"', "app.Users", True),
        ("postgresql", 'UPDATE "a""b" AS "X" SET c = 1', '"X"', 'a"b', True),
        ("sqlite", "DELETE FROM [my users] WHERE 1", "[my users]", "my users", True),
        ("sqlite", "DELETE FROM users INDEXED BY i WHERE a", "users", "users", False),
        ("mariadb", "UPDATE LOW_PRIORITY `users` SET a = 1", "`users`", "users", True),
        ("mariadb", "DELETE u FROM users u JOIN x USING (id)", "`u`", "users", True),
    ],
)
def test_columns_go_by_the_table_s_own_name_or_alias(
    dialect: str, sql: str, known_as: str, table: str, exact: bool
) -> None:
    found = splice(sql, dialect)
    assert (found.known_as, str(found.table), found.exact) == (known_as, table, exact)


def test_what_a_statement_sets_and_whether_it_reads_its_own_table() -> None:
    found = splice(
        "UPDATE scores SET rank = (SELECT count(*) FROM scores o WHERE o.n > scores.n), n = n + 1",
        "sqlite",
    )
    assert (found.verb, found.assigned, found.reads_itself) == (Verb.UPDATE, ("rank", "n"), True)
    plain: Splice = splice("UPDATE scores SET n = n + 1 WHERE n IN (SELECT m FROM x)", "sqlite")
    assert not plain.reads_itself


@pytest.mark.parametrize(
    ("dialect", "sql", "why"),
    [
        ("sqlite", "INSERT INTO users VALUES (1)", "neither an UPDATE nor a DELETE"),
        ("sqlite", "DELETE FROM a; DELETE FROM b", "2 statements"),
        ("sqlite", "UPDATE OR REPLACE users SET id = 1", "OR REPLACE"),
        ("sqlite", "UPDATE OR IGNORE users SET id = 1", "hide errors"),
        ("mariadb", "DELETE IGNORE FROM users WHERE id > 3", "hides errors"),
        ("mariadb", "DELETE FROM users ORDER BY id LIMIT 3", "LIMIT"),
        ("mariadb", "UPDATE users SET a = 1 ORDER BY id", "ORDER"),
        ("postgresql", "DELETE FROM users WHERE id = 1 RETURNING *", "RETURNING"),
        ("postgresql", "DELETE FROM ONLY users WHERE a", "inheritance"),
        ("postgresql", "DELETE FROM users WHERE random() < 0.1", "each time"),
        ("postgresql", "DELETE FROM users WHERE id = $1", "placeholders"),
        ("mariadb", "DELETE a, b FROM a JOIN b USING (id)", "several tables"),
        ("postgresql", "WITH x AS (DELETE FROM a RETURNING *) DELETE FROM b", "several tables"),
        ("sqlite", "DELETE FROM users WHERE name = 'x", "not closed"),
        ("sqlite", "", "0 statements"),
    ],
)
def test_a_form_whose_rows_cannot_be_frozen_is_refused_with_the_reason(
    dialect: str, sql: str, why: str
) -> None:
    with pytest.raises(UnfreezableError, match=why):
        splice(sql, dialect)
