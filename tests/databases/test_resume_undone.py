"""What is resumed, and what is not, where rows came and went in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.actions.planfile import write_plan
from cachedeps.domain.outcome import RestoreChoice
from cachedeps.domain.scope import Scope, TableKeys
from cachedeps.errors import StalePlanError
from tests.databases.database import Database
from tests.databases.declared import caches, project
from tests.databases.dying import run_and_die
from tests.databases.exact import everything
from tests.databases.test_resume import PAGE_ROWS, STALE, changed, ended_run, prepared


def test_a_run_whose_pages_were_put_back_is_not_resumed(
    database: Database, tmp_path: Path
) -> None:
    declared, seen = prepared(database, tmp_path)
    run_and_die(tmp_path, str(tmp_path / "plan.json"), "after-page")
    receipt = ended_run(declared)
    first = RestoreChoice(keys=((STALE[0],),))
    with declared.connect() as db:
        db.restore(db.preview_restore(receipt.id, first).approve(by="ann", rows=1))
    left = everything(database)
    with declared.connect() as db:
        assert db.unfinished(seen) is None
        with pytest.raises(StalePlanError, match="left"):
            db.apply(seen.approve(by="ann", rows=seen.rows))
        assert everything(database) == left
        db.restore(receipt.id)
    assert changed(database) == []


def test_a_killed_apply_that_deletes_rows_by_key_resumes(
    database: Database, tmp_path: Path
) -> None:
    database.execute("CREATE TABLE summaries (id INTEGER PRIMARY KEY, value TEXT)")
    database.insert("summaries", *((i, f"summary {i}") for i in range(1, 21)))
    before = everything(database)
    declared = project(
        database, tmp_path, caches("model", "summaries", extra='reset = "delete_row"')
    )
    some = Scope(keys=(TableKeys(tuple((i,) for i in range(1, 16))),))
    with declared.connect() as db:
        seen = db.preview(declared.plan("model", scope=some), page_rows=PAGE_ROWS)
    write_plan(seen, tmp_path / "plan.json")
    run_and_die(tmp_path, str(tmp_path / "plan.json"), "after-page")
    ended_run(declared)
    with declared.connect() as db:
        assert db.drift(seen).left
        receipt = db.apply(seen.approve(by="ann", rows=15))
    assert (receipt.state, receipt.rows) == ("done", 15)
    assert database.query("SELECT id FROM summaries ORDER BY id") == [(i,) for i in range(16, 21)]
    with declared.connect() as db:
        db.restore(receipt.id)
    assert everything(database) == before


@pytest.mark.parametrize("made", range(1, 5))
def test_a_journal_that_was_made_in_part_is_completed(
    database: Database, tmp_path: Path, made: int
) -> None:
    # MariaDB commits each CREATE TABLE by itself, so a killed first run can leave some of them
    declared, seen = prepared(database, tmp_path)
    with declared.connect() as db:
        statements = [part for part in db.journal_ddl().split(";\n") if part.strip()]
        database.execute(*statements[:made])
        assert db.history() == ()
        receipt = db.apply(seen.approve(by="ann", rows=seen.rows))
        assert changed(database) == STALE
        assert [entry.id for entry in db.history()] == [receipt.id]
        db.restore(receipt.id)
    assert changed(database) == []
