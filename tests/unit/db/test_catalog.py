"""What is gathered of a table, before any database is asked."""

from __future__ import annotations

from cachedeps.db.dialects.catalog import Draft, Index, Listed, finished, target_ref
from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import LiveTable, RelationKind

T = TableRef("t")


def table(*indexes: Index, key: tuple[str, ...] = ("id",)) -> LiveTable:
    draft = Draft([T], RelationKind.TABLE, key=key, indexes=list(indexes))
    (found,) = draft.tables()
    return found


def test_only_whole_plain_unique_indexes_make_rows_unique() -> None:
    found = table(
        Index(("id",), unique=True, primary=True),
        Index(("a", "b"), unique=True),
        Index(("c",), unique=True, whole=False),
        Index(("d", None), unique=True),
        Index(("e",)),
    )
    assert found.unique == (("id",), ("a", "b"))


def test_an_index_finds_rows_by_its_columns_up_to_the_first_expression() -> None:
    found = table(
        Index(("a", None, "b")),
        Index((None, "c")),
        Index(("d",), searchable=False),
        Index(("id",), unique=True, primary=True),
    )
    assert found.indexed == (("id",), ("a",))


def test_a_table_without_key_and_index_has_neither() -> None:
    found = table(key=())
    assert (found.key, found.unique, found.indexed) == ((), (), ())


def test_a_table_that_was_asked_for_twice_is_found_under_both_names() -> None:
    named = TableRef("t", "public")
    tables = finished({1: Draft([T, named], RelationKind.VIEW)})
    assert [(found.ref, found.kind) for found in tables] == [
        (T, RelationKind.VIEW),
        (named, RelationKind.VIEW),
    ]


def test_a_target_is_named_as_it_was_asked_for() -> None:
    asked = TableRef("users", "app")
    drafts = {7: Draft([asked], RelationKind.TABLE)}
    assert target_ref(drafts, 7, TableRef("users")) == asked
    assert target_ref(drafts, 8, TableRef("users")) == TableRef("users")


def test_a_listed_table_needs_its_schema_only_outside_the_default_one() -> None:
    assert Listed("public", "t", default=True).ref == T
    assert Listed("app", "t", default=False).ref == TableRef("t", "app")
