"""docs/cli.md says what the commands are, and its examples work."""

from __future__ import annotations

import shlex
import sqlite3
from contextlib import closing
from importlib import import_module
from pathlib import Path

from cachedeps.cli.commands import COMMANDS, EXIT_CODES, help_text
from cachedeps.cli.reference import EXAMPLES, page
from tests.cli.example import Example, Program

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text) == text, "run make docs"


def test_the_program_s_help_fits_a_terminal_of_80_columns() -> None:
    assert max(map(len, help_text().splitlines())) <= 80


def test_every_exit_code_and_command_has_its_place_on_the_page() -> None:
    text = PAGE.read_text("utf-8")
    assert all(f"| {code} | {meaning} |" in text for code, meaning in EXIT_CODES.items())
    assert all(f"\n## cachedeps {name}\n" in text for name in COMMANDS)


def test_the_program_s_help_says_what_each_command_says_of_itself() -> None:
    for name, summary in COMMANDS.items():
        function = getattr(import_module(f"cachedeps.cli.{name}"), name)
        assert (function.__doc__ or "").partition("\n")[0] == summary


def test_every_example_works_in_the_order_of_the_page(example: Example, program: Program) -> None:
    receipt = ""
    Path("change.sql").write_text("SELECT id FROM uploads WHERE user_id = 3;\n", "utf-8")
    Path("app.py").write_text('QUERY = "SELECT id FROM uploads WHERE user_id = 3"\n', "utf-8")
    fix = "UPDATE uploads SET sport = trim(sport) WHERE user_id IN (2, 3);\n"
    Path("fix.sql").write_text(fix, "utf-8")
    assert list(EXAMPLES) == list(COMMANDS)
    for line in (line for lines in EXAMPLES.values() for line in lines):
        arguments = shlex.split(line.replace("RECEIPT", receipt))[1:]
        ended = program(*arguments)
        assert (ended.code, line) == (0, line), ended.err
        if arguments[0] == "apply":
            receipt = program("history", "--json").document["entries"][0]["id"]


def test_the_demo_runs_the_main_job_and_prints_every_command(
    example: Example, program: Program
) -> None:
    ended = program("demo", "--folder", "demo")
    assert ended.code == 0
    for said in (
        "$ cachedeps invalidate --upstream analytics -o plan.json",
        "20 rows, 7 owners",
        "uploads.diagnosis_text  not downstream of analytics",
        "$ cachedeps apply plan.json --approved-by you@example.com --expect-rows 20",
        "apply done: 20 rows, 20 cells",
        "restore done: 20 rows, 20 cells",
    ):
        assert said in ended.out


def test_the_other_incident_is_refused_looked_at_undone_and_cleaned_up_by_attribute(
    example: Example, program: Program
) -> None:
    ended = program("demo", "--incident", "honeychat", "--folder", "chat")
    assert ended.code == 0
    told = ended.out
    for word in ("range-delete-on-key", "run done: 13 rows", "restore done", "test-row-conflict"):
        assert word in told
        told = told[told.index(word) :]
    with closing(sqlite3.connect(example.folder / "chat" / "app.db")) as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (23,)


def test_the_demo_can_be_one_document_and_tells_its_story_beside_it(
    example: Example, program: Program
) -> None:
    ended = program("demo", "--folder", "demo", "--json")
    assert ended.code == 0
    assert [entry["command"] for entry in ended.document["entries"]] == ["restore", "apply"]
    assert {entry["rows"] for entry in ended.document["entries"]} == {20}
    assert "$ cachedeps apply plan.json --approved-by" in ended.err
