"""What planning leads to: preview, approval, receipt, restore. Values, all of them frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cachedeps.domain.consent import approver, wrong_count
from cachedeps.domain.finding import Notice, Refusal
from cachedeps.domain.model import ResetKind, Scalar
from cachedeps.domain.plan import Keep, Plan
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.scope import TableKeys

Params = tuple[tuple[str, Scalar | tuple[Scalar, ...] | None], ...]


@dataclass(frozen=True, slots=True)
class Count:
    """What one scan counted for one condition: rows, stored bytes, and two order-free hashes.

    ``keys`` sums a hash of each key; ``values`` sums a hash of each key with its value or, in
    a fingerprint of sizes, with the value's stored size.
    """

    rows: int = 0
    bytes: int = 0
    keys: int = 0
    values: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.rows + other.rows,
            self.bytes + other.bytes,
            self.keys + other.keys,
            self.values + other.values,
        )


@dataclass(frozen=True, slots=True)
class Page:
    """A closed run of primary keys of one table, and what each write finds in it.

    ``low`` and ``high`` are the first and the last key; ``counts`` has one entry for each of
    the table's writes, in the plan's order. ``rows`` are distinct rows.
    """

    low: KeyValues
    high: KeyValues
    rows: int
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One target cell: the place of its write among the table's writes, its key, its hash."""

    write: int
    key: KeyValues
    hash: int


@dataclass(frozen=True, slots=True)
class TableTarget:
    """What a plan would touch in one table.

    ``cells`` is None where there are too many to keep; pages tell then what differs.
    """

    table: str
    key_columns: tuple[str, ...]
    rows: int
    pages: tuple[Page, ...]
    cells: tuple[Cell, ...] | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement as text, its parameters by name, and the caches that it serves."""

    caches: tuple[str, ...]
    sql: str
    params: Params


@dataclass(frozen=True, slots=True)
class CachePreview:
    """What the plan would do to one cache.

    ``rows`` would be reset; ``reached`` rows hold a value and are reached by staleness, of
    which ``fresh`` are known to be fresh and kept; ``unstamped`` have no stamp.
    """

    cache: str
    table: str
    column: str
    kind: ResetKind
    rows: int
    bytes: int
    fresh: int
    unstamped: int | None
    cost_usd: float
    cost_seconds: float


@dataclass(frozen=True, slots=True)
class Owners:
    """The people whose rows the plan touches.

    ``labels`` are sorted and complete unless ``cut``; ``unowned`` rows have no owner, and
    ``undeclared`` names touched tables that declare no owner path.
    """

    count: int = 0
    labels: tuple[str, ...] = ()
    cut: bool = False
    unowned_rows: int = 0
    undeclared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One of the cells that would go: its key, its owner, and the start of its value."""

    cache: str
    key: KeyValues
    owner: str | None
    excerpt: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan would touch, read by SELECT only.

    ``fingerprint`` is "values" or "sizes": what the cells' hashes were made of. ``digest``
    stands for the plan, the database and every target cell. ``journal`` is the id of the
    database's journal, or "" where it has none yet.
    """

    plan: Plan
    database: str
    tables: tuple[TableTarget, ...]
    caches: tuple[CachePreview, ...]
    keep: tuple[Keep, ...]
    statements: tuple[Statement, ...]
    rows: int
    cells: int
    owners: Owners
    sample: tuple[SampleRow, ...]
    fingerprint: str
    page_rows: int
    notices: tuple[Notice, ...]
    refusals: tuple[Refusal, ...]
    digest: str
    journal: str = ""

    @property
    def cost_usd(self) -> float:
        """The estimated cost of regenerating every target cell, in US dollars."""
        return sum(cache.cost_usd for cache in self.caches)

    @property
    def cost_seconds(self) -> float:
        """The estimated time of regenerating every target cell, in seconds."""
        return sum(cache.cost_seconds for cache in self.caches)

    @property
    def bytes(self) -> int:
        """The stored size of every target cell."""
        return sum(cache.bytes for cache in self.caches)

    def rows_of(self, cache: str) -> int:
        """The rows of one cache that would be reset; 0 where it is not in the plan."""
        return next((c.rows for c in self.caches if c.cache == cache), 0)

    def objections(self, rows: int, columns: Mapping[str, int]) -> tuple[Refusal, ...]:
        """Everything that stands against an approval of ``rows`` rows and these columns."""
        found = [*self.refusals, *wrong_count(rows, self.rows)]
        known = {cache.cache: cache.rows for cache in self.caches}
        for name, count in columns.items():
            if name not in {step.cache for step in self.plan.steps}:
                message = f"{name} was approved by name, but it is not in the plan"
                found.append(Refusal("wrong-column", message, "take it out of --expect"))
            elif count != known.get(name, 0):
                message = f"{count} cells of {name} were approved, but the preview counts {known.get(name, 0)}"
                found.append(
                    Refusal("wrong-count", message, f"--expect {name}={known.get(name, 0)}")
                )
        for name in self.plan.must_name:
            if name not in columns and known.get(name, 0):
                message = f"{name} has to be approved by name"
                found.append(Refusal("name-column", message, f"--expect {name}={known[name]}"))
        return tuple(found)

    def approve(self, *, by: str, rows: int, columns: Mapping[str, int] | None = None) -> Approval:
        """A named person's yes to exactly this preview.

        Args:
            by: who approves; kept in the journal.
            rows: the number of distinct rows, as the person read it.
            columns: rows per cache (``table.cache``), needed for blankets and irreplaceables.

        Raises:
            ApprovalRefusedError: with every reason at once.
        """
        name = approver(by, self.objections(rows, columns or {}))
        return Approval(self, name, rows, tuple(sorted((columns or {}).items())))


@dataclass(frozen=True, slots=True)
class Approval:
    """A yes to one preview; only ``Preview.approve`` makes one."""

    preview: Preview
    by: str
    rows: int
    columns: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a run really did.

    ``state`` is running, interrupted or done. ``caches`` counts cells by cache; ``put_back``
    are the cells that restores have put back, ``undone_by`` the last of these restores.
    ``notes`` are sentences for people, such as triggers that fired; ``statement`` is the SQL of
    a run of somebody's statement.
    """

    id: str
    command: str
    state: str
    rows: int
    cells: int
    caches: tuple[tuple[str, int], ...]
    by: str
    started_at: str
    finished_at: str | None
    plan_digest: str
    pages_done: int
    pages_total: int
    database: str = ""
    restores: str | None = None
    undone_by: str | None = None
    put_back: int = 0
    notes: tuple[str, ...] = ()
    kept_regenerated: int = 0
    vanished: int = 0
    taken_keys: tuple[KeyValues, ...] = ()
    statement: str = ""


@dataclass(frozen=True, slots=True)
class RestoreChoice:
    """Which cells of a receipt to put back; an empty choice means all of them.

    ``keys`` are those of the one table that the receipt wrote to; where there are several,
    ``table_keys`` name theirs, and a table without any is left alone.
    ``overwrite_regenerated`` names caches whose regenerated cells are overwritten too.
    """

    columns: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    keys: tuple[KeyValues, ...] = ()
    overwrite_regenerated: tuple[str, ...] = ()
    table_keys: tuple[TableKeys, ...] = ()

    @property
    def by_key(self) -> bool:
        """Whether rows are chosen by their keys."""
        return bool(self.keys or self.table_keys)

    def keys_of(self, table: str) -> tuple[KeyValues, ...]:
        """The keys that were typed for a table."""
        named = (keys.keys for keys in self.table_keys if keys.table in {None, table})
        return (*self.keys, *(key for keys in named for key in keys))


@dataclass(frozen=True, slots=True)
class RestoreCount:
    """What a restore finds for one cache of a receipt."""

    cache: str
    restorable: int
    regenerated: int
    vanished: int
    already: int = 0


@dataclass(frozen=True, slots=True)
class RestorePreview:
    """What a restore would put back, read by SELECT only."""

    receipt: Receipt
    choice: RestoreChoice
    database: str
    caches: tuple[RestoreCount, ...]
    rows: int
    cells: int
    kept_regenerated: int
    vanished: int
    owners: Owners
    notices: tuple[Notice, ...]
    digest: str
    statements: tuple[Statement, ...] = ()
    taken_keys: tuple[KeyValues, ...] = ()
    regenerated_keys: tuple[tuple[str, KeyValues], ...] = field(default=())

    def approve(self, *, by: str, rows: int) -> RestoreApproval:
        """A named person's yes to putting back exactly ``rows`` rows.

        Raises:
            ApprovalRefusedError: the count differs, or nobody is named.
        """
        name = approver(by, tuple(wrong_count(rows, self.rows)))
        return RestoreApproval(self, name, rows)


@dataclass(frozen=True, slots=True)
class RestoreApproval:
    """A yes to one restore preview; only ``RestorePreview.approve`` makes one."""

    preview: RestorePreview
    by: str
    rows: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; handed to the caller after each page."""

    rows_done: int
    rows_total: int
    pages_done: int
    pages_total: int


@dataclass(frozen=True, slots=True)
class Drift:
    """How a plan's target differs from its preview.

    The keys are complete where the plan kept its cells, else empty; ``pages`` names the key
    runs that differ then.
    """

    joined: tuple[tuple[str, KeyValues], ...] = ()
    left: tuple[tuple[str, KeyValues], ...] = ()
    changed: tuple[tuple[str, KeyValues], ...] = ()
    pages: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.joined or self.left or self.changed or self.pages or self.other)
