"""The order of writes: whoever reads a column runs before the write that changes it.

A page of rows is chosen by its condition again when it is written, so no write may change
what the condition of a later one reads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple, TypeVar

from cachedeps.domain.finding import Refusal
from cachedeps.domain.model import ResetKind, TableRef
from cachedeps.domain.plan import Write
from cachedeps.domain.rows import (
    AllOf,
    AnyOf,
    Arena,
    ComputedBefore,
    ComputedEarlier,
    Linked,
    Matches,
    RowNode,
    StampBad,
    StampNotGood,
    Within,
)

EVERYTHING = "*"
T = TypeVar("T", str, int)


@dataclass(frozen=True, slots=True)
class Ordered:
    """The writes in a safe order, or the refusal that says why there is none."""

    writes: tuple[Write, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """One column that a condition reads; ``nearby`` where it is of the written row itself."""

    table: TableRef
    column: str
    nearby: bool


class Place(NamedTuple):
    """A row choice, the table whose rows it chooses, and whether these are the written rows."""

    choice: int
    table: TableRef
    nearby: bool


def in_safe_order(writes: Sequence[Write], arena: Arena) -> Ordered:
    """Orders whole tables, and inside a table its writes, readers first."""
    tables: dict[str, set[str]] = {write.table: set() for write in writes}
    inside: dict[int, set[int]] = {place: set() for place in range(len(writes))}
    refusals: list[Refusal] = []
    for reader, writer, nearby in _clashes(writes, arena):
        one, other = writes[reader], writes[writer]
        if one.table != other.table:
            tables[other.table].add(one.table)
        elif not nearby:
            refusals.append(_refusal(one, other))
        elif reader != writer:
            inside[writer].add(reader)
    try:
        table_places = _places(tables)
        places = _places(inside)
    except CycleError as error:
        names = [_named(node, writes) for node in error.args[1]]
        return Ordered(tuple(writes), (*refusals, _cycle_refusal(" -> ".join(names))))
    order = sorted(
        range(len(writes)),
        key=lambda p: (
            table_places[writes[p].table],
            writes[p].kind is ResetKind.DELETE_ROW,
            places[p],
        ),
    )
    return Ordered(tuple(writes[place] for place in order), tuple(refusals))


def _places(before: dict[T, set[T]]) -> dict[T, int]:
    """The place of each node in an order that keeps ``before``, as close to theirs as it can."""
    depth = dict.fromkeys(before, 0)
    for node in TopologicalSorter(before).static_order():
        depth[node] = max((depth[other] + 1 for other in before[node]), default=0)
    given = {node: place for place, node in enumerate(before)}
    ordered = sorted(before, key=lambda node: (depth[node], given[node]))
    return {node: place for place, node in enumerate(ordered)}


def _named(node: str | int, writes: Sequence[Write]) -> str:
    return node if isinstance(node, str) else ", ".join(writes[node].caches)


def _clashes(writes: Sequence[Write], arena: Arena) -> Iterator[tuple[int, int, bool]]:
    """The places of reader and writer, and whether the read is of the written row itself."""
    read = {column for node in arena.nodes for column in _columns(node)}
    changers: defaultdict[tuple[TableRef, str], list[int]] = defaultdict(list)
    for place, write in enumerate(writes):
        if write.changes_data and write.column in read:
            changers[write.ref, write.column].append(place)
        if write.kind is ResetKind.DELETE_ROW:
            changers[write.ref, EVERYTHING].append(place)
    if not changers:
        return
    reads = Reads(arena, changers)
    for place, reader in enumerate(writes):
        found = {
            (writer, read.nearby)
            for read in reads.of(reader.target, reader.ref)
            for writer in changers[read.table, read.column]
        }
        yield from ((place, writer, nearby) for writer, nearby in sorted(found))


class Reads:
    """The columns that row choices read and that a write of the plan changes.

    Args:
        arena: where the row choices are.
        changed: the columns that are written, by table.
    """

    def __init__(self, arena: Arena, changed: Container[tuple[TableRef, str]]) -> None:
        self._arena = arena
        self._changed = changed
        self._known: dict[Place, frozenset[Read]] = {}

    def of(self, choice: int, table: TableRef) -> frozenset[Read]:
        """What the row choice reads when it chooses rows of ``table``."""
        start = Place(choice, table, nearby=True)
        stack, found = [start], [start]
        seen = {start}
        while stack:
            new = [p for p in self._below(stack.pop()) if p not in seen and p not in self._known]
            seen.update(new)
            found.extend(new)
            stack.extend(new)
        # what a choice is made of stands before it in the arena
        for place in sorted(found, key=lambda p: p.choice):
            if place not in self._known:
                below = (self._known[p] for p in self._below(place))
                self._known[place] = frozenset(self._own(place)).union(*below)
        return self._known[start]

    def _below(self, place: Place) -> list[Place]:
        node = self._arena.nodes[place.choice]
        if isinstance(node, AllOf | AnyOf):
            return [place._replace(choice=child) for child in node.children]
        if isinstance(node, Linked):
            return [Place(node.child, node.table, nearby=False)]
        return []

    def _own(self, place: Place) -> Iterator[Read]:
        node = self._arena.nodes[place.choice]
        if isinstance(node, Linked) and (node.table, EVERYTHING) in self._changed:
            yield Read(node.table, EVERYTHING, nearby=False)
        for column in _columns(node):
            if (place.table, column) in self._changed:
                yield Read(place.table, column, place.nearby)


def _columns(node: RowNode) -> tuple[str, ...]:
    """The columns that a choice reads and that a reset could turn against it.

    Stamps and computation times are left out where NULL counts as stale, just as the value
    before it did; and so is whether a cell holds a value, which only its own write asks.
    """
    if isinstance(node, Matches):
        return node.predicate.columns
    if isinstance(node, Within):
        return (node.column,)
    if isinstance(node, StampNotGood | StampBad | ComputedBefore) and node.keep_unstamped:
        return (node.column,)
    earlier = node.newer if isinstance(node, Linked) else node
    if isinstance(earlier, ComputedEarlier) and earlier.keep_unstamped:
        return (earlier.computed_at,)
    return ()


def _refusal(reader: Write, writer: Write) -> Refusal:
    message = (
        f"the rows of {', '.join(reader.caches)} are chosen by other rows' "
        f"{writer.table}.{writer.column}, which this plan resets"
    )
    hint = "choose the rows by --key or --keys-from, or plan the columns one after the other"
    return Refusal("self-dependent-scope", message, hint)


def _cycle_refusal(cycle: str) -> Refusal:
    message = f"each of these chooses its rows by what another one resets: {cycle}"
    hint = "choose the rows by --key or --keys-from, or plan them one after the other"
    return Refusal("self-dependent-scope", message, hint)
