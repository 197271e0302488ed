"""What a run of a reviewed statement leads to: its rows, and all that goes or changes with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cachedeps.domain.consent import approver, wrong_count
from cachedeps.domain.finding import Notice, Refusal
from cachedeps.domain.model import ResetKind, TableRef
from cachedeps.domain.outcome import Count, Owners, Statement
from cachedeps.domain.plan import Plan, Write
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class ClosurePage:
    """Rows that the statement chose, and what hangs on them: one transaction.

    ``rows`` are the statement's own; ``low`` and ``high`` their first and last key. ``counts``
    has one entry for each write of the plan, in its order.
    """

    low: KeyValues
    high: KeyValues
    rows: int
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to the rows of one table: they are deleted, or one column of them changes.

    ``through`` says by which foreign key; "" for the statement's own table.
    """

    table: str
    column: str
    rows: int
    through: str = ""


@dataclass(frozen=True, slots=True)
class Beyond:
    """Rows that a rehearsed execution wrote beyond what foreign keys and the statement explain.

    Triggers and functions do such things; these rows are not journaled.
    """

    table: str
    inserted: int = 0
    updated: int = 0
    deleted: int = 0

    @property
    def lost(self) -> int:
        """Rows whose present values could not be brought back."""
        return self.updated + self.deleted


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that carries the mark of test data and yet has what only real rows have."""

    table: str
    key: KeyValues
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class RunPreview:
    """What one reviewed statement would do, read by SELECT and, where that is possible, measured.

    ``plan`` holds the closure's writes: rows that are deleted and columns that change, the
    referred-to tables first. ``table`` and ``key_columns`` are those of the statement itself,
    ``rows`` the rows that it chose. ``measured`` says whether it was executed and rolled back.
    """

    command: str
    sql: str
    verdict: Verdict
    plan: Plan
    database: str
    table: str
    key_columns: tuple[str, ...]
    rows: int
    effects: tuple[Effect, ...]
    pages: tuple[ClosurePage, ...]
    owners: Owners
    beyond: tuple[Beyond, ...]
    measured: bool
    conflicts: tuple[Conflict, ...]
    statements: tuple[Statement, ...]
    notices: tuple[Notice, ...]
    refusals: tuple[Refusal, ...]
    digest: str
    sample: tuple[KeyValues, ...] = ()
    journal: str = ""

    @property
    def page_rows(self) -> int:
        """The statement's rows in one page; the last one may have fewer."""
        return max((page.rows for page in self.pages), default=1)

    @property
    def deletes(self) -> bool:
        """Whether the statement is a DELETE."""
        return any(write.kind is ResetKind.DELETE_ROW for write in self.plan.writes)

    @property
    def tables(self) -> dict[str, int]:
        """Rows that are deleted, or changed by the statement itself, by table."""
        return {e.table: e.rows for e in self.effects if not (e.column and e.through)}

    @property
    def set_null(self) -> dict[str, int]:
        """Rows that stay and lose a reference, by table."""
        found: dict[str, int] = {}
        for effect in self.effects:
            if effect.column and effect.through:
                found[effect.table] = found.get(effect.table, 0) + effect.rows
        return found

    @property
    def must_name(self) -> dict[str, int]:
        """Tables of which rows would be lost without a before-image, and how many."""
        return {each.table: each.lost for each in self.beyond if each.lost}

    def objections(self, rows: int, tables: Mapping[str, int]) -> tuple[Refusal, ...]:
        """Everything that stands against an approval of ``rows`` rows and these tables."""
        found = [*self.refusals, *wrong_count(rows, self.rows)]
        known = self._known()
        for name, count in tables.items():
            if name not in known:
                message = f"{name} was approved by name, but nothing of it is touched"
                found.append(Refusal("wrong-table", message, "take it out of --expect"))
            elif count != known[name]:
                message = (
                    f"{count} rows of {name} were approved, but the preview counts {known[name]}"
                )
                found.append(Refusal("wrong-count", message, f"--expect {name}={known[name]}"))
        for name, count in self.must_name.items():
            if name not in tables:
                message = f"{name} has to be approved by name: its rows are not journaled"
                found.append(Refusal("name-table", message, f"--expect {name}={count}"))
        return tuple(found)

    def _known(self) -> dict[str, int]:
        """The number that stands for each table on the screen."""
        return {**self.set_null, **self.tables, **self.must_name}

    def approve(
        self, *, by: str, rows: int, tables: Mapping[str, int] | None = None
    ) -> RunApproval:
        """A named person's yes to exactly this preview.

        Args:
            by: who approves; kept in the journal.
            rows: the number of rows that the statement chose, as the person read it.
            tables: rows per table, as previewed.

        Raises:
            ApprovalRefusedError: with every reason at once.
        """
        name = approver(by, self.objections(rows, tables or {}))
        return RunApproval(self, name, rows, tuple(sorted((tables or {}).items())))


@dataclass(frozen=True, slots=True)
class RunApproval:
    """A yes to one statement's preview; only ``RunPreview.approve`` makes one."""

    preview: RunPreview
    by: str
    rows: int
    tables: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key that acts on a delete: rows of ``child`` refer to rows of ``parent``.

    ``action`` is CASCADE, SET NULL, SET DEFAULT, RESTRICT or NO ACTION; ``sets`` are the
    columns that SET NULL and SET DEFAULT change.
    """

    child: TableRef
    columns: tuple[str, ...]
    parent: TableRef
    parent_columns: tuple[str, ...]
    action: str
    sets: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        here = ", ".join(self.columns)
        there = ", ".join(self.parent_columns)
        return f"{self.child}.{here} -> {self.parent}.{there} {self.action}"


def is_delete(write: Write) -> bool:
    """Whether whole rows go."""
    return write.kind is ResetKind.DELETE_ROW
