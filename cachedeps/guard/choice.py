"""Which rows a WHERE chooses: all, none, one by its key, a range of keys, or some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cachedeps.guard.constants import Constants
from cachedeps.parse.foreign.tree import Kind, Node, Query, Source, Write

HIDDEN_KEYS = frozenset({"rowid", "_rowid_", "ctid"})


class Rows(StrEnum):
    """How many rows, and by what they are chosen."""

    EVERY = "every"
    NONE = "none"
    ONE = "one"
    SOME = "some"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a row choice comes to.

    ``by_range`` says that keys are chosen by a range, a pattern or arithmetic instead of being
    named; ``attributes`` are the columns, other than the key, that rows are chosen by.
    """

    rows: Rows
    by_range: bool = False
    attributes: frozenset[str] = frozenset()
    joined: bool = False


class Chooser:
    """Classifies the row choices of one write.

    Args:
        write: the write.
        key: the key's columns, in lower case.
        constants: evaluates what no row can change.
    """

    def __init__(self, write: Write, key: frozenset[str], constants: Constants) -> None:
        self._write = write
        self._key = key
        self._constants = constants
        self._names = {write.table.known_as.lower(), write.table.name.lower()}
        self._sources = {s.name.known_as.lower(): s for s in write.sources}

    def choice(self) -> Choice:
        """The choice of the whole statement."""
        found = self._of(self._write.where)
        if (
            self._write.limited
            and found.rows in {Rows.EVERY, Rows.SOME}
            and not found.attributes
            and not found.joined
        ):
            return Choice(Rows.SOME, by_range=True)
        return found

    def _of(self, where: Node | None) -> Choice:
        if where is None:
            return Choice(Rows.EVERY)
        parts = list(_conjuncts(where))
        truths = [self._constants.truth(part) for part in parts]
        if False in truths:
            return Choice(Rows.NONE)
        open_parts = [
            p for p, t in zip(parts, truths, strict=True) if t is None and not self._idle(p)
        ]
        if not open_parts:
            return Choice(Rows.EVERY)
        if self._names_one(open_parts):
            return Choice(Rows.ONE)
        return self._merged([self._part(part) for part in open_parts])

    def _merged(self, found: list[Choice]) -> Choice:
        if any(choice.rows is Rows.NONE for choice in found):
            return Choice(Rows.NONE)
        chosen = [choice for choice in found if choice.rows is not Rows.EVERY]
        if not chosen:
            return Choice(Rows.EVERY)
        return Choice(
            Rows.ONE if any(c.rows is Rows.ONE for c in chosen) else Rows.SOME,
            any(choice.by_range for choice in chosen),
            frozenset().union(*(choice.attributes for choice in chosen)),
            any(choice.joined for choice in chosen),
        )

    def _part(self, part: Node) -> Choice:
        """The choice of one conjunct."""
        if part.kind is Kind.OR:
            return self._either([self._of(arm) for arm in part.args])
        if part.kind is Kind.IN and part.query is not None and self._is_key(part.args[0]):
            return self._in_query(part.query)
        columns = [n for n in part.walk() if n.kind is Kind.COLUMN]
        own = [c for c in columns if self._is_own(c)]
        keys = [c for c in own if self._is_key(c)]
        others = frozenset(c.text.lower() for c in own if not self._is_key(c))
        foreign = [c for c in columns if not self._is_own(c)]
        if others or not keys:
            return Choice(Rows.SOME, attributes=others, joined=bool(foreign) or not others)
        if foreign:
            return self._joined(foreign)
        return Choice(Rows.SOME, by_range=not self._lists_keys(part))

    @staticmethod
    def _either(arms: list[Choice]) -> Choice:
        if any(arm.rows is Rows.EVERY for arm in arms):
            return Choice(Rows.EVERY)
        arms = [arm for arm in arms if arm.rows is not Rows.NONE]
        if not arms:
            return Choice(Rows.NONE)
        # of two ways to be chosen the wider one counts
        ranged = any(arm.by_range and not arm.attributes for arm in arms)
        attributes = frozenset().union(*(arm.attributes for arm in arms))
        return Choice(
            Rows.SOME, ranged, frozenset() if ranged else attributes, any(a.joined for a in arms)
        )

    def _in_query(self, query: Query) -> Choice:
        """``key IN (SELECT ..)``: what the inner query chooses of the same table, by its WHERE."""
        if query.parts:
            return (
                self._either([self._in_query(part) for part in query.parts])
                if not query.limited
                else Choice(Rows.SOME, joined=True)
            )
        source = query.sources[0] if len(query.sources) == 1 else None
        if source is not None and source.name.name.lower() == self._write.table.name.lower():
            inner = Write(self._write.verb, source.name, where=query.where, limited=query.limited)
            return Chooser(inner, self._key, self._constants).choice()
        if source is not None and source.query is not None and source.name.name:
            return self._in_query(source.query)
        if any(is_series(s) for s in query.sources) or any(
            _is_series_call(n) for _, n in query.outputs
        ):
            return Choice(Rows.SOME, by_range=True)
        return Choice(Rows.SOME, joined=True)

    def _joined(self, foreign: list[Node]) -> Choice:
        sources = [self._sources.get(c.table.lower()) for c in foreign]
        generated = any(s is not None and is_series(s) for s in sources)
        return Choice(Rows.SOME, by_range=generated, joined=not generated)

    def _idle(self, part: Node) -> bool:
        """A condition that looks at no column of the row: all rows or none, for whatever reason."""
        for node in part.walk(into_queries=False):
            if node.kind is Kind.COLUMN or node.text == "using":
                return False
            if node.query is not None and (
                node.kind is not Kind.EXISTS or self._looks_out(node.query)
            ):
                return False
        return True

    def _looks_out(self, query: Query) -> bool:
        """Whether an inner query may read a column of the outer row."""
        inside = {s.name.known_as.lower() for s in query.sources}
        for node in query.nodes():
            for part in node.walk():
                if part.kind is Kind.COLUMN and part.table and part.table.lower() not in inside:
                    return True
        return any(part.kind is Kind.COMPARE and all(a.kind is Kind.COLUMN for a in part.args)
                   for node in query.nodes() for part in node.walk())  # fmt: skip

    def _is_own(self, column: Node) -> bool:
        return not column.table or column.table.lower() in self._names

    def _is_key(self, column: Node) -> bool:
        named = column.kind is Kind.COLUMN and self._is_own(column)
        return named and column.text.lower() in self._key | HIDDEN_KEYS

    def _names_one(self, parts: Iterable[Node]) -> bool:
        """Whether every column of the key is set equal to one value."""
        fixed = set()
        for part in parts:
            fixed |= {name.lower() for name, value in _equalities(part) if self._is_single(value)}
        return bool(fixed & HIDDEN_KEYS) or (bool(self._key) and self._key <= fixed)

    def _is_single(self, value: Node) -> bool:
        # in a single-table statement a column on the other side is the row's own
        return not any(n.kind is Kind.COLUMN for n in value.walk(into_queries=False))

    def _lists_keys(self, part: Node) -> bool:
        """``key = value`` and ``key IN (values)`` name keys; everything else is a range."""
        if part.kind is Kind.COMPARE:
            return (
                part.text in {"=", "<=>"}
                and any(self._is_key(a) for a in part.args)
                and not any(_is_series_call(n) for n in part.walk())
            )
        if part.kind is Kind.IN:
            tested = part.args[0]
            plain = self._is_key(tested) or (
                tested.kind is Kind.TUPLE and all(map(self._is_key, tested.args))
            )
            return plain and not any(_is_series_call(n) for n in part.walk())
        return False


def _conjuncts(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending:
        part = pending.pop()
        if part.kind is Kind.AND:
            pending.extend(reversed(part.args))
        else:
            yield part


def _equalities(part: Node) -> Iterator[tuple[str, Node]]:
    """Pairs of column and value of ``a = 1``, ``1 = a``, ``(a, b) = (1, 2)`` and ``a IN (1)``."""
    if part.kind is Kind.IN and part.query is None and len(part.args) == 2 and not part.text:
        part = Node(Kind.COMPARE, "=", part.args)
    if part.kind is Kind.BETWEEN and part.args[1] == part.args[2]:
        part = Node(Kind.COMPARE, "=", part.args[:2])
    if part.kind is not Kind.COMPARE or part.text not in {"=", "<=>"}:
        return
    left, right = part.args
    if left.kind is Kind.TUPLE and right.kind is Kind.TUPLE and len(left.args) == len(right.args):
        for a, b in zip(left.args, right.args, strict=True):
            yield from _equalities(Node(Kind.COMPARE, "=", (a, b)))
        return
    for column, value in ((left, right), (right, left)):
        if column.kind is Kind.COLUMN:
            yield column.text, value


_SERIES = frozenset({"generateseries", "explodinggenerateseries"})


def _is_series_call(node: Node) -> bool:
    word = node.text.lower().replace("_", "")
    return node.kind in {Kind.CALL, Kind.OTHER} and word in _SERIES


def is_series(source: Source) -> bool:
    """A table of made-up numbers: generate_series, seq_1_to_9, or a query over one."""
    if source.name.name.lower().startswith(("seq_", "generate_series")):
        return True
    query = source.query
    if query is None:
        return False
    if any(_is_series_call(part) for node in query.nodes() for part in node.walk()):
        return True
    return any(is_series(inner) for inner in query.sources if inner.name.name != source.name.name)
