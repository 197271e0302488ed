"""Whose rows a plan touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from cachedeps.actions.bind import bind
from cachedeps.actions.context import Context
from cachedeps.actions.fold import MOST_LABELS
from cachedeps.domain.model import OwnerPath
from cachedeps.domain.outcome import Owners, Preview
from cachedeps.sql.scan import Fingerprint, Scan
from cachedeps.sql.statements import Statements, TableTargets


@dataclass(frozen=True, slots=True)
class Owned:
    """A table's targets, the path to their owners, and the owners where they are known yet."""

    table: TableTargets
    owner: OwnerPath | None
    people: Mapping[str | None, int] | None = None


def read_owners(connection: Connection, statements: Statements, owned: Sequence[Owned]) -> Owners:
    """Counts the distinct owners of every target row; keeps up to 10,000 labels."""
    undeclared = tuple(each.table.name for each in owned if each.owner is None)
    # one table names each owner once, so nothing has to be remembered
    distinct = len(owned) - len(undeclared) == 1
    return gather(_labels(connection, statements, owned), undeclared, distinct=distinct)


def gather(
    labels: Iterable[tuple[str | None, int]], undeclared: tuple[str, ...], *, distinct: bool
) -> Owners:
    """Counts distinct labels; None stands for rows without an owner.

    Where the labels come ``distinct`` and sorted already, only the first ones are kept.
    """
    unowned = count = 0
    seen: set[str] = set()
    for label, rows in labels:
        if label is None:
            unowned += rows
        elif not distinct or count < MOST_LABELS:
            seen.add(label)
        count += label is not None
    count = count if distinct else len(seen)
    kept = tuple(sorted(seen)[:MOST_LABELS])
    return Owners(count, kept, count > len(kept), unowned, undeclared)


def _labels(
    connection: Connection, statements: Statements, owned: Iterable[Owned]
) -> Iterator[tuple[str | None, int]]:
    for each in owned:
        if each.people is not None:
            yield from each.people.items()
        elif each.owner is not None:
            query = Scan(statements, each.table, Fingerprint.KEYS).owners(
                each.owner, each.table.anything
            )
            for row in connection.execute(query.execution_options(yield_per=1_000)):
                label, rows = tuple(row)
                yield None if label is None else str(label), int(rows)


def owner_labels(context: Context, seen: Preview) -> Iterator[str]:
    """Every owner's label, once for each table that names it."""
    with context.session.reading() as connection:
        statements = bind(context, connection, seen.plan)
        owned = [Owned(t, context.graph.tables[t.name].owner) for t in statements.tables()]
        for label, _ in _labels(connection, statements, owned):
            if label is not None:
                yield label
