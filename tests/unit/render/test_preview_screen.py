from __future__ import annotations

from dataclasses import replace

from cachedeps.domain.finding import Refusal
from cachedeps.domain.model import Reset, ResetKind
from cachedeps.domain.outcome import Owners, SampleRow, Statement
from cachedeps.render.preview_screen import Ending, preview_screen
from tests.unit.render.outcomes import LABELS, METRICS, plan, preview, step

EXPECTED = """\
20 rows, 7 owners
20 cells in 1 cache; 5.0 KiB; regenerating costs $0.80, 6 min 40 s

database  postgresql://app@host/db
fixed     analytics
since     2026-04-01 00:00:00 UTC, 2026-04-01 02:00:00 local (included)

Invalidated
  cache                     rows     size   cost        time  reset
  uploads.rotation_metrics    20  5.0 KiB  $0.80  6 min 40 s  set to NULL

Why these
  analytics -> uploads.rotation_metrics
    from analytics: rows in scope

Kept
  cache                   because
  uploads.diagnosis_text  not downstream of analytics
  uploads.training_plan   not downstream of analytics

Owners (7)
  person1@example.com
  person2@example.com
  person3@example.com
  person4@example.com
  person5@example.com
  person6@example.com
  person7@example.com

Sample (1 of 20 cells)
  cache                     key  owner                value
  uploads.rotation_metrics  17   person1@example.com  dark

SQL
  -- uploads.rotation_metrics
  UPDATE uploads SET rotation_metrics = NULL
  WHERE created_at >= :since
    since = '2026-04-01 00:00:00'

Warnings
  [missing-index] no index on uploads.created_at

fingerprint  of keys and values
digest       sha256:abc

Next: cachedeps apply plan.json
"""


def test_the_screen_gives_totals_first_then_what_why_whose_and_how() -> None:
    assert str(preview_screen(preview(), Ending("cachedeps apply plan.json"))) == EXPECTED


def test_a_long_list_of_owners_is_cut_and_says_where_the_whole_list_is() -> None:
    people = Owners(31, tuple(f"p{n:02}@example.com" for n in range(31)))
    text = str(preview_screen(preview(owners=people)))
    assert "p19@example.com" in text
    assert "p20@example.com" not in text
    assert "... and 11 more: --owners-file FILE writes the whole list" in text


def test_owners_that_a_plan_file_does_not_hold_are_counted() -> None:
    text = str(preview_screen(preview(owners=Owners(7, (), cut=True))))
    assert "Owners (7)" in text
    assert "7 that a plan file does not name: --owners-file FILE writes the whole list" in text


def test_rows_without_an_owner_and_tables_without_an_owner_path_are_named() -> None:
    people = Owners(7, LABELS, unowned_rows=3, undeclared=("reports",))
    text = str(preview_screen(preview(owners=people)))
    assert "3 rows without an owner" in text
    assert "reports declares no owner" in text


def test_a_refusal_is_shown_with_its_slug_and_what_to_do() -> None:
    refusal = Refusal("shared-stamp", "marks more than is stale", "give each cache a stamp")
    text = str(preview_screen(preview(refusals=(refusal,))))
    assert "[shared-stamp] marks more than is stale" in text
    assert "do: give each cache a stamp" in text


def test_caches_to_be_named_are_listed_with_their_counts() -> None:
    text = str(preview_screen(preview(plan=plan(must_name=(METRICS,)))))
    assert f"to be named  {METRICS} (20)" in text


def test_an_irreplaceable_cache_says_so() -> None:
    seen = preview(plan=plan(steps=(step(irreplaceable=True),)))
    assert f"{METRICS} (irreplaceable)" in str(preview_screen(seen))


def test_a_sample_of_what_is_marked_shows_the_stamp_that_goes_and_not_a_value() -> None:
    marking = plan(steps=(step(reset=Reset(ResetKind.MARK)),))
    rows = (SampleRow(METRICS, (17,), LABELS[0], "11"),)
    text = str(preview_screen(preview(plan=marking, sample=rows)))
    assert f"{METRICS}  17   {LABELS[0]}  stamp 11\n" in text


def test_an_escape_sequence_in_a_value_cannot_reach_the_terminal() -> None:
    rows = (SampleRow(METRICS, ("\x1b[1A",), "\x1b]0;x\x07", "\x1b[2J"),)
    seen = preview(sample=rows, owners=Owners(1, ("\x1b[31mred",)))
    assert "\x1b" not in str(preview_screen(seen))


def test_a_list_of_parameters_that_is_cut_says_so() -> None:
    keys = tuple(range(25))
    statement = Statement((METRICS,), "UPDATE ...", (("keys", keys), ("at_page", None)))
    text = str(preview_screen(preview(statements=(statement,))))
    assert "18, 19, ... and 5 more: --json lists them all)" in text
    assert "at_page = (set when it runs)" in text


def test_a_very_long_path_is_shortened_in_the_middle() -> None:
    path = tuple(f"n{number}" for number in range(5_000))
    seen = preview(plan=plan(steps=(step(paths=(path,)),)))
    text = str(preview_screen(seen))
    assert "n5 -> ... 4989 nodes left out ... -> n4995" in text


def test_an_empty_preview_says_that_nothing_is_invalidated() -> None:
    empty = replace(preview(), caches=(), rows=0, cells=0, owners=Owners(), sample=())
    text = str(preview_screen(empty))
    assert text.startswith("0 rows, 0 owners\n")
    assert "nothing: no cell is stale in this scope" in text
