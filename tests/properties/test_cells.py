"""Random declarations and data on SQLite: cachedeps against the oracle."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from sqlalchemy import Engine

from tests.properties import properties
from tests.properties.asking import memory
from tests.properties.requests import questions, requests
from tests.properties.world import Request, World
from tests.properties.worlds import worlds

# More examples for a long search: CACHEDEPS_EXAMPLES=5000 pytest tests/properties
EXAMPLES = int(os.environ.get("CACHEDEPS_EXAMPLES", "25"))
Question = tuple[World, Request]


def few(examples: int = EXAMPLES) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize="CACHEDEPS_EXAMPLES" not in os.environ,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@few()
@given(questions())
def test_a_preview_names_exactly_the_cells_that_the_rules_make_stale(question: Question) -> None:
    with memory() as engine, folder() as place:
        properties.check_cells(*question, engine, place)
