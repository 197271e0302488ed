"""Conditions that hold of every key that one tries: ``id < id + 1``, ``0 = 0 * id``.

A condition that chooses rows by their key fails for some key near a constant that it names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from cachedeps.guard.constants import Constants, steady
from cachedeps.parse.foreign.tree import Kind, Node

# beside these, what the condition itself names is tried
_NUMBERS = (
    Decimal(0),
    Decimal(1),
    Decimal(-1),
    Decimal(7),
    Decimal(1_000_003),
    Decimal(-1_000_003),
)
_MOST_LITERALS = 20
_LEAVES = frozenset({Kind.NUMBER, Kind.TEXT, Kind.PARAMETER, Kind.NULL})


def holds_everywhere(part: Node, keys: Iterable[Node], constants: Constants) -> bool:
    """Whether a condition on nothing but ``keys`` is true whatever they hold.

    Args:
        part: the condition.
        keys: the key columns in it, as they are written there; never NULL.
        constants: evaluates the condition once the keys are numbers.
    """
    written = frozenset(keys)
    if len(written) != 1 or _names_a_value(part) or not steady(part):
        return False
    near = {n + step for n in _literals(part) for step in (-1, 0, 1)}
    if len(near) > 3 * _MOST_LITERALS:
        return False
    (key,) = written
    return all(
        constants.truth(_with(part, key, Node(Kind.NUMBER, str(number)))) is True
        for number in (*_NUMBERS, *sorted(near))
    )


def _names_a_value(part: Node) -> bool:
    """The usual case, told apart at once: ``key = 5``, ``key < 5``, ``key IN (..)``."""
    if part.text == "is distinct":
        return False
    return part.kind in {Kind.COMPARE, Kind.IN, Kind.BETWEEN} and (
        part.query is not None
        or (
            sum(arg.kind is Kind.COLUMN for arg in part.args) == 1
            and all(arg.kind in _LEAVES for arg in part.args if arg.kind is not Kind.COLUMN)
        )
    )


def _literals(part: Node) -> set[Decimal]:
    found = set()
    for node in part.walk():
        if node.kind is Kind.NUMBER:
            try:
                # a minus stands apart from its number
                found |= {Decimal(node.text), -Decimal(node.text)}
            except InvalidOperation:
                continue
    return found


def _with(node: Node, key: Node, value: Node) -> Node:
    if node == key:
        return value
    if not node.args:
        return node
    return replace(node, args=tuple(_with(arg, key, value) for arg in node.args))
