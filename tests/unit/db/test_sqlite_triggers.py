"""SQLite tells a trigger only as the text that created it."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from cachedeps.db.inspect import inspect
from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import Trigger

BODY = "UPDATE t SET b = 1;"


def trigger(definition: str) -> Trigger:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql('CREATE TABLE t (id INTEGER PRIMARY KEY, a, "b, c", b)')
            connection.exec_driver_sql("CREATE VIEW v AS SELECT id, a FROM t")
            connection.exec_driver_sql(f"CREATE TRIGGER {definition} BEGIN {BODY} END")
            refs = [TableRef("t"), TableRef("v")]
            schema = inspect(connection, refs, dialect="sqlite")
    finally:
        engine.dispose()
    (found,) = (one for table in schema.tables for one in table.triggers)
    return found


@pytest.mark.parametrize(
    ("definition", "event", "columns", "condition"),
    [
        ("x UPDATE ON t", "BEFORE UPDATE", (), ""),
        ("x AFTER UPDATE ON t FOR EACH ROW", "AFTER UPDATE", (), ""),
        ('x before\n  update of a , "b, c"\non [t]', "BEFORE UPDATE", ("a", "b, c"), ""),
        ("[the before update] AFTER DELETE ON 't'", "AFTER DELETE", (), ""),
        ('"say ""UPDATE OF a ON t""" BEFORE INSERT ON t', "BEFORE INSERT", (), ""),
        ("x INSTEAD  OF UPDATE ON v", "INSTEAD OF UPDATE", (), ""),
        (
            "x AFTER UPDATE OF a ON t WHEN NEW.a > 5 AND 1",
            "AFTER UPDATE",
            ("a",),
            "NEW.a > 5 AND 1",
        ),
        ("IF NOT EXISTS main.x AFTER UPDATE ON t", "AFTER UPDATE", (), ""),
    ],
)
def test_when_a_trigger_fires_is_read_from_its_text(
    definition: str, event: str, columns: tuple[str, ...], condition: str
) -> None:
    found = trigger(definition)
    assert (found.event, found.columns, found.condition) == (event, columns, condition)
    assert found.body == f"{BODY} END"


def test_a_text_that_cannot_be_read_is_kept_whole_and_may_fire_on_anything() -> None:
    found = trigger("x AFTER /* UPDATE OF a */ UPDATE ON t")
    assert (found.event, found.columns) == ("", ())
    assert BODY in found.body
