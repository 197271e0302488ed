"""The same random worlds on every database: same cells, same effect, same way back."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from hypothesis import given
from sqlalchemy.pool import NullPool

from tests.databases.database import Database
from tests.properties import properties
from tests.properties.examples import few
from tests.properties.requests import questions
from tests.properties.world import Request, World


@few(8)
@given(questions())
def test_every_database_finds_the_oracles_cells(
    database: Database, tmp_path: Path, question: tuple[World, Request]
) -> None:
    engine = sa.create_engine(database.url, poolclass=NullPool)

    properties.check_cells(*question, engine, tmp_path)


@few(5)
@given(questions())
def test_every_database_changes_exactly_these_cells_and_back(
    database: Database, tmp_path: Path, question: tuple[World, Request]
) -> None:
    engine = sa.create_engine(database.url, poolclass=NullPool)

    properties.check_round_trip(*question, engine, tmp_path)
