"""Inside a pipeline: the engine belongs to the caller, and stays as the caller made it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from cachedeps.errors import StalePlanError
from tests.databases import uploads
from tests.databases.database import Database
from tests.databases.declared import project
from tests.databases.exact import everything

ROWS = 40
STALE = uploads.stale_ids(ROWS)
OPTIONS: dict[str, dict[str, Any]] = {
    "as-it-comes": {},
    "autocommit": {"isolation_level": "AUTOCOMMIT"},
    "serializable": {"isolation_level": "SERIALIZABLE"},
    "one-connection": {"poolclass": StaticPool},
}


def settings(engine: Engine) -> list[Any]:
    """What a session of the caller can see of its own settings."""
    asked = {
        "sqlite": ("PRAGMA query_only", "PRAGMA busy_timeout", "PRAGMA foreign_keys"),
        "postgresql": ("SHOW TimeZone", "SHOW lock_timeout", "SHOW transaction_isolation"),
        "mysql": ("SELECT @@time_zone", "SELECT @@innodb_lock_wait_timeout", "SELECT @@tx_isolation"),
    }  # fmt: skip
    with engine.connect() as connection:
        backend = engine.dialect.name.replace("mariadb", "mysql")
        return [connection.exec_driver_sql(query).scalar() for query in asked[backend]]


@pytest.mark.parametrize("options", OPTIONS)
def test_a_callers_engine_is_used_and_left_as_it_was(
    database: Database, tmp_path: Path, options: str
) -> None:
    uploads.create(database, ROWS)
    before = everything(database)
    declared = project(database, tmp_path, uploads.DECLARATION)
    engine = create_engine(database.url, **OPTIONS[options])
    try:
        known = settings(engine)
        with declared.bind(engine) as db:
            seen = db.preview(declared.plan("pose_model"), page_rows=4)
        assert settings(engine) == known
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE uploads SET title = 'mine' WHERE id = 2")
            connection.exec_driver_sql("UPDATE uploads SET title = 'upload 2' WHERE id = 2")
        with declared.bind(engine) as db:
            receipt = db.apply(seen.approve(by="pipeline", rows=seen.rows))
            assert receipt.rows == len(STALE)
            db.restore(receipt.id)
        assert settings(engine) == known
    finally:
        engine.dispose()
    assert everything(database) == before


@pytest.mark.parametrize("options", OPTIONS)
def test_a_page_is_one_transaction_whatever_the_engine_does(
    database: Database, tmp_path: Path, options: str
) -> None:
    uploads.create(database, ROWS)
    declared = project(database, tmp_path, uploads.DECLARATION)
    engine = create_engine(database.url, **OPTIONS[options])
    change = f"UPDATE uploads SET rotation_metrics = 'other' WHERE id = {STALE[5]}"
    changed: list[object] = []

    def interfere(_: object) -> None:
        if not changed:
            database.execute(change)
            changed.append(everything(database))

    try:
        with declared.bind(engine) as db:
            seen = db.preview(declared.plan("pose_model"), page_rows=4)
            with pytest.raises(StalePlanError):
                db.apply(seen.approve(by="pipeline", rows=seen.rows), progress=interfere)
    finally:
        engine.dispose()
    assert everything(database) == changed[0]
    assert database.query("SELECT count(*) FROM cachedeps_cell") == [(4,)]
