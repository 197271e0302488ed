"""Which rows a WHERE chooses: all, none, one by its key, a range of keys, or some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from cachedeps.guard.constants import Constants, steady
from cachedeps.guard.keys import Keys
from cachedeps.guard.sampling import holds_everywhere
from cachedeps.parse.foreign.tree import Kind, Node, Query, Source, Verb, Write

# columns that PostgreSQL gives to every row
_OF_THE_SYSTEM = frozenset({"tableoid", "xmin", "cmin"})


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
    named; ``attributes`` are the columns, other than the key, that rows are chosen by, and
    ``chosen_by`` those that must have a certain value.
    """

    rows: Rows
    by_range: bool = False
    attributes: frozenset[str] = frozenset()
    chosen_by: frozenset[str] = frozenset()
    joined: bool = False


class Chooser:
    """Classifies the row choices of one write.

    Args:
        write: the write.
        keys: what tells the rows of its table apart.
        constants: evaluates what no row can change.
    """

    def __init__(self, write: Write, keys: Keys, constants: Constants) -> None:
        self._write = write
        self._keys = keys
        self._key = keys.columns
        self._hidden = keys.hidden
        self._constants = constants
        self._sources = {s.name.known_as.lower(): s for s in write.sources}
        self._outer = (
            any(p.text == "outer" for p in _conjuncts(write.where)) if write.where else False
        )
        self._names = {write.table.known_as.lower()}
        self._names |= self._twins()

    def choice(self) -> Choice:
        """The choice of the whole statement."""
        found = self._of(self._write.where)
        bare = found.rows is Rows.EVERY and self._write.verb is Verb.UPDATE
        if (
            self._write.limited
            and not bare
            and found.rows in {Rows.EVERY, Rows.SOME}
            and not found.attributes
            and not found.joined
        ):
            return Choice(Rows.SOME, by_range=True)
        return found

    def _twins(self) -> set[str]:
        """Aliases of the same table that are joined by the whole key: the same row again."""
        linked: dict[str, set[str]] = {}
        for part in _conjuncts(self._write.where) if self._write.where else ():
            for own, other in _linked(part):
                source = self._sources.get(other.table.lower())
                if source is not None and self._is_same_table(source) and self._is_own(own):
                    linked.setdefault(other.table.lower(), set()).add(own.text.lower())
        return {name for name, columns in linked.items() if self._keys.covered(columns)}

    def _is_same_table(self, source: Source) -> bool:
        return source.query is None and source.name.name.lower() == self._write.table.name.lower()

    def _of(self, where: Node | None) -> Choice:
        if where is None:
            return Choice(Rows.EVERY)
        parts = list(_conjuncts(where))
        truths = [self._truth(part) for part in parts]
        if False in truths:
            return Choice(Rows.NONE)
        open_parts = [
            p
            for p, t in zip(parts, truths, strict=True)
            if t is None and p.text != "outer" and not self._idle(p)
        ]
        if not open_parts:
            return Choice(Rows.EVERY)
        if self._names_one(open_parts):
            return Choice(Rows.ONE)
        return self._merged([self._part(part) for part in open_parts])

    def _truth(self, part: Node) -> bool | None:
        """True for what holds of every row: a constant, a key that is not NULL, x = x."""
        if part.kind is Kind.NOT and part.args[0].kind is Kind.IS:
            tested, wanted = part.args[0].args
            of_the_system = tested.kind is Kind.COLUMN and tested.text.lower() in _OF_THE_SYSTEM
            if (self._is_key(tested) or of_the_system) and wanted.kind is Kind.NULL:
                return True
        for a, b in _linked(part):
            if self._is_own(a) and self._is_own(b) and a.text.lower() == b.text.lower():
                return True
        found = self._constants.truth(part)
        return True if found is None and self._holds_of_any_key(part) else found

    def _holds_of_any_key(self, part: Node) -> bool:
        columns = [n for n in part.walk() if n.kind is Kind.COLUMN or n.query is not None]
        if not columns or not all(map(self._is_key, columns)):
            return False
        return holds_everywhere(part, columns, self._constants)

    @staticmethod
    def _merged(found: list[Choice]) -> Choice:
        if any(choice.rows is Rows.NONE for choice in found):
            return Choice(Rows.NONE)
        chosen = [choice for choice in found if choice.rows is not Rows.EVERY]
        if not chosen:
            return Choice(Rows.EVERY)
        return Choice(
            Rows.ONE if any(c.rows is Rows.ONE for c in chosen) else Rows.SOME,
            any(choice.by_range for choice in chosen),
            frozenset().union(*(choice.attributes for choice in chosen)),
            frozenset().union(*(choice.chosen_by for choice in chosen)),
            any(choice.joined for choice in chosen),
        )

    def _part(self, part: Node) -> Choice:
        """The choice of one conjunct."""
        if part.text == "using":
            return Choice(Rows.SOME, joined=True)
        if part.kind is Kind.OR:
            return self._either([self._of(arm) for arm in part.args])
        if part.kind is Kind.IN and part.query is not None and self._is_key(part.args[0]):
            return self._in_query(part.query)
        if part.kind is Kind.EXISTS and part.query is not None:
            return self._exists(part.query)
        inner = part.args[0] if part.kind is Kind.NOT else part
        if part.kind is Kind.NOT and inner.kind is Kind.IN and self._is_key(inner.args[0]):
            return Choice(Rows.SOME, by_range=True)
        return self._compared(part)

    def _compared(self, part: Node) -> Choice:
        columns = [n for n in part.walk() if n.kind is Kind.COLUMN]
        own = [c for c in columns if self._is_own(c)]
        keys = [c for c in own if self._is_key(c)]
        others = frozenset(c.text.lower() for c in own if not self._is_key(c))
        foreign = [c for c in columns if not self._is_own(c)]
        if (
            not own
            and foreign
            and not self._outer
            and all(c.table.lower() in self._sources for c in foreign)
        ):
            # it chooses rows of another table only
            return Choice(Rows.EVERY)
        if others or not keys:
            chosen_by = others if _is_certain(part) else frozenset()
            joined = bool(foreign) or not others
            ranged = bool(keys) and part.kind is Kind.COMPARE and not chosen_by
            return Choice(Rows.SOME, ranged, others, chosen_by, joined)
        if foreign:
            return self._joined(part, foreign)
        return Choice(Rows.SOME, by_range=not self._lists_keys(part))

    @staticmethod
    def _either(arms: list[Choice]) -> Choice:
        if any(arm.rows is Rows.EVERY for arm in arms):
            return Choice(Rows.EVERY)
        arms = [arm for arm in arms if arm.rows is not Rows.NONE]
        if len(arms) <= 1:
            return arms[0] if arms else Choice(Rows.NONE)
        # of two ways to be chosen the wider one counts
        ranged = any(arm.by_range and not arm.chosen_by for arm in arms)
        attributes = frozenset().union(*(arm.attributes for arm in arms))
        certain = all(arm.chosen_by for arm in arms)
        chosen_by = frozenset().union(*(arm.chosen_by for arm in arms)) if certain else frozenset()
        return Choice(
            Rows.SOME,
            ranged,
            frozenset() if ranged else attributes,
            frozenset() if ranged else chosen_by,
            any(arm.joined for arm in arms),
        )

    def _in_query(self, query: Query) -> Choice:
        """``key IN (SELECT ..)``: what the inner query chooses of the same table, by its WHERE."""
        if query.parts:
            return (
                self._either([self._in_query(part) for part in query.parts])
                if not query.limited and not _makes_up(query)
                else Choice(Rows.SOME, by_range=_makes_up(query), joined=True)
            )
        inside = {s.name.known_as.lower() for s in query.sources}
        if any(
            self._is_key(v) and v.table and v.table.lower() not in inside for _, v in query.outputs
        ):
            # the outer row's own key
            return Choice(Rows.EVERY)
        source = query.sources[0] if len(query.sources) == 1 else None
        if source is not None and source.name.name.lower() == self._write.table.name.lower():
            if not self._gives_key(query):
                return Choice(Rows.SOME, joined=True)
            inner = Write(self._write.verb, source.name, where=query.where, limited=query.limited)
            return Chooser(inner, self._keys, self._constants).choice()
        if source is not None and source.query is not None and not _makes_up(query):
            found = self._in_query(source.query)
            if query.where is None:
                return found
            return replace(found, rows=Rows.SOME if found.rows is Rows.EVERY else found.rows)
        return Choice(Rows.SOME, by_range=_makes_up(query), joined=True)

    def _gives_key(self, query: Query) -> bool:
        given = [value for _, value in query.outputs]
        return any(
            v.kind is Kind.STAR or v.text.lower() in self._key | self._hidden for v in given
        )

    def _exists(self, query: Query) -> Choice:
        """EXISTS of the same row again chooses what its other conditions choose."""
        plain = query.where is None and not query.limited and not query.parts
        if plain and not query.others and all(s.query is None for s in query.sources):
            # what it selects does not matter
            return Choice(Rows.EVERY)
        source = query.sources[0] if len(query.sources) == 1 and query.where is not None else None
        if source is None or query.where is None or not self._is_same_table(source):
            return Choice(Rows.SOME, joined=True)
        inner = {source.name.known_as.lower()}
        linked, rest = set(), []
        for part in _conjuncts(query.where):
            pairs = [(a, b) for a, b in _linked(part)
                     if b.table.lower() in inner and self._is_own(a)]  # fmt: skip
            linked |= {a.text.lower() for a, _ in pairs}
            rest += [] if pairs else [part]
        if not self._keys.covered(linked):
            return Choice(Rows.SOME, joined=True)
        where = Node(Kind.AND, args=tuple(rest)) if rest else None
        same = Write(self._write.verb, source.name, where=where)
        return Chooser(same, self._keys, self._constants).choice()

    def _joined(self, part: Node, foreign: list[Node]) -> Choice:
        sources = [self._sources.get((c.table or c.text).lower()) for c in foreign]
        if any(s is not None and is_series(s) for s in sources):
            return Choice(Rows.SOME, by_range=True)
        equal = part.kind is Kind.COMPARE and part.text in {"=", "<=>"}
        source = sources[0] if len(sources) == 1 else None
        if equal and source is not None and source.query is not None:
            return self._in_query(source.query)
        ranged = not equal and part.kind in {Kind.COMPARE, Kind.BETWEEN, Kind.LIKE}
        return Choice(Rows.SOME, by_range=ranged, joined=not ranged)

    def _idle(self, part: Node) -> bool:
        """A condition that looks at no column of the row: all rows or none, for whatever reason."""
        for node in part.walk(into_queries=False):
            if node.kind is Kind.COLUMN or node.text == "using":
                return False
            if node.query is not None and self._looks_out(node.query):
                return False
        return True

    def _looks_out(self, query: Query) -> bool:
        """Whether an inner query may read a column of the outer row."""
        inside = {s.name.known_as.lower() for s in query.sources}
        # a key's name without a table's is the outer row's, unless an inner table has it too
        open_names = self._key if not any(map(self._is_same_table, query.sources)) else frozenset()
        for node in query.nodes():
            for part in node.walk():
                if part.kind is not Kind.COLUMN:
                    continue
                if (
                    part.table.lower() not in inside
                    if part.table
                    else part.text.lower() in open_names
                ):
                    return True
        # two names without a table's may be of two tables
        tests = [query.where, *(s.query.where for s in query.sources if s.query is not None)]
        return any(len({p.text for p in part.walk() if p.kind is Kind.COLUMN and not p.table}) > 1
                   for where in tests if where is not None for part in _conjuncts(where))  # fmt: skip

    def _is_own(self, column: Node) -> bool:
        return not column.table or column.table.lower() in self._names

    def _is_key(self, column: Node) -> bool:
        if column.kind is Kind.TUPLE:
            open_args = [arg for arg in column.args if self._constants.value(arg) is None]
            return bool(open_args) and all(map(self._is_key, open_args))
        named = column.kind is Kind.COLUMN and self._is_own(column)
        return named and column.text.lower() in self._key | self._hidden

    def _names_one(self, parts: Iterable[Node]) -> bool:
        """Whether every column of the key is set equal to one value."""
        fixed, not_null = set(), set()
        for part in parts:
            found = {
                column.text.lower()
                for column, value in _equalities(part)
                if self._is_own(column) and self._is_single(value) and self._fits(column, value)
            }
            fixed |= found
            # NULL is equal to nothing, unless that is asked for
            not_null |= found if part.text != "<=>" else set()
        if fixed & self._hidden:
            return True
        return any(
            each.columns <= (not_null if each.nullable else fixed)
            for each in self._keys.identities
        )

    def _fits(self, column: Node, value: Node) -> bool:
        """Whether a column that holds words is compared with words, as far as can be seen."""
        if column.text.lower() not in self._keys.worded:
            return True
        if value.kind is Kind.PARAMETER:
            known = self._constants.value(value)
            return known is None or isinstance(known.value, str)
        if value.kind is Kind.CAST:
            return any(word in value.text for word in _TEXT_TYPES)
        makes_text = value.kind is Kind.CALL and value.text in _GIVING_TEXT
        return value.kind in {Kind.TEXT, Kind.CONCAT} or makes_text

    def _is_single(self, value: Node) -> bool:
        """Whether the value is one, and the same for every row."""
        if not steady(value) or self._constants.is_many(value):
            return False
        for node in value.walk(into_queries=False):
            if node.kind is Kind.COLUMN or node.text.lower() == "collate":
                return False
            if _is_series_call(node) or (node.query is not None and self._looks_out(node.query)):
                return False
        return True

    def _lists_keys(self, part: Node) -> bool:
        """``key = value`` and ``key IN (values)`` name keys; everything else is a range."""
        if any(_is_series_call(n) for n in part.walk()):
            return False
        if part.kind is Kind.COMPARE and part.text in {"=", "<=>"}:
            keys = [self._is_key(_uncast(arg)) for arg in part.args]
            # greatest(id, 5) = id is a range in another spelling
            mixed = [any(map(self._is_key, arg.walk())) for arg in part.args]
            return any(keys) and not all(mixed)
        return part.kind is Kind.IN and self._is_key(_uncast(part.args[0]))


_GIVING_TEXT = frozenset({"lower", "upper", "trim", "concat", "unhex", "uuid_to_bin", "hex"})
_TEXT_TYPES = ("char", "text", "uuid", "date", "time", "binary")


def _uncast(node: Node) -> Node:
    return node.args[0] if node.kind is Kind.CAST else node


def _is_certain(part: Node) -> bool:
    """A test for certain values, which few rows pass, unlike a comparison or IS NOT NULL."""
    equal = part.kind is Kind.COMPARE and part.text in {"=", "<=>"}
    return equal or part.kind in {Kind.IN, Kind.COLUMN}


def _conjuncts(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending:
        part = pending.pop()
        if part.kind is Kind.AND:
            pending.extend(reversed(part.args))
        else:
            yield part


def _linked(part: Node) -> Iterator[tuple[Node, Node]]:
    """Both columns of ``a.x = b.x``, in either order; those of ``(..) = (..)`` too."""
    if part.kind is not Kind.COMPARE or part.text not in {"=", "<=>"}:
        return
    left, right = part.args
    if left.kind is Kind.TUPLE and right.kind is Kind.TUPLE and len(left.args) == len(right.args):
        for pair in zip(left.args, right.args, strict=True):
            yield from _linked(Node(Kind.COMPARE, "=", pair))
    if (
        left.kind is Kind.COLUMN
        and right.kind is Kind.COLUMN
        and left.text.lower() == right.text.lower()
    ):
        yield left, right
        yield right, left


def _equalities(part: Node) -> Iterator[tuple[Node, Node]]:
    """Column and value of ``a = 1``, ``1 = a``, ``(a, b) = (1, 2)`` and ``a BETWEEN 1 AND 1``."""
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
            yield column, value


_SERIES = frozenset({"generateseries", "explodinggenerateseries"})


def _is_series_call(node: Node) -> bool:
    word = node.text.lower().replace("_", "")
    return node.kind in {Kind.CALL, Kind.OTHER} and word in _SERIES


def _makes_up(query: Query) -> bool:
    """Whether a query's rows are numbers made up by it."""
    if any(_is_series_call(part) for node in query.nodes() for part in node.walk()):
        return True
    return any(_is_named_series(s) for each in query.every() for s in each.sources)


def _is_named_series(source: Source) -> bool:
    return source.name.name.lower().startswith(("seq_", "generate_series"))


def is_series(source: Source) -> bool:
    """A table of made-up numbers: generate_series, seq_1_to_9, or a query over one."""
    return _is_named_series(source) or (source.query is not None and _makes_up(source.query))
