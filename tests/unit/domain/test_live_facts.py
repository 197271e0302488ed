"""What is known of a database is found by name, and followed along its foreign keys."""

from __future__ import annotations

import pytest

from cachedeps.domain.live_facts import KnownLink, KnownTable, LiveFacts
from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import LiveTable, RelationKind


def known(name: str, schema: str = "public", *, default: bool = True) -> KnownTable:
    ref = TableRef(name, None if default else schema)
    return KnownTable(schema, default, LiveTable(ref, RelationKind.TABLE, ()))


FACTS = LiveFacts(
    (known("users"), known("users", "archive", default=False), known("Odd"), known("odd"))
)


@pytest.mark.parametrize(
    ("name", "schema", "found"),
    [
        ("users", None, "users"),
        ("USERS", None, "users"),
        ("users", "archive", "archive.users"),
        ("users", "public", "users"),
        ("users", "elsewhere", None),
        ("odd", None, None),
        ("gone", None, None),
    ],
)
def test_a_name_means_one_table_or_none(name: str, schema: str | None, found: str | None) -> None:
    table = FACTS.table(name, schema)
    assert (None if table is None else str(table.ref)) == found


def links(*texts: str) -> LiveFacts:
    """Links written as ``child > parent action``."""
    parts = [text.replace(" > ", " ").split(maxsplit=2) for text in texts]
    return LiveFacts(
        (),
        tuple(
            KnownLink(TableRef(child), TableRef(parent), action) for child, parent, action in parts
        ),
    )


def test_rows_go_along_over_several_tables_and_round_a_cycle() -> None:
    facts = links(
        "b > a CASCADE",
        "c > b CASCADE",
        "a > c CASCADE",
        "d > c SET NULL",
        "e > b SET DEFAULT",
        "f > a NO ACTION",
        "g > d CASCADE",
        "c > a SET NULL",
    )
    along = facts.taken_along(TableRef("a"))
    assert {ref.name for ref in along.gone} == {"a", "b", "c"}
    assert {ref.name for ref in along.changed} == {"d", "e"}


def test_a_table_that_refers_to_itself_is_among_those_that_lose_rows() -> None:
    along = links("a > a CASCADE").taken_along(TableRef("a"))
    assert along.gone == (TableRef("a"),)
    assert links("b > a RESTRICT").taken_along(TableRef("a")).gone == ()
