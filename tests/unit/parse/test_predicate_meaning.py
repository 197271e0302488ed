"""A predicate that is cut and put together again means what it meant before."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachedeps.domain.model import ColumnRef
from cachedeps.errors import PredicateError
from cachedeps.parse.predicates import parse

COLUMNS = ["a", "b", "order", "Up Per", "it's", 'say "hi"', "größe", "key", "null", "select"]
QUOTED = st.sampled_from(COLUMNS).map(lambda name: '"' + name.replace('"', '""') + '"')
PLAIN = st.sampled_from(["a", "b", "key", "größe", "KEY"])
TEXT = st.sampled_from(["'x'", "'it''s'", "''", "'a -- b'", "'; a'", "'\"a\"'", "'(a'", "'a = b'"])
NUMBER = st.integers(-5, 5).map(str)
VALUES = st.one_of(QUOTED, PLAIN, TEXT, NUMBER)
COMPARED = st.tuples(VALUES, st.sampled_from(["=", "<>", "<", ">=", "IS", "LIKE"]), VALUES).map(
    " ".join
)
CALLED = st.tuples(st.sampled_from(["lower", "length", "abs", "typeof"]), VALUES, VALUES).map(
    lambda t: f"{t[0]}({t[1]}) = {t[2]}"
)
LISTED = st.tuples(VALUES, st.lists(VALUES, min_size=1, max_size=3)).map(
    lambda t: f"{t[0]} IN ({', '.join(t[1])})"
)
CONDITIONS = st.recursive(
    st.one_of(COMPARED, CALLED, LISTED),
    lambda inner: st.one_of(
        inner.map(lambda c: f"NOT ({c})"),
        st.tuples(inner, st.sampled_from([" AND ", "\n OR "]), inner).map("".join),
        st.tuples(inner, inner, inner).map(
            lambda t: f"CASE WHEN {t[0]} THEN {t[1]} ELSE {t[2]} END"
        ),
    ),
    max_leaves=5,
)

SOUP_WORDS = """
    a b ( ) , = <> < + - * / % and or not in is null true like between case when then else end cast
    as int :: interval 1 2.5 1e5 'x' '' "q" [ ] . -> ->> @> || && ~ ! ^ & | ? : date extract year
    from trim leading position convert using array row any values select exists distinct over
    filter collate escape at zone json_value on default current_date now ( lower coalesce if binary
    x'41' 0x1f map struct lambda table pivot limit order by glob match regexp similar to div mod :=
    => <=> ; -- /* */ # $1 @x \\ ` {
"""
SOUP = st.lists(st.sampled_from(SOUP_WORDS.split()), max_size=12).map(" ".join)


def database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in COLUMNS)
    connection.execute(f"CREATE TABLE t ({names})")
    rows: list[list[object]] = [
        [None] * len(COLUMNS),
        list(range(-3, len(COLUMNS) - 3)),
        ["x", "it's", "", "a -- b", "; a", '"a"', "(a", "a = b", "X", 0],
    ]
    for row in rows:
        connection.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(row))})", row)
    return connection


def matching(connection: sqlite3.Connection, condition: str) -> list[int]:
    found = connection.execute(f"SELECT rowid FROM t WHERE {condition} ORDER BY rowid")
    return [row[0] for row in found]


@settings(deadline=None, max_examples=150)
@given(CONDITIONS)
def test_the_cut_predicate_chooses_the_same_rows(condition: str) -> None:
    connection = database()
    parts = parse(condition, "sqlite").parts
    qualified = "".join(
        't."' + p.name.replace('"', '""') + '"' if isinstance(p, ColumnRef) else p for p in parts
    )

    assert matching(connection, f"({qualified})") == matching(connection, condition)
    connection.close()


def outcome(text: str, dialect: str) -> str:
    try:
        return parse(text, dialect).text
    except PredicateError as refused:
        return refused.message


@settings(deadline=None, max_examples=300)
@given(SOUP, st.sampled_from(["postgresql", "mysql", "sqlite", ""]))
def test_any_text_is_read_or_refused_and_never_breaks_the_parser(text: str, dialect: str) -> None:
    assert outcome(text, dialect)


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "sqlite", ""])
def test_the_parser_says_nothing_on_the_screen(
    dialect: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for text in ("a = 1 if b", "data -> '$[1e5]' = 1", "if a then b"):
        try:
            parse(text, dialect)
        except PredicateError:
            continue

    assert capfd.readouterr() == ("", "")
