from __future__ import annotations

from cachedeps.domain.finding import Finding, Refusal
from cachedeps.errors import (
    ApprovalRefusedError,
    DeclarationError,
    InterruptedRunError,
    StalePlanError,
    UnknownNameError,
)
from cachedeps.render.documents import check_document, error_document
from cachedeps.render.findings_screen import check_screen, error_screen

FINDING = Finding("unknown-key", "cachedeps.toml:3 tables.x", "ownr is no key", "owner")


def test_findings_name_place_rule_message_and_fix() -> None:
    text = str(check_screen([FINDING], ""))
    assert text == (
        "1 finding\n\ncachedeps.toml:3 tables.x  [unknown-key]\n"
        "  ownr is no key\n  fix:\n    owner\n"
    )


def test_no_findings_says_what_was_checked() -> None:
    assert str(check_screen([], "it fits")) == "No findings: it fits.\n"


def test_the_check_document_has_the_promised_fields() -> None:
    assert check_document([FINDING]) == {
        "version": 1,
        "command": "check",
        "findings": [
            {
                "rule": "unknown-key",
                "where": "cachedeps.toml:3 tables.x",
                "message": "ownr is no key",
                "fix": "owner",
            }
        ],
    }


def test_an_error_document_has_slug_message_and_hint() -> None:
    error = UnknownNameError("no upstream analytix", hint="did you mean analytics?")
    assert error_document("invalidate", error) == {
        "version": 1,
        "command": "invalidate",
        "error": {
            "slug": "unknown-name",
            "message": "no upstream analytix",
            "hint": "did you mean analytics?",
        },
    }


def test_an_error_keeps_the_fields_of_the_document_it_stands_in_the_way_of() -> None:
    refusal = Refusal("wrong-count", "19 rows", "--expect-rows 20")
    error = ApprovalRefusedError("not approved", refusals=(refusal,))
    document = error_document("apply", error, {"command": "invalidate", "rows": 20})
    assert document["command"] == "apply"
    assert document["rows"] == 20
    assert document["error"]["refusals"] == [
        {"slug": "wrong-count", "message": "19 rows", "hint": "--expect-rows 20"}
    ]


def test_every_problem_of_a_declaration_is_in_screen_and_document() -> None:
    error = DeclarationError("1 problem", problems=(FINDING,))
    assert "ownr is no key" in str(error_screen(error))
    document = error_document("graph", error)
    assert document["error"]["problems"][0]["rule"] == "unknown-key"


def test_a_problem_is_said_once() -> None:
    many = DeclarationError("2 problems:\nownr is no key\nx", hint="fix it", problems=(FINDING,))
    text = str(error_screen(many))
    assert text.startswith("error [declaration]: 2 problems:\n\ncachedeps.toml:3 tables.x")
    assert text.count("ownr is no key") == 1
    one = DeclarationError("ownr is no key", hint="fix it", problems=(FINDING,))
    assert str(error_screen(one)) == "error [declaration]: ownr is no key\n  do: fix it\n"


def test_a_refusal_says_refused_with_slug_reason_and_command() -> None:
    text = str(error_screen(StalePlanError("2 rows joined", hint="plan again")))
    assert text == "refused [stale-plan]: 2 rows joined\n  do: plan again\n"


def test_every_reason_against_an_approval_is_listed() -> None:
    reasons = (Refusal("a", "first", "do a"), Refusal("b", "second"))
    text = str(error_screen(ApprovalRefusedError("first; second", hint="x", refusals=reasons)))
    assert text == (
        "refused [approval]: nothing was written, because:\n"
        "  [a] first\n    do: do a\n  [b] second\n"
    )


def test_an_interrupted_run_names_its_receipt() -> None:
    error = InterruptedRunError("the connection was lost", receipt_id="r1", hint="resume")
    assert "receipt: r1" in str(error_screen(error))
    document = error_document("apply", error)
    assert (document["receipt"], document["state"]) == ("r1", "interrupted")


def test_statements_for_an_administrator_stay_fit_to_copy() -> None:
    text = str(error_screen(StalePlanError("no rights", hint="CREATE a;\nCREATE b;")))
    assert "  do:\n  CREATE a;\n  CREATE b;\n" in text
