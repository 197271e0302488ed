from __future__ import annotations

import pytest

from tests.unit.config.texts import declared, problem_of, problems_of

STAMPED = """
[upstreams.far]
version = "b1"
[upstreams.a]
version = 7
depends_on = ["far"]
[upstreams.b]
version = 8
[upstreams.apart]
version = 9
[tables.t.caches.c]
"""


@pytest.mark.parametrize(
    ("text", "rule", "message"),
    [
        (STAMPED + 'depends_on = ["a", "b"]\nstamp = "v"', "bad-stamp", "several: a, b"),
        (STAMPED + 'stamp = "v"', "bad-stamp", "none"),
        (STAMPED + 'depends_on = ["a"]\nstamp = { column = "v", of = "aa" }', "bad-stamp", '"a"?'),
        (
            STAMPED + 'depends_on = ["a"]\nstamp = { column = "v", of = "apart" }',
            "bad-stamp",
            "not feed",
        ),
        (
            STAMPED + 'depends_on = ["a"]\nstamp = { column = "v", of = "far", divide = 2 }',
            "bad-stamp",
            "integer",
        ),
        (
            STAMPED + 'depends_on = ["a"]\nstamp = { column = "v", of = "a", divide = 0 }',
            "wrong-value",
            "1",
        ),
        (STAMPED + 'depends_on = ["a"]\nstamp = ["v", "v"]', "duplicate", "named twice"),
        (STAMPED + 'depends_on = ["a"]\nstamp = ""', "bad-name", "empty"),
        ("[tables.t.caches.c]\nreset = 'mark'", "mark-without-stamp", "none"),
        ("[tables.t.caches.c]\nreset = 'value'", "bad-reset", '"value"'),
        ("[tables.t.caches.c]\nreset = 'recompte'", "bad-reset", 'did you mean "recompute"?'),
        (
            "[tables.t.caches.c]\nreset = 'delete_row'\n[tables.t.caches.d]",
            "bad-reset",
            "delete d too",
        ),
        ("[tables.t.caches.c]\n[tables.t.caches.d]\ncolumn = 'c'", "overlapping-rows", "c and d"),
        (
            "[tables.t.caches.c]\nrows = 'a = 1'\n[tables.t.caches.d]\ncolumn = 'c'",
            "overlapping-rows",
            "column c",
        ),
        (
            "[tables.t.caches.c]\nrows = 'a = 1'\n[tables.t.caches.d]\ncolumn = 'c'\nrows = 'a = 1'",
            "overlapping-rows",
            "overlap",
        ),
        ("[tables.t]\nnot_caches = ['c']\n[tables.t.caches.c]", "duplicate", "and as none"),
        ("[tables.t]\nnot_caches = ['c', 'c']", "duplicate", "c is named twice"),
        ("[tables.t]\nkey = ['id', 'id']", "duplicate", "id is named twice"),
        ("[tables.t]\ntime = ''", "bad-name", "empty"),
        ('[tables.t]\ntime = "a\\u0000b"', "bad-name", "cannot be shown"),
        ('[tables.t.caches."a\\nb"]', "bad-name", "cannot be shown"),
        ('[tables.""]', "bad-name", "empty"),
        ('[tables."a.b.c"]', "bad-name", "too many parts"),
        ("[tables.t]\n[tables.u]\nname = 't'", "duplicate", "[tables.t] declares already"),
        ("[tables.t]\nreferences = ['user_id']", "bad-reference", "not a foreign key"),
        ("[tables.t]\ntest_rows = 'a = 1; DROP TABLE t'", "bad-predicate", "several statements"),
        (
            "[tables.t]\nowner = { path = 'a -> b.c', where = 'max(x) > 1' }",
            "bad-predicate",
            "aggregate",
        ),
        ("[tables.t]\nowner = { path = 'a -> b', where = 'x' }", "bad-owner", "name its table"),
        ("[tables.t]\nowner = ['a = b', 'c.d']", "bad-owner", "itself"),
        ("[tables.t.caches.c.cost]\nusd = -1", "wrong-value", "greater than or equal to 0"),
        ("[tables.t.caches.c.cost]\nusd = inf", "wrong-value", "finite"),
        ("[upstreams.t]\n[tables.t]", "", ""),
        ('[upstreams."t.x"]\n[tables.t]', "bad-name", "t is a table"),
        ('[upstreams."a b"]\n[tables."a b"]', "bad-name", "a b is a table"),
        ('[upstreams."\\u001b[2J"]', "bad-name", "cannot be shown"),
        ("[upstreams.a]\ngood_versions = [1]", "bad-version", "there is none"),
        ("[upstreams.a]\nversion = 2\ngood_versions = ['1']", "bad-version", "all be integers"),
        ("[upstreams.a]\nversion = 99999999999999999999", "wrong-type", "64 bits"),
        ("[upstreams.a]\nchanged_at = 'x'", "bad-source", "none is named"),
        ("[upstreams.a]\ncolumns = ['x']", "bad-source", "none is named"),
        ("[upstreams.a]\ntable = 'a.b.c'", "bad-name", "too many parts"),
        ("[backups.a]\nmax_age = '1h'", "missing-key", '"path" is missing'),
        ("[backups.a]\npath = ''", "wrong-value", "empty"),
        ("[backups.a]\npath = 'x'\nmax_age = '0h'", "bad-duration", "0h"),
        ("[backups.a]\npath = 'x'\nmax_age = '1 hour'", "bad-duration", "1 hour"),
        ("[database]\ndialect = 'postgres'", "wrong-value", 'did you mean "postgresql"?'),
        ("[database]\nurl = 'oracle://u:secret@h'", "bad-url", "does not start with"),
        ("[database]\nurl = 'app.db'", "bad-url", "does not start with"),
        ("[database]\nurl = 'sqlite:///a'\ndialect = 'mysql'", "bad-url", "the url is for sqlite"),
        ("[database]\ntimezone = 'Europe/Berln'", "bad-timezone", 'did you mean "Europe/Berlin"?'),
        ("[database]\ntimezone = '../etc/passwd'", "bad-timezone", "no time zone"),
        ("[database]\nschema = ''", "bad-name", "empty"),
    ],
)
def test_what_does_not_fit_together_is_a_problem(text: str, rule: str, message: str) -> None:
    if not rule:
        assert declared(text).tables
        return
    problem = problem_of(text)

    assert problem.rule == rule
    assert message in problem.message
    assert "secret" not in repr(problem)


def test_caches_with_one_column_are_each_compared_with_each() -> None:
    found = problems_of("""
[tables.t.caches.c]
rows = "a = 1"
[tables.t.caches.d]
column = "c"
rows = "a = 2"
[tables.t.caches.e]
column = "c"
rows = "a = 1"
""")

    assert [(p.rule, p.where) for p in found] == [
        ("overlapping-rows", "cachedeps.toml:7 tables.t.caches.e")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[upstreams.a]\nversion = 1.5\n[tables.t.caches.c]\ndepends_on = ['a']\nstamp = 'v'",
        "[tables.t.caches.c]\nreset = 'mark'\nstamp = 5",
        "[tables.t.caches.c]\nrows = 5\n[tables.t.caches.d]\ncolumn = 'c'\nrows = 'a = 1'",
        "[tables.t.caches.c]\nrows = 'a = '\n[tables.t.caches.d]\ncolumn = 'c'\nrows = 'a = 1'",
        "[tables.t.caches.c]\n[tables.u.caches.d]\ndepends_on = [{ on = 't.c', via = 5 }]",
        "[tables.t.caches.c]\n[tables.u.caches.d]\n"
        "depends_on = [{ on = 't.c', via = 'nonsense' }]",
        "[upstreams]\na = 1\n[tables.t.caches.c]\ndepends_on = ['a']",
        "[tables.t]\nowner = { path = [1, 'a.b'] }",
    ],
)
def test_one_mistake_is_told_once_and_not_again_as_what_follows_from_it(text: str) -> None:
    problem_of(text)


def test_two_nodes_of_one_name_are_refused() -> None:
    problem = problem_of('[tables.a.caches."b.c"]\n[tables."a.b".caches.c]')

    assert (problem.rule, problem.where) == ("duplicate", 'cachedeps.toml:2 tables."a.b".caches.c')
