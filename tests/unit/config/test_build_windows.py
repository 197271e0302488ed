"""``[tables.T.key_windows.NAME]``: what it means, and what it cannot mean."""

from __future__ import annotations

import pytest

from cachedeps.domain.model import CounterTable, TableRef
from tests.unit.config.texts import declared, problem_of, problems_of, table

HONEYCHAT = """
[tables.users]
test_rows = "auth_source = 'test'"

[tables.users.key_windows.telegram]
low = 1
rows = "auth_source = 'telegram'"

[tables.users.key_windows.web]
high = -1
rows = "auth_source = 'web'"
sequence = "web_user_id_seq"
negated = true

[tables.users.key_windows.test]
low = -91111200
high = -91111100
test = true
"""
BASE = "[tables.t]\ntest_rows = 'x = 1'\n"


def test_windows_are_read_with_rows_sequence_and_ends() -> None:
    telegram, web, test = table(declared(HONEYCHAT), "users").key_windows

    assert (telegram.name, telegram.low, telegram.high) == ("telegram", 1, None)
    assert telegram.rows is not None
    assert telegram.rows.columns == ("auth_source",)
    assert (web.low, web.high, web.negated) == (None, -1, True)
    assert web.sequence == TableRef("web_user_id_seq")
    assert (test.test, test.rows, test.sequence) == (True, None, None)
    assert test.margin == 10_000


def test_a_window_knows_which_keys_it_holds() -> None:
    telegram, _, test = table(declared(HONEYCHAT), "users").key_windows

    assert [key for key in (-1, 0, 1, 10**18) if telegram.holds(key)] == [1, 10**18]
    inside = [-91111201, -91111200, -91111150, -91111100, -91111099]
    assert [test.holds(key) for key in inside] == [False, True, True, True, False]


def test_a_counter_may_be_a_row_of_a_table() -> None:
    text = HONEYCHAT.replace(
        '"web_user_id_seq"',
        '{ table = "id_counters", value = "last_value", where = "name = \'web\'" }',
    )
    counter = table(declared(text), "users").key_windows[1].sequence

    assert isinstance(counter, CounterTable)
    assert (counter.table, counter.value) == (TableRef("id_counters"), "last_value")
    assert counter.where is not None
    assert counter.where.columns == ("name",)


def test_the_order_of_windows_means_nothing_and_their_ends_do() -> None:
    head, telegram, web, test = HONEYCHAT.split("\n\n")
    assert declared("\n\n".join((head, test, web, telegram))).digest == declared(HONEYCHAT).digest
    moved = HONEYCHAT.replace("-91111200", "-91111300")
    assert declared(moved).digest != declared(HONEYCHAT).digest


@pytest.mark.parametrize(
    ("text", "rule", "key", "message"),
    [
        ("[tables.t.key_windows.a]", "bad-window", "a", "neither low nor high"),
        ("[tables.t.key_windows.a]\nlow = 2\nhigh = 1", "bad-window", "a.low", "2 is above"),
        ("[tables.t.key_windows.a]\nlow = 1\nnegated = true", "bad-window", "a.negated", "sequen"),
        (
            "[tables.t.key_windows.a]\nlow = 1\ntest = true",
            "bad-window",
            "a.test",
            "declares no test_rows",
        ),
        (
            f"{BASE}[tables.t.key_windows.a]\nlow = 1\ntest = true\nrows = 'x = 1'",
            "bad-window",
            "a.rows",
            "test_rows",
        ),
        (
            f"{BASE}[tables.t.key_windows.a]\nlow = 1\ntest = true\nsequence = 's'",
            "bad-window",
            "a.sequence",
            "sequence",
        ),
        ("[tables.t.key_windows.a]\nlow = 1\nmargin = 5", "bad-window", "a.margin", "test window"),
        (
            "[tables.t]\nkey = ['a', 'b']\n[tables.t.key_windows.a]\nlow = 1",
            "bad-window",
            "a",
            "2 columns",
        ),
        ("[tables.t.key_windows.a]\nlow = 1\nrows = 'x ='", "bad-predicate", "a.rows", ""),
        ("[tables.t.key_windows.a]\nlow = 1\nsequence = ''", "bad-name", "a.sequence", "empty"),
        ("[tables.t.key_windows.a]\nlow = '1'", "wrong-type", "a.low", "an integer"),
        ("[tables.t.key_windows.a]\nlo = 1", "unknown-key", "a.lo", 'did you mean "low"?'),
        ("[tables.t.key_windows.a]\nlow = 1\nmargin = -1", "wrong-value", "a.margin", "0"),
        ("[tables.t.key_windows.a]\nlow = 99999999999999999999", "wrong-value", "a.low", ""),
    ],
)
def test_what_is_no_window_is_a_problem_at_its_key(
    text: str, rule: str, key: str, message: str
) -> None:
    problem = problem_of(text)

    assert problem.rule == rule
    assert problem.where.endswith(f"tables.t.key_windows.{key}")
    assert message in problem.message


def test_windows_of_real_rows_must_not_overlap_and_a_test_window_may_lie_in_one() -> None:
    overlapping = """
[tables.t]
test_rows = "x = 1"
[tables.t.key_windows.a]
low = 1
high = 100
[tables.t.key_windows.b]
low = 100
[tables.t.key_windows.c]
high = 0
[tables.t.key_windows.probe]
low = 50
high = 60
test = true
"""
    problem = problem_of(overlapping)

    assert (problem.rule, problem.where) == (
        "overlapping-windows",
        "cachedeps.toml:7 tables.t.key_windows.b",
    )
    assert "100" in problem.message
    assert declared(overlapping.replace("low = 100", "low = 101")).digest


def test_all_problems_of_windows_are_told_at_once() -> None:
    found = problems_of("""
[tables.t.key_windows.a]
low = 5
high = 1
negated = true
[tables.t.key_windows.b]
[tables.u.key_windows.c]
low = 1
rows = "max(x) = 1"
""")

    assert [(p.rule, p.where.partition(" ")[2]) for p in found] == [
        ("bad-window", "tables.t.key_windows.a.low"),
        ("bad-window", "tables.t.key_windows.a.negated"),
        ("bad-window", "tables.t.key_windows.b"),
        ("bad-predicate", "tables.u.key_windows.c.rows"),
    ]
