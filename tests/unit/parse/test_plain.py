"""The short way and the parser must say the same, whatever word a column is named by."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot.dialects.dialect import Dialect

from cachedeps.errors import PredicateError
from cachedeps.parse.plain import plain_parts
from cachedeps.parse.predicates import parsed_parts

DIALECTS = ("postgresql", "mysql", "mariadb", "sqlite", "")
WORD = re.compile(r"[a-z_][a-z0-9_]*")


def words_of_the_parser() -> set[str]:
    """Every word that means something to it in any of our dialects."""
    words: set[str] = set()
    for name in ("postgres", "mysql", "sqlite", ""):
        dialect = Dialect.get_or_raise(name)
        words.update(dialect.tokenizer_class.KEYWORDS)
        for attribute in vars(type(dialect.parser())) | vars(dialect.parser_class.__mro__[1]):
            value = getattr(dialect.parser_class, attribute, None)
            if isinstance(value, dict | set | frozenset):
                words.update(key for key in value if isinstance(key, str))
    lower = {part for word in words for part in word.lower().split()}
    return {word for word in lower if WORD.fullmatch(word)}


def agrees(text: str) -> bool:
    """Whether the short way leaves the text alone, or reads it as the parser does."""
    short = plain_parts(text)
    if short is None:
        return True
    return all(short == parsed_parts(text, dialect) for dialect in DIALECTS)


def test_both_ways_agree_on_every_word_that_the_parser_knows() -> None:
    words = words_of_the_parser()
    assert len(words) > 500
    for word in sorted(words):
        try:
            assert agrees(f"{word} = 'x'"), word
            assert agrees(f"a >= 17 AND {word} IS NOT NULL AND {word} <> 2"), word
        except PredicateError as error:
            pytest.fail(f"{word}: {error}")


COLUMNS = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
LITERALS = st.integers(0, 10**20).map(str) | st.text("ab 'é;-1", max_size=6).map(
    lambda t: f"'{t}'"
)
OPERATORS = st.sampled_from(["=", "<>", "!=", "<", "<=", ">", ">=", "==", "<=>", "=-", " LIKE "])
NULLS = COLUMNS.map(lambda column: f"{column} IS NULL")
TERMS = st.builds("{} {} {}".format, COLUMNS, OPERATORS, LITERALS) | NULLS
TEXTS = st.lists(TERMS, min_size=1, max_size=4).flatmap(
    lambda terms: st.sampled_from([" AND ", " and ", " OR ", "AND", "\n"]).map(
        lambda joint: joint.join(terms)
    )
)


@given(TEXTS)
def test_both_ways_agree_on_any_text(text: str) -> None:
    assert agrees(text)


@pytest.mark.parametrize(
    "text",
    [
        "a = 1 OR b = 2",
        "a = b",
        "a = 1e5",
        "a = 1.5",
        "a = -1",
        "a = 'x''y'",
        "a = 'x' 'y'",
        "a = 'x\\'",
        "A = 1",
        '"a" = 1',
        "a = 1\n",
        "a = 1; b",
        "a = NULL",
        "current_user = 'x'",
        "f(a) = 1",
        "",
    ],
)
def test_what_is_not_plain_is_left_to_the_parser(text: str) -> None:
    assert plain_parts(text) is None
