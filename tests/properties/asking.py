"""Asks cachedeps about a small world, on a real database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.pool import StaticPool

from cachedeps.domain.outcome import Preview, Receipt
from cachedeps.domain.plan import Plan
from cachedeps.project import Database, Project, load
from tests.properties.oracle import Cells
from tests.properties.spelling import create, scope_of, toml
from tests.properties.world import Key, Request, Value, World

NOW = datetime(2026, 6, 1, tzinfo=UTC)
Tables = dict[str, list[tuple[Any, ...]]]


def plan_of(project: Project, request: Request) -> Plan:
    """The plan for a request."""
    return project.plan(*request.upstreams, scope=scope_of(request), columns=request.columns)


@dataclass
class Asked:
    """One world in one open database."""

    world: World
    project: Project
    database: Database
    engine: Engine

    def plan(self, request: Request) -> Plan:
        """The plan for a request."""
        return plan_of(self.project, request)

    def preview(self, request: Request) -> Preview:
        """What cachedeps would touch."""
        return self.database.preview(self.plan(request))

    def cells(self, preview: Preview) -> Cells:
        """The keys of the cells it would touch, by cache; caches without any are left out."""
        found = {
            step.cache: frozenset[Key](self.database.keys(preview, step.cache))
            for step in preview.plan.steps
        }
        return {node: keys for node, keys in found.items() if keys}

    def apply(self, preview: Preview) -> Receipt:
        """Writes it, with everything named that has to be named."""
        named = {name: preview.rows_of(name) for name in preview.plan.must_name}
        return self.database.apply(
            preview.approve(by="ann@example.com", rows=preview.rows, columns=named)
        )

    def data(self) -> Tables:
        """Every row of the world's tables, as the database tells it."""
        with self.engine.connect() as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(_select(table.name))), key=repr)
                for table in self.world.tables
            }

    def told(self, kind: str, value: Value) -> object:
        """A value as this database tells it: SQLite keeps times as they were written."""
        if kind != "time" or value is None or self.engine.dialect.name == "sqlite":
            return value
        return datetime.fromisoformat(str(value))


def _select(table: str) -> sa.Select[Any]:
    return sa.select(sa.literal_column("*")).select_from(sa.table(table))


@contextmanager
def asked(world: World, engine: Engine, folder: Path) -> Iterator[Asked]:
    """The world written into the empty database of ``engine``, and taken out again."""
    dialect = "mariadb" if engine.dialect.name in {"mysql", "mariadb"} else engine.dialect.name
    path = folder / "cachedeps.toml"
    path.write_text(toml(world, dialect), encoding="utf-8")
    project = load(path, environ={}, clock=lambda: NOW)
    _fill(world, engine, dialect)
    try:
        with project.bind(engine) as database:
            yield Asked(world, project, database, engine)
    finally:
        with engine.begin() as connection:
            for table in world.tables:
                connection.exec_driver_sql(f"DROP TABLE {table.name}")


def _fill(world: World, engine: Engine, dialect: str) -> None:
    with engine.begin() as connection:
        for table in world.tables:
            connection.exec_driver_sql(create(table, dialect))
            if world.rows[table.name]:
                columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in table.columns]
                rows: list[Mapping[str, Any]] = list(world.rows[table.name])
                connection.execute(sa.insert(sa.table(table.name, *columns)), rows)


@contextmanager
def memory() -> Iterator[Engine]:
    """An SQLite database in memory, with one connection."""
    engine = sa.create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    try:
        yield engine
    finally:
        engine.dispose()
