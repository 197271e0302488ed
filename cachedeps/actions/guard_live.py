"""Guard with a connection: what the database knows, and whom a statement would hit.

SELECT only, in transactions that only read. The statement itself is never executed: its own
WHERE is put behind a SELECT, where its form allows that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.bind import load_catalog, owner_tables
from cachedeps.actions.closures.freeze import AS_WRITTEN, Frozen, freeze
from cachedeps.actions.context import Context
from cachedeps.actions.fold import integer
from cachedeps.db.inspect import survey
from cachedeps.domain.live_facts import LiveFacts
from cachedeps.domain.model import Cache, OwnerPath
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.verdict import Hit, Verdict
from cachedeps.errors import CachedepsError
from cachedeps.guard.check import Params, examine
from cachedeps.guard.facts import Facts, WriteFacts
from cachedeps.guard.hits import told
from cachedeps.parse.foreign.tree import Verb
from cachedeps.sql.keys import key_in
from cachedeps.sql.rowsets import RowSets

MOST_ROWS = 10_000
"""Of more rows than this the owners are not looked up."""

KEYS_AT_A_TIME = 2_000
UNSEEN = frozenset({"opaque-statement", "guard-evasion"})
"""A text with such findings is not asked about: what its conditions do is not known."""

ACTING = re.compile(r"advisory|_lock\b|notify|sleep|benchmark|xact_id|txid_current$")
"""Functions that change no data, and yet do something when they are merely asked."""


def live_facts(context: Context) -> LiveFacts:
    """What the database says of its tables; read from the catalog alone."""
    declared = [table.ref for table in context.declaration.tables]
    with context.session.reading() as connection:
        return survey(connection, declared, dialect=context.session.dialect.name)


def guard_live(context: Context, live: LiveFacts, sql: str, params: Params) -> Verdict:
    """The verdict on ``sql`` with everything that the database adds; see ``Database.guard``."""
    dialect = context.session.dialect.name
    exemptions = context.declaration.exemptions
    found = examine(context.graph, sql, dialect, params, exemptions, live)
    hits = tuple(_hits(context, found.verdict, found.facts))
    used = (*found.verdict.used, *(("rows",) if hits else ()))
    return replace(found.verdict, hits=hits, used=used)


def _hits(context: Context, verdict: Verdict, seen: Sequence[Facts]) -> Iterator[Hit]:
    if UNSEEN & {finding.rule for finding in verdict.findings}:
        return
    lines = {finding.line for finding in verdict.findings}
    for facts in seen:
        write = facts.writes[0] if len(facts.writes) == 1 else None
        if write is None or write.live is None or facts.statement.line not in lines:
            continue
        acts = any(ACTING.search(name) for name in facts.statement.calls)
        if write.write.verb in {Verb.UPDATE, Verb.DELETE} and not acts:
            hit = _hit(context, facts, write)
            if hit is not None:
                yield told(hit, context.graph)


def _hit(context: Context, facts: Facts, write: WriteFacts) -> Hit | None:
    """The rows of one statement; None where its form or the database does not let them be asked."""
    session = context.session
    try:
        with (
            session.reading() as connection,
            session.dialect.limited(connection, session.timeouts),
        ):
            frozen = freeze(context, connection, facts.statement.text)
            return _Count(context, connection, frozen, write).hit(facts.statement.line)
    except CachedepsError:
        return None


class _Count:
    """Counts the rows of one statement, and whose they are."""

    def __init__(
        self, context: Context, connection: Connection, frozen: Frozen, write: WriteFacts
    ) -> None:
        self._context = context
        self._connection = connection
        self._frozen = frozen
        self._verb = write.write.verb.value
        self._caches = write.emptied if write.write.verb is Verb.UPDATE else ()
        self._owner = context.owner(frozen.name)

    def hit(self, line: int) -> Hit:
        """What was counted."""
        rows, held = self._whole()
        hit = Hit(line, self._frozen.name, self._verb, rows)
        if held is None and rows > MOST_ROWS:
            return hit
        if rows <= MOST_ROWS:
            people, held = self._closely()
            if self._owner is not None:
                hit = replace(hit, owners=len(people), labels=tuple(sorted(people)))
        nodes = (cache.node for cache in self._caches)
        return replace(hit, emptied=tuple(zip(nodes, held or (), strict=True)))

    def _whole(self) -> tuple[int, list[int] | None]:
        """All rows in one scan; the cells that hold a value too, where no row comes twice."""
        if self._frozen.splice.joined:
            counted = f"SELECT count(*) FROM ({self._frozen.numbered()}\n) chosen"  # noqa: S608  (the text that is judged)
            return self._scalars(counted)[0], None
        quote = self._connection.dialect.identifier_preparer.quote_identifier
        known_as = self._frozen.splice.known_as
        cells = [f"count({known_as}.{quote(self._column(c))})" for c in self._caches]
        rows, *held = self._scalars(self._frozen.splice.select(", ".join(["count(*)", *cells])))
        return rows, held

    def _scalars(self, text: str) -> list[int]:
        row = self._connection.exec_driver_sql(text, execution_options=AS_WRITTEN).one()
        return [integer(value) for value in row]

    def _column(self, cache: Cache) -> str:
        names = [column.name for column in self._frozen.live.columns]
        return next((n for n in names if n.lower() == cache.column.lower()), cache.column)

    def _closely(self) -> tuple[set[str], list[int]]:
        """The owners of all rows, and the cells that hold a value, row by row."""
        keys = list(self._frozen.keys(self._connection))
        people: set[str] = set()
        held = [0] * len(self._caches)
        for start in range(0, len(keys), KEYS_AT_A_TIME):
            part = keys[start : start + KEYS_AT_A_TIME]
            if self._owner is not None:
                people |= self._people(self._owner, part)
            for place, count in enumerate(self._held(part)):
                held[place] += count
        return people, held

    def _people(self, owner: OwnerPath, keys: Sequence[KeyValues]) -> set[str]:
        ref, row = self._frozen.table.ref, self._frozen.table.table
        refs = {ref, *owner_tables(owner)}
        catalog = load_catalog(self._context, self._connection, refs)
        source, label = RowSets((), catalog, self._context.session.dialect).owned(owner, ref, row)
        query = sa.select(label).select_from(source).where(self._chosen(keys)).distinct()
        return {str(value) for (value,) in self._connection.execute(query) if value is not None}

    def _held(self, keys: Sequence[KeyValues]) -> list[int]:
        if not self._caches:
            return []
        row = self._frozen.table.table
        cells: list[Any] = [sa.func.count(row.c[self._column(cache)]) for cache in self._caches]
        query = sa.select(*cells).select_from(row).where(self._chosen(keys))
        return [integer(value) for value in self._connection.execute(query).one()]

    def _chosen(self, keys: Sequence[KeyValues]) -> sa.ColumnElement[bool]:
        table, dialect = self._frozen.table, self._context.session.dialect
        return key_in(keys, table.ref, table.table, table.key, dialect)
