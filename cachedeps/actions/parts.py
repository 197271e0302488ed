"""One write of a run and its journaled cells: what became of them, and which go back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.fold import integer
from cachedeps.domain.outcome import RestoreCount
from cachedeps.domain.schema import Trigger
from cachedeps.journal.deleted import DeletedRows
from cachedeps.journal.images import Image, Images
from cachedeps.sql.statements import Clause, TableTargets, Target


@dataclass(frozen=True)
class Part:
    """One write of a run: its cells, and the condition of those that go back.

    ``place`` is that of its table among the plan's tables, ``numbers`` name its cells in the
    journal. ``chosen`` are conditions on the row; ``deleted`` is set where whole rows went, and
    ``typed`` selects the journaled keys that were typed where rows are chosen by keys alone;
    ``stays`` are conditions of rows whose cells must not go back. ``beside`` are cells that no
    statement set: a trigger did, and may do so again when the row is put back.
    """

    cache: str
    place: int
    table: TableTargets
    target: Target
    numbers: dict[str, int]
    images: Images
    image: Image
    chosen: tuple[Clause, ...]
    overwrite: bool
    deleted: DeletedRows | None
    triggers: tuple[Trigger, ...] = ()
    typed: sa.Select[Any] | None = None
    stays: tuple[Clause, ...] = ()
    beside: bool = False

    @property
    def present(self) -> Clause:
        """That the row still exists."""
        return self.table.keys[0].is_not(None)

    @property
    def goes_back(self) -> Clause:
        """The condition of a cell that is put back, its row being there."""
        conditions = [sa.not_(self.image.already), *map(sa.not_, self.stays)]
        if not self.overwrite:
            conditions.insert(0, self.image.ours)
        return sa.and_(*self.chosen, *conditions)

    def count(self, connection: Connection) -> RestoreCount:
        """What goes back, what was regenerated, what has vanished."""
        if self.deleted is not None:
            found = self.deleted.count(connection, self.numbers)
            return RestoreCount(
                cache=self.cache,
                restorable=found.get("free", 0),
                regenerated=found.get("taken", 0),
                vanished=0,
                already=found.get("already", 0),
            )
        state = sa.case(
            (sa.not_(self.present), "vanished"),
            (sa.and_(self.present, self.goes_back), "restorable"),
            (self.image.already, "already"),
            else_="regenerated",
        )
        # whose a vanished row was cannot be told any more
        rows = [self.present, *self.chosen] if self.chosen else []
        inner = sa.select(state.label("state")).select_from(self._with_rows(outer=True))
        sub = inner.where(self.image.of_run, *rows).subquery()
        columns: list[Any] = [sub.c.state, sa.func.count()]
        query = sa.select(*columns).group_by(sub.c.state)
        result = connection.execute(query, self.numbers)
        found = {str(name): integer(cells) for name, cells in (tuple(row) for row in result)}
        if self.typed is not None:
            # the journal knows the keys of rows that are not there any more
            count = sa.select(sa.func.count()).select_from(self.typed.subquery())
            total = integer(connection.scalar(count, self.numbers))
            found["vanished"] = total - sum(found.values())
        return RestoreCount(
            cache=self.cache,
            restorable=found.get("restorable", 0),
            regenerated=found.get("regenerated", 0),
            vanished=found.get("vanished", 0),
            already=found.get("already", 0),
        )

    def _with_rows(self, *, outer: bool) -> sa.FromClause:
        """The cells beside their live rows and, of a restore, beside what it put there."""
        source = self.image.cell.join(self.image.table, self.image.here, isouter=outer)
        if self.image.written is None:
            return source
        return source.join(self.image.written, self.images.linked(self.image), isouter=outer)

    def going_back(self) -> sa.Select[Any]:
        """The keys of the live rows that get a value back."""
        query: sa.Select[Any] = sa.select(*self.table.keys)
        query = query.select_from(self._with_rows(outer=False))
        # each write has its own number, so the parameters are filled in at once
        return query.where(self.image.of_run, self.goes_back).params(self.numbers)

    def change(self) -> sa.Update:
        """The statement that puts one page's cells back."""
        return self.images.put_back(self.image, self.target, self.goes_back)

    def put_back(self, connection: Connection, page: int, new_run: int) -> tuple[int, int]:
        """Puts one page's cells back; how many were journaled, and how many were written."""
        numbers = {**self.numbers, "at_page": page, "at_new": new_run}
        if self.deleted is not None:
            return self.deleted.put_back(connection, numbers)
        taken = self.images.take_present(self.image, self.target, self.goes_back)
        counted = taken.execution_options(preserve_rowcount=True)
        journaled = connection.execute(counted, numbers).rowcount
        if not journaled:
            return 0, 0
        return journaled, connection.execute(self.change(), numbers).rowcount

    def overruled(self, connection: Connection, page: int, new_run: int) -> int:
        """Cells of one page that hold something else than what was put back just now."""
        if not self.triggers or self.beside or self.deleted is not None:
            return 0
        numbers = {**self.numbers, "at_page": page, "at_new": new_run}
        return integer(connection.scalar(self.images.not_back(self.image), numbers))
