"""A run does what its statement does and no more, on any tables, and a restore undoes it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from hypothesis import event, given
from hypothesis import strategies as st

from cachedeps.domain.closure import RunPreview
from cachedeps.domain.outcome import Receipt
from cachedeps.errors import CachedepsError
from cachedeps.project import Database as Open
from tests.databases.database import Database, Session
from tests.databases.declared import project
from tests.databases.exact import everything
from tests.properties.deeds import deed
from tests.properties.examples import few
from tests.properties.families import Table, Value, create, drop, family

Rows = dict[tuple[Value, ...], tuple[Value, ...]]
World = dict[str, Rows]

MADE_BY_PAGES = {"referenced-rows", "not-in-pages"}
"""Refusals of a statement that the database would take in one piece."""


@dataclass(frozen=True)
class Told:
    """What the very statement does, as the plain driver tells it; ``after`` None: refused."""

    before: World
    after: World | None
    why: str = ""


def held(session: Session, tables: list[Table]) -> World:
    """Every row of every table by its key."""
    found: World = {}
    for table in tables:
        names = [column.name for column in table.columns]
        listed = ", ".join(map(session.quote, names))
        rows = session.query(f"SELECT {listed} FROM {session.quote(table.name)}")
        places = [names.index(name) for name in table.key]
        found[table.name] = {tuple(row[p] for p in places): tuple(row) for row in rows}
    return found


def now(database: Database, tables: list[Table]) -> World:
    """The same, by a connection of its own."""
    with closing(database.connect()) as session:
        return held(session, tables)


def told(database: Database, tables: list[Table], sql: str) -> Told:
    """What a statement would do by itself; it is rolled back."""
    session = database.connect()
    before = held(session, tables)
    session.execute("BEGIN")
    try:
        session.execute(sql)
        return Told(before, held(session, tables))
    except Exception as error:  # noqa: BLE001 - three drivers, three families of errors
        return Told(before, None, str(error))
    finally:
        session.execute("ROLLBACK")
        session.close()


def differences(tables: list[Table], told: Told, after: World) -> tuple[dict[str, int], ...]:
    """Rows that went, and cells that changed in rows that stayed, by table."""
    gone: dict[str, int] = {}
    changed: dict[str, int] = {}
    for table in tables:
        old, new = told.before[table.name], after[table.name]
        gone[table.name] = len(old.keys() - new.keys())
        changed[table.name] = sum(
            a is not b and a != b
            for key in old.keys() & new.keys()
            for a, b in zip(old[key], new[key], strict=True)
        )
    nonzero = ({t: n for t, n in counts.items() if n} for counts in (gone, changed))
    return tuple(nonzero)


def check_counts(tables: list[Table], seen: RunPreview, told: Told, after: World) -> None:
    """A preview's numbers are those of the real difference."""
    gone, changed = differences(tables, told, after)
    if seen.deletes:
        assert seen.tables == gone, (seen.tables, gone)
        # a default may be what stood there before
        assert seen.set_null == changed or (
            _defaults(tables) and all(seen.set_null.get(t, 0) >= n for t, n in changed.items())
        ), (seen.set_null, changed)
    else:
        assert gone == {}
        assert set(changed) <= {seen.table}
        assert seen.set_null == {}
    assert seen.beyond == ()


def _defaults(tables: list[Table]) -> bool:
    return any(ref.action == "SET DEFAULT" for table in tables for ref in table.references)


def check_refused(seen: RunPreview, told: Told, *, paged: bool) -> None:
    """What the database takes is refused for a reason of ours alone."""
    slugs = {refusal.slug for refusal in seen.refusals}
    event(f"refused: {sorted(slugs)}, by the database: {told.after is None}")
    if told.after is not None:
        allowed = MADE_BY_PAGES if paged else set()
        assert slugs <= allowed | {"ambiguous-join", "key-column"}, (slugs, seen.refusals)


def check(database: Database, folder: Path, seed: int) -> None:
    """One family, one statement: run, compare, restore, compare."""
    random = Random(seed)  # noqa: S311 - the same family for the same number
    tables = family(random, database.dialect)
    page_rows = random.choice((1, 2, 3, 1_000))
    sql = deed(random, database.dialect, tables)
    try:
        create(database, tables)
        expected = told(database, tables, sql)
        before = everything(database)
        with project(database, folder, "[upstreams.model]\n").connect() as db:
            seen = db.preview_run(sql, page_rows=page_rows)
            assert everything(database) == before, "a preview writes nothing"
            if seen.refusals:
                check_refused(seen, expected, paged=len(seen.pages) > 1)
                return
            check_run(database, db, tables, seen, expected)
            assert everything(database) == before, "all of it is back"
    except Exception as error:
        error.add_note(f"{database.dialect}, seed {seed}, pages of {page_rows}: {sql}")
        raise
    finally:
        drop(database)


def ran(db: Open, seen: RunPreview) -> Receipt | None:
    """The receipt; None where it was refused on the way."""
    try:
        return db.run(seen.approve(by="ann", rows=seen.rows))
    except CachedepsError:
        return None


def check_not_run(database: Database, db: Open, tables: list[Table], expected: Told) -> None:
    """Only what the database refuses ends on the way, and what was done till then goes back."""
    event("the database refuses it while it runs")
    begun = [run for run in db.history() if run.pages_done]
    assert begun or now(database, tables) == expected.before
    for run in begun:
        db.restore(run.id)


def check_run(
    database: Database, db: Open, tables: list[Table], seen: RunPreview, expected: Told
) -> None:
    """Runs what was previewed, and undoes it."""
    receipt = ran(db, seen)
    if receipt is None:
        # a default may be a row that an earlier page has taken along
        piecewise = len(seen.pages) > 1 and _defaults(tables)
        assert expected.after is None or piecewise, "only cachedeps refuses it"
        check_not_run(database, db, tables, expected)
        return
    after = now(database, tables)
    event(f"runs: {'DELETE' if seen.deletes else 'UPDATE'}, rows: {min(seen.rows, 3)}")
    if expected.after is not None:
        assert after == expected.after
        check_counts(tables, seen, expected, after)
    else:
        assert len(seen.pages) > 1, f"the database refuses it: {expected.why}"
    assert (receipt.state, receipt.rows) == ("done", seen.rows)
    back = db.preview_restore(receipt.id)
    undone = db.restore(receipt.id)
    assert undone.state == "done"
    if len(seen.pages) < 2:
        assert (undone.rows, undone.cells) == (back.rows, back.cells)
    again = db.preview_restore(receipt.id)
    assert (again.rows, again.taken_keys) == (0, ())


@few(16)
@given(st.integers(0, 2**32))
def test_a_run_does_what_its_statement_does_and_a_restore_undoes_it(
    database: Database, tmp_path: Path, seed: int
) -> None:
    check(database, tmp_path, seed)
