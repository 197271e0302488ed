"""The guard on Python files: SQL is found where it is, judged as far as it is known, and no
other text is taken for it.
"""

from __future__ import annotations

import os
import textwrap

import pytest

from cachedeps.domain.graph import Graph
from cachedeps.domain.verdict import Verdict
from cachedeps.guard.program import check_python
from tests.unit.config.texts import declared

GRAPH = Graph(
    declared(
        """
        [upstreams.analytics]
        [upstreams.llm]
        [tables.uploads]
        key = ["id"]
        [tables.uploads.caches.metrics]
        depends_on = ["analytics"]
        [tables.uploads.caches.diagnosis]
        depends_on = ["llm"]
        [tables.users]
        key = ["id"]
        """
    )
)


def judged(program: str, dialect: str = "postgresql") -> Verdict:
    return check_python(GRAPH, textwrap.dedent(program).encode(), dialect)


def told(program: str, dialect: str = "postgresql") -> list[tuple[int, str, str]]:
    found = judged(program, dialect).findings
    return [(f.line, f.ruling.value, f.rule) for f in found if f.waived is None]


PASSES = {
    "words of people": '''
        """Delete from users whatever is old. UPDATE users SET plan = NULL"""
        import argparse
        TITLE = "Update users, set plan = free"
        LABEL = "Delete from users?"
        HINT = "update available"
        log.info("DELETE FROM users")
        raise ValueError("UPDATE users SET plan = NULL is not allowed")
        parser.add_argument("--purge", help="delete from users")
        console.print(text("Drop users here"))
        message = f"Delete {count} users from the list?"
        print("DROP TABLE users")
        ''',
    "words in small letters": """
        MODES = ["truncate text", "drop table rows", "call me (now)", "set debug = 1"]
        TEXT = "delete users from list"
        ALSO = "select users from list, delete from users"
        MORE = "alter table users layout"
        ROLE = "alter role of users"
        LATER = "drop schema validation"
        THING = f"insert into {thing} users"
        PLACE = "create function of users"
        """,
    "an executor is no cursor": """
        pool.execute("delete this")
        runner.execute(task)
        browser.execute("return document.title")
        """,
    "placeholders of every driver": """
        cur.execute("UPDATE users SET plan = %s WHERE id = %s", (plan, key))
        cur.execute("UPDATE users SET plan = %(plan)s WHERE id = %(id)s", {"plan": 1, "id": 2})
        db.execute(text("UPDATE users SET plan = :plan WHERE id = :id"), {"plan": 1, "id": 2})
        db.exec_driver_sql("INSERT INTO users (id, plan) VALUES (%s, %s)", rows)
        """,
    "values that are filled in": """
        cur.execute(f"UPDATE users SET plan = '{plan}' WHERE id = {key}")
        cur.execute("UPDATE users SET plan = '{}' WHERE id = {}".format(plan, key))
        cur.execute("UPDATE users SET plan = '%s' WHERE id = %d" % (plan, key))
        cur.execute("UPDATE users SET plan = " + plan + " WHERE id = " + str(key))
        cur.execute(f"SELECT * FROM users WHERE id IN ({marks}) LIMIT {most} OFFSET {least}")
        cur.execute(f"INSERT INTO users (id, plan) VALUES ({marks})")
        cur.execute(f"SELECT name FROM users WHERE age > {low} AND age BETWEEN {low} AND {high}")
        """,
    "reads of what is not known": """
        cur.execute(f"SELECT {columns} FROM {table} WHERE {condition} ORDER BY {order}")
        cur.execute(f"WITH x AS (SELECT {columns} FROM {table}) SELECT * FROM x")
        cur.execute("SELECT `strange` of another database")
        query = "SELECT * FROM users"
        if wanted:
            query += " WHERE id = %s"
        """,
    "tables that are known and not declared": """
        cur.execute(f"DELETE FROM sessions WHERE {condition}")
        cur.execute(f"UPDATE logs SET {column} = 1")
        PURGE = "DELETE FROM logs"
        query = "DELETE FROM logs"
        for condition in conditions:
            query += condition
        """,
    "new rows and new columns, whatever the table is": """
        cur.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})")
        cur.execute(f"INSERT INTO {table} (a) SELECT {names} FROM {other}")
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {type_}")
        op.execute(f"CREATE TABLE {table} ({columns})")
        op.execute(f"CREATE INDEX {index} ON {table} (id)")
        """,
    "one row by its key, whatever the table is": """
        cur.execute(f"UPDATE {schema}.users SET plan = %s WHERE id = %s", values)
        """,
    "a statement that is put together in a row": """
        query = "UPDATE users SET plan = %s"
        query += " WHERE id = %s"
        cur.execute(query, values)
        parts = ["UPDATE users SET plan = %s"]
        parts.append("WHERE id = %s")
        cur.execute(" ".join(parts), values)
        cur.execute(" ".join(["DELETE FROM logs", "WHERE id = 1"]))
        """,
    "fragments and templates": """
        sql.SQL(", ").join(names)
        sql.SQL("UPDATE {} SET plan = %s WHERE id = %s").format(sql.Identifier("logs"))
        sql_delete = "DELETE FROM %(table)s_archive"
        sql_drop = "DROP TABLE {table}"
        sql_rename = "RENAME TABLE %(old)s TO %(new)s"
        """,
}


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "mariadb", "sqlite"])
@pytest.mark.parametrize("program", PASSES.values(), ids=PASSES)
def test_what_is_ordinary_passes(program: str, dialect: str) -> None:
    assert told(program, dialect) == []


REFUSED = [
    ('cur.execute("DELETE FROM users")', "unfiltered-write"),
    ("CLEAN = 'UPDATE uploads SET metrics = NULL, diagnosis = NULL WHERE id > 5'", "blanket-null"),
    ('cur.executescript("SELECT 1; DROP TABLE users;")', "unfiltered-write"),
    ('conn.execute(sa.text("DELETE FROM users"))', "unfiltered-write"),
    ('op.execute(sqltext="TRUNCATE users")', "unfiltered-write"),
    ('migrations.RunSQL("SELECT 1", "DELETE FROM users")', "unfiltered-write"),
    ('migrations.RunSQL([("DELETE FROM users", None)])', "unfiltered-write"),
    ('User.objects.raw("DELETE FROM users")', "unfiltered-write"),
    ('execute_values(cur, "DELETE FROM users", rows)', "unfiltered-write"),
    ('cur.execute("DELETE FROM " "users")', "unfiltered-write"),
    ('cur.execute("DELETE FROM " + "users")', "unfiltered-write"),
    ('T = "users"\ncur.execute(f"DELETE FROM {T}")', "unfiltered-write"),
    ('T = "users"\ncur.execute("DELETE FROM %s" % T)', "unfiltered-write"),
    ('T = "users"\ncur.execute("DELETE FROM {t}".format(t=T))', "unfiltered-write"),
    ('cur.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier("users")))', "unfiltered-write"),
    ('cur.execute(f"DELETE FROM {schema}.users")', "unfiltered-write"),
    ('cur.execute(f"DELETE FROM users WHERE id > {low}")', "range-delete-on-key"),
    ('for s in ("SELECT 1", "DELETE FROM users"):\n    cur.execute(s)', "unfiltered-write"),
    ('S = {"a": "DELETE FROM users"}', "unfiltered-write"),
    ('s = "DELETE FROM users" if all else "SELECT 1"', "unfiltered-write"),
    ('q = "delete from users"', "unfiltered-write"),
    ('q = f"delete from {table}"', "opaque-statement"),
    ('cur.execute("drop table rows")', "unfiltered-write"),
    ('cur.execute(f"DELETE FROM {table}")', "opaque-statement"),
    ('cur.execute("DELETE FROM " + table)', "opaque-statement"),
    ('cur.execute(f"DELETE FROM users WHERE {condition}")', "opaque-statement"),
    ('cur.execute(f"UPDATE users SET {column} = 1 WHERE id = 5")', "opaque-statement"),
    ('cur.execute(f"UPDATE users SET plan = 1 {where}")', "opaque-statement"),
    ('cur.execute(f"DELETE FROM {table} WHERE {condition}")', "opaque-statement"),
    ('cur.execute(f"TRUNCATE {table}")', "opaque-statement"),
    ('cur.execute(f"INSERT INTO users (id) VALUES (1) {on_conflict}")', "opaque-statement"),
    (
        'cur.execute(f"INSERT INTO {t} (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1")',
        "opaque-statement",
    ),
    ('cur.execute(f"ALTER TABLE uploads DROP COLUMN {column}")', "opaque-statement"),
    ('q = "UPDATE users SET plan = 1"\nif x:\n    q += " WHERE id = 1"', "opaque-statement"),
    ('cur.execute("DO $$ BEGIN PERFORM wipe(); END $$")', "opaque-statement"),
    ('cur.execute(f"{comment} DELETE FROM users")', "unfiltered-write"),
    ('cur.execute(f"{comment} DELETE FROM {table}")', "opaque-statement"),
    ('cur.execute(f"{first}; DELETE FROM users")', "unfiltered-write"),
    ("WIPE = 'CALL wipe()'", "opaque-statement"),
    ("def broken(:\n", "opaque-statement"),
]


@pytest.mark.parametrize(("program", "rule"), REFUSED, ids=[program for program, _ in REFUSED])
def test_what_is_dangerous_or_not_known_is_refused(program: str, rule: str) -> None:
    verdict = check_python(GRAPH, program.encode(), "postgresql")
    assert verdict.ruling.value == "refuse"
    assert rule in {finding.rule for finding in verdict.findings}


@pytest.mark.parametrize("dialect", ["mysql", "mariadb", "sqlite"])
def test_the_same_is_refused_on_every_database(dialect: str) -> None:
    for program, rule in REFUSED:
        if "TRUNCATE" in program or "ON CONFLICT" in program or "DO $$" in program:
            continue
        findings = check_python(GRAPH, program.encode(), dialect).findings
        assert rule in {finding.rule for finding in findings}, program


def test_a_double_quoted_unknown_is_a_value_on_mysql_and_a_name_elsewhere() -> None:
    program = "cur.execute(f'UPDATE users SET plan = \"{x}\" WHERE id = 5')"
    assert told(program, "mysql") == []
    assert [rule for *_, rule in told(program, "postgresql")] == ["opaque-statement"]


def test_a_wide_write_is_reviewed_as_in_a_file_of_sql() -> None:
    assert told('q = "UPDATE users SET plan = 1 WHERE age > 5"') == [
        (1, "review", "needs-preview")
    ]


def test_the_line_is_that_of_the_python_file() -> None:
    program = r'''
        import sqlite3
        NESTED = """\
            SELECT 1;

            DELETE FROM users
        """

        def clean(cur):
            cur.execute(
                "SELECT 1;\n"
                # why
                "DELETE FROM "
                "users"
            )
            cur.execute(f"""
                SELECT '{x}';
                DELETE FROM users -- {y}
            """)
            cur.execute(r"DELETE FROM users WHERE name LIKE '\%' OR 1 = 1")
        '''
    assert [line for line, *_ in told(program, "sqlite")] == [6, 13, 18, 20]


def test_a_long_text_and_a_long_sum_are_read_in_no_time() -> None:
    blanks = "update x" + " " * 200_000
    terms = " + ".join(["'a'"] * 900)
    assert told(f"A = {blanks!r}\nB = {terms}\ncur.execute({terms})\n") == []


def test_each_statement_is_told_once() -> None:
    program = 'cur.execute(text("DELETE FROM users".strip()).execution_options(a=1))'
    assert told(program) == [(1, "refuse", "unfiltered-write")]


@pytest.mark.parametrize(
    "program",
    [
        "# cachedeps: allow unfiltered-write because of tests\ncur.execute('DELETE FROM users')",
        "cur.execute('DELETE FROM users')  # cachedeps: allow unfiltered-write because of tests",
        "cur.execute(\n    # cachedeps: allow unfiltered-write because of tests\n"
        "    'DELETE FROM users'\n)",
        'cur.execute("""-- cachedeps: allow unfiltered-write because of tests\n'
        'DELETE FROM users""")',
        "# cachedeps: allow opaque-statement because of tests\n# and more\n"
        "cur.execute(f'DELETE FROM {table}')",
        'cur.execute(f"""\n/* cachedeps: allow opaque-statement because of tests */\n'
        'DELETE FROM {table}""")',
    ],
)
def test_an_exception_stands_in_the_sql_or_beside_the_call(program: str) -> None:
    verdict = check_python(GRAPH, program.encode(), "postgresql")
    assert verdict.ruling.value == "allow"
    assert [(f.waived, f.waived_in) for f in verdict.findings] == [("of tests", "source")]


@pytest.mark.parametrize(
    "comment",
    [
        "# cachedeps: allow unfiltered-write\ncur.execute('DELETE FROM users')",
        "# cachedeps: allow blanket-null because of tests\ncur.execute('DELETE FROM users')",
        "# cachedeps: allow unfiltered-write because of tests\n\ncur.execute('DELETE FROM users')",
        "x = '# cachedeps: allow unfiltered-write because of tests'\n"
        "cur.execute('DELETE FROM users')",
    ],
)
def test_an_exception_of_another_rule_or_place_or_without_a_reason_does_not_count(
    comment: str,
) -> None:
    assert check_python(GRAPH, comment.encode(), "postgresql").ruling.value == "refuse"


def test_a_file_of_another_encoding_is_read_in_it() -> None:
    program = "# coding: latin-1\nname = 'M\xfcller'\nq = 'DELETE FROM users'\n"
    verdict = check_python(GRAPH, program.encode("latin-1"), "postgresql")
    assert [finding.line for finding in verdict.findings] == [3]


@pytest.mark.parametrize("source", [b"\x00", b"\xff\xfe", b"(" * 5000, b"# coding: nonsense\n"])
def test_what_is_no_python_is_refused_and_raises_nothing(source: bytes) -> None:
    verdict = check_python(GRAPH, source, "postgresql")
    assert verdict.ruling.value == "refuse"
    assert "cannot be read as Python" in verdict.findings[0].message


def test_nothing_of_the_file_is_run() -> None:
    program = "import os\nos.environ['CACHEDEPS_WAS_RUN'] = '1'\nraise SystemExit(1)\n"
    assert told(program) == []
    assert "CACHEDEPS_WAS_RUN" not in os.environ
