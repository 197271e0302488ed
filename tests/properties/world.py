"""A small world to ask questions about: a declaration, its data, and a request.

Written down in plain values that know nothing of cachedeps, so that they can be spelled as
TOML and SQL on one side and be judged cell by cell on the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = int | str | float | bool | None
Row = Mapping[str, Value]
Key = tuple[Value, ...]


@dataclass(frozen=True)
class Path:
    """Equalities between ``column`` (of the row at hand) and ``table.column`` (of another).

    ``target`` is the table at the path's end; no equalities means *every row there*.
    """

    target: str
    equalities: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Condition:
    """A predicate (one of ``predicates.HOLDS``) on this row, or on a row at a path's end."""

    predicate: str
    via: Path | None = None


@dataclass(frozen=True)
class Edge:
    """``on`` feeds the node that holds this edge."""

    on: str
    when: Condition | None = None
    via: Path | None = None
    deaf_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Upstream:
    """An upstream; ``table`` and ``changed_at`` where its rows are a source table's."""

    name: str
    version: int | str | None = None
    good_versions: tuple[int | str, ...] = ()
    edges: tuple[Edge, ...] = ()
    table: str | None = None
    changed_at: str | None = None


@dataclass(frozen=True)
class Stamp:
    """The column that tells with which version of ``of`` a cell was computed."""

    column: str
    of: str
    divide: int | None = None


@dataclass(frozen=True)
class Cache:
    """One cache; ``reset`` is a word of the grammar, or ``=text`` for that literal."""

    table: str
    name: str
    column: str
    edges: tuple[Edge, ...]
    reset: str = "null"
    rows: Condition | None = None
    stamps: tuple[Stamp, ...] = ()
    computed_at: str | None = None

    @property
    def node(self) -> str:
        """What other nodes call it."""
        return f"{self.table}.{self.name}"

    @property
    def mark_column(self) -> str:
        """The column that a mark sets to NULL."""
        return self.stamps[0].column if self.stamps else str(self.computed_at)


@dataclass(frozen=True)
class Table:
    """One table: its columns with their types, and what the declaration says of it."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...] = ("id",)
    declared: bool = True


@dataclass(frozen=True)
class World:
    """Everything but the request."""

    upstreams: tuple[Upstream, ...]
    tables: tuple[Table, ...]
    caches: tuple[Cache, ...]
    rows: Mapping[str, tuple[Row, ...]]

    def nodes(self) -> tuple[Upstream | Cache, ...]:
        """Every upstream and every cache."""
        return (*self.upstreams, *self.caches)

    def upstream(self, name: str) -> Upstream | None:
        """The upstream of that name; None where it is the name of a cache."""
        return next((u for u in self.upstreams if u.name == name), None)

    def cache(self, node: str) -> Cache:
        """The cache of that name."""
        return next(c for c in self.caches if c.node == node)

    def table(self, name: str) -> Table:
        """The table of that name."""
        return next(t for t in self.tables if t.name == name)

    def key(self, table: str, row: Row) -> Key:
        """The primary key of a row."""
        return tuple(row[column] for column in self.table(table).key)


@dataclass(frozen=True)
class Request:
    """What is asked: what changed, for which rows.

    ``where`` and ``keys`` go by table; the table ``""`` stands for every table. Times are
    texts of second precision; ``until`` is exclusive.
    """

    upstreams: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    stale: bool = False
    since: str | None = None
    until: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    bad_versions: tuple[int | str | tuple[int, int], ...] = ()
    keep_unstamped: bool = False
    fixed_at: str | None = None
