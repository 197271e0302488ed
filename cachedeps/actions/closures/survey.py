"""Surveys a frozen statement: its rows in pages, all that hangs on them, and whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy import Connection

from cachedeps.actions.closures.freeze import Frozen
from cachedeps.actions.closures.network import Network, read_network
from cachedeps.actions.closures.people import People
from cachedeps.actions.closures.walk import Column, Reached, Walk, chunks
from cachedeps.actions.context import Context
from cachedeps.actions.fold import integer
from cachedeps.domain.closure import ClosurePage, Effect, Link, is_delete
from cachedeps.domain.model import ResetKind, TableRef
from cachedeps.domain.outcome import Count, Owners
from cachedeps.domain.plan import NO_PLAN, Plan, Write
from cachedeps.domain.rows import Always, KeyValues
from cachedeps.domain.schema import LiveTable, Schema, stored_columns
from cachedeps.domain.wire import digest, encode
from cachedeps.parse.foreign.tree import Verb
from cachedeps.sql.closure import ClosureRows
from cachedeps.sql.tables import Catalog

SAMPLE_ROWS = 5


@dataclass(frozen=True)
class Bound:
    """A frozen statement beside the live tables that it can reach.

    ``plan`` has a write for each table whose rows can go, referred-to tables first, then one
    for each column that can change in rows that stay.
    """

    frozen: Frozen
    network: Network
    plan: Plan
    rows: ClosureRows

    def write(self, ref: TableRef, column: str = "") -> int:
        """The place of the write that deletes rows of a table, or changes one column of it."""
        for place, write in enumerate(self.plan.writes):
            if write.ref == ref and _column(write) == column:
                return place
        raise KeyError(ref, column)

    def weighed(self, write: Write) -> tuple[str, ...]:
        """The columns whose values are journaled for a write."""
        if is_delete(write):
            live = self.network.catalog.table(write.ref)
            return tuple(column.name for column in stored_columns(live.columns))
        return (write.column,)


@dataclass(frozen=True)
class Survey:
    """What a statement would do, as far as its rows and the foreign keys tell."""

    rows: int
    pages: tuple[ClosurePage, ...]
    effects: tuple[Effect, ...]
    kept: tuple[tuple[Link, int], ...]
    owners: Owners
    sample: tuple[KeyValues, ...]


def _column(write: Write) -> str:
    return "" if is_delete(write) else write.column


def bind_closure(context: Context, connection: Connection, frozen: Frozen) -> Bound:
    """Finds the tables and columns that a statement can reach.

    Args:
        context: the declaration and the open database.
        connection: a connection inside a transaction; only the catalog is read.
        frozen: the statement.

    Raises:
        UnsupportedError: rows of a table that could go have no key to be journaled by.
    """
    if frozen.splice.verb is Verb.DELETE:
        network = read_network(context, connection, frozen)
        writes = tuple(_deletes(network))
    else:
        catalog = Catalog(_alone(context, frozen), {frozen.table.ref: _key(frozen)})
        root = frozen.table.ref
        network = Network(root, catalog, (), (), frozenset(), {root: frozen.name})
        writes = tuple(
            _write(frozen.name, root, column, ResetKind.NULL) for column in changed_by(frozen)
        )
    made_by = context.declaration.digest
    plan = replace(NO_PLAN, rows=(Always(),), writes=writes, declaration=made_by)
    rows = ClosureRows(network.catalog, context.session.dialect)
    return Bound(frozen, network, plan, rows)


def _alone(context: Context, frozen: Frozen) -> Schema:
    return Schema(context.session.dialect.name, (frozen.live,))


def _key(frozen: Frozen) -> tuple[str, ...]:
    return tuple(column.name for column in frozen.table.key)


def changed_by(frozen: Frozen) -> tuple[str, ...]:
    """The columns that an UPDATE can change: those that it sets, and what triggers may add."""
    live = frozen.live
    named = {name.casefold() for name in frozen.splice.assigned}
    fires = any("UPDATE" in trigger.event.upper() for trigger in live.triggers)
    return tuple(
        column.name
        for column in stored_columns(live.columns)
        if fires
        or column.name.casefold() in named
        or "on update" in (column.default or "").lower()
    )


def _deletes(network: Network) -> Iterator[Write]:
    for ref in network.deleted:
        first = stored_columns(network.catalog.table(ref).columns)[0].name
        yield _write(network.names[ref], ref, first, ResetKind.DELETE_ROW)
    columns: dict[Column, None] = {}
    for link in network.links:
        columns |= dict.fromkeys((link.child, column) for column in link.sets)
    for ref, column in columns:
        yield _write(network.names[ref], ref, column, ResetKind.NULL)


def _write(name: str, ref: TableRef, column: str, kind: ResetKind) -> Write:
    label = name if kind is ResetKind.DELETE_ROW else f"{name}.{column}"
    return Write((label,), name, ref, column, kind, None, 0)


def survey(context: Context, connection: Connection, bound: Bound, page_rows: int) -> Survey:
    """Reads the statement's rows page by page, and walks from each page to all that follows.

    Args:
        context: the declaration and the open database.
        connection: a connection inside a reading transaction.
        bound: the statement and its tables.
        page_rows: rows of the statement in one page.
    """
    walk = Walk(connection, bound.network, bound.rows)
    people = People(context, connection, bound.plan, bound.network)
    pages: list[ClosurePage] = []
    sample: list[KeyValues] = []
    keys = list(bound.frozen.keys(connection))
    for start in range(0, len(keys), page_rows):
        page = keys[start : start + page_rows]
        reached = _reached(bound, walk, page)
        people.add(reached)
        counts = tuple(_count(connection, bound, walk, place, reached) for place in _places(bound))
        pages.append(ClosurePage(page[0], page[-1], len(page), counts))
        sample += islice(page, SAMPLE_ROWS - len(sample))
    return Survey(
        rows=len(keys),
        pages=tuple(pages),
        effects=tuple(_effects(bound, walk, len(keys))),
        kept=tuple(walk.kept.items()),
        owners=people.owners(),
        sample=tuple(sample),
    )


def seal(context: Context, bound: Bound, seen: Survey) -> str:
    """What an approval is bound to: the text, the database, every row that it would touch."""
    meant = [bound.frozen.sql, context.session.name, encode(bound.plan), encode(seen.pages)]
    return digest(meant)


def _places(bound: Bound) -> range:
    return range(len(bound.plan.writes))


def _reached(bound: Bound, walk: Walk, page: list[KeyValues]) -> Reached:
    if bound.frozen.splice.verb is Verb.DELETE:
        return walk.page(page)
    reached = Reached()
    for write in bound.plan.writes:
        reached.changed[write.ref, write.column] = dict.fromkeys(page)
    return reached


def _count(
    connection: Connection, bound: Bound, walk: Walk, place: int, reached: Reached
) -> Count:
    write = bound.plan.writes[place]
    parts: Iterable[tuple[Mapping[str, str], Sequence[KeyValues]]]
    if is_delete(write):
        # a page meets its rows as the pages before it will have left them
        parts = walk.as_left(write.ref, list(reached.deleted.get(write.ref, ())))
    else:
        parts = [({}, list(reached.changed.get((write.ref, write.column), ())))]
    total = Count()
    key = tuple(column.name for column in bound.rows.table(write.ref).key)
    for became, alike in parts:
        for chunk in chunks(alike):
            chosen = bound.rows.having(write.ref, key, chunk)
            query = bound.rows.weigh(write.ref, bound.weighed(write), chosen, became)
            total += counted(tuple(connection.execute(query).one()))
    return total


def counted(row: tuple[object, ...]) -> Count:
    """What ``ClosureRows.weigh`` gives: rows, and the hashes of all columns added up."""
    rows, *hashes = row
    return Count(rows=integer(rows), values=sum(map(integer, hashes)))


def _effects(bound: Bound, walk: Walk, rows: int) -> Iterator[Effect]:
    if bound.frozen.splice.verb is not Verb.DELETE:
        yield Effect(bound.frozen.name, "", rows)
        return
    deleted, changed = walk.deleted(), walk.changed()
    for write in bound.plan.writes:
        if is_delete(write):
            found = deleted.get(write.ref, 0)
            link = walk.links.get((write.ref, ""))
        else:
            found = changed.get((write.ref, write.column), 0)
            link = walk.links.get((write.ref, write.column))
        if found:
            own = is_delete(write) and write.ref == bound.network.root
            through = "" if link is None or own else str(link)
            yield Effect(write.table, _column(write), found, through)


def live_tables(bound: Bound) -> Iterator[LiveTable]:
    """Every table that the statement can reach."""
    for ref in bound.network.names:
        yield bound.network.catalog.table(ref)
