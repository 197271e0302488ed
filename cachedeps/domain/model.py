"""What a declaration says: upstreams, tables, caches, and the edges between them.

Every class is frozen and holds only tuples, so that a declaration can be hashed and compared.
Node names are strings: an upstream's own name, or ``table.cache`` for a cache.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class TableRef:
    """A physical table: its name and, where it is not in the default one, its schema."""

    name: str
    schema: str | None = None

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """A column that a predicate mentions (of the table that the predicate is about)."""

    name: str


@dataclass(frozen=True, slots=True)
class Predicate:
    """One side-effect-free boolean SQL expression over one table's columns.

    ``text`` is as written; ``parts`` is the same text cut at its column references, so that
    the columns can be qualified and quoted while everything else stays byte for byte.
    """

    text: str
    parts: tuple[str | ColumnRef, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The distinct columns that the predicate reads, in order of first mention."""
        return tuple(dict.fromkeys(p.name for p in self.parts if isinstance(p, ColumnRef)))


@dataclass(frozen=True, slots=True)
class Term:
    """One side of an equality.

    ``table`` is None for the row at hand, else another row, of that table. ``column`` is None
    for that table's single-column primary key (known once the schema is read).
    """

    table: TableRef | None
    column: str | None


@dataclass(frozen=True, slots=True)
class Equality:
    """``left = right`` in a join path."""

    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Via:
    """How rows of this table belong to rows of another one.

    ``target`` is the table that the path arrives at. ``every`` (``via = "all"``) says that any
    row there concerns every row here; the equalities are empty then.
    """

    target: TableRef
    equalities: tuple[Equality, ...] = ()
    every: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A row condition: a predicate on this table's row, or on a row reached by ``via``."""

    predicate: Predicate
    via: Via | None = None

    @property
    def text(self) -> str:
        """The condition as a person reads it."""
        return f"{self.predicate.text} (via {self.via.text})" if self.via else self.predicate.text


@dataclass(frozen=True, slots=True)
class Edge:
    """``on`` feeds the node that holds this edge.

    ``when`` limits the edge to some rows; ``via`` maps rows across tables; ``deaf_to`` names
    upstreams whose staleness this edge does not pass on (``except`` in the file).
    """

    on: str
    when: Condition | None = None
    via: Via | None = None
    deaf_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """The table whose rows an upstream is (``[upstreams.X] table = ...``)."""

    table: TableRef
    columns: tuple[str, ...] = ()
    changed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Upstream:
    """A named input that feeds caches."""

    name: str
    description: str = ""
    version: int | str | None = None
    good_versions: tuple[int | str, ...] = ()
    edges: tuple[Edge, ...] = ()
    source: Source | None = None

    @property
    def fresh_versions(self) -> tuple[int | str, ...]:
        """The stamps that say *fresh*: the version itself, then the other good ones."""
        if self.version is None:
            return ()
        return tuple(dict.fromkeys((self.version, *self.good_versions)))


@dataclass(frozen=True, slots=True)
class Stamp:
    """A column that records which version of the upstream ``of`` a cell was computed with.

    Where ``divide`` is set, the version is the integer part of column / divide.
    """

    column: str
    of: str
    divide: int | None = None


class ResetKind(StrEnum):
    """How a stale cell is reset."""

    NULL = "null"
    VALUE = "value"
    MARK = "mark"
    DELETE_ROW = "delete_row"
    RECOMPUTE = "recompute"
    REFRESH = "refresh"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reset:
    """The declared reset; ``value`` is the literal of kind VALUE."""

    kind: ResetKind = ResetKind.NULL
    value: Scalar | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What regenerating one cell costs."""

    usd: float = 0.0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        # 2 and 2.0 are one cost, and must be spelled alike in a plan file
        object.__setattr__(self, "usd", float(self.usd))
        object.__setattr__(self, "seconds", float(self.seconds))


@dataclass(frozen=True, slots=True)
class OwnerPath:
    """The path from a row to what names the person it belongs to.

    ``label`` is the column that names the owner: of the row itself (``table`` None) or of the
    last table on the path. ``where`` filters rows of the label's table.
    """

    label: Term
    equalities: tuple[Equality, ...] = ()
    where: Predicate | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class RecoverySource:
    """Where lost cells can be rebuilt from: a log table, and how its rows match the cache's.

    ``match`` pairs (log column, cache table column); ``latest`` are the log columns whose
    greatest values name the entry to take.
    """

    table: TableRef
    match: tuple[tuple[str, str], ...]
    value: str
    where: Predicate | None = None
    latest: tuple[str, ...] = ()
    decode: tuple[str, ...] = ()
    complete: Predicate | None = None


@dataclass(frozen=True, slots=True)
class Cache:
    """One declared cache: (part of) a column that holds a derived value."""

    table: str
    name: str
    column: str
    edges: tuple[Edge, ...] = ()
    rows: Condition | None = None
    reset: Reset = field(default_factory=Reset)
    stamps: tuple[Stamp, ...] = ()
    computed_at: str | None = None
    irreplaceable: bool = False
    cost: Cost = field(default_factory=Cost)
    recovery: RecoverySource | None = None
    description: str = ""

    @property
    def node(self) -> str:
        """The cache's name in the graph: ``table.cache``."""
        return f"{self.table}.{self.name}"

    @property
    def mark_column(self) -> str | None:
        """The stamp that ``reset = "mark"`` sets to NULL."""
        if self.stamps:
            return self.stamps[0].column
        return self.computed_at


@dataclass(frozen=True, slots=True)
class CounterTable:
    """A row of an ordinary table that counts; ``value`` is the last number it gave out.

    ``where`` chooses the row, where the table has several.
    """

    table: TableRef
    value: str
    where: Predicate | None = None


NEAR = 10_000
"""How close to a test window real keys may come, where the declaration does not say."""


@dataclass(frozen=True, slots=True)
class KeyWindow:
    """Which keys some rows of a table have: from ``low`` to ``high``, both included.

    ``rows`` are the rows whose keys must lie here; ``sequence`` is what gives the keys out
    (the table's own name stands for its own counter), with the other sign where ``negated``. A
    ``test`` window is that of the table's test rows; real keys closer to it than ``margin`` are
    a finding.
    """

    name: str
    low: int | None = None
    high: int | None = None
    rows: Predicate | None = None
    sequence: TableRef | CounterTable | None = None
    negated: bool = False
    test: bool = False
    margin: int = NEAR

    def holds(self, key: int) -> bool:
        """Whether a key lies in the window."""
        above = self.low is None or key >= self.low
        return above and (self.high is None or key <= self.high)

    @property
    def text(self) -> str:
        """The window as a person reads it: ``1 and above``, ``-91111200 to -91111100``."""
        if self.low is None or self.high is None:
            return f"{self.low} and above" if self.low is not None else f"{self.high} and below"
        return f"{self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class Table:
    """One declared table. ``name`` is its key in the file, ``ref`` the physical table."""

    name: str
    ref: TableRef
    caches: tuple[Cache, ...] = ()
    owner: OwnerPath | None = None
    time: str | None = None
    key: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    not_caches: tuple[str, ...] = ()
    protected: bool = False
    test_rows: Predicate | None = None
    test_rows_conflict: Condition | None = None
    key_windows: tuple[KeyWindow, ...] = ()


@dataclass(frozen=True, slots=True)
class Exemption:
    """A rule of the guard that does not count, for statements that write ``table`` or for all."""

    rule: str
    reason: str
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup tier; the newest file of ``path`` may be at most ``max_age_seconds`` old."""

    name: str
    path: str
    max_age_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """Which database the declaration is about.

    ``url`` is as written (may be ``env:NAME``) and is never shown. ``dialect`` is one of
    postgresql, mysql, mariadb, sqlite, or "" where it is not known without the environment.
    """

    url: str = ""
    dialect: str = ""
    schema: str | None = None
    journal_schema: str | None = None
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Declaration:
    """A whole, valid declaration. ``digest`` is the SHA-256 of its meaning, not its bytes."""

    database: DatabaseSettings
    upstreams: tuple[Upstream, ...]
    tables: tuple[Table, ...]
    backups: tuple[Backup, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    path: str = ""
    digest: str = ""

    def caches(self) -> tuple[Cache, ...]:
        """Every declared cache, in the order of the file."""
        return tuple(cache for table in self.tables for cache in table.caches)
