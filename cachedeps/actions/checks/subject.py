"""What every check reads, and the one way in which it says what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from cachedeps.config import problems
from cachedeps.db.inspect import DatabaseFacts
from cachedeps.domain.finding import Finding
from cachedeps.domain.model import Cache, Declaration, Table, TableRef
from cachedeps.domain.schema import LiveColumn, LiveTable, Schema
from cachedeps.domain.windows import KeyFacts

Locate = Callable[[str], str]

_IGNORES_CASE = frozenset({"sqlite", "mysql", "mariadb"})


def dotted(*parts: str) -> str:
    """A key as it is written in TOML; parts that are no bare keys are quoted."""
    return problems.dotted(parts)


def key_of(table: Table, *rest: str) -> str:
    """The key of something that a declared table says."""
    return dotted("tables", table.name, *rest)


def key_of_cache(cache: Cache, *rest: str) -> str:
    """The key of something that a declared cache says."""
    return dotted("tables", cache.table, "caches", cache.name, *rest)


@dataclass(frozen=True)
class Subject:
    """A declaration beside the live schema.

    ``locate`` turns a dotted key into file, line and key; ``keys`` are what was read of the
    tables whose test rows or key windows are declared.
    """

    declaration: Declaration
    schema: Schema
    facts: DatabaseFacts
    locate: Locate
    keys: tuple[KeyFacts, ...] = ()

    def live(self, ref: TableRef) -> LiveTable | None:
        """The live table, or None where there is none."""
        return self._live.get(ref)

    @cached_property
    def _live(self) -> dict[TableRef, LiveTable]:
        return {table.ref: table for table in self.schema.tables}

    def tables(self) -> Iterable[tuple[Table, LiveTable]]:
        """The declared tables that exist."""
        for table in self.declaration.tables:
            live = self.live(table.ref)
            if live is not None:
                yield table, live

    def caches(self) -> Iterable[tuple[Cache, LiveTable, LiveColumn]]:
        """The declared caches whose column exists."""
        for table, live in self.tables():
            for cache in table.caches:
                column = live.column(cache.column)
                if column is not None:
                    yield cache, live, column

    @property
    def ignores_case(self) -> bool:
        """Whether the database takes ``A`` and ``a`` for the same column."""
        return self.schema.dialect in _IGNORES_CASE

    def finding(self, rule: str, key: str, message: str, fix: str) -> Finding:
        """One finding at ``key``."""
        return Finding(rule, self.locate(key), message, fix)
