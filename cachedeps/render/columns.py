"""Columns for large pictures, so that three hundred nodes do not become one endless stripe.

A layered drawing puts every node one column right of what feeds it. With many tables that
makes few columns and a very tall picture. Here tables, each with the upstreams that feed it
most, are kept together as blocks; blocks that share edges are laid beside each other in
bands; and each band begins where the one before it ended.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable

from cachedeps.domain.picture import Picture
from cachedeps.render.islands import islands

# up to this many nodes the drawing program's own ranks look best
MOST_UNARRANGED = 36
# a column of one table is broken after this many nodes, or more where the table is large
LEAST_BESIDE = 10
WIDTH_OF_A_COLUMN = 280
HEIGHT_OF_A_NODE = 60
HEIGHT_OF_A_TABLE = 60
# a chain with more links than this is folded like lines of text
LONGEST_CHAIN = 24
# pictures are meant for screens and landscape pages
WANTED_ASPECT = 1.5
# more blocks than this are taken in the order of the file
MOST_SORTED_BLOCKS = 400

Columns = dict[str, int]
Block = tuple[str, ...]


def columns(picture: Picture) -> Columns:
    """The column of every node, counted from 0; empty where none needs to be given."""
    if len(picture.nodes) <= MOST_UNARRANGED:
        return {}
    return Arrangement(picture).best()


class Arrangement:
    """Works out the columns of one picture."""

    def __init__(self, picture: Picture) -> None:
        self._nodes = {node.name: node for node in picture.nodes}
        self._feeds: dict[str, list[str]] = defaultdict(list)
        self._fed_by: dict[str, list[str]] = defaultdict(list)
        for edge in picture.edges:
            self._feeds[edge.start].append(edge.end)
            self._fed_by[edge.end].append(edge.start)
        found = islands(picture)
        self._island = {node.name: n for n, island in enumerate(found) for node in island}
        self._islands = len(found)
        self._order = self._fed_first(self._nodes)
        self._blocks = self._sorted_blocks()
        self._heights = {block: self._height(block) for block in self._blocks}

    def best(self) -> Columns:
        """The columns of that number of bands which comes nearest to the wanted shape."""
        found: list[tuple[float, Columns]] = []
        for count in range(1, len(self._blocks) + 1):
            placed, wide, high = self._laid_out(self._bands(count))
            aspect = wide * WIDTH_OF_A_COLUMN / high
            found.append((max(aspect / WANTED_ASPECT, WANTED_ASPECT / aspect), placed))
            if aspect > WANTED_ASPECT:
                break
        return min(found, key=lambda each: each[0])[1]

    def _fed_first(self, names: Iterable[str]) -> list[str]:
        wanted = list(names)
        waiting = {name: len(self._fed_by[name]) for name in wanted}
        ready = deque(name for name in wanted if not waiting[name])
        out: list[str] = []
        while ready:
            out.append(ready.popleft())
            for end in self._feeds[out[-1]]:
                waiting[end] -= 1
                if not waiting[end]:
                    ready.append(end)
        return out

    def _homes(self) -> dict[str, str]:
        """Node -> the block it belongs to: its table, or the one it feeds most."""
        homes: dict[str, str] = {}
        for name in reversed(self._order):
            table = self._nodes[name].table
            fed = Counter(homes[end] for end in self._feeds[name])
            if table is not None:
                homes[name] = f"table {table}"
            elif fed:
                homes[name] = fed.most_common(1)[0][0]
            else:
                homes[name] = f"alone {name}"
        return homes

    def _sorted_blocks(self) -> list[Block]:
        """The blocks, those that share edges near each other."""
        homes = self._homes()
        members: dict[str, list[str]] = defaultdict(list)
        for name in self._nodes:
            members[homes[name]].append(name)
        shared: dict[str, Counter[str]] = defaultdict(Counter)
        for start, ends in self._feeds.items():
            for end in ends:
                shared[homes[start]][homes[end]] += 1
                shared[homes[end]][homes[start]] += 1
        left = list(members)
        if len(left) > MOST_SORTED_BLOCKS:
            return [tuple(members[block]) for block in left]
        pull: Counter[str] = Counter()
        out: list[Block] = []
        while left:
            # max takes the first of equals, so the order of the file decides; an island is
            # never left before its end
            here = self._island[out[-1][0]] if out else -1
            block = max(
                left, key=lambda name: (self._island[members[name][0]] == here, pull[name])
            )
            left.remove(block)
            out.append(tuple(members[block]))
            # near neighbours count more than those placed long ago
            pull = Counter({name: weight // 2 for name, weight in pull.items()})
            for other, weight in shared[block].items():
                pull[other] += weight * 64
        return out

    def _bands(self, count: int) -> list[list[Block]]:
        goal = sum(self._heights.values()) / count
        bands: list[list[Block]] = [[]]
        filled = 0.0
        for part in self._parts(count):
            height = sum(self._heights[block] for block in part)
            if bands[-1] and filled + height / 2 > goal * len(bands):
                bands.append([])
            bands[-1].extend(part)
            filled += height
        return bands

    def _parts(self, count: int) -> list[list[Block]]:
        """What a band takes as a whole: islands where there are enough of them, else blocks."""
        if self._islands < count:
            return [[block] for block in self._blocks]
        parts: dict[int, list[Block]] = defaultdict(list)
        for block in self._blocks:
            parts[self._island[block[0]]].append(block)
        return list(parts.values())

    def _height(self, block: Block) -> float:
        ranks = Counter(self._ranks(block).values())
        high = max(ranks.values()) * HEIGHT_OF_A_NODE
        return high + HEIGHT_OF_A_TABLE * any(self._nodes[name].table for name in block)

    def _ranks(self, names: Iterable[str]) -> Columns:
        """Columns by the edges among ``names`` alone."""
        within = set(names)
        order = [name for name in self._order if name in within]
        levels: Columns = {}
        for name in order:
            fed_by = (levels[s] + 1 for s in self._fed_by[name] if s in within)
            levels[name] = max(fed_by, default=0)
        longest = max(levels.values(), default=0) + 1
        if longest > LONGEST_CHAIN:
            fold = max(LONGEST_CHAIN * 2 // 3, round((longest * 0.4) ** 0.5))
            return {name: level % fold for name, level in levels.items()}
        return self._beside(order, within)

    def _beside(self, order: list[str], within: set[str]) -> Columns:
        """Columns in which a table is not endlessly high and upstreams are near what they feed."""
        ranks: Columns = {}
        used: Counter[tuple[str | None, int]] = Counter()
        sizes = Counter(self._nodes[name].table for name in order)
        for name in order:
            table = self._nodes[name].table
            rank = max((ranks[s] + 1 for s in self._fed_by[name] if s in within), default=0)
            if table is not None:
                rank = max(rank, 1)
                most = max(LEAST_BESIDE, round(1.8 * sizes[table] ** 0.5))
                while used[table, rank] >= most:
                    rank += 1
            used[table, rank] += 1
            ranks[name] = rank
        for name in reversed(order):
            if self._nodes[name].table is None:
                ends = [ranks[end] for end in self._feeds[name] if end in within]
                ranks[name] = max(ranks[name], min(ends, default=1) - 1)
        return ranks

    def _laid_out(self, bands: list[list[Block]]) -> tuple[Columns, int, float]:
        placed: Columns = {}
        offset = 0
        high = 1.0
        for band in bands:
            ranks = self._ranks(name for block in band for name in block)
            used = sorted(set(ranks.values()))
            placed |= {name: offset + used.index(rank) for name, rank in ranks.items()}
            offset += len(used)
            high = max(high, sum(self._heights[block] for block in band))
        return placed, offset, high
