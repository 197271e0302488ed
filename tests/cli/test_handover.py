"""What is handed over in files, and what of it is secret."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import cachedeps
from tests.cli.example import FIX, METRICS, Example, Program


def test_keys_are_listed_on_the_screen_and_in_the_document(
    example: Example, program: Program
) -> None:
    (cache,) = program(*FIX, "--keys", "--json").document["invalidate"]
    assert cache["keys"] == [[key] for key in range(111, 131)]
    assert "uploads.rotation_metrics: 20 keys\n  111\n" in program(*FIX, "--keys").out
    (cache,) = program(*FIX, "--json").document["invalidate"]
    assert "keys" not in cache


def test_keys_to_and_keys_from_fit_together(example: Example, program: Program) -> None:
    ended = program(*FIX, "--key", "111,112,113", "--keys-to", "keys")
    assert ended.err == "wrote keys: 3 keys\n"
    lines = [json.loads(line) for line in Path("keys").read_text().splitlines()]
    assert lines == [{"cache": METRICS, "key": [key]} for key in (111, 112, 113)]
    assert stat.S_IMODE(Path("keys").stat().st_mode) == 0o600
    assert program(*FIX, "--keys-from", "keys", "--json").document["rows"] == 3


def test_the_owners_file_holds_everybody_and_is_private(
    example: Example, program: Program
) -> None:
    program(*FIX, "--owners-file", "owners")
    names = Path("owners").read_text().splitlines()
    assert len(names) == 7
    assert names == sorted(names)
    assert stat.S_IMODE(Path("owners").stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_leaves_nothing_behind(
    example: Example, program: Program
) -> None:
    Path("taken").mkdir()
    ended = program(*FIX, "--owners-file", "taken")
    assert ended.code == 2
    assert "taken cannot be written" in ended.err
    assert sorted(path.name for path in Path().iterdir()) == [
        "cachedeps.toml",
        "examples",
        "taken",
    ]


def test_init_prints_and_writes_a_file_that_loads(example: Example, program: Program) -> None:
    url = "sqlite:///examples/jumponion/app.db"
    text = program("init", "--url", url, "-o", "-").out
    ended = program("init", "--url", url, "-o", "new.toml")
    assert (ended.code, ended.out) == (0, text)
    assert Path("new.toml").read_text() == text
    assert program("check", "--offline", "-c", "new.toml").code == 0


def test_a_starter_in_another_folder_still_finds_its_database(
    example: Example, program: Program
) -> None:
    Path("kept").mkdir()
    url = "sqlite:///examples/jumponion/app.db"
    assert program("init", "--url", url, "-o", "kept/cachedeps.toml").code == 0
    text = Path("kept/cachedeps.toml").read_text()
    assert cachedeps.init(url, path="kept/cachedeps.toml") == text
    with cachedeps.load("kept/cachedeps.toml").connect() as database:
        assert database.history() == ()


def test_init_overwrites_nothing(example: Example, program: Program) -> None:
    before = example.declaration.read_text()
    ended = program("init", "--url", "sqlite:///examples/jumponion/app.db")
    assert ended.code == 2
    assert "cachedeps.toml exists" in ended.err
    assert example.declaration.read_text() == before


def test_a_picture_goes_to_a_file(example: Example, program: Program) -> None:
    ended = program("graph", "--format", "svg", "-o", "graph.svg")
    assert (ended.code, ended.out, ended.err) == (0, "", "wrote graph.svg\n")
    assert Path("graph.svg").read_text().lstrip().startswith("<")


def test_an_escape_sequence_in_the_data_reaches_no_terminal(
    example: Example, program: Program
) -> None:
    example.execute("UPDATE uploads SET rotation_metrics = char(27) || '[2J' WHERE id = 111")
    ended = program(*FIX)
    assert "\\x1b[2J" in ended.out
    assert "\x1b" not in ended.out


def test_no_file_that_is_handed_over_takes_the_place_of_something_precious(
    example: Example, program: Program
) -> None:
    database, declaration = example.database.read_bytes(), example.declaration.read_bytes()
    program(*FIX, "-o", "plan.json")
    plan = Path("plan.json").read_bytes()
    Path("notes").write_text("mine")
    flags = ("-o", "--keys-to", "--owners-file")
    for target in (str(example.database), "cachedeps.toml"):
        calls = [(*FIX, flag, target) for flag in flags] + [("graph", "-o", target)]
        assert [program(*call).code for call in calls] == [2, 2, 2, 2]
    calls = [(*FIX, "-o", "notes"), (*FIX, "--keys-to", "plan.json"), ("graph", "-o", "plan.json")]
    assert [program(*call).code for call in calls] == [2, 2, 2]
    assert "plan.json is a plan; it was left alone" in program("graph", "-o", "plan.json").err
    assert example.database.read_bytes() == database
    assert example.declaration.read_bytes() == declaration
    assert Path("plan.json").read_bytes() == plan
    assert Path("notes").read_text() == "mine"


def test_a_plan_takes_the_place_of_an_earlier_plan(example: Example, program: Program) -> None:
    Path("plan.json").touch()
    assert program(*FIX, "-o", "plan.json").code == 0
    assert program(*FIX, "--key", "111", "-o", "plan.json").code == 0
    assert program("show", "plan.json", "--json").document["rows"] == 1


def test_a_device_is_written_to_and_not_replaced(example: Example, program: Program) -> None:
    assert program(*FIX, "--keys-to", "/dev/null", "--owners-file", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()
