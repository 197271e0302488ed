"""What a database tells a guard beside the declaration: keys, foreign keys, columns, triggers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import LiveTable

_GO = "CASCADE"
_CHANGE = frozenset({"SET NULL", "SET DEFAULT"})


@dataclass(frozen=True, slots=True)
class KnownTable:
    """A live table and the schema that it stands in; ``default`` where it needs no schema."""

    schema: str
    default: bool
    table: LiveTable


@dataclass(frozen=True, slots=True)
class KnownLink:
    """Rows of ``child`` refer to rows of ``parent``; ``action`` is what a delete does, or ""."""

    child: TableRef
    parent: TableRef
    action: str = ""


@dataclass(frozen=True, slots=True)
class TakenAlong:
    """Tables whose rows a DELETE takes along, and those in whose surviving rows it changes."""

    gone: tuple[TableRef, ...] = ()
    changed: tuple[TableRef, ...] = ()


@dataclass(frozen=True)
class LiveFacts:
    """The tables of a database as they were when it was asked, and how they refer to others."""

    tables: tuple[KnownTable, ...] = ()
    links: tuple[KnownLink, ...] = ()

    def table(self, name: str, schema: str | None = None) -> LiveTable | None:
        """The table that SQL means by a name; None where there is none, or more than one.

        Without regard to the letters' case, for it is not known how the name was quoted.
        """
        same = self._by_name.get(name.casefold(), [])
        if schema is None:
            same = [known for known in same if known.default]
        else:
            same = [known for known in same if known.schema.casefold() == schema.casefold()]
        return same[0].table if len(same) == 1 else None

    @cached_property
    def _by_name(self) -> dict[str, list[KnownTable]]:
        found: dict[str, list[KnownTable]] = {}
        for known in self.tables:
            found.setdefault(known.table.ref.name.casefold(), []).append(known)
        return found

    @cached_property
    def _by_parent(self) -> dict[TableRef, list[KnownLink]]:
        found: dict[TableRef, list[KnownLink]] = {}
        for link in self.links:
            found.setdefault(link.parent, []).append(link)
        return found

    def taken_along(self, ref: TableRef) -> TakenAlong:
        """What a DELETE of rows of ``ref`` does to other rows, at any distance.

        Rows of the same table are among them where it refers to itself.
        """
        gone: dict[TableRef, None] = {}
        changed: dict[TableRef, None] = {}
        pending = [ref]
        while pending:
            for link in self._by_parent.get(pending.pop(), ()):
                if link.action == _GO and link.child not in gone:
                    gone[link.child] = None
                    pending.append(link.child)
                elif link.action in _CHANGE:
                    changed[link.child] = None
        return TakenAlong(tuple(gone), tuple(each for each in changed if each not in gone))
