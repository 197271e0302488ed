"""Statements that take before-images and put them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import NullType

from cachedeps.db.dialects.base import Dialect, Expression, key_out
from cachedeps.domain.model import ResetKind
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.schema import LiveColumn, TypeKind, stored_columns
from cachedeps.journal.tables import JournalTables
from cachedeps.sql.statements import Clause, Statements, TableTargets, Target


def number(name: str) -> Expression:
    """A whole-number parameter, as standard SQL on every database."""
    return sa.cast(sa.bindparam(name, type_=NullType()), sa.Integer)


def cell_columns(
    marks: Sequence[Expression],
    part: int,
    keys: Sequence[Expression],
    value: Expression,
) -> dict[str, Expression]:
    """What an INSERT .. SELECT puts into the cell table, by column.

    Args:
        marks: run, write and page.
        part: which column of a whole row; 0 for a cell.
        keys: the key's columns in the journal's form.
        value: the value in the journal's form.
    """
    columns = dict(zip(("run", "write", "page"), marks, strict=True))
    columns["part"] = sa.literal_column(str(part))
    columns |= {f"key_{place}": key for place, key in enumerate(keys)}
    return columns | {"value": value}


class Capture:
    """Takes before-images of one table's targets, page by page.

    The same predicate and key range as the change's, so that what is journaled is what is
    changed; the rows stay locked until the transaction ends.
    """

    def __init__(
        self, tables: JournalTables, dialect: Dialect, statements: Statements, table: TableTargets
    ) -> None:
        self._tables = tables
        self._cell = tables.cell
        self._dialect = dialect
        self._table = table
        self._between = statements.between(table)
        self._columns = statements.catalog.table(table.ref).columns

    def inserts(self, target: Target) -> tuple[sa.Insert, ...]:
        """INSERT .. SELECT statements; parameters: run, write, page and the page's ends."""
        if target.write.kind is ResetKind.DELETE_ROW:
            return tuple(
                self._insert(
                    target, part, self._dialect.to_journal(self._table.table.c[c.name], c)
                )
                for part, c in enumerate(stored_columns(self._columns))
            )
        return (self._insert(target, 0, self._dialect.to_journal(target.value, target.live)),)

    def _insert(self, target: Target, part: int, value: Expression) -> sa.Insert:
        keys = [
            self._dialect.key_to_journal(self._table.table.c[column.name], column)
            for column in self._table.key
        ]
        marks = [number(f"at_{name}") for name in ("run", "write", "page")]
        columns = cell_columns(marks, part, keys, value)
        select = sa.select(*columns.values()).where(sa.and_(self._between, target.where))
        locked = self._dialect.locking(select, self._table.table)
        return sa.insert(self._cell).from_select(list(columns), locked)

    def taken(self, target: Target) -> sa.Select[Any]:
        """Cells and their summed hashes, as one page's before-images tell them.

        Parameters as for ``inserts``. The hash is the same that the preview took of the table.
        """
        part = 0
        if target.write.kind is ResetKind.DELETE_ROW:
            part = [c.name for c in stored_columns(self._columns)].index(target.live.name)
        cell = self._cell
        keys: list[Expression] = [cell.c[f"key_{place}"] for place in range(len(self._table.key))]
        hashed = self._dialect.cell_hash(keys, cell.c.value, target.live)
        columns: list[Expression] = [sa.func.count(), self._dialect.hash_sum(hashed)]
        return sa.select(*columns).where(
            cell.c.run == number("at_run"),
            cell.c.write == number("at_write"),
            cell.c.page == number("at_page"),
            cell.c.part == part,
        )

    def overruled(self, target: Target, new: Expression) -> sa.Select[Any]:
        """How many cells of one page hold something else than what was written to them."""
        images = Images(self._tables, self._dialect, self._table)
        deleted = target.write.kind is ResetKind.DELETE_ROW
        return images.overruled(images.image(target, new), deleted=deleted)

    def change(self, target: Target) -> sa.Update | sa.Delete | None:
        """The target's own statement for the rows of one page."""
        return None if target.change is None else target.change.where(self._between)


@dataclass(frozen=True)
class Image:
    """The journaled cells of one write of one run, joined to the live rows.

    ``here`` says that a live row has a cell's key; ``ours`` that the live cell still holds what
    the run wrote; ``back`` is the before-image in the column's own type; ``already`` that the
    live cell holds it already. ``written`` are the journaled cells that tell what the run wrote,
    of the run that ``written_by`` names and in the part ``written_part``.
    """

    cell: sa.FromClause
    table: sa.TableClause
    of_run: Clause
    here: Clause
    ours: Clause
    back: Expression
    already: Clause
    written: sa.FromClause | None
    written_by: str = "restored"
    written_part: int = 0


class Images:
    """Builds the joins between journaled cells and live rows for one table.

    Args:
        tables: the journal's tables.
        dialect: the database.
        table: the table's targets, bound to the live schema.
        moving: columns that the database sets whenever their row changes, and must not here.
    """

    def __init__(
        self,
        tables: JournalTables,
        dialect: Dialect,
        table: TableTargets,
        moving: Sequence[str] = (),
    ) -> None:
        self._tables = tables
        self._dialect = dialect
        self._table = table
        self._moving = tuple(moving)

    def image(
        self, target: Target, new: Expression | None, *, after_part: int | None = None
    ) -> Image:
        """The cells of one write.

        Args:
            target: the write.
            new: what the run wrote; None where it put back the before-images of another run,
                which the parameter ``restored`` names then.
            after_part: the part in which the run journaled what it wrote, where it did so.
        """
        paired = new is None and after_part is not None and self._dialect.clustered
        cell = self._pairs(after_part or 0) if paired else self._tables.cell.alias("image")
        row = self._table.table
        back = self._dialect.from_journal(cell.c.value, target.live)
        live = target.value
        written: sa.FromClause | None = None
        if paired:
            ours = self._dialect.same(
                live, self._dialect.from_journal(cell.c.after, target.live), target.live
            )
        elif new is None:
            written = self._tables.cell.alias("written")
            put = self._dialect.from_journal(written.c.value, target.live)
            ours = self._dialect.same(live, put, target.live)
        elif isinstance(new, sa.sql.elements.Null):
            ours = self._dialect.is_null(live, target.live)
        else:
            ours = self._dialect.same(live, new, target.live)
        return Image(
            cell=cell,
            table=row,
            of_run=self.of_run(cell, "run"),
            here=self._here(cell),
            ours=ours,
            back=back,
            already=self._dialect.same(live, back, target.live),
            written=written,
            written_by="restored" if after_part is None else "run",
            written_part=after_part or 0,
        )

    def _pairs(self, after_part: int) -> sa.Subquery:
        """Each cell of a run beside what the run left there, in one pass over both.

        A database that finds no cell by its key would else look through a whole page for each.
        """
        cell = self._tables.cell
        keys = [cell.c[f"key_{place}"] for place in range(len(self._table.key))]
        marks = [cell.c.run, cell.c.write, cell.c.page]
        values = (
            sa.func.max(sa.case((cell.c.part == part, cell.c.value))).label(name)
            for part, name in ((0, "value"), (after_part, "after"))
        )
        query: sa.Select[Any] = sa.select(
            *marks, sa.literal_column("0").label("part"), *keys, *values
        )
        of_write = (cell.c.run == number("at_run"), cell.c.write == number("at_write"))
        known = cell.c.part.in_([sa.literal_column("0"), sa.literal_column(str(after_part))])
        return query.where(*of_write, known).group_by(*marks, *keys).subquery("image")

    def of_run(self, cell: sa.FromClause, parameter: str, part: int = 0) -> Clause:
        """The cells of one run and one write: parameters ``at_run`` or ``at_restored``."""
        return sa.and_(
            cell.c.run == number(f"at_{parameter}"),
            cell.c.write == number("at_write"),
            cell.c.part == part,
        )

    def known(self) -> sa.Subquery:
        """The keys of the cells of one write, as columns of the table, whatever became of them."""
        cell = self._tables.cell.alias("known")
        columns = []
        for place, column in enumerate(self._table.key):
            value = cell.c[f"key_{place}"]
            # a uuid is looked for by its bytes, all else in its column's own type
            of_uuid = column.kind is TypeKind.UUID
            read = self._dialect.from_journal if of_uuid else self._dialect.key_from_journal
            columns.append(read(value, column).label(column.name))
        return sa.select(*columns).where(self.of_run(cell, "run")).subquery("journaled")

    def before(
        self, run: int, columns: Sequence[LiveColumn], writes: Mapping[str, int]
    ) -> sa.Subquery:
        """The keys of a run's cells, and what some columns of their rows held before it.

        Args:
            run: the run's number.
            columns: the columns.
            writes: the run's write by column; others are read from the live rows.
        """
        cell = self._tables.cell
        keys = [cell.c[f"key_{place}"] for place in range(len(self._table.key))]
        values = [
            sa.func.max(sa.case((cell.c.write == write, cell.c.value))).label(name)
            for name, write in writes.items()
        ]
        inner: sa.Select[Any] = sa.select(*keys, *values).group_by(*keys)
        of_run = (cell.c.run == run, cell.c.part == 0, cell.c.write.in_(sorted(writes.values())))
        image = inner.where(*of_run).subquery("image")
        named = [
            self._dialect.key_from_journal(image.c[f"key_{place}"], column).label(f"cell_{place}")
            for place, column in enumerate(self._table.key)
        ]
        held = [
            self._dialect.from_journal(image.c[column.name], column).label(column.name)
            if column.name in writes
            else self._table.table.c[column.name]
            for column in columns
        ]
        source = image.outerjoin(self._table.table, self._here(image))
        whole: sa.Select[Any] = sa.select(*named, *held)
        return whole.select_from(image if len(writes) == len(columns) else source).subquery("held")

    def key_out(self, values: Sequence[Any]) -> KeyValues:
        """A key as plans and documents spell it."""
        return tuple(key_out(v, c) for v, c in zip(values, self._table.key, strict=True))

    def in_page(self, cell: sa.FromClause) -> Clause:
        """The cells of one page: parameter ``at_page``."""
        return cell.c.page == number("at_page")

    def _here(self, cell: sa.FromClause) -> Clause:
        return sa.and_(
            *(
                self._table.table.c[column.name]
                == self._dialect.key_from_journal(cell.c[f"key_{place}"], column)
                for place, column in enumerate(self._table.key)
            )
        )

    def overruled(self, image: Image, *, deleted: bool = False) -> sa.Select[Any]:
        """How many cells of one page do not hold what the run has just written.

        Where whole rows were deleted: how many of them are there again.
        """
        differs = sa.true() if deleted else sa.not_(image.ours)
        source = image.cell.join(image.table, image.here)
        query: sa.Select[Any] = sa.select(sa.func.count()).select_from(source)
        return query.where(image.of_run, self.in_page(image.cell), differs)

    def not_back(self, image: Image) -> sa.Select[Any]:
        """How many cells of one page, put back just now by ``at_new``, do not hold their value."""
        noted = self._tables.cell.alias("noted")
        keys = [
            noted.c[f"key_{place}"] == image.cell.c[f"key_{place}"]
            for place in range(len(self._table.key))
        ]
        source = image.cell.join(image.table, image.here).join(
            noted,
            sa.and_(noted.c.page == image.cell.c.page, *keys, self.of_run(noted, "new")),
        )
        query: sa.Select[Any] = sa.select(sa.func.count()).select_from(source)
        return query.where(image.of_run, self.in_page(image.cell), sa.not_(image.already))

    def linked(self, image: Image) -> Clause:
        """That a cell of the run and the cell it put back are the same one.

        Only for runs that wrote the before-images of another one, or journaled what they wrote.
        """
        if image.written is None:
            message = "the run wrote no before-images"
            raise ValueError(message)
        keys = [
            image.written.c[f"key_{place}"] == image.cell.c[f"key_{place}"]
            for place in range(len(self._table.key))
        ]
        same_page = image.written.c.page == image.cell.c.page
        written = self.of_run(image.written, image.written_by, image.written_part)
        return sa.and_(written, same_page, *keys)

    def put_back(self, image: Image, target: Target, where: Clause) -> sa.Update:
        """Puts the before-images of one page back where ``where`` holds."""
        column = self._table.table.c[target.live.name]
        # a column that changes with its row does not where it is set to itself
        kept = {self._table.table.c[name]: self._table.table.c[name] for name in self._moving}
        if not self._dialect.looks_up:
            on = self._on(image, where)
            return sa.update(self._table.table).values({**kept, column: image.back}).where(on)
        found = sa.and_(image.of_run, self.in_page(image.cell), self._looked_up(image.cell))
        back: sa.ScalarSelect[Any] = (
            sa.select(image.back).where(found).correlate(self._table.table).scalar_subquery()
        )
        linked = [] if image.written is None else [self.linked(image)]
        sources = [f for f in (image.cell, image.written) if f is not None]
        exists: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(*sources)
        chosen = sa.exists(exists.where(found, *linked, where).correlate(self._table.table))
        return (
            sa.update(self._table.table)
            .values({column: back})
            .where(self._candidates(image), chosen)
        )

    def _looked_up(self, cell: sa.FromClause) -> Clause:
        """Like ``here``, for a database that starts from the row and looks its cell up."""
        return sa.and_(
            *(
                cell.c[f"key_{place}"] == self._dialect.bare(self._table.table.c[column.name])
                for place, column in enumerate(self._table.key)
            )
        )

    def _on(self, image: Image, where: Clause) -> Clause:
        linked = [] if image.written is None else [self.linked(image)]
        return sa.and_(image.of_run, self.in_page(image.cell), image.here, *linked, where)

    def take_present(self, image: Image, target: Target, where: Clause) -> sa.Insert:
        """Journals what the cells of one page hold now; parameter ``at_new`` is the new run."""
        marks = [number("at_new"), image.cell.c.write, image.cell.c.page]
        keys = [image.cell.c[f"key_{place}"] for place in range(len(self._table.key))]
        present = self._dialect.to_journal(target.value, target.live)
        on = self._on(image, where)
        sources = [f for f in (image.cell, image.table, image.written) if f is not None]
        columns = cell_columns(marks, 0, keys, present)
        select = sa.select(*columns.values()).select_from(*sources).where(on)
        locked = self._dialect.locking(select, image.table)
        return sa.insert(self._tables.cell).from_select(list(columns), locked)

    def _candidates(self, image: Image) -> Clause:
        """Rows of the page, found by the first key column's index."""
        cell = self._tables.cell.alias("candidate")
        first = self._table.key[0]
        keys = sa.select(cell.c.key_0).where(self.of_run(cell, "run"), self.in_page(cell))
        return self._table.table.c[first.name].in_(keys)
