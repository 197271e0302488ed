"""Preview: what a plan would touch, whose it is, what it costs. SELECT only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from cachedeps.actions.bind import bind, check_keys
from cachedeps.actions.context import Context
from cachedeps.actions.fold import MOST_KEPT_CELLS, key_of
from cachedeps.actions.hazards import Seen, hazards
from cachedeps.actions.measure import MOST_HASHED_BYTES, Extent, Measure
from cachedeps.actions.people import Owned, read_owners
from cachedeps.actions.predicates import check_warnings, predicates_to_blame
from cachedeps.actions.show_sql import statements_of
from cachedeps.domain.model import OwnerPath, ResetKind
from cachedeps.domain.outcome import CachePreview, Preview, SampleRow, TableTarget
from cachedeps.domain.plan import Keep, Plan, Step
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.seal import seal
from cachedeps.sql.scan import Fingerprint, Scan
from cachedeps.sql.statements import Statements, TableTargets

# one letter more than a screen shows, so that it can tell a cut value from a whole one
EXCERPT_LETTERS = 61


@dataclass(frozen=True, slots=True)
class Options:
    """How to look: rows of a page, kind of fingerprint, sample rows of each cache."""

    page_rows: int = 1_000
    fingerprint: str = "auto"
    sample: int = 5


def preview(context: Context, plan: Plan, options: Options) -> Preview:
    """Reads what ``plan`` would touch, in one read-only transaction.

    Raises:
        UnknownNameError: an owner or key of the scope names nothing.
        SchemaMismatchError: the database lacks what the plan needs.
        PredicateError: the database does not accept a predicate of the scope or the declaration.
        DatabaseError: the database reported an error.
    """
    with predicates_to_blame(context, plan), context.session.reading() as connection:
        statements = bind(context, connection, plan)
        check_keys(context, connection, plan, statements.catalog)
        return _Reader(context, connection, statements, options).read()


def declared_owner(context: Context, table: str) -> OwnerPath | None:
    """The owner path of a declared table."""
    return context.graph.tables[table].owner


class _Reader:
    def __init__(
        self, context: Context, connection: Connection, statements: Statements, options: Options
    ) -> None:
        self._context = context
        self._connection = connection
        self._statements = statements
        self._plan = statements.plan
        self._options = options
        self._measures = {
            table.name: Measure(connection, statements, table, options.page_rows)
            for table in statements.tables()
        }
        first = Fingerprint.SIZES if options.fingerprint == "sizes" else Fingerprint.VALUES
        self._extents = {name: self._extent(name, first) for name in self._measures}
        self._steps = {
            name: measure.steps(self._extents[name].counts)
            for name, measure in self._measures.items()
        }

    def _extent(self, table: str, fingerprint: Fingerprint) -> Extent:
        owner = declared_owner(self._context, table)
        found = self._measures[table].extent(fingerprint, owner)
        check_warnings(self._context, self._connection)
        return found

    def read(self) -> Preview:
        fingerprint = self._fingerprint()
        targets = tuple(self._targets(fingerprint))
        found = hazards(self._context, self._connection, self._statements, self._seen())
        planned, emptied = self._caches()
        plan = self._plan
        name = self._context.session.name
        return Preview(
            plan=plan,
            database=name,
            tables=targets,
            caches=planned,
            keep=(*plan.keep, *emptied),
            statements=statements_of(self._statements),
            rows=sum(target.rows for target in targets),
            cells=sum(cache.rows for cache in planned),
            owners=read_owners(self._connection, self._statements, self._owned()),
            sample=tuple(self._sample()),
            fingerprint=fingerprint.value,
            page_rows=self._options.page_rows,
            notices=(*plan.notices, *found.notices),
            refusals=(*plan.refusals, *found.refusals),
            digest=seal(plan, name, targets, fingerprint.value),
            journal=self._context.journal.id(self._connection),
        )

    def _fingerprint(self) -> Fingerprint:
        if self._options.fingerprint != "auto":
            return Fingerprint(self._options.fingerprint)
        stored = sum(extent.bytes for extent in self._extents.values())
        return Fingerprint.VALUES if stored <= MOST_HASHED_BYTES else Fingerprint.SIZES

    def _targets(self, fingerprint: Fingerprint) -> Iterator[TableTarget]:
        """The targets as they are sealed: cells where there are few, else pages."""
        few = sum(extent.cells for extent in self._extents.values()) <= MOST_KEPT_CELLS
        for name, extent in self._extents.items():
            target = extent.target
            if extent.fingerprint is not fingerprint:
                target = self._measures[name].target(fingerprint)
            yield target if few else replace(target, cells=None)

    def _seen(self) -> dict[str, Seen]:
        return {
            name: Seen(extent.target.rows, self._measures[name].keyless())
            for name, extent in self._extents.items()
        }

    def _owned(self) -> list[Owned]:
        return [
            Owned(extent.table, declared_owner(self._context, extent.table.name), extent.people)
            for extent in self._extents.values()
            if extent.target.rows
        ]

    def _caches(self) -> tuple[tuple[CachePreview, ...], tuple[Keep, ...]]:
        """The caches that would be reset, and those in which nothing is left to reset.

        They stand in the order of the writes: whoever runs the statements one after the other
        must not delete or reset what a later one still reads.
        """
        planned, emptied = [], []
        order = {c: at for at, write in enumerate(self._plan.writes) for c in write.caches}
        for step in sorted(self._plan.steps, key=lambda step: order[step.cache]):
            if step.reset.kind is ResetKind.REFRESH:
                planned.append(_refreshed(step))
                continue
            count = self._steps[step.table][step.cache]
            if not count.rows:
                emptied.append(self._nothing_left(step, held=count.held))
                continue
            planned.append(
                CachePreview(
                    cache=step.cache,
                    table=step.table,
                    column=step.column,
                    kind=step.reset.kind,
                    rows=count.rows,
                    bytes=self._bytes(step),
                    fresh=count.held - count.rows,
                    unstamped=count.unstamped,
                    cost_usd=step.cost.usd * count.rows,
                    cost_seconds=step.cost.seconds * count.rows,
                )
            )
        return tuple(planned), tuple(emptied)

    def _bytes(self, step: Step) -> int:
        extent = self._extents[step.table]
        pairs = zip(extent.table.targets, extent.counts, strict=True)
        return next((c.bytes for t, c in pairs if step.cache in t.write.caches), 0)

    def _nothing_left(self, step: Step, *, held: int) -> Keep:
        if held and step.reset.kind is ResetKind.MARK:
            detail = f"{held} cells in scope: stamp is good, or marked already"
            return Keep(step.cache, "stamp-is-good", detail)
        if held:
            return Keep(step.cache, "stamp-is-good", f"stamp is good in all {held} cells in scope")
        table = self._extents[step.table].table
        clause = self._statements.rows.clause(step.reached, table.ref, table.table)
        query = Scan.any_row(table, clause)
        if self._connection.execute(query).first() is None:
            return Keep(step.cache, "outside-scope", "outside scope: no row in scope is stale")
        return Keep(step.cache, "empty", "holds no value in the rows in scope")

    def _sample(self) -> Iterator[SampleRow]:
        for extent in self._extents.values():
            for place, target in enumerate(extent.table.targets):
                near = _first_keys(extent.target, place, self._options.sample)
                if near is None:
                    continue
                for row in self._samples(extent.table, place, near):
                    *key, label, excerpt = row
                    yield SampleRow(
                        cache=", ".join(target.write.caches),
                        key=key_of(key, extent.table),
                        owner=None if label is None else str(label),
                        excerpt=_text(excerpt),
                    )

    def _samples(
        self, table: TableTargets, place: int, near: tuple[KeyValues, KeyValues]
    ) -> Iterator[tuple[Any, ...]]:
        owner = declared_owner(self._context, table.name)
        scan = Scan(self._statements, table, Fingerprint.KEYS)
        query = scan.sample(place, owner, self._options.sample, EXCERPT_LETTERS)
        ends = self._statements.ends(table, *near)
        return (tuple(row) for row in self._connection.execute(query, ends))


def _first_keys(target: TableTarget, place: int, rows: int) -> tuple[KeyValues, KeyValues] | None:
    """Keys between which the first target rows of one write lie."""
    if target.cells is not None:
        keys = [cell.key for cell in target.cells if cell.write == place][:rows]
        return (keys[0], keys[-1]) if keys else None
    page = next((page for page in target.pages if page.counts[place].rows), None)
    return None if page is None else (page.low, page.high)


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _refreshed(step: Step) -> CachePreview:
    return CachePreview(
        cache=step.cache,
        table=step.table,
        column=step.column,
        kind=step.reset.kind,
        rows=0,
        bytes=0,
        fresh=0,
        unstamped=None,
        cost_usd=step.cost.usd,
        cost_seconds=step.cost.seconds,
    )


def keys(context: Context, seen: Preview, cache: str) -> Iterator[KeyValues]:
    """The primary key of every target cell of one cache, in key order."""
    with context.session.reading() as connection:
        statements = bind(context, connection, seen.plan)
        for table in statements.tables():
            for step in seen.plan.steps:
                if step.cache == cache and step.table == table.name:
                    # of the step, not of its write: a mark may serve several caches
                    target = statements.rows.clause(step.target, table.ref, table.table)
                    query = Scan(statements, table, Fingerprint.KEYS).keys(target)
                    stream = connection.execute(query.execution_options(yield_per=1_000))
                    yield from (key_of(row, table) for row in stream)
