"""What a live database has: tables, columns, keys, as plain facts.

``db/inspect`` fills these in; ``sql`` and the checks read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cachedeps.domain.model import TableRef


class TypeKind(StrEnum):
    """The family that a column's type belongs to; decides how its values are bound."""

    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    TEXT = "text"
    BYTES = "bytes"
    UUID = "uuid"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    TIMESTAMP_ZONED = "timestamp_zoned"
    JSON = "json"
    OTHER = "other"


class RelationKind(StrEnum):
    """What a name in the database stands for."""

    TABLE = "table"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized_view"


@dataclass(frozen=True, slots=True)
class LiveColumn:
    """One column. ``type`` is the database's own full type text, usable in a CAST.

    ``separator`` is " " or "T" where every value of a text column is known to be a time spelled
    ``YYYY-MM-DD HH:MM:SS[.fraction]`` with that separator, so that text compares as time.
    """

    name: str
    type: str
    kind: TypeKind
    nullable: bool = True
    generated: bool = False
    collation: str | None = None
    default: str | None = None
    separator: str | None = None


def stored_columns(columns: Sequence[LiveColumn]) -> tuple[LiveColumn, ...]:
    """The columns that a row is journaled by: all but those which the database computes."""
    return tuple(column for column in columns if not column.generated)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key of the table that holds it; ``on_delete`` is in upper case or "".

    ``sets`` are the columns that SET NULL and SET DEFAULT change; () where it is all of them.
    """

    columns: tuple[str, ...]
    target: TableRef
    target_columns: tuple[str, ...]
    on_delete: str = ""
    sets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key as the table sees it that it points to.

    ``table`` holds the key, ``columns`` are those it points to; ``on_delete`` and ``on_update``
    are in upper case.
    """

    table: TableRef
    columns: tuple[str, ...]
    on_delete: str = ""
    on_update: str = ""


@dataclass(frozen=True, slots=True)
class LiveSequence:
    """Where a sequence, or a table's own counter, stands.

    Its next number is at least ``next`` and at most ``ahead`` (counted in the direction of
    ``step``): they differ where numbers are set aside in blocks, of which a database does not
    tell how many were used. ``limit`` is the last number that it can give; None for no end.
    """

    next: int
    ahead: int
    step: int = 1
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger: when it fires, and the text of what it does (where the database tells).

    ``event`` reads like ``BEFORE INSERT OR UPDATE``; ``columns`` are those of its column list
    (() where any update fires it), ``condition`` is the text of its WHEN clause.
    """

    name: str
    event: str
    body: str = ""
    columns: tuple[str, ...] = ()
    condition: str = ""


@dataclass(frozen=True, slots=True)
class LiveTable:
    """One table or view. ``key`` is the primary key's columns, () where there is none.

    ``unique`` are the column sets under a unique constraint or index; ``indexed`` the column
    lists of every index, primary key included. ``unsafe`` says why a change of its rows could
    not be undone reliably; "" where nothing speaks against it.
    """

    ref: TableRef
    kind: RelationKind
    columns: tuple[LiveColumn, ...]
    key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    indexed: tuple[tuple[str, ...], ...] = ()
    triggers: tuple[Trigger, ...] = ()
    unsafe: str = ""

    def column(self, name: str) -> LiveColumn | None:
        """The column of that exact name, or None."""
        return next((c for c in self.columns if c.name == name), None)


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables that were looked up, by the reference they were looked up under."""

    dialect: str
    tables: tuple[LiveTable, ...]

    def table(self, ref: TableRef) -> LiveTable | None:
        """The table that was looked up as ``ref``, or None where it does not exist."""
        return next((t for t in self.tables if t.ref == ref), None)
