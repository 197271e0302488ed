"""Both incidents' statements meet the guard, with the example databases beside it."""

from __future__ import annotations

from pathlib import Path

import cachedeps
from cachedeps.actions.demo import build_honeychat, build_jumponion
from tests.incidents.test_examples import pristine, tables

WIPE = (
    "UPDATE uploads SET rotation_metrics = NULL, diagnosis_text = NULL, training_plan = NULL "
    "WHERE created_at BETWEEN '2026-04-01' AND '2026-04-25'"
)
CLEAN_UP = "DELETE FROM users WHERE id BETWEEN -91111200 AND -91111100"
UPSERT = (
    "INSERT INTO users (id, email, name, plan, auth_source, created_at) VALUES "
    "(-91111105, 't@example.com', 'T', 'free', 'test', '2026-05-01') "
    "ON CONFLICT (id) DO UPDATE SET auth_source = excluded.auth_source"
)


def test_jumponion_s_wipe_is_refused_and_the_seven_customers_are_counted(tmp_path: Path) -> None:
    path = build_jumponion(tmp_path)
    with cachedeps.load(path).connect() as database:
        verdict = database.guard(WIPE)

    assert verdict.ruling.value == "refuse"
    assert {f.rule for f in verdict.findings} == {"blanket-null", "irreplaceable-overwrite"}
    assert verdict.findings[0].suggestion == (
        "cachedeps invalidate --upstream analytics "
        "--where \"uploads: created_at BETWEEN '2026-04-01' AND '2026-04-25'\""
    )
    (hit,) = verdict.hits
    assert (hit.rows, hit.owners, len(hit.labels)) == (20, 7, 7)
    assert "diagnosis_text and training_plan do not depend on analytics" in hit.message
    names = ("users", "uploads", "llm_call_log")
    after = tables(tmp_path / "examples" / "jumponion" / "app.db", *names)
    assert after == pristine(tmp_path, "jumponion", *names)


def test_honeychat_s_clean_up_is_refused_and_its_thirteen_users_are_counted(
    tmp_path: Path,
) -> None:
    path = build_honeychat(tmp_path)
    with cachedeps.load(path).connect() as database:
        verdict = database.guard(CLEAN_UP)
        upsert = database.guard(UPSERT)
        found = {finding.rule: finding.message for finding in database.check()}

    assert [f.rule for f in verdict.findings] == ["range-delete-on-key"]
    assert verdict.findings[0].suggestion == "cachedeps cleanup users"
    (hit,) = verdict.hits
    assert (hit.rows, hit.owners) == (13, 13)
    assert "test-user-1@example.com" in hit.labels
    assert "clara@example.com" in hit.labels
    assert [f.rule for f in upsert.findings] == ["upsert-on-key"]
    assert upsert.hits == ()

    assert set(found) == {
        "test-row-conflict",
        "real-row-in-test-window",
        "sequence-near-test-window",
    }
    assert "8 real rows" in found["real-row-in-test-window"]
    assert "(-91111110, -91111105)" in found["test-row-conflict"]
