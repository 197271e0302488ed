"""Scopes: which rows a fix concerns, as a library user or the command line says it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from cachedeps.errors import ScopeError

Moment = str | datetime
KeyValue = str | int


@dataclass(frozen=True, slots=True)
class TablePredicate:
    """A predicate as written, for one table or (``table`` None) for every table it fits."""

    text: str
    table: str | None = None


@dataclass(frozen=True, slots=True)
class TableKeys:
    """Primary keys as written: one tuple of values per row."""

    keys: tuple[tuple[KeyValue, ...], ...]
    table: str | None = None


@dataclass(frozen=True, slots=True)
class VersionRange:
    """Integer versions from ``low`` to ``high``, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Scope:
    """A choice of rows; the parts combine with AND, values of one part with OR.

    ``since`` is inclusive. ``until`` with a time is exclusive; a bare date means through the
    end of that day. Text without an offset is read in the declared time zone.
    """

    since: Moment | None = None
    until: Moment | None = None
    where: tuple[TablePredicate, ...] = ()
    keys: tuple[TableKeys, ...] = ()
    owners: tuple[str, ...] = ()
    bad_versions: tuple[VersionRange | int | str, ...] = ()
    keep_unstamped: bool = False
    fixed_at: Moment | None = None
    stale: bool = False

    def __and__(self, other: Scope) -> Scope:
        """Both scopes together; a part that both of them set must not be a single value."""
        merged: dict[str, object] = {}
        for name in ("since", "until", "fixed_at"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine is not None and theirs is not None and mine != theirs:
                message = f"two scopes set {name} differently: {mine} and {theirs}"
                raise ScopeError(message, hint=f"give {name} once")
            merged[name] = theirs if mine is None else mine
        for name in ("where", "keys", "owners", "bad_versions"):
            merged[name] = getattr(self, name) + getattr(other, name)
        merged["keep_unstamped"] = self.keep_unstamped or other.keep_unstamped
        merged["stale"] = self.stale or other.stale
        return replace(self, **merged)  # type: ignore[arg-type]


def Since(moment: Moment) -> Scope:  # noqa: N802
    """Rows whose time is at or after ``moment``."""
    return Scope(since=moment)


def Until(moment: Moment) -> Scope:  # noqa: N802
    """Rows whose time is before ``moment``; for a bare date, through the end of that day."""
    return Scope(until=moment)


def Where(predicate: str, *, table: str | None = None) -> Scope:  # noqa: N802
    """Rows for which a boolean SQL expression over their own columns holds."""
    return Scope(where=(TablePredicate(predicate, table),))


def Keys(*keys: KeyValue | tuple[KeyValue, ...], table: str | None = None) -> Scope:  # noqa: N802
    """Rows with these primary keys; a composite key is a tuple."""
    rows = tuple(key if isinstance(key, tuple) else (key,) for key in keys)
    return Scope(keys=(TableKeys(rows, table),))


def OwnedBy(*labels: str) -> Scope:  # noqa: N802
    """Rows that belong to these owners."""
    return Scope(owners=labels)


def BadVersions(*versions: VersionRange | int | str) -> Scope:  # noqa: N802
    """Rows whose stamp is one of these versions (instead of: is not a good one)."""
    return Scope(bad_versions=versions)


def FixedAt(moment: Moment) -> Scope:  # noqa: N802
    """Cells computed before ``moment`` are stale, where their cache says ``computed_at``."""
    return Scope(fixed_at=moment)


def Stale() -> Scope:  # noqa: N802
    """Whatever stamps and change times say is behind; needs no upstream."""
    return Scope(stale=True)
