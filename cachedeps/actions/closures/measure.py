"""What a statement really writes, where the database counts it; the rest is triggers' work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from cachedeps.actions.closures.freeze import AS_WRITTEN
from cachedeps.actions.closures.survey import Bound
from cachedeps.actions.context import Context
from cachedeps.domain.closure import Beyond, is_delete
from cachedeps.domain.model import TableRef
from cachedeps.domain.outcome import Count
from cachedeps.parse.foreign.tree import Verb

Written = Mapping[TableRef, tuple[int, int, int]]
NOTHING = (0, 0, 0)


def unexplained(
    bound: Bound, counts: Sequence[Count], before: Written, after: Written
) -> Iterator[Beyond]:
    """Rows that were written beyond what the statement and the foreign keys explain.

    Args:
        bound: the statement and its tables.
        counts: the rows of each of its writes.
        before: what was written before the statement.
        after: what was written with it.
    """
    deleted: defaultdict[TableRef, int] = defaultdict(int)
    updated: defaultdict[TableRef, int] = defaultdict(int)
    for write, count in zip(bound.plan.writes, counts, strict=True):
        if is_delete(write):
            deleted[write.ref] += count.rows
        elif bound.frozen.splice.verb is Verb.DELETE:
            updated[write.ref] += count.rows
        else:
            # all columns of a row change at once
            updated[write.ref] = count.rows
    for link in bound.network.links if bound.frozen.splice.verb is Verb.DELETE else ():
        if link.sets:
            # a row may lose its reference before it goes by another one
            updated[link.child] += deleted[link.child]
    for ref, now in sorted(after.items(), key=str):
        old = before.get(ref, NOTHING)
        inserted, changed, gone = (a - b for a, b in zip(now, old, strict=True))
        name = bound.network.names.get(ref, str(ref))
        more = Beyond(name, inserted, max(0, changed - updated[ref]), max(0, gone - deleted[ref]))
        if more != Beyond(name):
            yield more


def rehearse(context: Context, bound: Bound, counts: Sequence[Count]) -> tuple[Beyond, ...] | None:
    """Executes the statement, reads what it wrote, and rolls it back; None where that is blind."""
    dialect = context.session.dialect
    if not dialect.counts_writes:
        return None
    with context.session.rehearsing() as connection:
        before = dialect.written_rows(connection)
        connection.exec_driver_sql(bound.frozen.sql, execution_options=AS_WRITTEN)
        return tuple(unexplained(bound, counts, before, dialect.written_rows(connection)))
