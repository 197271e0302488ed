from __future__ import annotations

import json

from cachedeps.actions.explain import explain
from cachedeps.render.explanation import explanation_json, explanation_text
from tests.unit.declarations import chain, diamonds, every_kind
from tests.unit.golden import assert_golden


def test_a_person_reads_what_feeds_a_cache_and_what_makes_it_stale() -> None:
    text = explanation_text(explain(every_kind(), "uploads.rotation_metrics"))

    assert text == (
        "uploads.rotation_metrics  cache\n"
        "column  uploads.rotation_metrics\n"
        "reset   null\n"
        "stamp   rotation_version records the version of analytics\n"
        "\n"
        "Direct edges in\n"
        "  analytics\n"
        "\n"
        "Fed by, directly or not (2)\n"
        "  analytics\n"
        "  pose_model\n"
        "\n"
        "Made stale by a change of (2)\n"
        "  analytics\n"
        "    analytics -> uploads.rotation_metrics\n"
        "    only where the stamp rotation_version is not a good version\n"
        "  pose_model\n"
        "    pose_model -> analytics -> uploads.rotation_metrics\n"
        "    only where the stamp rotation_version is not a good version\n"
    )


def test_conditions_and_deafness_are_said() -> None:
    text = explanation_text(explain(every_kind(), "embeddings.vector"))

    assert "  posts.cooked  [via post_id -> posts.id; except avatars]\n" in text
    assert "Deaf to (an except stands between) (1)\n  avatars\n" in text
    assert "post_text -> posts.cooked -> embeddings.vector" in text
    assert "avatars >" not in text


def test_facts_of_a_cache_are_shown() -> None:
    diagnosis = explanation_text(explain(every_kind(), "uploads.diagnosis_text"))
    assert "notes   irreplaceable\n" in diagnosis
    assert "cost    0.04 USD and 20 s for each cell\n" in diagnosis
    plan = explanation_text(explain(every_kind(), "uploads.training_plan"))
    assert "reset   value ''\n" in plan
    assert "computed at  cooked_at\n" in explanation_text(explain(every_kind(), "posts.cooked"))


def test_the_document_has_the_promised_fields() -> None:
    document = json.loads(explanation_json(explain(every_kind(), "analytics")))

    assert document["version"] == 1
    assert document["command"] == "explain"
    assert document["node"] == "analytics"
    assert document["kind"] == "upstream"
    assert document["upstream"] == ["pose_model"]
    assert document["downstream"] == ["uploads.rotation_metrics"]


def test_the_document_is_written_as_its_golden_file_shows() -> None:
    assert_golden(
        "explain/embeddings_vector.json",
        explanation_json(explain(every_kind(), "embeddings.vector")),
    )


def test_long_paths_and_many_paths_are_cut_visibly() -> None:
    text = explanation_text(explain(diamonds(200), "t.j199"))

    assert "... 389 more ..." in text
    assert "more paths: cachedeps graph --upstream s\n" in text
    chained = explanation_text(explain(chain(5000), "n0"))
    assert "paths not listed: cachedeps graph --upstream n0\n" in chained
