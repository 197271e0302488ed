"""The order of writes: whoever reads a column runs before the write that changes it.

A page of rows is chosen by its condition again when it is written, so no write may change
what the condition of a later one reads.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from cachedeps.domain.finding import Refusal
from cachedeps.domain.model import ResetKind, TableRef
from cachedeps.domain.plan import Write
from cachedeps.domain.rows import AllOf, AnyOf, Arena, Holds, IsNull, Linked, Matches, Within

EVERYTHING = "*"


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


def in_safe_order(writes: Sequence[Write], arena: Arena) -> Ordered:
    """Orders whole tables, and inside a table its writes, readers first."""
    readers: dict[str, set[str]] = {write.table: set() for write in writes}
    late: Counter[Write] = Counter()
    refusals: list[Refusal] = []
    for reader, writer, nearby in _clashes(writes, arena):
        if reader.table != writer.table:
            readers[writer.table].add(reader.table)
        elif not nearby:
            refusals.append(_refusal(reader, writer))
        elif reader is not writer:
            late[writer] += 1
    try:
        tables = list(TopologicalSorter(readers).static_order())
    except CycleError as error:
        cycle = " -> ".join(error.args[1])
        return Ordered(tuple(writes), (*refusals, _cycle_refusal(cycle)))
    place = {table: index for index, table in enumerate(tables)}
    ordered = sorted(
        writes, key=lambda w: (place[w.table], w.kind is ResetKind.DELETE_ROW, late[w])
    )
    return Ordered(tuple(ordered), tuple(refusals))


def _clashes(writes: Sequence[Write], arena: Arena) -> Iterator[tuple[Write, Write, bool]]:
    """Reader, writer, and whether the read is of the written row itself."""
    changers: defaultdict[tuple[TableRef, str], list[Write]] = defaultdict(list)
    for write in writes:
        if write.changes_data:
            changers[write.ref, write.column].append(write)
        if write.kind is ResetKind.DELETE_ROW:
            changers[write.ref, EVERYTHING].append(write)
    known: dict[tuple[int, TableRef], frozenset[Read]] = {}
    for reader in writes:
        start = (reader.target, reader.ref)
        if start not in known:
            known[start] = frozenset(_reads(reader, arena))
        found = {
            (writer, read.nearby)
            for read in known[start]
            for writer in changers.get((read.table, read.column), ())
        }
        for writer, nearby in sorted(found, key=lambda pair: (pair[0].caches, pair[1])):
            yield reader, writer, nearby


def _reads(write: Write, arena: Arena) -> Iterator[Read]:
    """Every column that the condition reads and that a reset could turn against it.

    Stamps and computation times are left out: a reset sets them to NULL, and NULL counts as
    stale just as the value before did. So is the value of the written cell itself.
    """
    stack = [(write.target, write.ref, True)]
    done = set(stack)
    while stack:
        place, table, nearby = stack.pop()
        node = arena.nodes[place]
        below: list[tuple[int, TableRef, bool]] = []
        if isinstance(node, AllOf | AnyOf):
            below = [(child, table, nearby) for child in node.children]
        elif isinstance(node, Linked):
            below = [(node.child, node.table, False)]
            yield Read(node.table, EVERYTHING, nearby=False)
        for column in _columns(node):
            if not (nearby and isinstance(node, Holds)):
                yield Read(table, column, nearby)
        fresh = [item for item in below if item not in done]
        done.update(fresh)
        stack.extend(fresh)


def _columns(node: object) -> tuple[str, ...]:
    if isinstance(node, Matches):
        return node.predicate.columns
    if isinstance(node, Within | IsNull | Holds):
        return (node.column,)
    return ()


def _refusal(reader: Write, writer: Write) -> Refusal:
    message = (
        f"the rows of {', '.join(reader.caches)} are chosen by other rows' "
        f"{writer.table}.{writer.column}, which this plan resets"
    )
    hint = "choose the rows by --key or --keys-from, or plan the columns one after the other"
    return Refusal("self-dependent-scope", message, hint)


def _cycle_refusal(cycle: str) -> Refusal:
    message = f"each of these tables' rows are chosen by columns that the plan resets: {cycle}"
    hint = "choose the rows by --key or --keys-from, or plan the tables one after the other"
    return Refusal("self-dependent-scope", message, hint)
