"""What a catalog tells about one table, gathered fact by fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import ForeignKey, LiveColumn, LiveTable, RelationKind, Trigger


@dataclass(frozen=True, slots=True)
class Listed:
    """A table or view by its physical name; ``default`` where it needs no schema."""

    schema: str
    name: str
    default: bool

    @property
    def ref(self) -> TableRef:
        """How a declaration names it."""
        return TableRef(self.name, None if self.default else self.schema)


@dataclass(frozen=True, slots=True)
class Index:
    """One index, column by column; a None stands for an expression.

    ``whole`` says that it covers every row and whole values; ``searchable`` that it finds a
    row by equality or range (a full-text index does not).
    """

    columns: tuple[str | None, ...]
    unique: bool = False
    primary: bool = False
    whole: bool = True
    searchable: bool = True

    @property
    def plain_columns(self) -> tuple[str, ...]:
        """The leading columns, up to the first expression."""
        plain: list[str] = []
        for column in self.columns:
            if column is None:
                break
            plain.append(column)
        return tuple(plain)


@dataclass(slots=True)
class Draft:
    """One physical table while its facts are being gathered; ``refs`` are its names."""

    refs: list[TableRef]
    kind: RelationKind
    columns: list[LiveColumn] = field(default_factory=list)
    key: tuple[str, ...] = ()
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)
    unsafe: str = ""

    def tables(self) -> Iterable[LiveTable]:
        """The finished table, once for each reference that it was asked for by."""
        table = LiveTable(
            ref=self.refs[0],
            kind=self.kind,
            columns=tuple(self.columns),
            key=self.key,
            foreign_keys=tuple(self.foreign_keys),
            unique=self._unique(),
            indexed=self._indexed(),
            triggers=tuple(self.triggers),
            unsafe=self.unsafe,
        )
        return (replace(table, ref=ref) for ref in self.refs)

    def _unique(self) -> tuple[tuple[str, ...], ...]:
        sets = [self.key] if self.key else []
        sets += [
            index.plain_columns
            for index in self.indexes
            if index.unique and index.whole and None not in index.columns
        ]
        return tuple(dict.fromkeys(sets))

    def _indexed(self) -> tuple[tuple[str, ...], ...]:
        lists = [self.key] if self.key else []
        lists += [index.plain_columns for index in self.indexes if index.searchable]
        return tuple(dict.fromkeys(columns for columns in lists if columns))


def finished(drafts: Mapping[Any, Draft]) -> tuple[LiveTable, ...]:
    """Every drafted table, in the order in which they were found."""
    return tuple(table for draft in drafts.values() for table in draft.tables())


def target_ref(drafts: Mapping[Any, Draft], place: object, otherwise: TableRef) -> TableRef:
    """The reference a foreign key's target was asked for by, else ``otherwise``."""
    draft = drafts.get(place)
    return draft.refs[0] if draft else otherwise
