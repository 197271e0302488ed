"""Walks the foreign keys from rows that would be deleted to all that goes or changes with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from cachedeps.actions.closures.freeze import named
from cachedeps.actions.closures.network import CASCADE, Network
from cachedeps.db.dialects.base import key_out
from cachedeps.domain.closure import Link
from cachedeps.domain.model import TableRef
from cachedeps.domain.rows import KeyValues
from cachedeps.errors import UnsupportedError
from cachedeps.sql.closure import ClosureRows

CHUNK = 500
"""Keys that are asked about in one statement."""

MOST_ROWS = 2_000_000
"""Rows whose keys are remembered while a closure is walked."""

Column = tuple[TableRef, str]
Keys = dict[KeyValues, None]


class Walk:
    """What was reached so far, page after page; a row that went with one page is gone.

    Args:
        connection: a connection inside a transaction.
        network: the foreign keys.
        rows: the SELECTs.
    """

    def __init__(self, connection: Connection, network: Network, rows: ClosureRows) -> None:
        self._connection = connection
        self._network = network
        self._rows = rows
        self._gone: defaultdict[TableRef, set[KeyValues]] = defaultdict(set)
        self._changed: defaultdict[Column, set[KeyValues]] = defaultdict(set)
        self.links: dict[tuple[TableRef, str], Link] = {}
        self.kept: dict[Link, int] = {}
        self._total = 0

    def page(self, keys: Sequence[KeyValues]) -> Reached:
        """All that goes or changes when the statement's rows ``keys`` are deleted."""
        reached = Reached()
        fresh: dict[TableRef, Keys] = {self._network.root: self._new(self._network.root, keys)}
        while fresh:
            for ref, found in fresh.items():
                reached.deleted.setdefault(ref, {}).update(found)
            fresh = self._children(fresh)
        for link in self._network.links:
            if link.action != CASCADE:
                self._beside(link, reached)
        return reached

    def _new(self, ref: TableRef, keys: Sequence[KeyValues]) -> Keys:
        found = dict.fromkeys(key for key in keys if key not in self._gone[ref])
        self._gone[ref].update(found)
        self._total += len(found)
        if self._total > MOST_ROWS:
            message = f"more than {MOST_ROWS:,} rows would go with it"
            raise UnsupportedError(message, hint="choose fewer rows with WHERE")
        return found

    def _children(self, parents: dict[TableRef, Keys]) -> dict[TableRef, Keys]:
        out: dict[TableRef, Keys] = {}
        for parent, keys in parents.items():
            for link in self._network.from_parent(parent):
                if link.action != CASCADE:
                    continue
                found = self._new(link.child, self._referring(link, list(keys)))
                if found:
                    self.links.setdefault((link.child, ""), link)
                    out.setdefault(link.child, {}).update(found)
        return out

    def _beside(self, link: Link, reached: Reached) -> None:
        """Rows that stay: they lose their reference, or stand in the way."""
        parents = list(reached.deleted.get(link.parent, ()))
        gone = self._gone[link.child]
        staying = [key for key in self._referring(link, parents) if key not in gone]
        if not staying:
            return
        if not link.sets:
            self.kept[link] = self.kept.get(link, 0) + len(staying)
        for column in link.sets:
            self.links.setdefault((link.child, column), link)
            self._changed[link.child, column].update(staying)
            reached.changed.setdefault((link.child, column), {}).update(dict.fromkeys(staying))

    def _referring(self, link: Link, parents: list[KeyValues]) -> list[KeyValues]:
        found: list[KeyValues] = []
        for chunk in chunks(parents):
            values = self._referred(link, chunk)
            for part in chunks(values):
                chosen = self._rows.referring(link, part)
                query = self._rows.read(link.child, (), chosen)
                columns = self._rows.table(link.child).key
                for row in self._connection.execute(query):
                    found.append(named(link.child, tuple(row), columns))
        return list(dict.fromkeys(found))

    def _referred(self, link: Link, keys: Sequence[KeyValues]) -> list[KeyValues]:
        """What children hold that refer to the rows ``keys``: the key itself, or other columns."""
        key = tuple(column.name for column in self._rows.table(link.parent).key)
        if link.parent_columns == key:
            return list(keys)
        chosen = self._rows.having(link.parent, key, keys)
        query = self._rows.read(link.parent, link.parent_columns, chosen)
        columns = self._rows.columns(link.parent, link.parent_columns)
        found: list[KeyValues] = []
        for row in self._connection.execute(query):
            values: tuple[Any, ...] = tuple(row)[len(key) :]
            if None not in values:
                pairs = zip(values, columns, strict=True)
                found.append(tuple(key_out(value, column) for value, column in pairs))
        return list(dict.fromkeys(found))

    def as_left(
        self, ref: TableRef, keys: Sequence[KeyValues]
    ) -> Iterator[tuple[dict[str, str], Sequence[KeyValues]]]:
        """Rows that go with this page, by what pages before it will have done to them.

        Yields keys of rows, and the action of the foreign key by column that it will have set.
        """
        touched = {column: found for (r, column), found in self._changed.items() if r == ref}
        if not touched:
            yield {}, keys
            return
        alike: defaultdict[frozenset[str], list[KeyValues]] = defaultdict(list)
        for key in keys:
            alike[frozenset(c for c, found in touched.items() if key in found)].append(key)
        for columns, same in alike.items():
            yield {column: self.links[ref, column].action for column in columns}, same

    def deleted(self) -> dict[TableRef, int]:
        """Rows that go, by table."""
        return {ref: len(keys) for ref, keys in self._gone.items() if keys}

    def changed(self) -> dict[Column, int]:
        """Rows that stay and change, by column."""
        counts = {
            (ref, column): len(keys - self._gone[ref])
            for (ref, column), keys in self._changed.items()
        }
        return {column: rows for column, rows in counts.items() if rows}


class Reached:
    """What one page reaches: keys by table, and by column of rows that stay."""

    def __init__(self) -> None:
        self.deleted: dict[TableRef, Keys] = {}
        self.changed: dict[Column, Keys] = {}


def chunks(keys: Sequence[KeyValues]) -> Iterator[Sequence[KeyValues]]:
    """The keys, so many at a time as one statement asks about."""
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
