from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cachedeps.config.load import find, load
from cachedeps.domain.finding import Finding
from cachedeps.errors import DeclarationError
from tests.unit.config.texts import declared, problem_of, problems_of

VALID = '[upstreams.a]\n[tables.t.caches.c]\ndepends_on = ["a"]\n'


def test_the_file_is_found_here_or_in_the_nearest_folder_above(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "cachedeps.toml").write_text(VALID)

    assert find(inner) == tmp_path / "cachedeps.toml"
    (inner / "cachedeps.toml").write_text(VALID)
    assert find(inner) == inner / "cachedeps.toml"


def test_no_file_anywhere_is_an_error_that_says_how_to_write_one(tmp_path: Path) -> None:
    (tmp_path / "cachedeps.toml").mkdir()  # a folder of that name is no declaration

    with pytest.raises(DeclarationError, match=r"no cachedeps\.toml") as refused:
        find(tmp_path)

    assert "cachedeps init" in refused.value.hint


def test_a_declaration_knows_its_path(tmp_path: Path) -> None:
    path = tmp_path / "cachedeps.toml"
    path.write_text(VALID)

    assert load(path, environ={}).path == str(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no file"),
        (b"\xff\xfe[\x00", "is not UTF-8: byte 1 is 0xff"),
        (b"[upstreams.a]\nx = '\xe9'", "is not UTF-8: byte 20 is 0xe9"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_clear_error(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "cachedeps.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(DeclarationError, match=message) as refused:
        load(path, environ={})

    assert [type(p) for p in refused.value.problems] == [Finding]
    assert str(path) in refused.value.message


def test_a_folder_is_not_a_declaration(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="cannot be read"):
        load(tmp_path, environ={})


def test_a_file_without_the_right_to_read_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)

    with pytest.raises(DeclarationError, match="cannot be read: Permission denied"):
        load(tmp_path / "cachedeps.toml", environ={})


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "cachedeps.toml"
    path.write_bytes(b"\xef\xbb\xbf" + VALID.replace("\n", "\r\n").encode())

    assert [c.node for c in load(path, environ={}).caches()] == ["t.c"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[upstreams.a]\n[upstreams.b\n", 2, "Expected ']'"),
        ("[upstreams.a]\nversion = \n", 2, "Invalid value"),
        ("[upstreams.a]\n\n[upstreams.a]\n", 3, "twice"),
        ("[upstreams.a]\nversion = 1\nversion = 2\n", 3, "overwrite"),
        ("x = '''never closed\n\n", 3, "at the end of the file"),
        ("x = " + "[" * 5_000, 1, "nested too deeply"),
    ],
)
def test_a_syntax_error_carries_its_line(text: str, line: int, message: str) -> None:
    problem = problem_of(text)

    assert problem.rule == "toml-syntax"
    assert problem.where == f"cachedeps.toml:{line}"
    assert message in problem.message


EVERYTHING_WRONG = """\
[databse]
url = "sqlite:///a.db"

[upstreams.a]
versoin = 7
[upstreams."b.c"]
depends_on = ["d"]

[tables.uploads]
owner = "users.email"
protected = "yes"
[tables.uploads.caches.x]
depends_on = [
    "a",
    { on = "uploads.y", vai = "all" },
    "nothing",
]
reset = "nul"
[tables.uploads.caches."y z"]
rows = "a = (SELECT 1)"
stamp = "v"
recovery = { table = "log", match = { a = "b" } }

[backups.daily]
path = "x"
max_age = "soon"
"""


def test_all_problems_are_told_at_once_each_with_file_line_and_key() -> None:
    found = problems_of(EVERYTHING_WRONG)

    assert [(p.where.removeprefix("cachedeps.toml:"), p.rule) for p in found] == [
        ("1 databse", "unknown-key"),
        ("5 upstreams.a.versoin", "unknown-key"),
        ('7 upstreams."b.c".depends_on[0]', "unknown-name"),
        ("10 tables.uploads.owner", "bad-owner"),
        ("11 tables.uploads.protected", "wrong-type"),
        ("15 tables.uploads.caches.x.depends_on[1].vai", "unknown-key"),
        ("15 tables.uploads.caches.x.depends_on[1]", "unknown-name"),
        ("16 tables.uploads.caches.x.depends_on[2]", "unknown-name"),
        ("18 tables.uploads.caches.x.reset", "bad-reset"),
        ('20 tables.uploads.caches."y z".rows', "bad-predicate"),
        ('21 tables.uploads.caches."y z".stamp', "bad-stamp"),
        ('22 tables.uploads.caches."y z".recovery', "missing-key"),
        ("26 backups.daily.max_age", "bad-duration"),
    ]


def test_the_message_holds_every_problem_on_a_line_of_its_own() -> None:
    with pytest.raises(DeclarationError) as refused:
        declared(EVERYTHING_WRONG)

    lines = refused.value.message.splitlines()
    assert lines[0].endswith("has 13 problems:")
    assert len(lines) == 14
    assert 'did you mean "database"?' in lines[1]
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("[table.t]", "tables"),
        ("[database]\nuri = 'x'", "url"),
        ("[upstreams.a]\ndepend_on = []", "depends_on"),
        ("[tables.t]\nowners = 'x'", "owner"),
        ("[tables.t.cache.c]", "caches"),
        ("[tables.t.caches.c]\nirreplacable = true", "irreplaceable"),
        ("[tables.t.caches.c]\ncost = { dollars = 1, sec = 1 }", "seconds"),
        ("[tables.t.caches.c]\nreset = { vlaue = 1 }", "value"),
        ("[upstreams.a]\n[tables.t.caches.c]\ndepends_on = [{ on = 'a', whn = 'b' }]", "when"),
        ("[upstreams.a]\n[tables.t.caches.c]\ndepends_on = [{ on = 'a', excpt = [] }]", "except"),
        ("[tables.t]\nowner = { paths = 'a', where = 'b' }", "path"),
        ("[backups.x]\npath = 'y'\nmaxage = '1h'", "max_age"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_key(text: str, known: str) -> None:
    found = [p for p in problems_of(text) if p.rule == "unknown-key"]

    assert any(f'did you mean "{known}"?' in p.message for p in found)


def test_an_unknown_key_that_is_like_none_lists_the_known_ones() -> None:
    problem = problem_of("[tables.t.caches.c.cost]\nzzz = 1")

    assert "known keys: usd, seconds" in problem.message


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("database = 1", "database", "a table is wanted here, not an integer"),
        ("[database]\nurl = 1", "database.url", "a string is wanted here, not an integer"),
        ("upstreams = []", "upstreams", "a table is wanted here, not a list"),
        ("[upstreams]\na = 1", "upstreams.a", "a table is wanted here"),
        ("[upstreams.a]\nversion = 1.5", "upstreams.a.version", "not a number"),
        ("[upstreams.a]\nversion = true", "upstreams.a.version", "not a boolean"),
        ("[upstreams.a]\nversion = 2026-01-01", "upstreams.a.version", "not a date or time"),
        ("[upstreams.a]\ndepends_on = 'b'", "upstreams.a.depends_on", "a list is wanted here"),
        ("[tables.t]\nowner = 5", "tables.t.owner", "a list of equalities"),
        ("[tables.t]\nowner = [5]", "tables.t.owner[0]", "a string is wanted here"),
        ("[tables.t.caches]\nc = []", "tables.t.caches.c", "a table is wanted here"),
        ("[tables.t.caches.c]\nirreplaceable = 1", "tables.t.caches.c.irreplaceable", "true or"),
        ("[tables.t.caches.c]\nreset = true", "tables.t.caches.c.reset", "a table"),
        ("[tables.t.caches.c]\nstamp = [[1]]", "tables.t.caches.c.stamp[0]", "a column"),
        ("[tables.t.caches.c.reset]\nvalue = nan", "tables.t.caches.c.reset.value", "no NaN"),
        ("[tables.t.caches.c.reset]\nvalue = []", "tables.t.caches.c.reset.value", "not a list"),
    ],
)
def test_a_wrong_type_says_what_is_wanted_and_what_is_there(
    text: str, place: str, message: str
) -> None:
    problem = problem_of(text)

    assert (problem.rule, problem.where.split(" ")[1]) == ("wrong-type", place)
    assert message in problem.message


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


def test_loading_needs_no_graph_library_and_without_predicates_no_sql_parser(
    tmp_path: Path,
) -> None:
    path = tmp_path / "cachedeps.toml"
    path.write_text(VALID)
    code = (
        "import sys, pathlib\n"
        "from cachedeps.config.load import load\n"
        f"load(pathlib.Path({str(path)!r}), environ={{}})\n"
        "sys.exit(bool({'networkx', 'sqlglot', 'sqlalchemy', 'difflib'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
