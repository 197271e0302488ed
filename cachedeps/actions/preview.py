"""Preview: what a plan would touch, whose it is, what it costs. SELECT only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from cachedeps.actions.bind import bind
from cachedeps.actions.context import Context
from cachedeps.actions.hazards import hazards
from cachedeps.actions.measure import (
    MOST_HASHED_BYTES,
    MOST_KEPT_CELLS,
    Reading,
    key_of,
    read_target,
    totals,
)
from cachedeps.actions.people import read_owners
from cachedeps.actions.show_sql import statements_of
from cachedeps.domain.model import OwnerPath, ResetKind
from cachedeps.domain.outcome import CachePreview, Preview, SampleRow, TableTarget
from cachedeps.domain.plan import Keep, Plan, Step
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.seal import seal
from cachedeps.sql.scan import Scan
from cachedeps.sql.statements import Statements, TableTargets

EXCERPT_LETTERS = 60


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
        DatabaseError: the database reported an error.
    """
    with context.session.reading() as connection:
        statements = bind(context, connection, plan)
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
        self._tables = statements.tables()
        self._totals = {t.name: totals(connection, statements, t) for t in self._tables}

    def read(self) -> Preview:
        values = self._hash_values()
        targets = tuple(self._targets(values=values))
        found = hazards(self._context, self._connection, self._statements, self._totals)
        planned, emptied = self._caches()
        plan = self._plan
        journal = self._context.journal.id(self._connection)
        fingerprint = "values" if values else "sizes"
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
            fingerprint=fingerprint,
            page_rows=self._options.page_rows,
            notices=(*plan.notices, *found.notices),
            refusals=(*plan.refusals, *found.refusals),
            digest=seal(plan, name, targets, fingerprint),
            journal=journal,
        )

    def _hash_values(self) -> bool:
        if self._options.fingerprint != "auto":
            return self._options.fingerprint == "values"
        return sum(total.bytes for total in self._totals.values()) <= MOST_HASHED_BYTES

    def _targets(self, *, values: bool) -> Iterator[TableTarget]:
        keep_cells = sum(total.cells for total in self._totals.values()) <= MOST_KEPT_CELLS
        for table in self._tables:
            yield read_target(
                self._connection,
                self._statements,
                table,
                Reading(
                    rows=self._totals[table.name].rows,
                    page_rows=self._options.page_rows,
                    values=values,
                    keep_cells=keep_cells,
                ),
            )

    def _owned(self) -> list[tuple[TableTargets, OwnerPath | None]]:
        touched = [t for t in self._tables if self._totals[t.name].rows]
        return [(t, declared_owner(self._context, t.name)) for t in touched]

    def _caches(self) -> tuple[tuple[CachePreview, ...], tuple[Keep, ...]]:
        """The caches that would be reset, and those in which nothing is left to reset."""
        planned, emptied = [], []
        for step in self._plan.steps:
            if step.reset.kind is ResetKind.REFRESH:
                planned.append(_refreshed(step))
                continue
            count = self._totals[step.table].steps[step.cache]
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
        table = next(t for t in self._tables if t.name == step.table)
        counts = self._totals[step.table].writes
        pairs = zip(table.targets, counts, strict=True)
        return next((c.bytes for t, c in pairs if step.cache in t.write.caches), 0)

    def _nothing_left(self, step: Step, *, held: int) -> Keep:
        if held and step.reset.kind is ResetKind.MARK:
            detail = f"{held} cells in scope: stamp is good, or marked already"
            return Keep(step.cache, "stamp-is-good", detail)
        if held:
            return Keep(step.cache, "stamp-is-good", f"stamp is good in all {held} cells in scope")
        table = next(t for t in self._tables if t.name == step.table)
        clause = self._statements.rows.clause(step.reached, table.ref, table.table)
        query = Scan.any_row(table, clause)
        if self._connection.execute(query).first() is None:
            return Keep(step.cache, "outside-scope", "outside scope: no row in scope is stale")
        return Keep(step.cache, "empty", "holds no value in the rows in scope")

    def _sample(self) -> Iterator[SampleRow]:
        for table in self._tables:
            owner = declared_owner(self._context, table.name)
            scan = Scan(self._statements, table, values=False)
            for place, target in enumerate(table.targets):
                if not self._totals[table.name].writes[place].rows:
                    continue
                query = scan.sample(place, owner, self._options.sample, EXCERPT_LETTERS)
                for row in self._connection.execute(query):
                    *key, label, excerpt = tuple(row)
                    yield SampleRow(
                        cache=", ".join(target.write.caches),
                        key=key_of(key, table),
                        owner=None if label is None else str(label),
                        excerpt=_text(excerpt),
                    )


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
            for place, target in enumerate(table.targets):
                if cache in target.write.caches:
                    query = Scan(statements, table, values=False).keys(place)
                    stream = connection.execute(query.execution_options(yield_per=1_000))
                    yield from (key_of(row, table) for row in stream)
