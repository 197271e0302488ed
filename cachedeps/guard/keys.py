"""Which columns name a row: as the database says, else as declared, else a column ``id``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cachedeps.domain.model import Table
from cachedeps.domain.schema import LiveTable, TypeKind

# names under which a database gives every row an identity of its own
HIDDEN_KEYS = {
    "sqlite": frozenset({"rowid", "_rowid_", "oid"}),
    "postgresql": frozenset({"ctid"}),
}
# they read a number out of a text, instead of refusing to compare the two
_MAKING_DO = frozenset({"mysql", "mariadb", "sqlite"})
_NUMBERS = frozenset({TypeKind.INTEGER, TypeKind.DECIMAL, TypeKind.FLOAT, TypeKind.BOOLEAN})
USUAL = frozenset({"id"})
# keys that hold text, going by their names; MariaDB takes every 'abc' for 0
_OF_TEXT = re.compile(r"uuid|guid|slug|e?mail|code|name|hash|token|sku|isbn|iso")


@dataclass(frozen=True, slots=True)
class Identity:
    """Columns whose values no two rows share; several rows may hold NULL where ``nullable``."""

    columns: frozenset[str]
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Keys:
    """How rows of a table are told apart; every name in lower case.

    ``whole`` are the keys, the primary one and that which is declared; ``identities`` is all
    that names one row, ``hidden`` are names of the database's own for that. ``worded`` are
    columns that several rows can equal at once where they are compared with a number.
    """

    whole: tuple[frozenset[str], ...]
    identities: tuple[Identity, ...]
    hidden: frozenset[str] = frozenset()
    worded: frozenset[str] = frozenset()

    @property
    def columns(self) -> frozenset[str]:
        """Every column of a key."""
        return frozenset().union(*self.whole)

    def covered(self, columns: frozenset[str] | set[str]) -> bool:
        """Whether a whole key is among the columns."""
        return any(key <= columns for key in self.whole)


def keys_of(table: Table | None, live: LiveTable | None, dialect: str) -> Keys:
    """The keys of a table, declared or not; what the database says goes before anything else.

    A declared key counts as a key in any case, but names one row only where no database is
    there to tell, or where the database keeps it unique.
    """
    declared = _lower(table.key) if table is not None else frozenset()
    hidden = HIDDEN_KEYS.get(dialect, frozenset())
    if live is None:
        key = declared or USUAL
        making_do = dialect in _MAKING_DO
        texts = frozenset(column for column in key if making_do and _OF_TEXT.search(column))
        return Keys((key,), (Identity(key),), hidden, texts)
    keys = tuple(dict.fromkeys(k for k in (_lower(live.key), declared) if k))
    optional = {column.name.lower() for column in live.columns if column.nullable}
    unique = (_lower(columns) for columns in (live.key, *live.unique) if columns)
    identities = (Identity(columns, bool(columns & optional)) for columns in unique)
    real = {column.name.lower() for column in live.columns}
    worded = frozenset(c.name.lower() for c in live.columns if c.kind not in _NUMBERS)
    if dialect not in _MAKING_DO:
        worded = frozenset()
    return Keys(keys, tuple(dict.fromkeys(identities)), hidden - real, worded)


def _lower(columns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(column.lower() for column in columns)
