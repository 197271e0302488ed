from __future__ import annotations

import pytest

from cachedeps.render import amounts


def test_one_is_singular() -> None:
    assert amounts.count(1, "row") == "1 row"
    assert amounts.count(0, "row") == "0 rows"


def test_a_count_holds_digits_only_so_that_it_can_be_typed_back() -> None:
    assert amounts.count(1_048_576, "row") == "1048576 rows"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (5120, "5.0 KiB"),
        (2**50, "1024.0 TiB"),
    ],
)
def test_sizes_take_the_unit_that_keeps_them_short(number: int, text: str) -> None:
    assert amounts.size(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, ""), (0.5, "0.5 s"), (59.6, "60 s"), (400, "6 min 40 s"), (90_061, "1 d 1 h")],
)
def test_a_duration_has_at_most_two_units(seconds: float, text: str) -> None:
    assert amounts.duration(seconds) == text


def test_a_composite_key_stands_in_parentheses() -> None:
    assert amounts.key((17,)) == "17"
    assert amounts.key((1, "a")) == "(1, a)"
