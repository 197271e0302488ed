"""Which cells a fix makes stale, found the slow way: path by path, row by row.

Independent of cachedeps on purpose. A path starts at what changed and walks along the declared
edges; on it travels the set of rows that are stale so far. Whatever any path brings to a cache
is stale there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.properties.predicates import holds
from tests.properties.relations import linked, meets
from tests.properties.world import (
    Cache,
    Edge,
    Key,
    Request,
    Row,
    Stamp,
    Upstream,
    Value,
    World,
)

Cells = dict[str, frozenset[Key]]
Places = frozenset[int]
Trail = tuple[str, ...]
NOWHERE: Places = frozenset()


def expected(world: World, request: Request) -> Cells:
    """The keys of the cells to be invalidated, by cache; caches without any are left out."""
    stale = _Oracle(world, request).stale()
    found: Cells = {}
    for node, places in stale.items():
        cache = world.cache(node)
        rows = world.rows[cache.table]
        keys = frozenset(world.key(cache.table, rows[p]) for p in places if _held(cache, rows[p]))
        if keys:
            found[node] = keys
    return found


def _held(cache: Cache, row: Row) -> bool:
    """Whether there is anything to reset: ``none`` never is, a marked cell is marked."""
    value = row[cache.column]
    if cache.reset == "none" or value is None:
        return False
    if cache.reset == "mark":
        return row[cache.mark_column] is not None
    return not (cache.reset.startswith("=") and value == cache.reset[1:])


@dataclass(frozen=True)
class _Oracle:
    world: World
    request: Request

    def stale(self) -> dict[str, Places]:
        found: dict[str, Places] = {}
        for trail, places in self._starts():
            self._walk(trail, places, found)
        asked = self.request
        if asked.columns and (asked.upstreams or asked.stale):
            return {node: places for node, places in found.items() if node in asked.columns}
        return found

    def _starts(self) -> Iterator[tuple[Trail, Places]]:
        if self.request.stale:
            for cache in self.world.caches:
                yield from self._behind(cache)
        elif self.request.upstreams:
            yield from (((name,), NOWHERE) for name in self.request.upstreams)
        else:
            yield from (((node,), self._chosen(node)) for node in self.request.columns)

    def _chosen(self, node: str) -> Places:
        cache = self.world.cache(node)
        return frozenset(
            place
            for place, row in self._rows_of(cache)
            if self._in_scope(cache.table, row)
            and self._looks_fresh(cache, row, cache.stamps) is not True
        )

    def _walk(self, trail: Trail, places: Places, found: dict[str, Places]) -> None:
        here = trail[-1]
        if self.world.upstream(here) is None:
            if not places:
                return
            found[here] = found.get(here, NOWHERE) | places
        for child, edge in self._edges_from(here):
            if set(edge.deaf_to) & set(trail):
                continue
            if isinstance(child, Upstream):
                self._walk((*trail, child.name), NOWHERE, found)
            else:
                arrived = self._arriving(child, edge, trail, places)
                self._walk((*trail, child.node), arrived, found)

    def _edges_from(self, node: str) -> Iterator[tuple[Upstream | Cache, Edge]]:
        for child in self.world.nodes():
            for edge in child.edges:
                if edge.on == node:
                    yield child, edge

    def _rows_of(self, cache: Cache) -> Iterator[tuple[int, Row]]:
        for place, row in enumerate(self.world.rows[cache.table]):
            if meets(self.world, cache.rows, row):
                yield place, row

    def _arriving(self, cache: Cache, edge: Edge, trail: Trail, places: Places) -> Places:
        told = tuple(s for s in cache.stamps if s.of in trail)
        return frozenset(
            place
            for place, row in self._rows_of(cache)
            if meets(self.world, edge.when, row)
            and any(
                not (signs and all(signs))
                for signs in self._signs(cache, edge, place, places, told)
            )
        )

    def _signs(
        self, cache: Cache, edge: Edge, place: int, places: Places, told: tuple[Stamp, ...]
    ) -> Iterator[list[bool]]:
        """For each stale row that this edge brings here: what says that the cell is fresh."""
        row = self.world.rows[cache.table][place]
        looks = self._looks_fresh(cache, row, told)
        own = [] if looks is None else [looks]
        upstream = self.world.upstream(edge.on)
        if upstream is None:
            parent = self.world.cache(edge.on).table
            yield from (
                own for p in linked(self.world, edge.via, parent, place, row) if p in places
            )
        elif upstream.table is None:
            yield from (own for _ in range(self._in_scope(cache.table, row)))
        else:
            for p in linked(self.world, edge.via, upstream.table, place, row):
                source = self.world.rows[upstream.table][p]
                if self._in_scope(upstream.table, source):
                    yield own + self._follows_change(cache, row, upstream, source)

    def _follows_change(
        self, cache: Cache, row: Row, upstream: Upstream, source: Row
    ) -> list[bool]:
        """Whether the cell was computed after its source row changed, if that can be told."""
        if upstream.changed_at is None or cache.computed_at is None:
            return []
        computed, changed = row[cache.computed_at], source[upstream.changed_at]
        if computed is None:
            return [False]
        if changed is None:
            return [self.request.stale]
        return [str(computed) >= str(changed)]

    def _in_scope(self, table: str, row: Row) -> bool:
        asked = self.request
        return (
            self._in_time(table, row)
            and self._in_where(table, row)
            and (not asked.keys or self.world.key(table, row) in asked.keys.get(table, ()))
            and (not asked.owners or self._owner(row) in asked.owners)
        )

    def _in_time(self, table: str, row: Row) -> bool:
        since, until = self.request.since, self.request.until
        if since is None and until is None:
            return True
        at = row["at" if self.world.table(table).declared else "changed"]
        return at is not None and (since or "") <= str(at) < (until or "9")

    def _in_where(self, table: str, row: Row) -> bool:
        asked = self.request.where
        if any(asked) and table not in asked:
            return False
        return all(holds(text, row) for name, text in asked.items() if name in {"", table})

    def _owner(self, row: Row) -> Value:
        people = self.world.rows["people"]
        return next((p["email"] for p in people if p["id"] == row.get("person_id")), None)

    def _looks_fresh(self, cache: Cache, row: Row, told: tuple[Stamp, ...]) -> bool | None:
        """What the cell itself says about its age; None where it says nothing."""
        stamps = [stamp for stamp in told if self._tells(stamp)]
        if stamps:
            return all(self._good(stamp, row) for stamp in stamps)
        if self.request.fixed_at is None or cache.computed_at is None:
            return None
        computed = row[cache.computed_at]
        if computed is None:
            return self.request.keep_unstamped
        return str(computed) >= self.request.fixed_at

    def _tells(self, stamp: Stamp) -> bool:
        of = self.world.upstream(stamp.of)
        return bool(self.request.bad_versions) or (of is not None and of.version is not None)

    def _good(self, stamp: Stamp, row: Row) -> bool:
        version = row[stamp.column]
        if version is None:
            return self.request.keep_unstamped
        if stamp.divide:
            version = int(version) // stamp.divide
        if self.request.bad_versions:
            return not any(_is(version, bad) for bad in self.request.bad_versions)
        of = self.world.upstream(stamp.of)
        assert of is not None
        return version in (of.version, *of.good_versions)

    def _behind(self, cache: Cache) -> Iterator[tuple[Trail, Places]]:
        """Cells whose own stamp or time says that they are behind, each upstream by itself."""
        asked = [s for s in cache.stamps if self._tells(s) and self._is_asked(s.of)]
        for stamp in asked:
            behind = frozenset(
                place
                for place, row in self._rows_of(cache)
                if self._in_scope(cache.table, row)
                and self._feeds(stamp.of, cache, row)
                and not self._good(stamp, row)
            )
            yield (stamp.of, cache.node), behind
        for edge in cache.edges:
            if self.world.upstream(edge.on) is None or not self._is_asked(edge.on):
                continue
            stamped = any(stamp.of == edge.on for stamp in asked)
            yield (edge.on, cache.node), self._outdated(cache, edge, stamped=stamped)

    def _outdated(self, cache: Cache, edge: Edge, *, stamped: bool) -> Places:
        """The rows whose times say that they are behind; ``fixed_at`` yields to a stamp."""
        oracle = (
            self if not stamped else replace(self, request=replace(self.request, fixed_at=None))
        )
        return frozenset(
            place
            for place, row in self._rows_of(cache)
            if meets(self.world, edge.when, row)
            and any(not all(signs) for signs in oracle._signs(cache, edge, place, NOWHERE, ()))
        )

    def _is_asked(self, name: str) -> bool:
        asked = self.request.upstreams
        return not asked or any(name in self._descendants(start) for start in asked)

    def _descendants(self, name: str) -> set[str]:
        below = (_name(child) for child, _ in self._edges_from(name))
        return {name}.union(*(self._descendants(child) for child in below))

    def _feeds(self, name: str, cache: Cache, row: Row) -> bool:
        """Whether an edge on the way from this upstream to the cache holds for this row."""
        return any(
            meets(self.world, edge.when, row)
            for edge in cache.edges
            if edge.on in self._reach((name,)) and name not in edge.deaf_to
        )

    def _reach(self, trail: Trail) -> set[str]:
        """The nodes that a change comes to which has taken this trail, its end included."""
        heard = (
            _name(child)
            for child, edge in self._edges_from(trail[-1])
            if not set(edge.deaf_to) & set(trail)
        )
        return {trail[-1]}.union(*(self._reach((*trail, child)) for child in heard))


def _name(node: Upstream | Cache) -> str:
    return node.name if isinstance(node, Upstream) else node.node


def _is(version: Value, bad: int | str | tuple[int, int]) -> bool:
    if isinstance(bad, tuple):
        return isinstance(version, int) and bad[0] <= version <= bad[1]
    return version == bad
