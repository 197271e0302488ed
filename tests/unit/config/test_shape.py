from __future__ import annotations

import pytest

from cachedeps.errors import DeclarationError
from tests.unit.config.texts import declared, problem_of, problems_of

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
