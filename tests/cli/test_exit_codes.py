"""Exit codes, pinned: 0 done, 1 findings, 2 usage, 3 refused, 4 failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.cli.commands import COMMANDS
from tests.cli.example import FIX, Example, Program


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("-h",),
        ("--version",),
        ("check",),
        ("check", "--offline"),
        ("graph",),
        ("explain", "analytics"),
        FIX,
        (*FIX, "--where", "id < 0"),
        ("history",),
        ("journal", "ddl"),
    ],
)
def test_what_works_is_0(example: Example, program: Program, arguments: tuple[str, ...]) -> None:
    ended = program(*arguments)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out


def test_findings_of_a_check_are_1(example: Example, program: Program) -> None:
    example.execute("ALTER TABLE uploads DROP COLUMN training_plan")
    ended = program("check")
    assert ended.code == 1
    assert "training_plan" in ended.out


@pytest.mark.parametrize("flags", [(), ("--offline",)])
def test_problems_of_the_file_are_1_for_check_and_2_for_everybody_else(
    example: Example, program: Program, flags: tuple[str, ...]
) -> None:
    example.declaration.write_text('[upstreams.a]\ndepends_on = ["b"]\nnonsense = 1\n')
    ended = program("check", *flags)
    assert ended.code == 1
    assert "nonsense" in ended.out
    assert program("graph").code == 2
    ended = program(*FIX)
    assert ended.code == 2
    assert "nonsense" in ended.err


def test_an_except_that_says_nothing_is_told_without_a_database(
    example: Example, program: Program
) -> None:
    text = example.declaration.read_text("utf-8")
    idle = 'depends_on = [{ on = "analytics", except = ["plan_llm"] }]'
    example.declaration.write_text(text.replace('depends_on = ["analytics"]', idle), "utf-8")
    ended = program("check", "--offline", "--json")
    (finding,) = ended.document["findings"]
    assert (ended.code, finding["rule"]) == (1, "idle-except")
    assert program(*FIX).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("invalidate",),
        ("invalidate", "--bogus"),
        ("invalidate", "--upstream"),
        ("invalidate", "--upstream", "analytix"),
        ("invalidate", "--column", "uploads.rotation"),
        (*FIX, "--page-rows", "0"),
        (*FIX, "--page-rows", "many"),
        (*FIX, "--fingerprint", "guess"),
        (*FIX, "--unstamped", "maybe"),
        (*FIX, "--where", "1; DROP TABLE users"),
        (*FIX, "--where", "id IN (SELECT 1)"),
        (*FIX, "--where", "nothing = 1"),
        (*FIX, "--key", "(1"),
        (*FIX, "--keys-from", "missing"),
        (*FIX, "--bad-version", "5..3"),
        (*FIX, "--expect", "uploads"),
        (*FIX, "--owner", "nobody@example.com"),
        (*FIX, "-o", "missing/plan.json"),
        (*FIX, "--keys-to", "missing/keys"),
        (*FIX, "-c", "missing.toml"),
        ("apply",),
        ("apply", "missing.json"),
        ("show", "missing.json"),
        ("show", "no-such-receipt"),
        ("restore", "no-such-receipt"),
        ("explain", "analytix"),
        ("graph", "--upstream", "analytix"),
        ("journal",),
        ("journal", "drop"),
        ("init",),
        ("init", "--url", "nonsense"),
        ("check", "--offline", "-c", "missing.toml"),
    ],
)
def test_what_cannot_be_understood_is_2_and_says_why(
    example: Example, program: Program, arguments: tuple[str, ...]
) -> None:
    before = example.values()
    ended = program(*arguments)
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err
    assert "Traceback" not in ended.err
    assert example.values() == before


def test_what_was_mistyped_is_told_in_one_plain_line(example: Example, program: Program) -> None:
    said = program("graph", "--format", "gif").err.splitlines()
    assert said[0].startswith("error [usage]: Invalid value for '--format': 'gif' is not one of")
    assert "Choose from: ddl" in program("journal").err.splitlines()[0]


def test_a_time_that_is_yet_to_come_chooses_no_row_and_says_so(
    example: Example, program: Program
) -> None:
    ended = program(*FIX, "--since", "2999-01-01")
    assert ended.code == 0
    assert ended.out.startswith("0 rows, 0 owners")
    assert "2999-01-01 00:00:00 UTC (included)" in ended.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("invalidate", "--bogus", "--json"),
        ("invalidate", "--upstream", "analytix", "--json"),
        ("apply", "missing.json", "--json"),
        ("nonsense", "--json"),
        ("history", "--json", "-c", "missing.toml"),
    ],
)
def test_an_error_in_json_is_one_document_on_stdout(
    example: Example, program: Program, arguments: tuple[str, ...]
) -> None:
    ended = program(*arguments)
    assert ended.code == 2
    assert ended.err == ""
    assert ended.document["version"] == 1
    assert ended.document["command"] == (arguments[0] if arguments[0] in COMMANDS else "")
    assert set(ended.document["error"]) >= {"slug", "message", "hint"}


def test_a_missing_approval_is_3(example: Example, program: Program) -> None:
    assert program(*FIX, "--apply").code == 3


def test_a_missing_database_is_4_and_is_not_created(example: Example, program: Program) -> None:
    example.database.unlink()
    ended = program(*FIX)
    assert ended.code == 4
    assert "error [unreachable]" in ended.err
    assert not example.database.exists()


def test_a_password_appears_nowhere(example: Example, program: Program) -> None:
    url = "postgresql://app:s3cret@127.0.0.1:9/none?password=s3cret"
    text = example.declaration.read_text().replace("sqlite:///examples/jumponion/app.db", url)
    example.declaration.write_text(text)
    for arguments in (FIX, (*FIX, "--json"), ("check",), ("init", "--url", url)):
        ended = program(*arguments)
        assert ended.code == 4
        assert "s3cret" not in ended.out + ended.err


def test_an_unexpected_error_is_4_without_traceback_or_its_own_text(
    example: Example, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> None:
        message = "password=s3cret"
        raise ValueError(message)

    monkeypatch.setattr("cachedeps.cli.history.load", broken)
    ended = program("history")
    assert ended.code == 4
    assert "unexpected ValueError in test_exit_codes.py" in ended.err
    assert "Traceback" not in ended.err
    assert "s3cret" not in ended.err
    monkeypatch.setenv("CACHEDEPS_DEBUG", "1")
    with pytest.raises(ValueError, match="s3cret"):
        program("history")
