"""A plan file that was changed by hand writes nothing, even where its sums were made anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cachedeps.domain.outcome import Preview
from cachedeps.domain.seal import seal
from cachedeps.domain.wire import decode, digest
from tests.cli.example import FIX, YES, Example, Program

Edit = Callable[[dict[str, Any]], object]


def forge(edit: Edit) -> None:
    """Changes ``plan.json`` and makes both of its sums fit again."""
    document = json.loads(Path("plan.json").read_text())
    body = document["preview"]
    edit(body)
    try:
        found = decode(Preview, body)
    except ValueError:
        pass
    else:
        body["digest"] = seal(found.plan, found.database, found.tables, found.fingerprint)
    document["sum"] = digest(body)
    Path("plan.json").write_text(json.dumps(document))


FORGERIES: dict[str, Edit] = {
    "fewer rows to approve": lambda body: body.update(rows=1),
    "another value": lambda body: body["plan"]["writes"][0].update(value="gone"),
    "another column": lambda body: body["plan"]["writes"][0].update(column="diagnosis_text"),
    "every row": lambda body: body["plan"]["writes"][0].update(target=0),
    "no such row choice": lambda body: body["plan"]["writes"][0].update(target=99),
    "nothing to name": lambda body: body["plan"].update(must_name=["uploads.training_plan"]),
    "a harmless statement shown": lambda body: body["statements"][0].update(sql="SELECT 1"),
    "no pages": lambda body: body["tables"][0].update(pages=[]),
    "no rows in a page": lambda body: body.update(page_rows=0),
    "no such fingerprint": lambda body: body.update(fingerprint="none"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_plan_is_refused_and_writes_nothing(
    example: Example, program: Program, name: str
) -> None:
    program(*FIX, "-o", "plan.json")
    before = example.values()
    forge(FORGERIES[name])
    rows = ("--expect-rows", "1") if name == "fewer rows to approve" else YES[2:]
    ended = program("apply", "plan.json", *YES[:2], *rows, "--json")
    assert ended.code in {2, 3}
    assert ended.document["error"]["slug"] in {"plan-file", "approval"}
    assert example.values() == before


def test_a_plan_for_an_owner_is_what_its_declaration_leads_to(
    example: Example, program: Program
) -> None:
    listed = program(*FIX, "--json").document["owners"]["labels"]
    ended = program(*FIX, "--owner", listed[0], "-o", "plan.json", "--json")
    rows = str(ended.document["rows"])
    assert program("apply", "plan.json", *YES[:2], "--expect-rows", rows).code == 0


@pytest.mark.parametrize("text", ["[" * 100_000, "", "[]", "{}", '{"preview": null}', "\x00"])
def test_what_is_no_plan_is_said_to_be_none(example: Example, program: Program, text: str) -> None:
    Path("plan.json").write_text(text)
    for command in ("apply", "show"):
        ended = program(command, "plan.json", "--json")
        assert ended.code == 2
        assert ended.document["error"]["slug"] == "plan-file"
