"""What a restore of a run puts back: rows and all that went with them, referred-to rows first."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.closures.references import References
from cachedeps.actions.context import Context
from cachedeps.actions.parts import Part
from cachedeps.actions.returning import Returning
from cachedeps.domain.model import TableRef
from cachedeps.domain.outcome import RestoreChoice
from cachedeps.domain.rows import KeyValues
from cachedeps.errors import ScopeError
from cachedeps.journal.images import Images
from cachedeps.journal.listed import AFTER_PART
from cachedeps.journal.store import PageDone, Run
from cachedeps.sql.expressions import Expression
from cachedeps.sql.keys import key_in
from cachedeps.sql.statements import Clause, TableTargets, Target


def returning(
    context: Context, connection: Connection, run: Run, choice: RestoreChoice
) -> Returning:
    """What a restore of any receipt reads and writes."""
    kind = RunReturning if "run" in json.loads(run.plan) else Returning
    return kind(context, connection, run, choice)


class RunReturning(Returning):
    """The rows and cells of one run of a reviewed statement.

    A row goes back only where its key is free and the rows that it refers to are there, or go
    back with it: what hung on a person must never hang on whoever has that person's key now.
    """

    def __init__(
        self, context: Context, connection: Connection, run: Run, choice: RestoreChoice
    ) -> None:
        self._out: dict[TableRef, list[KeyValues]] = {}
        if choice.owners:
            message = f"receipt {run.receipt.id} is of a run: its rows have no owners any more"
            raise ScopeError(message, hint="choose rows by --key TABLE=..")
        beside = frozenset(json.loads(run.plan).get("beside", ()))
        super().__init__(context, connection, run, choice)
        self._all = tuple(replace(part, beside=part.cache in beside) for part in self._all)
        self._find_left_out(connection)
        self._tell_beside(connection)

    def _written_places(self, connection: Connection) -> set[int]:
        """The places of the tables that the run wrote to."""
        named = {name for name, rows in self._run.receipt.caches if rows}
        return {
            place
            for place, table in enumerate(self._statements.tables())
            if any(named & set(target.write.caches) for target in table.targets)
        }

    def _written_value(self, target: Target) -> Expression | None:
        """None: each cell may have been given another value, and the journal tells which."""
        return None

    def _after_part(self) -> int | None:
        """The part in which the run journaled what it wrote; a restore wrote before-images."""
        return None if self._restored else AFTER_PART

    def _images(self, table: TableTargets) -> Images:
        columns = self._statements.catalog.table(table.ref).columns
        moving = [c.name for c in columns if "on update" in (c.default or "").lower()]
        context = self._context
        return Images(context.journal.tables, context.session.dialect, table, moving)

    def _choose(self, table: TableTargets, row: sa.FromClause) -> tuple[Clause, ...]:
        """The conditions on a deleted row that say which go back."""
        chosen = self._chosen.clauses(table, row)
        keys = self._out.get(table.ref)
        if not keys:
            return chosen
        say = self._context.session.dialect
        return (*chosen, sa.not_(key_in(keys, table.ref, row, table.key, say)))

    def parts(self, place: int) -> Iterator[Part]:
        """All parts of a page: deleted rows, referred-to tables first, then changed cells.

        What triggers made comes last, after what may make them fire again.
        """
        order = {id(p): (p.beside, self._numbers[p.target.write]) for p in self._all}
        return iter(sorted(self._all, key=lambda part: order[id(part)]))

    def put_back(
        self, connection: Connection, page: PageDone, new_run: int
    ) -> list[tuple[Part, int, int]]:
        """Puts one page back; see ``Returning.put_back``.

        Rows that refer to each other in a circle of tables are inserted by one statement, where
        the database looks at their references when a statement ends.
        """
        if not (self.in_any_order() and self._context.session.dialect.inserts_together):
            return super().put_back(connection, page, new_run)
        rows = [part for part in self.parts(page.place) if part.deleted is not None]
        noted, inserts = [], []
        for place, part in enumerate(rows):
            numbers = {**part.numbers, "at_page": page.page, "at_new": new_run}
            if part.deleted is not None:
                noted.append(part.deleted.note(connection, numbers))
                one: Any = part.deleted.insertion(numbers).returning(
                    sa.literal_column("1").label("n")
                )
                inserts.append(one.cte(f"back{place}"))
        counts = [sa.select(sa.func.count()).select_from(i).scalar_subquery() for i in inserts]
        written = map(int, connection.execute(sa.select(*counts)).one())
        found = list(zip(rows, noted, written, strict=True))
        cells = [part for part in self.parts(page.place) if part.deleted is None]
        return found + [(p, *p.put_back(connection, page.page, new_run)) for p in cells]

    def in_any_order(self) -> bool:
        """Whether rows refer to each other in circles, so that no order of inserts would do."""
        place = {part.table.ref: n for n, part in enumerate(self.parts(0)) if part.deleted}
        return any(
            place[key.target] >= place[ref]
            for ref in place
            for key in self._statements.catalog.table(ref).foreign_keys
            if key.target in place
        )

    def rows_written(self, connection: Connection, place: int, page: int, new_run: int) -> int:
        """Distinct rows of one page that a restore has written to, in all tables."""
        places = {part.place for part in self._all}
        return sum(
            super(RunReturning, self).rows_written(connection, each, page, new_run)
            for each in places
        )

    def _find_left_out(self, connection: Connection) -> None:
        """Rows that cannot go back, and then the rows that refer to them, and so on."""
        parts = {part.table.ref: part for part in self.parts(0) if part.deleted is not None}
        references = References(
            self._context, self._statements.catalog, self._chosen, tuple(self.parts(0))
        )
        out: defaultdict[TableRef, dict[KeyValues, None]] = defaultdict(dict)
        fresh: dict[TableRef, list[KeyValues]] = {}
        for ref, part in parts.items():
            if part.deleted is not None:
                fresh[ref] = part.deleted.taken(connection, part.numbers)
        first = {ref: set(keys) for ref, keys in fresh.items()}
        for ref, part in parts.items():
            fresh[ref] = [*fresh[ref], *references.orphans(connection, part)]
        while any(fresh.values()):
            for ref, keys in fresh.items():
                out[ref].update(dict.fromkeys(keys))
            fresh = references.hanging(connection, fresh, out)
        self._out = {
            ref: [key for key in keys if key not in first[ref]] for ref, keys in out.items()
        }
        for ref, keys in self._out.items():
            if keys:
                message = (
                    f"{len(keys)} rows of {parts[ref].table.name} stay out: rows that they refer "
                    "to are gone, or their keys were taken"
                )
                self.left_out.append(message)
        self._hold_back(references.loose(connection, out))
        self._counts = None

    def _hold_back(self, loose: dict[TableRef, list[KeyValues]]) -> None:
        """Cells of these rows stay as they are, as far as they refer to other rows."""
        for ref, keys in loose.items():
            message = (
                f"{len(keys)} rows of {ref} do not get their references back: what they referred "
                "to is gone, or its key was taken"
            )
            self.left_out.append(message)
        self._all = tuple(self._held_back(part, loose.get(part.table.ref)) for part in self._all)

    def _tell_beside(self, connection: Connection) -> None:
        """Cells that a trigger keeps hold what it makes of them, whatever is put back."""
        for part, count in zip(self._all, self.counts(connection), strict=True):
            fires = [t.name for t in part.triggers if "UPDATE" in t.event.upper()]
            if part.beside and fires and count.restorable:
                message = f"{part.cache}: a trigger ({', '.join(fires)}) may change it once more"
                self.left_out.append(message)

    def _held_back(self, part: Part, keys: list[KeyValues] | None) -> Part:
        ref = part.table.ref
        foreign = {
            name
            for key in self._statements.catalog.table(ref).foreign_keys
            for name in key.columns
        }
        if not keys or part.deleted is not None or part.target.live.name not in foreign:
            return part
        stays = key_in(keys, ref, part.table.table, part.table.key, self._context.session.dialect)
        return replace(part, stays=(stays,))
