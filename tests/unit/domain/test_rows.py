from __future__ import annotations

import pytest

from cachedeps.domain.model import ColumnRef, Equality, Predicate, TableRef, Term
from cachedeps.domain.rows import AllOf, AnyOf, Arena, Linked, Matches

LINK = (Equality(Term(None, "a"), Term(TableRef("other"), "id")),)


@pytest.fixture
def arena() -> Arena:
    return Arena()


def choice(arena: Arena, column: str) -> int:
    return arena.add(Matches(Predicate(column, (ColumnRef(column),))))


def test_equal_choices_are_one_node(arena: Arena) -> None:
    assert choice(arena, "a") == choice(arena, "a")
    assert choice(arena, "a") != choice(arena, "b")


def test_every_row_adds_nothing_to_a_demand_and_swallows_an_offer(arena: Arena) -> None:
    a = choice(arena, "a")

    assert arena.all_of((a, arena.always)) == a
    assert arena.any_of((a, arena.always)) == arena.always


def test_no_row_swallows_a_demand_and_adds_nothing_to_an_offer(arena: Arena) -> None:
    a = choice(arena, "a")

    assert arena.all_of((a, arena.never)) == arena.never
    assert arena.any_of((a, arena.never)) == a


def test_nothing_demanded_is_every_row_and_nothing_offered_is_none(arena: Arena) -> None:
    assert arena.all_of(()) == arena.always
    assert arena.any_of(()) == arena.never


def test_what_is_said_twice_is_said_once(arena: Arena) -> None:
    a, b = choice(arena, "a"), choice(arena, "b")

    assert arena.all_of((a, a)) == a
    assert arena.nodes[arena.all_of((a, arena.all_of((b, a))))] == AllOf((a, b))


def test_what_all_offers_demand_is_said_once(arena: Arena) -> None:
    a, b, c = (choice(arena, name) for name in "abc")

    either = arena.any_of((arena.all_of((a, b)), arena.all_of((a, c))))

    assert arena.nodes[either] == AllOf((a, arena.any_of((b, c))))
    assert arena.any_of((a, arena.all_of((a, b)))) == a


def test_an_offer_that_a_demand_makes_already_is_left_out(arena: Arena) -> None:
    a, b = choice(arena, "a"), choice(arena, "b")

    assert arena.all_of((a, arena.any_of((a, b)))) == a


def test_a_link_to_no_row_names_no_row(arena: Arena) -> None:
    assert arena.linked(Linked(TableRef("other"), LINK, arena.never)) == arena.never
    assert arena.linked(Linked(TableRef("other"), (), arena.always)) != arena.always


def test_children_stand_before_their_parents_so_that_nobody_recurses(arena: Arena) -> None:
    place = choice(arena, "a")
    for number in range(5_000):
        linked = arena.linked(Linked(TableRef(f"t{number}"), LINK, place))
        place = arena.any_of((linked, choice(arena, f"c{number}")))

    for here, node in enumerate(arena.nodes):
        children = node.children if isinstance(node, AllOf | AnyOf) else ()
        children = (node.child,) if isinstance(node, Linked) else children
        assert all(child < here for child in children)


def test_an_arena_made_of_nodes_keeps_their_places(arena: Arena) -> None:
    both = arena.all_of((choice(arena, "a"), choice(arena, "b")))

    again = Arena(arena.nodes)

    assert again.nodes == arena.nodes
    assert again.add(arena.nodes[both]) == both
