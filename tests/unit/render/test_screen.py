from __future__ import annotations

import pytest

from cachedeps.render.screen import Screen, Style, cut, printable, width


@pytest.mark.parametrize(
    ("evil", "shown"),
    [
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("a\nb\rc\td", "a\\nb\\rc\\td"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202eevil", "\\u202eevil"),
        ("\ud800", "\\ud800"),
        ("\x7f", "\\x7f"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
    ],
)
def test_what_could_steer_a_terminal_is_written_as_an_escape(evil: str, shown: str) -> None:
    assert printable(evil) == shown


def test_ordinary_text_of_any_language_stays_as_it_is() -> None:
    assert printable("Grüße, 東京, naïve 👍") == "Grüße, 東京, naïve 👍"


def test_everything_that_enters_a_screen_is_made_printable() -> None:
    screen = Screen()
    screen.line("\x1b]0;title\x07")
    screen.spans(("\x1b[31m", Style.BAD))
    screen.facts([("name", "\x1b[A")])
    screen.block("one\n\x1b[Btwo")
    screen.table(("head",), [("\x1b[C",)])
    assert "\x1b" not in str(screen)
    assert str(screen).count("\\x1b") == 5


def test_a_table_lines_up_wide_letters_too() -> None:
    screen = Screen()
    screen.table(("name", "rows"), [("東京", "1"), ("a", "200")], right=["rows"])
    lines = str(screen).splitlines()
    assert lines == ["  name  rows", "  東京     1", "  a      200"]
    assert {width(line) for line in lines} == {12}


def test_only_an_excerpt_may_be_cut_where_a_terminal_is_narrow() -> None:
    screen = Screen()
    screen.table(("key", "value"), [("7", "some long text")], excerpts=True)
    header, row = screen.lines
    assert [span.style for span in header] == [Style.DIM]
    assert [span.style for span in row] == [Style.PLAIN, Style.EXCERPT]
    assert str(screen).splitlines() == ["  key  value", "  7    some long text"]


def test_a_cut_text_says_so() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"
