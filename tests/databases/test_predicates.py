"""Predicates that only the database can judge, and sessions that would read them differently."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from cachedeps.domain.scope import Keys, Scope, Where
from cachedeps.errors import PredicateError, SchemaMismatchError
from tests.databases.database import Database
from tests.databases.declared import project

DECLARATION = """
[upstreams.model]
[tables.cells]
owner = "who"
[tables.cells.caches.value]
depends_on = ["model"]
"""
REFUSED = {
    "sqlite": ("json_extract(text, '$.x') = 1", "number = (1, 2)", "text LIKE '%' ESCAPE 'ab'"),
    "postgresql": (
        "number > 'abc'",
        "lower(number) = 'x'",
        "text + 1 = 2",
        "number",
        "number = 1/0",
        "cast(text as integer) = 1",
        "text ~ '('",
    ),
    "mariadb": (
        "number > 'abc'",
        "text + 1 = 2",
        "number = 1/0",
        "text REGEXP '('",
        "number = (1, 2)",
        "json_extract(text, '$.x') = 1",
    ),
}


def filled(database: Database) -> None:
    database.execute(
        "CREATE TABLE cells (id INTEGER PRIMARY KEY, who VARCHAR(20), number INTEGER,"
        " text VARCHAR(20), value VARCHAR(20))"
    )
    rows = ((i, f"ann{i % 2}", i, f"it's {i}", f"value {i}") for i in range(1, 5))
    database.insert("cells", *rows)


def chosen(database: Database, folder: Path, scope: Scope, text: str = DECLARATION) -> list[int]:
    declared = project(database, folder, text)
    with declared.connect() as db:
        seen = db.preview(declared.plan("model", scope=scope))
        return [int(key) for (key,) in db.keys(seen, "cells.value")]


def test_a_predicate_that_the_database_refuses_is_named_with_its_table(
    database: Database, tmp_path: Path
) -> None:
    filled(database)
    for text in REFUSED[database.dialect]:
        with pytest.raises(PredicateError) as caught:
            chosen(database, tmp_path, Where(text))
        assert caught.value.exit_code == 2
        assert "table cells" in caught.value.message, text
        assert text in caught.value.message.replace('\\"', '"')
        assert "\n" not in caught.value.message


def test_the_predicate_that_is_right_is_not_blamed(database: Database, tmp_path: Path) -> None:
    filled(database)
    wrong = "number > 'abc'" if database.dialect == "postgresql" else "number = (1, 2)"
    declared = (
        DECLARATION
        + f"""rows = "text <> 'x'"
[tables.cells.caches.other]
column = "value"
depends_on = [{{ on = "model", when = "{wrong}" }}]
rows = "text = 'x'"
"""
    )
    with pytest.raises(PredicateError) as caught:
        chosen(database, tmp_path, Where("number > 1"), declared)
    assert wrong in caught.value.message


def test_an_owner_that_the_table_lacks_is_a_mismatch(database: Database, tmp_path: Path) -> None:
    filled(database)
    declared = DECLARATION.replace('"who"', '"whoever"')
    with pytest.raises(SchemaMismatchError, match="no column whoever"):
        chosen(database, tmp_path, Scope(), declared)


def test_rows_that_the_filter_of_an_owner_leaves_out_have_no_owner(
    database: Database, tmp_path: Path
) -> None:
    filled(database)
    text = DECLARATION.replace('"who"', '{ path = ["who"], where = "number < 2" }')
    declared = project(database, tmp_path, text)
    with declared.connect() as db:
        seen = db.preview(declared.plan("model"))
    assert (seen.owners.count, seen.owners.labels) == (1, ("ann1",))


HOSTILE_MODE = (
    "ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,HIGH_NOT_PRECEDENCE,PAD_CHAR_TO_FULL_LENGTH"
)
HOSTILE = {
    "mariadb": {
        "init_command": f"SET sql_mode = '{HOSTILE_MODE}', sql_select_limit = 1, sql_safe_updates = 1"
    },
    "postgresql": {
        "options": "-c standard_conforming_strings=off -c transform_null_equals=on"
        " -c array_nulls=off"
    },
}


def hostile(database: Database) -> Database:
    """The database by a URL whose sessions read SQL text in another way."""
    url = make_url(database.url).update_query_dict(HOSTILE[database.dialect])
    return replace(database, url=url.render_as_string(hide_password=False))


MEANING: tuple[tuple[str, list[int]], ...] = (
    ("text = 'a\\\\b'", [1]),
    ("NOT number BETWEEN 1 AND 2", [3, 4]),
    ("value = NULL", []),
)


@pytest.mark.parametrize("bound", [False, True], ids=("own", "callers-engine"))
def test_a_predicate_means_the_same_whatever_the_server_is_set_to(
    database: Database, tmp_path: Path, bound: bool
) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has no such settings")
    filled(database)
    slash = "a\\b" if database.dialect == "mariadb" else "a\\\\b"
    database.query("UPDATE cells SET text = ? WHERE id = 1", (slash,))
    database.query("UPDATE cells SET text = ? WHERE id = 2", ('say "it\'s"',))
    meaning = list(MEANING)
    if database.dialect == "mariadb":
        meaning.append(('text = "say ""it\'s"""', [2]))
    other = hostile(database)
    declared = project(other, tmp_path, DECLARATION)
    engine = create_engine(other.url)
    try:
        with declared.bind(engine) if bound else declared.connect() as db:
            for text, rows in meaning:
                seen = db.preview(declared.plan("model", scope=Where(text)))
                assert [key for (key,) in db.keys(seen, "cells.value")] == rows, text
            seen = db.preview(declared.plan("model", scope=Keys(2, 4)))
            receipt = db.apply(seen.approve(by="ann", rows=2))
            assert database.query("SELECT id FROM cells WHERE value IS NULL") == [(2,), (4,)]
            db.restore(receipt.id)
    finally:
        engine.dispose()
    assert [v for (v,) in database.query("SELECT value FROM cells ORDER BY id")] == [
        f"value {i}" for i in range(1, 5)
    ]
