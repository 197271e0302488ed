"""Random declarations, data and requests: cachedeps against the oracle, on SQLite in memory."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from tests.properties import properties
from tests.properties.asking import memory
from tests.properties.examples import few
from tests.properties.requests import fixes, questions, shuffles
from tests.properties.world import Request, World

Question = tuple[World, Request]


@few(40)
@given(questions())
def test_a_preview_names_exactly_the_cells_that_the_rules_make_stale(
    tmp_path: Path, question: Question
) -> None:
    with memory() as engine:
        properties.check_cells(*question, engine, tmp_path)


@few(20)
@given(questions())
def test_apply_changes_exactly_the_cells_and_restore_puts_them_all_back(
    tmp_path: Path, question: Question
) -> None:
    with memory() as engine:
        properties.check_round_trip(*question, engine, tmp_path)


@few(15)
@given(fixes())
def test_two_fixes_planned_together_touch_what_each_touches_alone(
    tmp_path: Path, question: Question
) -> None:
    with memory() as engine:
        properties.check_union(*question, engine, tmp_path)


@few(10)
@given(questions(), st.data())
def test_the_same_input_gives_the_same_digest_in_whatever_order_rows_were_written(
    tmp_path: Path, question: Question, data: DataObject
) -> None:
    world, request = question
    shuffled = data.draw(shuffles(world))
    with memory() as engine:
        properties.check_repeatable(world, request, engine, tmp_path, shuffled=shuffled)


@few(60)
@given(questions())
def test_a_plan_touches_only_what_is_downstream(tmp_path: Path, question: Question) -> None:
    properties.check_descendants(*question, tmp_path)
