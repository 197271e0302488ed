"""The journaled cells of one run, met with the live rows: what can go back, and how."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.bind import load_catalog, tables_of
from cachedeps.actions.chosen import Chosen
from cachedeps.actions.context import Context
from cachedeps.actions.fold import BATCH, key_of
from cachedeps.actions.parts import Part
from cachedeps.actions.people import gather
from cachedeps.actions.show_sql import as_text
from cachedeps.domain.model import ResetKind, TableRef
from cachedeps.domain.outcome import Owners, RestoreChoice, RestoreCount, Statement
from cachedeps.domain.plan import Plan
from cachedeps.domain.rows import Always, KeyValues
from cachedeps.domain.wire import decode
from cachedeps.errors import ScopeError, UnknownNameError
from cachedeps.journal.deleted import DeletedRows
from cachedeps.journal.images import Images
from cachedeps.journal.store import PageDone, Run
from cachedeps.sql.expressions import Expression
from cachedeps.sql.scan import Fingerprint, Scan
from cachedeps.sql.statements import Clause, Statements, TableTargets, Target


def keys_of(plan: Plan, recorded: Mapping[str, Any]) -> dict[TableRef, tuple[str, ...]] | None:
    """The key columns by which a recorded run names rows, whatever is declared by now."""
    if "keys" not in recorded:
        return None
    return {write.ref: tuple(recorded["keys"].get(write.table, ())) for write in plan.writes}


class Returning:
    """Everything that a restore reads and writes.

    Args:
        context: where.
        connection: a connection inside a transaction, for reading the schema.
        run: the run whose before-images go back.
        choice: which of them.
    """

    def __init__(
        self, context: Context, connection: Connection, run: Run, choice: RestoreChoice
    ) -> None:
        self._context = context
        self._run = run
        self._choice = choice
        self.left_out: list[str] = []
        recorded = json.loads(run.plan)
        plan: Plan = decode(Plan, recorded["plan"])
        self._row_columns: dict[str, list[str]] = recorded["row_columns"]
        bare = tuple(replace(write, target=0) for write in plan.writes)
        self._plan = replace(plan, rows=(Always(),), steps=(), writes=bare)
        self._numbers = {write: place for place, write in enumerate(bare)}
        keys = keys_of(self._plan, recorded)
        catalog = load_catalog(context, connection, tables_of(context, self._plan), keys=keys)
        self._statements = Statements(self._plan, catalog, context.session.dialect)
        self._restored = self._restored_number(connection)
        self._check_columns()
        self._chosen = Chosen(context, self._statements, choice)
        self._places = self._written_places(connection)
        tables = (table.name for table, _ in self._wanted())
        self._chosen.check_tables(run.receipt.id, tables)
        self._all = tuple(self._parts())
        self._counts: tuple[RestoreCount, ...] | None = None
        self._check_rows(connection)

    def _written_places(self, connection: Connection) -> set[int]:
        """The places of the tables that the run wrote to."""
        pages = self._context.journal.pages(connection, self._run.number)
        return {page.place for page in pages}

    def _restored_number(self, connection: Connection) -> int:
        """The number of the run whose before-images this one wrote (0: it wrote literals)."""
        if self._run.receipt.restores is None:
            return 0
        return self._context.journal.find(connection, self._run.receipt.restores).number

    def _check_columns(self) -> None:
        known = sorted({cache for write in self._plan.writes for cache in write.caches})
        for name in (*self._choice.columns, *self._choice.overwrite_regenerated):
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f"did you mean {close[0]}?" if close else f"it has: {', '.join(known)}"
                message = f"receipt {self._run.receipt.id} has no cache {name!r}"
                raise UnknownNameError(message, hint=hint)
        for write in self._plan.writes:
            left = set(write.caches) - set(self._choice.columns)
            if left and left != set(write.caches):
                message = f"{write.table}.{write.column} is also the stamp of {', '.join(left)}"
                more = " ".join(f"--column {name}" for name in sorted(left))
                raise ScopeError(message, hint=f"it goes back for all of them: add {more}")

    def _parts(self) -> Iterator[Part]:
        places = {table.name: place for place, table in enumerate(self._statements.tables())}
        for table, target in self._wanted():
            if self._can_go_back(target):
                yield self._part(places[table.name], table, target, self._images(table))

    def _wanted(self) -> Iterator[tuple[TableTargets, Target]]:
        """The writes that the choice of columns leaves; typed keys are of tables with cells."""
        named = set(self._choice.columns)
        for place, table in enumerate(self._statements.tables()):
            if self._choice.by_key and place not in self._places:
                continue
            for target in table.targets:
                if not named or named & set(target.write.caches):
                    yield table, target

    def _images(self, table: TableTargets) -> Images:
        return Images(self._context.journal.tables, self._context.session.dialect, table)

    def _can_go_back(self, target: Target) -> bool:
        names = ", ".join(target.write.caches)
        if target.write.kind is ResetKind.RECOMPUTE:
            self.left_out.append(f"{names}: no value was written, so none is put back")
            return False
        if target.write.kind is ResetKind.DELETE_ROW and self._restored:
            self.left_out.append(
                f"{names}: rows that were put back stay; plan again to delete them"
            )
            return False
        return True

    def _part(self, place: int, table: TableTargets, target: Target, images: Images) -> Part:
        new = self._written_value(target)
        number = self._numbers[target.write]
        deleted = None
        if target.write.kind is ResetKind.DELETE_ROW:
            names = self._row_columns[str(number)]
            live = [self._statements.catalog.column(table.ref, name) for name in names]
            tables, dialect = self._context.journal.tables, self._context.session.dialect
            deleted = DeletedRows(
                tables,
                dialect,
                table,
                live,
                lambda row: self._choose(table, row),
                self._statements.catalog.table(table.ref).unique,
            )
        by_key_alone = self._choice.by_key and not self._choice.owners
        typed = self._chosen.known(table, images) if by_key_alone else None
        overwrite = bool(set(self._choice.overwrite_regenerated) & set(target.write.caches))
        return Part(
            cache=", ".join(target.write.caches),
            place=place,
            table=table,
            target=target,
            numbers=self._named(target),
            images=images,
            image=images.image(target, new, after_part=self._after_part()),
            chosen=self._chosen.clauses(table, table.table),
            overwrite=overwrite,
            deleted=deleted,
            triggers=self._statements.catalog.table(table.ref).triggers,
            typed=typed,
        )

    def _written_value(self, target: Target) -> Expression | None:
        """What the run wrote into the cells of a write, where that is the same for all."""
        return None if self._restored else self._statements.new_value(target)

    def _after_part(self) -> int | None:
        """The part in which the run journaled what it wrote, where it did so."""
        return None

    def _choose(self, table: TableTargets, row: sa.FromClause) -> tuple[Clause, ...]:
        """The conditions on a deleted row that say which go back."""
        return self._chosen.clauses(table, row)

    def _named(self, target: Target) -> dict[str, int]:
        """The parameters that name the cells of one write."""
        return {
            "at_run": self._run.number,
            "at_write": self._numbers[target.write],
            "at_restored": self._restored,
        }

    def _check_rows(self, connection: Connection) -> None:
        gone = (
            (part.table, None if part.deleted is None else part.deleted.all_rows(part.numbers))
            for part in self._all
        )
        self._chosen.check_owners(connection, gone)
        # cells that cannot go back are cells of the receipt all the same
        cells = (
            (table, self._chosen.known(table, self._images(table)).params(self._named(target)))
            for table, target in self._wanted()
        )
        self._chosen.check_keys(connection, self._run.receipt.id, cells)

    def parts(self, place: int) -> Iterator[Part]:
        """The parts of the table at ``place``, the last write first."""
        return (part for part in reversed(self._all) if part.place == place)

    def counts(self, connection: Connection) -> tuple[RestoreCount, ...]:
        """For each cache: what goes back, what was regenerated, what has vanished."""
        if self._counts is None:
            self._counts = tuple(part.count(connection) for part in self._all)
        return self._counts

    def rows(self, connection: Connection) -> int:
        """Distinct rows that get at least one value back."""
        counted = list(zip(self._all, self.counts(connection), strict=True))
        total = sum(count.restorable for part, count in counted if part.deleted is not None)
        for place in range(len(self._statements.tables())):
            live = [(p, c) for p, c in counted if p.place == place and p.deleted is None]
            if len(live) == 1:
                total += live[0][1].restorable
            elif live:
                total += self._distinct(connection, [part for part, _ in live])
        return total

    def _distinct(self, connection: Connection, parts: list[Part]) -> int:
        seen: set[KeyValues] = set()
        for part in parts:
            stream = connection.execute(part.going_back().execution_options(yield_per=BATCH))
            seen.update(key_of(tuple(row), part.table) for row in stream)
        return len(seen)

    def owners(self, connection: Connection) -> Owners:
        """The people whose rows get a value back."""
        labels = (
            (label, rows)
            for part in self._all
            if part.deleted is None
            for label, rows in self._labels(connection, part)
        )
        tables = {part.table.name for part in self._all}
        undeclared = sorted(t for t in tables if self._context.owner(t) is None)
        return gather(labels, tuple(undeclared), distinct=len(self._all) == 1)

    def _labels(self, connection: Connection, part: Part) -> Iterator[tuple[str | None, int]]:
        owner = self._context.owner(part.table.name)
        if owner is None:
            return
        keys = part.table.keys
        chosen: Any = keys[0] if len(keys) == 1 else sa.tuple_(*keys)
        scan = Scan(self._statements, part.table, Fingerprint.KEYS)
        # read through tables of their own, for use inside another query
        sub = part.going_back().subquery()
        going = sa.select(*sub.c)
        query = scan.owners(owner, chosen.in_(going))
        for row in connection.execute(query.execution_options(yield_per=BATCH)):
            label, rows = tuple(row)
            yield None if label is None else str(label), int(rows)

    def taken(self, connection: Connection) -> tuple[KeyValues, ...]:
        """Keys of deleted rows that other rows hold now."""
        found: list[KeyValues] = []
        for part in self._all:
            if part.deleted is not None:
                found += part.deleted.taken(connection, part.numbers)
        return tuple(found)

    def statements(self) -> tuple[Statement, ...]:
        """What a restore runs for each page, as text."""
        out = []
        for part in self._all:
            if part.deleted is None:
                change = part.change()
                sql, params = as_text(change, self._context.session.dialect.name)
                out.append(Statement((part.cache,), sql, params))
        return tuple(out)

    def put_back(
        self, connection: Connection, page: PageDone, new_run: int
    ) -> list[tuple[Part, int, int]]:
        """Puts one page back; per part how much was journaled, and how much was written."""
        parts = self.parts(page.place)
        return [(part, *part.put_back(connection, page.page, new_run)) for part in parts]

    def rows_written(self, connection: Connection, place: int, page: int, new_run: int) -> int:
        """Distinct rows of one page that a restore has written to."""
        cell = self._context.journal.tables.cell
        parts = [part for part in self._all if part.place == place]
        width = len(parts[0].table.key)
        query: sa.Select[Any] = sa.select(*(cell.c[f"key_{i}"] for i in range(width))).distinct()
        query = query.where(
            cell.c.run == new_run,
            cell.c.page == page,
            cell.c.write.in_([part.numbers["at_write"] for part in parts]),
        )
        return int(
            connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
        )
