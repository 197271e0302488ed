from __future__ import annotations

from cachedeps.domain.outcome import Drift, Owners, RestoreChoice, RestoreCount, RestorePreview
from cachedeps.render.receipt_document import (
    history_document,
    receipt_document,
    restore_preview_document,
)
from cachedeps.render.receipt_screen import (
    drift_screen,
    history_screen,
    next_steps,
    receipt_screen,
)
from cachedeps.render.restore_screen import restore_screen
from tests.unit.render.outcomes import LABELS, METRICS, receipt

RESTORED = receipt(
    id="r2", command="restore", restores="r1", kept_regenerated=2, vanished=1, taken_keys=((4,),)
)
RESTORING = RestorePreview(
    receipt=receipt(),
    choice=RestoreChoice(),
    database="postgresql://app@host/db",
    caches=(RestoreCount(METRICS, 18, 1, 1),),
    rows=18,
    cells=18,
    kept_regenerated=1,
    vanished=1,
    owners=Owners(7, LABELS),
    notices=(),
    digest="sha256:r",
    regenerated_keys=((METRICS, (3,)),),
)


def test_an_apply_document_has_the_promised_fields() -> None:
    document = receipt_document("apply", receipt())
    promised = {
        "version": 1,
        "command": "apply",
        "receipt": "r1",
        "state": "done",
        "rows": 20,
        "cells": 20,
        "caches": {METRICS: 20},
    }
    assert {name: document[name] for name in promised} == promised
    assert "restores" not in document


def test_a_restore_document_says_what_was_put_back_and_what_was_left_alone() -> None:
    document = receipt_document("restore", RESTORED)
    promised = {
        "version": 1,
        "command": "restore",
        "receipt": "r2",
        "restores": "r1",
        "restored": 20,
        "kept_regenerated": 2,
        "vanished": 1,
        "taken_keys": [[4]],
    }
    assert {name: document[name] for name in promised} == promised


def test_the_preview_of_a_restore_has_no_receipt() -> None:
    document = restore_preview_document(RESTORING)
    assert document["receipt"] is None
    assert "state" not in document
    assert (document["restores"], document["restored"], document["rows"]) == ("r1", 18, 18)
    assert document["regenerated_keys"] == [{"cache": METRICS, "key": [3]}]


def test_the_history_document_lists_the_runs() -> None:
    (entry,) = history_document([receipt(undone_by="r2")])["entries"]
    promised = {
        "id": "r1",
        "command": "apply",
        "state": "done",
        "rows": 20,
        "by": "ann@example.com",
        "at": "2026-04-25T12:00:00+00:00",
        "undone_by": "r2",
    }
    assert {name: entry[name] for name in promised} == promised


def test_a_done_run_names_the_command_that_undoes_it() -> None:
    assert str(receipt_screen(receipt())).endswith("Next: cachedeps restore r1\n")


def test_a_run_that_was_undone_has_no_next_step() -> None:
    assert next_steps(receipt(undone_by="r2", put_back=20)) == []
    assert next_steps(receipt(undone_by="r2", put_back=19)) == ["cachedeps restore r1"]


def test_an_interrupted_run_says_how_to_go_on_and_how_to_undo() -> None:
    text = str(receipt_screen(receipt(state="interrupted"), resume="cachedeps apply plan.json"))
    assert "Next: cachedeps apply plan.json   (goes on" in text
    assert "Next: cachedeps restore r1   (undoes what is done)" in text


def test_an_interrupted_restore_goes_on_by_its_own_command() -> None:
    steps = next_steps(receipt(command="restore", restores="r0", state="interrupted"))
    assert steps[0].startswith("cachedeps restore r0 --apply")


def test_a_receipt_says_what_it_left_alone_and_notes() -> None:
    text = str(receipt_screen(RESTORED, {METRICS: (3, 20)}))
    assert "2 cells kept: regenerated since" in text
    assert "1 row vanished" in text
    assert "keys taken by other rows, not put back: 4" in text
    assert f"{METRICS}: 3 of 20 cells still hold the old value" in text


def test_the_screen_of_a_restore_counts_what_goes_back_first() -> None:
    text = str(restore_screen(RESTORING))
    assert text.startswith("18 rows, 7 owners\n18 cells would be put back\n")
    assert f"{METRICS} 3" in text


def test_a_plan_without_drift_is_called_current() -> None:
    assert "current" in str(drift_screen(Drift()))


def test_drift_names_the_cells_and_cuts_a_long_list_openly() -> None:
    cells = tuple((METRICS, (number,)) for number in range(25))
    text = str(drift_screen(Drift(joined=cells)))
    assert "joined: 25 cells" in text
    assert "... and 5 more: --json lists them all" in text


def test_an_empty_history_says_so() -> None:
    assert str(history_screen([])) == "No run yet: the journal is empty.\n"


def test_the_history_points_at_unfinished_runs() -> None:
    text = str(history_screen([receipt(), receipt(id="r9", state="interrupted")]))
    assert "2 runs" in text
    assert "r9 is interrupted:" in text


def test_the_history_fits_into_eighty_columns_and_says_what_belongs_together() -> None:
    runs = [
        receipt(id="2026-11-21-36785574", command="restore", restores="2026-11-20-de9b0fd9"),
        receipt(id="2026-11-20-de9b0fd9", undone_by="2026-11-21-36785574", put_back=20),
    ]
    lines = str(history_screen(runs)).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[3] == "    restores 2026-11-20-de9b0fd9"
    assert lines[5] == "    undone by 2026-11-21-36785574"
