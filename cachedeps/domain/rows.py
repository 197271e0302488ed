"""Row choices as data: which rows of a table a condition names.

A choice is a node in an ``Arena``; children are indices of nodes made before it, so that
equal choices are one node and nothing here recurses. A node is always read relative to *the
row at hand*, a row of one table that the reader of the node knows from where it came.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cachedeps.domain.model import Equality, OwnerPath, Predicate, Scalar, TableRef

KeyValues = tuple[str | int | float | bool, ...]


@dataclass(frozen=True, slots=True)
class Always:
    """Every row."""


@dataclass(frozen=True, slots=True)
class Never:
    """No row."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Rows that every child names."""

    children: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Rows that at least one child names."""

    children: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """Rows for which a predicate is true."""

    predicate: Predicate


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a time window: the instant, and the same as local wall-clock time.

    Both are ISO 8601 without an offset, ``YYYY-MM-DD HH:MM:SS[.ffffff]``; ``utc`` is in UTC and
    ``local`` in the declared time zone (what a column without a zone is read in).
    """

    utc: str
    local: str


@dataclass(frozen=True, slots=True)
class Within:
    """Rows whose ``column`` is at or after ``since`` and before ``until``."""

    column: str
    since: Bound | None
    until: Bound | None


@dataclass(frozen=True, slots=True)
class ComputedBefore:
    """Rows whose ``column`` is before ``moment``; NULL counts unless ``keep_unstamped``."""

    column: str
    moment: Bound
    keep_unstamped: bool


@dataclass(frozen=True, slots=True)
class KeyIn:
    """Rows of ``table`` with one of these primary keys."""

    table: TableRef
    keys: tuple[KeyValues, ...]


@dataclass(frozen=True, slots=True)
class OwnerIn:
    """Rows of ``table`` that belong to one of these owners."""

    table: TableRef
    owner: OwnerPath
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """Rows whose ``column`` holds a value: not NULL, and not ``empty`` where that is given."""

    column: str
    empty: Scalar | None = None


@dataclass(frozen=True, slots=True)
class StampNotGood:
    """Rows whose stamp is none of ``good``; a NULL stamp counts unless ``keep_unstamped``."""

    column: str
    divide: int | None
    good: tuple[int | str, ...]
    keep_unstamped: bool


@dataclass(frozen=True, slots=True)
class StampBad:
    """Rows whose stamp is in ``bad`` or one of ``ranges`` (both ends included).

    A NULL stamp counts unless ``keep_unstamped``.
    """

    column: str
    divide: int | None
    bad: tuple[int | str, ...]
    ranges: tuple[tuple[int, int], ...]
    keep_unstamped: bool


@dataclass(frozen=True, slots=True)
class ComputedEarlier:
    """The row at hand was computed before its source row changed.

    ``computed_at`` is a column of the row at hand, ``changed_at`` one of the source row. A NULL
    ``computed_at`` counts unless ``keep_unstamped``; a NULL ``changed_at`` counts where
    ``unknown_counts``.
    """

    computed_at: str
    changed_at: str
    unknown_counts: bool
    keep_unstamped: bool


@dataclass(frozen=True, slots=True)
class Linked:
    """Rows for which a row of ``table`` exists that the equalities link and ``child`` names.

    With no equalities the rows need no link: any row of ``table`` in ``child`` will do.
    """

    table: TableRef
    equalities: tuple[Equality, ...]
    child: int
    newer: ComputedEarlier | None = None


@dataclass(frozen=True, slots=True)
class IsNull:
    """Rows whose ``column`` is NULL."""

    column: str


RowNode = (
    Always
    | Never
    | AllOf
    | AnyOf
    | Matches
    | Within
    | ComputedBefore
    | KeyIn
    | OwnerIn
    | Holds
    | StampNotGood
    | StampBad
    | Linked
    | ComputedEarlier
    | IsNull
)


class Arena:
    """Makes row choices, each distinct one once, and simplifies as it goes."""

    def __init__(self, nodes: Iterable[RowNode] = ()) -> None:
        self.nodes: list[RowNode] = []
        self._index: dict[RowNode, int] = {}
        for node in nodes:
            self.add(node)
        self.always = self.add(Always())
        self.never = self.add(Never())

    def add(self, node: RowNode) -> int:
        """The index of ``node``, which is kept once however often it is added."""
        place = self._index.get(node)
        if place is None:
            place = self._index[node] = len(self.nodes)
            self.nodes.append(node)
        return place

    def all_of(self, places: Iterable[int]) -> int:
        """Rows that are in all of these choices."""
        flat = self._flat(places, AllOf)
        if self.never in flat:
            return self.never
        flat.pop(self.always, None)
        # a choice that one of its own demands already makes adds nothing
        for place in [p for p in flat if isinstance(self.nodes[p], AnyOf)]:
            node = self.nodes[place]
            if isinstance(node, AnyOf) and any(c in flat for c in node.children):
                flat.pop(place)
        return self._closed(tuple(flat), AllOf, self.always)

    def any_of(self, places: Iterable[int]) -> int:
        """Rows that are in any of these choices; what they all demand is said once."""
        flat = self._flat(places, AnyOf)
        if self.always in flat:
            return self.always
        flat.pop(self.never, None)
        if len(flat) < 2:
            return next(iter(flat), self.never)
        demands = {place: self._conjuncts(place) for place in flat}
        common = [c for c in next(iter(demands.values())) if all(c in d for d in demands.values())]
        if not common:
            return self._closed(tuple(flat), AnyOf, self.never)
        rest = [self.all_of(c for c in d if c not in common) for d in demands.values()]
        return self.all_of((*common, self.any_of(rest)))

    def linked(self, node: Linked) -> int:
        """Rows linked to a chosen row elsewhere; links to no row at all name no row."""
        if self.nodes[node.child] == Never():
            return self.never
        return self.add(node)

    def _conjuncts(self, place: int) -> dict[int, None]:
        node = self.nodes[place]
        return dict.fromkeys(node.children if isinstance(node, AllOf) else (place,))

    def _flat(self, places: Iterable[int], kind: type[AllOf | AnyOf]) -> dict[int, None]:
        flat: dict[int, None] = {}
        for place in places:
            node = self.nodes[place]
            inner = node.children if isinstance(node, kind) else (place,)
            flat.update(dict.fromkeys(inner))
        return flat

    def _closed(self, flat: tuple[int, ...], kind: type[AllOf | AnyOf], empty: int) -> int:
        if len(flat) < 2:
            return flat[0] if flat else empty
        return self.add(kind(flat))
