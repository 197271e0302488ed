"""A preview counts exactly what a plan would touch, says why, and only reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.actions import preview as previewing
from cachedeps.db.connect import connect
from cachedeps.db.dialects.base import Timeouts
from cachedeps.domain.outcome import Preview
from cachedeps.domain.scope import Keys, OwnedBy, Scope, Where
from cachedeps.errors import ApprovalRefusedError, CachedepsError, PredicateError, UnknownNameError
from cachedeps.project import Project
from tests.databases import uploads
from tests.databases.database import Database
from tests.databases.declared import caches, project
from tests.databases.exact import everything

ROWS = 60
STALE = uploads.stale_ids(ROWS)
METRICS = "uploads.rotation_metrics"


@pytest.fixture
def declared(database: Database, tmp_path: Path) -> Project:
    uploads.create(database, ROWS)
    return project(database, tmp_path, uploads.DECLARATION)


def preview(
    declared: Project, upstream: str = "pose_model", scope: Scope | None = None
) -> Preview:
    with declared.connect() as db:
        return db.preview(declared.plan(upstream, scope=scope))


def test_every_number_is_exact(declared: Project) -> None:
    seen = preview(declared)
    rows = [row for row in uploads.uploads(ROWS) if row.rotation_metrics is not None]
    stale = [row for row in rows if row.stale]
    (cache,) = seen.caches
    assert (seen.rows, seen.cells, cache.rows) == (len(stale),) * 3
    assert cache.fresh == len(rows) - len(stale)
    assert cache.unstamped == sum(row.rotation_version is None for row in rows)
    assert cache.bytes >= sum(len(row.rotation_metrics or "") for row in stale)
    assert seen.cost_usd == pytest.approx(0.01 * len(stale))
    assert seen.cost_seconds == 2 * len(stale)
    owners = {f"user{row.user_id}@example.com" for row in stale if row.user_id}
    assert (seen.owners.count, set(seen.owners.labels)) == (len(owners), owners)
    assert seen.owners.unowned_rows == sum(row.user_id is None for row in stale)
    assert [cell.key for cell in seen.tables[0].cells or ()] == [(key,) for key in STALE]
    assert {k.cache: k.reason for k in seen.keep} == {
        "uploads.diagnosis_text": "not-downstream",
        "uploads.training_plan": "not-downstream",
    }
    assert [(row.key, row.owner) for row in seen.sample[:1]] == [((1,), "user2@example.com")]
    assert seen.sample[0].excerpt == '{"m": 1}'


def test_rows_are_counted_once_and_cells_once_a_cache(declared: Project) -> None:
    seen = preview(declared, "diagnosis_llm")
    rows = uploads.uploads(ROWS)
    diagnoses = {row.id for row in rows if row.diagnosis_text is not None}
    plans = {row.id for row in rows if row.training_plan is not None}
    assert {c.cache: c.rows for c in seen.caches} == {
        "uploads.diagnosis_text": len(diagnoses),
        "uploads.training_plan": len(plans),
    }
    assert (seen.rows, seen.cells) == (len(diagnoses | plans), len(diagnoses) + len(plans))
    assert seen.plan.must_name == ("uploads.diagnosis_text",)


@pytest.mark.parametrize("kept", [10_000, 0], ids=("cells-kept", "pages-only"))
def test_a_preview_writes_nothing_and_says_the_same_twice(
    database: Database, declared: Project, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "MOST_KEPT_CELLS", kept)
    before = everything(database)
    with declared.connect() as db:
        plan = declared.plan("pose_model")
        first, second = db.preview(plan), db.preview(plan)
        assert first == second
        assert everything(database) == before
        assert not db.drift(first)
        assert db.history() == ()
        assert list(db.keys(first, METRICS)) == [(key,) for key in STALE]
    if database.dialect == "sqlite":
        tables = database.query("SELECT count(*) FROM sqlite_master WHERE name LIKE 'cachedeps%'")
        assert tables == [(0,)]


def test_what_reads_cannot_write(database: Database, declared: Project) -> None:
    with connect(database.url, Timeouts()) as session:
        for statement in ("UPDATE uploads SET title = 'x'", "DELETE FROM uploads WHERE id = 1"):
            with pytest.raises(CachedepsError), session.reading() as connection:
                connection.exec_driver_sql(statement)
        with session.writing() as connection:
            connection.exec_driver_sql("UPDATE uploads SET title = 'y' WHERE id = 1")
    assert database.query("SELECT count(*) FROM uploads WHERE title IN ('x', 'y')") == [(1,)]


@pytest.mark.parametrize("kept", [10_000, 0], ids=("cells-kept", "pages-only"))
def test_the_digest_stands_for_every_target_cell_and_for_nothing_else(
    database: Database, declared: Project, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "MOST_KEPT_CELLS", kept)
    with declared.connect() as db:
        plan = declared.plan("pose_model")

        def digest() -> str:
            return db.preview(plan).digest

        original = digest()
        a, b = STALE[0], STALE[-1]
        set_metrics = "UPDATE uploads SET rotation_metrics = '{}' WHERE id = {}"
        database.execute(set_metrics.format("changed", a))
        assert digest() != original
        # swapped between two rows
        database.execute(
            set_metrics.format(f'{{"m": {b}}}', a), set_metrics.format(f'{{"m": {a}}}', b)
        )
        assert digest() != original
        database.execute(
            set_metrics.format(f'{{"m": {a}}}', a), set_metrics.format(f'{{"m": {b}}}', b)
        )
        assert digest() == original
        # other columns, and rows that are not in the plan
        fresh = next(row.id for row in uploads.uploads(ROWS) if row.rotation_version == 7)
        database.execute("UPDATE uploads SET title = 'other'", set_metrics.format("other", fresh))
        assert digest() == original
        database.execute(f"UPDATE uploads SET rotation_metrics = NULL WHERE id = {a}")
        assert digest() != original


def test_a_fingerprint_of_sizes_says_so_and_sees_keys_and_lengths(
    database: Database, declared: Project
) -> None:
    with declared.connect() as db:
        plan = declared.plan("pose_model")
        seen = db.preview(plan, fingerprint="sizes")
        assert (seen.fingerprint, db.preview(plan).fingerprint) == ("sizes", "values")
        database.execute(
            f"UPDATE uploads SET rotation_metrics = 'longer {'x' * 50}' WHERE id = {STALE[0]}"
        )
        assert db.drift(seen).changed == ((METRICS, (STALE[0],)),)


def test_values_that_look_alike_are_told_apart(database: Database, tmp_path: Path) -> None:
    database.execute("CREATE TABLE cells (id INTEGER PRIMARY KEY, value VARCHAR(50))")
    declared = project(database, tmp_path, caches("model", "cells"))
    texts = ("a", "A", "a ", " a", "ä", "a\u0308", "", " ", "1", "1.0", "|", "a|b", "NULL")
    digests = set()
    with declared.connect() as db:
        for text in texts:
            database.execute("DELETE FROM cells")
            database.insert("cells", (1, text))
            digests.add(db.preview(declared.plan("model")).digest)
    assert len(digests) == len(texts)


def test_nothing_to_do_is_no_error(database: Database, declared: Project) -> None:
    with declared.connect() as db:
        seen = db.preview(declared.plan("pose_model", scope=Where("id < 0")))
        assert (seen.rows, seen.cells, seen.caches, seen.owners.count) == (0, 0, (), 0)
        assert [k.reason for k in seen.keep if k.cache == METRICS] == ["outside-scope"]
        receipt = db.apply(seen.approve(by="ann", rows=0))
        assert (receipt.state, receipt.rows) == ("done", 0)
        one = db.preview(declared.plan("pose_model", scope=Keys(STALE[0])))
        assert one.rows == 1
        database.execute("DELETE FROM uploads")
        assert db.preview(declared.plan("pose_model")).rows == 0


@pytest.mark.parametrize(
    "label", ["nobody@example.com", "x' OR '1'='1", "user1@example.com' --", "%", "", "user1"]
)
def test_an_owner_who_does_not_exist_is_an_error(declared: Project, label: str) -> None:
    with pytest.raises(UnknownNameError):
        preview(declared, scope=OwnedBy("user1@example.com", label))


def test_an_owners_rows_are_found_and_nobody_elses(declared: Project) -> None:
    seen = preview(declared, scope=OwnedBy("user3@example.com", "user5@example.com"))
    rows = [row.id for row in uploads.uploads(ROWS) if row.stale and row.user_id in (3, 5)]
    assert [cell.key for cell in seen.tables[0].cells or ()] == [(key,) for key in rows]
    assert seen.owners.labels == ("user3@example.com", "user5@example.com")
    with pytest.raises(UnknownNameError) as caught:
        preview(declared, scope=OwnedBy("user3@example.co"))
    assert "user3@example.com" in caught.value.hint


def test_a_predicate_that_is_more_than_one_is_refused(declared: Project) -> None:
    with pytest.raises(PredicateError):
        preview(declared, scope=Where("1=1; DROP TABLE uploads"))


def test_what_cannot_be_reset_is_shown_and_refused(database: Database, tmp_path: Path) -> None:
    database.execute(
        "CREATE TABLE cells (id INTEGER PRIMARY KEY, a INTEGER, must VARCHAR(9) NOT NULL,"
        " made INTEGER GENERATED ALWAYS AS (a * 2) STORED)",
        "CREATE VIEW shown AS SELECT id, a FROM cells",
        "INSERT INTO cells (id, a, must) VALUES (1, 2, 'x')",
    )
    before = everything(database)
    for column, table, told in (
        ("must", "cells", "NOT NULL"),
        ("made", "cells", "generated"),
        ("id", "cells", "key"),
        ("a", "shown", "view"),
    ):
        key = 'key = ["id"]\n' if table == "shown" else ""
        text = f"[upstreams.model]\n[tables.{table}]\n{key}" + (
            f'[tables.{table}.caches.{column}]\ndepends_on = ["model"]\n'
        )
        declared = project(database, tmp_path, text)
        with declared.connect() as db:
            seen = db.preview(declared.plan("model"))
            assert seen.rows == 1
            with pytest.raises(ApprovalRefusedError, match=told):
                seen.approve(by="ann", rows=1)
    assert everything(database) == before
