"""cachedeps guard: verdicts as exit codes, screens, documents and lines."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

import cachedeps
from cachedeps.errors import UsageError
from tests.cli.example import Example, Program

INCIDENT = (
    "UPDATE uploads SET rotation_metrics = NULL, diagnosis_text = NULL, training_plan = NULL "
    "WHERE created_at BETWEEN '2026-03-01' AND '2026-04-25'"
)
REVIEW = "UPDATE uploads SET rotation_metrics = NULL WHERE created_at > '2026-04-01'"
ALLOW = "SELECT id FROM uploads WHERE user_id = 3"


def lines(monkeypatch: pytest.MonkeyPatch, *asked: object) -> None:
    text = "".join(a if isinstance(a, str) else json.dumps(a) + "\n" for a in asked)
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.mark.parametrize(
    ("sql", "code", "verdict"),
    [(ALLOW, 0, "allow"), (REVIEW, 1, "review"), (INCIDENT, 3, "refuse"), ("", 0, "allow")],
    ids=("allow", "review", "refuse", "nothing"),
)
def test_the_verdict_is_the_exit_code(
    example: Example, program: Program, sql: str, code: int, verdict: str
) -> None:
    Path("change.sql").write_text(sql, "utf-8")
    ended = program("guard", "change.sql", "--json")
    assert (ended.code, ended.document["verdict"]) == (code, verdict)
    assert program("guard", "change.sql").out.startswith(verdict)


def test_of_several_statements_and_files_the_worst_counts(
    example: Example, program: Program
) -> None:
    Path("one.sql").write_text(f"{ALLOW};\n\n{REVIEW};", "utf-8")
    Path("two.sql").write_text(ALLOW, "utf-8")
    ended = program("guard", "one.sql", "two.sql", "--json")
    assert (ended.code, ended.document["statements"]) == (1, 3)
    assert [f["where"] for f in ended.document["findings"]] == ["one.sql:3"]


def test_the_incident_is_refused_and_each_column_s_own_upstream_is_named(
    example: Example, program: Program
) -> None:
    Path("change.sql").write_text(INCIDENT, "utf-8")
    ended = program("guard", "change.sql")
    assert ended.code == 3
    for said in (
        "[blanket-null]",
        "rotation_metrics depends on analytics",
        "diagnosis_text depends on diagnosis_llm",
        "training_plan depends on plan_llm",
        "cachedeps invalidate --upstream analytics",
    ):
        assert said in " ".join(ended.out.split())


def test_an_exception_needs_its_reason_and_is_told(example: Example, program: Program) -> None:
    for comment, code in (
        ("-- cachedeps: allow needs-preview because of the nightly recount\n", 0),
        ("-- cachedeps: allow needs-preview\n", 1),
        ("-- cachedeps: allow blanket-null because of something else\n", 1),
    ):
        Path("change.sql").write_text(comment + REVIEW, "utf-8")
        ended = program("guard", "change.sql", "--json")
        waived = [f["waived"] for f in ended.document["findings"]]
        assert (ended.code, waived) == (code, ["of the nightly recount"] if not code else [None])


def test_every_line_is_answered_in_order_whatever_it_is(
    example: Example, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines(
        monkeypatch,
        {"id": 1, "dialect": "postgresql", "sql": ALLOW},
        {"id": "b", "sql": REVIEW},
        "no json\n",
        {"id": 3, "dialect": "oracle", "sql": ALLOW},
        {"id": 4, "sql": 17},
        [1],
        {"id": 5, "dialect": "mysql", "sql": "UPDATE users SET email = %s WHERE id = %s"},
    )
    ended = program("guard", "--jsonl")
    told = [json.loads(line) for line in ended.out.splitlines()]
    assert [(t["id"], t["verdict"]) for t in told] == [
        (1, "allow"),
        ("b", "review"),
        (None, "refuse"),
        (3, "refuse"),
        (4, "refuse"),
        (None, "refuse"),
        (5, "allow"),
    ]
    assert ended.code == 3


def test_a_parameter_that_is_null_empties_what_it_is_given_to(
    example: Example, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = "UPDATE uploads SET rotation_metrics = ?, training_plan = ? WHERE id = ?"
    lines(monkeypatch, {"id": 1, "dialect": "sqlite", "sql": sql, "params": [None, None, 5]})
    (told,) = (json.loads(line) for line in program("guard", "--jsonl").out.splitlines())
    assert "blanket-null" in {finding["rule"] for finding in told["findings"]}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no SQL to judge"),
        (("missing.sql",), "missing.sql cannot be read"),
        (("change.sql", "--dialect", "oracle"), "'oracle' is no dialect"),
    ],
)
def test_what_cannot_be_judged_at_all_is_a_usage_error(
    example: Example, program: Program, arguments: tuple[str, ...], said: str
) -> None:
    Path("change.sql").write_text(ALLOW, "utf-8")
    ended = program("guard", *arguments)
    assert ended.code == 2
    assert said in ended.err


def test_bytes_that_are_no_text_are_refused(example: Example, program: Program) -> None:
    Path("change.sql").write_bytes(b"SELECT '\xff\xfe'; DELETE FROM users")
    assert program("guard", "change.sql").code == 3


def test_with_a_connection_it_says_whom_it_would_have_hit_and_what_it_knew(
    example: Example, program: Program
) -> None:
    Path("change.sql").write_text(INCIDENT.replace("2026-03-01", "2026-04-01"), "utf-8")
    before = example.values()
    ended = program("guard", "change.sql", "--live")
    said = " ".join(ended.out.split())
    assert ended.code == 3
    assert "diagnosis_text and training_plan of 20 rows, 7 owners" in said
    assert "diagnosis_text and training_plan do not depend on analytics" in said
    assert "The database was asked for: keys, columns, rows." in said
    assert "@example.com" not in said
    assert example.values() == before

    document = program("guard", "change.sql", "--live", "--json").document
    assert document["used"] == ["keys", "columns", "rows"]
    (hit,) = document["hits"]
    assert (hit["where"], hit["rows"], hit["owners"]) == ("change.sql:1", 20, 7)
    assert "@example.com" not in json.dumps(document)


def test_without_the_flag_no_database_is_asked(example: Example, program: Program) -> None:
    Path("change.sql").write_text(INCIDENT, "utf-8")
    example.database.unlink()
    ended = program("guard", "change.sql", "--json")
    assert (ended.code, ended.document["used"], ended.document["hits"]) == (3, [], [])
    assert "asked" not in program("guard", "change.sql").out
    assert program("guard", "change.sql", "--live").code == 4


def test_lines_are_answered_with_what_the_database_knows(
    example: Example, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = "DELETE FROM users WHERE id = 3"
    asked = ({"id": 1, "sql": delete}, {"id": 2, "sql": REVIEW}, {"id": 3, "sql": ALLOW})
    lines(monkeypatch, *asked, {"id": 4, "dialect": "postgresql", "sql": ALLOW})
    ended = program("guard", "--jsonl", "--live")
    told = [json.loads(line) for line in ended.out.splitlines()]
    assert [line["verdict"] for line in told] == ["review", "review", "allow", "refuse"]
    assert "uploads would go with it" in told[0]["findings"][0]["message"]
    chosen = example.execute(REVIEW.replace("UPDATE uploads SET rotation_metrics = NULL",
                                            "SELECT id FROM uploads"))  # fmt: skip
    assert told[1]["hits"][0]["rows"] == len(chosen) > 0
    assert "used" not in told[2]
    assert "the SQL is for postgresql" in told[3]["findings"][0]["message"]


def test_a_rule_explains_itself_without_a_declaration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = program("guard", "--explain", "blanket-null")
    assert (shown.code, shown.out.splitlines()[0]) == (0, "# blanket-null")
    told = program("guard", "--explain", "blanket-null", "--json").document
    assert told == {"version": 1, "command": "guard", "rule": "blanket-null", "page": shown.out}


def test_a_rule_that_is_not_there_is_told_with_the_nearest(
    example: Example, program: Program
) -> None:
    ended = program("guard", "--explain", "blanket-nul")
    assert ended.code == 2
    assert 'did you mean "blanket-null"?' in ended.err
    assert "needs-preview" in program("guard", "--explain", "zzz").err


def test_whoever_asks_for_a_page_is_not_left_believing_that_files_were_judged(
    example: Example, program: Program
) -> None:
    for more in ("change.sql", "--sarif", "--jsonl"):
        assert program("guard", "--explain", "blanket-null", more).code == 2


def test_sql_within_python_is_told_with_the_line_of_the_file(
    example: Example, program: Program
) -> None:
    Path("app.py").write_text(f'"""Delete from users."""\n\nQUERY = "{INCIDENT}"\n', "utf-8")
    Path("change.sql").write_text(ALLOW, "utf-8")
    ended = program("guard", "change.sql", "app.py", "--json")
    assert (ended.code, ended.document["statements"]) == (3, 2)
    assert {finding["where"] for finding in ended.document["findings"]} == {"app.py:3"}


def test_a_script_without_a_suffix_is_known_by_its_first_line(
    example: Example, program: Program
) -> None:
    Path("clean").write_text("#!/usr/bin/env python3\nprint('hello')\n", "utf-8")
    assert program("guard", "clean").code == 0
    Path("clean").write_text("print('hello')\n", "utf-8")
    assert program("guard", "clean").code == 3


def test_a_file_can_be_judged_from_python(example: Example) -> None:
    Path("app.py").write_text("Q = 'DELETE FROM users'", "utf-8")
    project = cachedeps.load()
    assert project.guard_file("app.py").ruling.value == "refuse"
    with pytest.raises(UsageError, match=r"missing\.py cannot be read"):
        project.guard_file("missing.py")


def test_with_a_connection_python_is_judged_by_what_the_database_knows(
    example: Example, program: Program
) -> None:
    incident = INCIDENT.replace("2026-03-01", "2026-04-01")
    Path("app.py").write_text(f'# the clean-up\nQUERY = "{incident}"\n', "utf-8")
    document = program("guard", "app.py", "--live", "--json").document
    (hit,) = document["hits"]
    assert (hit["where"], hit["rows"], document["used"]) == (
        "app.py:2",
        20,
        ["keys", "columns", "rows"],
    )
    assert program("guard", "app.py", "--live", "--dialect", "postgresql").code == 2
