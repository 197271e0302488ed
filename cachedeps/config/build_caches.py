"""Caches: one declared column, or part of one, with all that is said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations

from cachedeps.config.build_edges import Nodes, cache_edges
from cachedeps.config.document import (
    CacheEntry,
    RecoveryEntry,
    ResetEntry,
    StampEntry,
    UpstreamEntry,
)
from cachedeps.config.nearest import did_you_mean
from cachedeps.config.problems import BadReset, BadStamp, Place
from cachedeps.config.reading import Reading
from cachedeps.domain.model import (
    Cache,
    Cost,
    RecoverySource,
    Reset,
    ResetKind,
    Stamp,
    TableRef,
)

_RESETS = tuple(kind.value for kind in ResetKind if kind is not ResetKind.VALUE)
_DECODER = re.compile(r"[a-z][a-z0-9_]*(:.+)?")


@dataclass(frozen=True, slots=True)
class CacheBuilder:
    """Builds the caches of one table."""

    key: str
    ref: TableRef
    upstreams: dict[str, UpstreamEntry]
    nodes: Nodes
    reading: Reading

    def build(self, entries: dict[str, CacheEntry]) -> tuple[Cache, ...]:
        """Every cache of the table; what is wrong is left out and noted."""
        caches = tuple(self._cache(name, entry) for name, entry in entries.items())
        _check_shared_columns(entries, self.key, self.reading)
        _check_row_deletion(caches, self.key, self.reading)
        return caches

    def _cache(self, name: str, entry: CacheEntry) -> Cache:
        place: Place = ("tables", self.key, "caches", name)
        reading = self.reading
        column = reading.column(entry.column or name, place) or name
        edges = cache_edges(entry, self.ref, self.nodes, place, reading)
        stamps = self._stamps(name, entry, place)
        computed_at = reading.column(entry.computed_at, (*place, "computed_at"))
        reset = self._reset(entry, place) if entry.reset is not None else Reset()
        if reset.kind is ResetKind.MARK and entry.stamp is None and computed_at is None:
            message = 'reset = "mark" sets a stamp to NULL, and this cache has none'
            fix = 'add stamp = "..." or computed_at = "...", or reset it in another way'
            reading.problems.add("mark-without-stamp", (*place, "reset"), message, fix=fix)
        return Cache(
            table=self.key,
            name=name,
            column=column,
            edges=edges,
            rows=reading.condition(entry.rows, self.ref, (*place, "rows")),
            reset=reset,
            stamps=stamps,
            computed_at=computed_at,
            irreplaceable=entry.irreplaceable,
            cost=Cost(entry.cost.usd, entry.cost.seconds) if entry.cost else Cost(),
            recovery=self._recovery(entry.recovery, (*place, "recovery")),
            description=entry.description,
        )

    def _reset(self, entry: CacheEntry, place: Place) -> Reset:
        form = entry.reset
        if isinstance(form, ResetEntry):
            return Reset(ResetKind.VALUE, form.value)

        def kind() -> ResetKind:
            if form in _RESETS:
                return ResetKind(form)
            message = f'there is no reset "{form}"; {did_you_mean(str(form), _RESETS)}'
            fix = f"one of {', '.join(_RESETS)}, or a literal: {{ value = ... }}"
            raise BadReset(message.rstrip("; "), fix=fix)

        return Reset(self.reading.problems.attempt((*place, "reset"), kind) or ResetKind.NULL)

    def _stamps(self, name: str, entry: CacheEntry, place: Place) -> tuple[Stamp, ...]:
        if entry.stamp is None:
            return ()
        forms = entry.stamp if isinstance(entry.stamp, list) else [entry.stamp]
        stamps: list[Stamp] = []
        for index, form in enumerate(forms):
            here = (*place, "stamp", index) if isinstance(entry.stamp, list) else (*place, "stamp")
            stamp = self.reading.problems.attempt(here, self._stamp, name, form)
            if stamp and any((s.column, s.of) == (stamp.column, stamp.of) for s in stamps):
                message = f"the stamp {stamp.column} of {stamp.of} is named twice"
                self.reading.problems.add("duplicate", here, message)
            elif stamp and self.reading.column(stamp.column, here):
                stamps.append(stamp)
        return tuple(stamps)

    def _stamp(self, name: str, form: str | StampEntry) -> Stamp:
        node = f"{self.key}.{name}"
        if isinstance(form, str):
            return Stamp(form, self._only_versioned(node))
        of = form.of or self._only_versioned(node)
        if of not in self.upstreams:
            near = did_you_mean(of, self.upstreams)
            message = f'no upstream is named "{of}"; {near}'.rstrip("; ")
            raise BadStamp(message)
        if of not in self.nodes.feeds[node] and of not in self.nodes.upstream_of(node):
            message = f"{of} does not feed {node}, so a stamp of it says nothing"
            raise BadStamp(
                message, fix=f"add {of} to depends_on, or name an upstream that feeds it"
            )
        versions = (self.upstreams[of].version, *self.upstreams[of].good_versions)
        if form.divide is not None and any(isinstance(v, str) for v in versions):
            message = f"divide needs integer versions, and those of {of} are text"
            raise BadStamp(message)
        return Stamp(form.column, of, form.divide)

    def _only_versioned(self, node: str) -> str:
        direct = dict.fromkeys(n for n in self.nodes.feeds[node] if n in self.upstreams)
        versioned = [name for name in direct if self.upstreams[name].version is not None]
        if len(versioned) == 1:
            return versioned[0]
        found = ", ".join(versioned) if versioned else "none of them"
        message = (
            f"a stamp without of is of the one direct upstream with a version, and {found} has one"
        )
        if versioned:
            message = f"a stamp without of is of the one direct upstream with a version; here are several: {found}"
        raise BadStamp(
            message,
            fix="say which: stamp = { column = ..., of = ... }, or give the upstream its version",
        )

    def _recovery(self, entry: RecoveryEntry | None, place: Place) -> RecoverySource | None:
        if entry is None:
            return None
        reading = self.reading
        table = reading.problems.attempt((*place, "table"), reading.names.read, entry.table)
        for log_column, column in entry.match.items():
            reading.column(log_column, (*place, "match"))
            reading.column(column, (*place, "match", log_column))
        for index, step in enumerate(entry.decode):
            if not _DECODER.fullmatch(step):
                message = f'"{step}" names no decoding step'
                reading.problems.add(
                    "bad-decode",
                    (*place, "decode", index),
                    message,
                    fix='e.g. decode = ["sse", "json_path"]',
                )
        reading.column(entry.value, (*place, "value"))
        return RecoverySource(
            table=table or TableRef(entry.table),
            match=tuple(entry.match.items()),
            value=entry.value,
            where=reading.predicate(entry.where, (*place, "where")),
            latest=reading.columns(entry.latest, (*place, "latest")),
            decode=tuple(entry.decode),
            complete=reading.predicate(entry.complete, (*place, "complete")),
        )


def _check_shared_columns(entries: dict[str, CacheEntry], key: str, reading: Reading) -> None:
    """Two caches may share a column only where ``rows`` keep them apart."""
    by_column: dict[str, list[str]] = {}
    for name, entry in entries.items():
        by_column.setdefault(entry.column or name, []).append(name)
    for column, sharing in by_column.items():
        for first, second in combinations(sharing, 2):
            ours, theirs = entries[first].rows, entries[second].rows
            if ours and theirs and ours != theirs:
                continue
            message = f"{first} and {second} both hold the column {column}, and their rows overlap"
            fix = 'give each its own rows = "...", so that no row belongs to both'
            place: Place = ("tables", key, "caches", second)
            reading.problems.add("overlapping-rows", place, message, fix=fix)


def _check_row_deletion(caches: tuple[Cache, ...], key: str, reading: Reading) -> None:
    """A deleted row takes every other cache in it along."""
    for cache in caches:
        if cache.reset.kind is not ResetKind.DELETE_ROW:
            continue
        others = [c.name for c in caches if c.column != cache.column]
        if others:
            message = f"deleting the row would delete {', '.join(others)} too"
            fix = 'reset = "delete_row" is for a table that holds one cache; use "null" or a value'
            reading.problems.add(
                "bad-reset", ("tables", key, "caches", cache.name, "reset"), message, fix=fix
            )
