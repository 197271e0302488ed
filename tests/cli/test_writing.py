"""Nothing is written by default; with an approval of exactly the preview, it is."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.cli.example import FIX, METRICS, YES, Example, Program

DIAGNOSIS = ("invalidate", "--upstream", "diagnosis_llm")


def test_a_preview_says_what_it_would_do_and_does_nothing(
    example: Example, program: Program
) -> None:
    before = example.database.read_bytes()
    ended = program(*FIX)
    assert ended.out.startswith("20 rows, 7 owners\n")
    assert ended.out.endswith("Next: cachedeps invalidate --upstream analytics --apply\n")
    assert example.database.read_bytes() == before


def test_without_a_terminal_nobody_is_asked_and_nothing_is_assumed(
    example: Example, program: Program
) -> None:
    before = example.database.read_bytes()
    ended = program(*FIX, "--apply")
    assert ended.code == 3
    assert ended.out.startswith("20 rows, 7 owners\n")
    assert "refused [approval]" in ended.err
    assert "--apply --approved-by WHO --expect-rows 20" in ended.err
    assert example.database.read_bytes() == before


@pytest.mark.parametrize(
    ("flags", "missing"),
    [
        (("--approved-by", "ann"), "--expect-rows 20"),
        (("--expect-rows", "20"), "--approved-by WHO"),
    ],
)
def test_half_an_approval_is_none(
    example: Example, program: Program, flags: tuple[str, ...], missing: str
) -> None:
    before = example.values()
    ended = program(*FIX, "--apply", *flags)
    assert ended.code == 3
    assert missing in ended.err
    assert example.values() == before


def test_a_wrong_row_count_prints_both_numbers_and_writes_nothing(
    example: Example, program: Program
) -> None:
    before = example.values()
    ended = program(*FIX, "--apply", "--approved-by", "ann", "--expect-rows", "19")
    assert ended.code == 3
    assert "19 rows were approved, but the preview counts 20" in ended.err
    assert example.values() == before


def test_a_refused_approval_in_json_is_the_preview_and_the_error_in_one_document(
    example: Example, program: Program
) -> None:
    ended = program(*FIX, "--apply", "--json")
    assert ended.code == 3
    assert ended.err == ""
    document = ended.document
    assert document["command"] == "invalidate"
    assert (document["rows"], document["owners"]["count"]) == (20, 7)
    assert document["invalidate"][0]["cache"] == METRICS
    assert document["error"]["slug"] == "approval"
    assert [r["slug"] for r in document["error"]["refusals"]] == ["approval-missing"]


def test_an_approved_fix_resets_its_cells_and_no_others(
    example: Example, program: Program
) -> None:
    before = example.values()
    ended = program(*FIX, "--apply", *YES)
    assert ended.code == 0
    assert "apply done: 20 rows, 20 cells" in ended.out
    after = example.values()
    changed = {key for key in before if before[key] != after[key]}
    assert len(changed) == 20
    assert {after[key][0] for key in changed} == {None}
    assert all(before[key][1:] == after[key][1:] for key in before)


def test_a_restore_brings_every_byte_back(example: Example, program: Program) -> None:
    before = example.values()
    receipt = program(*FIX, "--apply", *YES, "--json").document["receipt"]
    assert example.values() != before
    looked = program("restore", receipt, "--json")
    assert (looked.code, looked.document["restored"]) == (0, 20)
    assert looked.document["receipt"] is None
    assert example.values() != before
    assert program("restore", receipt, "--apply").code == 3
    ended = program("restore", receipt, "--apply", *YES, "--json")
    assert (ended.code, ended.document["state"], ended.document["restored"]) == (0, "done", 20)
    assert ended.document["restores"] == receipt
    assert example.values() == before


def test_a_restore_can_be_for_one_key_or_one_owner(example: Example, program: Program) -> None:
    before = example.values()
    receipt = program(*FIX, "--apply", *YES, "--json").document["receipt"]
    key = min(k for k, row in example.values().items() if row != before[k])
    assert program("restore", receipt, "--key", str(key), "--json").document["restored"] == 1
    owned = program("restore", receipt, "--owner", "aiko.tan@example.com", "--json").document
    assert 0 < owned["restored"] < 20
    assert owned["owners"]["labels"] == ["aiko.tan@example.com"]
    yes = ("--approved-by", "ann", "--expect-rows", "1")
    assert program("restore", receipt, "--key", str(key), "--apply", *yes).code == 0
    back = [k for k, row in example.values().items() if row == before[k]]
    assert key in back
    assert len(back) == len(before) - 19


def test_a_plan_file_goes_through_the_same_gate(example: Example, program: Program) -> None:
    before = example.values()
    saved = program(*FIX, "-o", "plan.json")
    assert saved.out.endswith("Next: cachedeps apply plan.json\n")
    assert stat.S_IMODE(Path("plan.json").stat().st_mode) == 0o600
    assert "@example.com" not in Path("plan.json").read_text()
    assert program("apply", "plan.json").code == 3
    assert example.values() == before
    ended = program("apply", "plan.json", *YES, "--json")
    assert (ended.code, ended.document["command"]) == (0, "apply")
    assert ended.document["caches"] == {METRICS: 20}
    assert example.values() != before


def test_a_plan_that_became_stale_is_refused_and_show_says_how(
    example: Example, program: Program
) -> None:
    program(*FIX, "-o", "plan.json")
    assert program("show", "plan.json", "--json").document["stale"] is False
    (key,) = example.execute("SELECT min(id) FROM uploads WHERE rotation_version < 7")[0]
    example.execute(f"UPDATE uploads SET rotation_metrics = 'new' WHERE id = {key}")
    before = example.values()
    shown = program("show", "plan.json", "--json")
    assert (shown.code, shown.document["stale"]) == (0, True)
    assert shown.document["drift"]["changed"] == [{"cache": METRICS, "key": [key]}]
    ended = program("apply", "plan.json", *YES)
    assert ended.code == 3
    assert "refused [stale-plan]" in ended.err
    assert example.values() == before


def test_a_plan_is_shown_without_database_and_without_declaration(
    example: Example, program: Program
) -> None:
    program(*FIX, "-o", "plan.json")
    example.declaration.unlink()
    ended = program("show", "plan.json")
    assert ended.code == 0
    assert "Whether the plan is stale is not known" in ended.out
    assert "20 rows, 7 owners" in ended.out
    assert program("show", "plan.json", "--json").document["stale"] is None


def test_a_shown_plan_names_the_owners_that_its_file_does_not_hold(
    example: Example, program: Program
) -> None:
    program(*FIX, "-o", "plan.json")
    assert "aiko.tan@example.com" in program("show", "plan.json").out


def test_a_plan_that_was_applied_and_restored_is_current_again(
    example: Example, program: Program
) -> None:
    program(*FIX, "-o", "plan.json")
    receipt = program("apply", "plan.json", *YES, "--json").document["receipt"]
    assert program("show", "plan.json", "--json").document["stale"] is True
    program("restore", receipt, "--apply", *YES)
    assert program("show", "plan.json", "--json").document["stale"] is False


def test_irreplaceable_caches_have_to_be_named_with_their_counts(
    example: Example, program: Program
) -> None:
    before = example.values()
    seen = program(*DIAGNOSIS, "--json").document
    assert set(seen["must_name"]) == {"uploads.diagnosis_text", "uploads.training_plan"}
    rows = str(seen["rows"])
    yes = ("--approved-by", "ann", "--expect-rows", rows)
    ended = program(*DIAGNOSIS, "--apply", *yes)
    assert ended.code == 3
    assert "uploads.diagnosis_text has to be approved by name" in ended.err
    assert example.values() == before
    named = [f"--expect={name}={count}" for name, count in seen["must_name"].items()]
    ended = program(*DIAGNOSIS, "--apply", *yes, *named)
    assert ended.code == 0
    after = example.values()
    assert {row[1:] for row in after.values()} == {(None, None)}
    assert all(after[key][0] == before[key][0] for key in before)


def test_nothing_to_do_is_done(example: Example, program: Program) -> None:
    program(*FIX, "--apply", *YES)
    ended = program(*FIX)
    assert ended.code == 0
    assert ended.out.startswith("0 rows, 0 owners\n")
    assert "Next:" not in ended.out
    ended = program(*FIX, "--apply", "--approved-by", "ann", "--expect-rows", "0", "--json")
    assert (ended.code, ended.document["state"], ended.document["rows"]) == (0, "done", 0)


def test_history_and_show_tell_what_was_done(example: Example, program: Program) -> None:
    assert program("history").out == "No run yet: the journal is empty.\n"
    receipt = program(*FIX, "--apply", *YES, "--json").document["receipt"]
    (entry,) = program("history", "--json").document["entries"]
    assert entry["id"] == receipt
    assert (entry["command"], entry["state"], entry["rows"]) == ("apply", "done", 20)
    assert (entry["by"], entry["undone_by"]) == ("ann@example.com", None)
    shown = program("show", receipt, "--json").document
    assert (shown["command"], shown["kind"], shown["receipt"]) == ("show", "apply", receipt)
    assert f"receipt   {receipt}" in program("show", receipt).out
