"""What the rules know of a statement: which declared tables, caches and rows it writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cachedeps.domain.graph import Graph
from cachedeps.domain.live_facts import LiveFacts
from cachedeps.domain.model import Cache, ResetKind, Table
from cachedeps.domain.schema import LiveTable
from cachedeps.guard.choice import Choice, Chooser, Rows
from cachedeps.guard.constants import Constants, Params
from cachedeps.guard.emptiness import Emptiness, is_empty, results
from cachedeps.guard.keys import Keys, keys_of
from cachedeps.guard.values import NULL
from cachedeps.parse.foreign.tree import (
    Assignment,
    Kind,
    Name,
    Node,
    Query,
    Statement,
    Verb,
    Write,
)


@dataclass(frozen=True, slots=True)
class Changed:
    """One cache that a write gives a new value, or whose mark it sets.

    ``empties`` says that the new value holds nothing (or, for many rows, is one constant);
    ``keeps`` that a cell which holds a value keeps it.
    """

    cache: Cache
    assignment: Assignment
    empties: bool
    keeps: bool


@dataclass(frozen=True, slots=True)
class WriteFacts:
    """One write of a statement.

    ``table`` is None where it is not declared, ``live`` where nothing is known of the database;
    ``own`` says that the text itself made it.
    """

    write: Write
    table: Table | None
    choice: Choice
    changed: tuple[Changed, ...]
    keys: Keys
    live: LiveTable | None = None
    own: bool = False

    @property
    def emptied(self) -> tuple[Cache, ...]:
        """The caches that are emptied, each once."""
        return tuple(dict.fromkeys(c.cache for c in self.changed if c.empties and not c.keeps))

    @property
    def destroys_rows(self) -> bool:
        """Whether whole rows go."""
        gone = {Verb.DELETE, Verb.TRUNCATE, Verb.DROP}
        replaced = self.write.conflict is not None and self.write.conflict.replaces
        return (self.write.verb in gone and self.choice.rows is not Rows.NONE) or replaced


@dataclass(frozen=True, slots=True)
class Facts:
    """One statement, the declaration around it, and the database that it is for.

    ``live`` is what that database says of itself; None where it was not asked.
    """

    statement: Statement
    writes: tuple[WriteFacts, ...]
    graph: Graph
    dialect: str
    constants: Constants
    live: LiveFacts | None = None

    def declared(self) -> Iterator[tuple[WriteFacts, Table]]:
        """The writes of declared tables."""
        for write in self.writes:
            if write.table is not None:
                yield write, write.table

    def table(self, name: str) -> Table | None:
        """The declared table of that name, whatever its letters' case."""
        return find_table(self.graph, name)


def find_table(graph: Graph, name: str) -> Table | None:
    """The declared table whose physical name, or name in the file, is ``name``."""
    wanted = name.lower()
    return next(
        (t for t in graph.tables.values() if wanted in {t.ref.name.lower(), t.name.lower()}), None
    )


@dataclass(frozen=True, slots=True)
class Around:
    """What the statements of one text have in common.

    ``made`` are the tables that the text itself makes.
    """

    graph: Graph
    dialect: str
    params: Params
    made: frozenset[str] = frozenset()
    live: LiveFacts | None = None


def facts_of(statement: Statement, around: Around) -> Facts:
    """The facts of one statement."""
    constants = Constants(around.params)
    writes = tuple(_write_facts(write, around, constants) for write in statement.writes)
    return Facts(statement, writes, around.graph, around.dialect, constants, around.live)


def used_of(facts: Facts) -> Iterator[str]:
    """Which knowledge of the database a verdict on the statement rests on."""
    for write in facts.writes:
        if write.live is None or write.write.verb not in {Verb.UPDATE, Verb.DELETE, Verb.INSERT}:
            continue
        yield "keys"
        if write.write.verb is Verb.DELETE:
            yield from ("foreign keys", "triggers")
        if write.table is not None and write.write.where is not None:
            yield "columns"


def live_table(live: LiveFacts | None, name: Name, made: frozenset[str]) -> LiveTable | None:
    """What the database says of a table; None for one that the text puts into its place."""
    if live is None or name.name.lower() in made:
        return None
    return live.table(name.name, name.schema)


def _write_facts(write: Write, around: Around, constants: Constants) -> WriteFacts:
    table = find_table(around.graph, write.table.name)
    live = live_table(around.live, write.table, around.made)
    keys = keys_of(table, live, around.dialect)
    choice = Chooser(write, keys, constants).choice()
    changed: tuple[Changed, ...] = ()
    if table is not None:
        inserted = write.conflict is not None and write.rows is not None and write.rows.single
        single = inserted or choice.rows is Rows.ONE
        seer = _Seer(write, table, constants, single=single)
        changed = tuple(seer.changed())
    own = table is None and write.table.name.lower() in around.made
    return WriteFacts(write, table, choice, changed, keys, live, own)


class _Seer:
    """Sees through the ways in which a value can be NULL."""

    def __init__(self, write: Write, table: Table, constants: Constants, *, single: bool) -> None:
        self._write = write
        self._table = table
        self._constants = constants
        self._emptiness = Emptiness(constants)
        self._single = single
        self._absent = {
            s.name.known_as.lower()
            for s in write.sources
            if s.outer is not None and constants.truth(s.outer) is False
        }
        self._queries = {s.name.known_as.lower(): s.query for s in write.sources if s.query}

    def changed(self) -> Iterator[Changed]:
        """The caches that the write changes, with how."""
        conflict = self._write.conflict
        assigned = [*self._write.assignments, *(conflict.assignments if conflict else ())]
        for assignment in assigned:
            column = assignment.column.lower()
            for cache in self._table.caches:
                if cache.column.lower() == column:
                    yield self._change(cache, assignment)
                elif _is_mark(cache, column) and self._is_null(assignment.value):
                    yield Changed(cache, assignment, empties=True, keeps=False)

    def _change(self, cache: Cache, assignment: Assignment) -> Changed:
        return Changed(
            cache,
            assignment,
            empties=self._empties(assignment.value, cache),
            keeps=self._keeps(assignment.value, cache.column.lower()),
        )

    def _is_null(self, value: Node) -> bool:
        return value.kind is Kind.DEFAULT or self._constants.value(self._resolved(value)) == NULL

    def _empties(self, value: Node, cache: Cache) -> bool:
        value = self._resolved(value)
        if value.kind is Kind.DEFAULT:
            return True
        found = self._constants.value(value)
        if found is None and value.query is not None and len(value.query.outputs) == 1:
            # what a sub-select gives on every row
            return self._emptiness.is_nothing(value) or self._empties(
                value.query.within(value.query.outputs[0][1]), cache
            )
        if found is None and value.kind is Kind.CASE:
            return any(self._empties(arm, cache) for arm in results(value))
        if found is None:
            return self._emptiness.is_nothing(value)
        if is_empty(found):
            return True
        if cache.reset.value is not None and str(found.value) == str(cache.reset.value):
            return True
        # one constant for many rows is no value that was computed for any of them
        return not self._single

    def _keeps(self, value: Node, column: str) -> bool:
        """``COALESCE(column, ..)`` and the column itself leave what is there."""
        if value.kind is Kind.COLUMN:
            return value.text.lower() == column and value.table.lower() in self._own_names()
        if value.kind is Kind.CALL and value.text in {"coalesce", "ifnull", "nvl"}:
            return bool(value.args) and self._keeps(value.args[0], column)
        return False

    def _own_names(self) -> set[str]:
        return {"", self._write.table.known_as.lower(), self._write.table.name.lower()}

    def _resolved(self, value: Node, depth: int = 20) -> Node:
        """What a column of a sub-select, a WITH, VALUES or an upsert's new row stands for."""
        if value.args and depth:
            seen = tuple(self._resolved(arg, depth - 1) for arg in value.args)
            return value if seen == value.args else replace(value, args=seen)
        if value.kind is not Kind.COLUMN or not depth:
            return value
        if value.table.lower() in self._absent:
            return Node(Kind.NULL)
        query = self._queries.get(value.table.lower()) or self._giving(value)
        if value.table.lower() in {"excluded", "new"} and self._write.conflict is not None:
            return self._inserted(value.text)
        if query is None:
            return value
        return query.given(value, depth)

    def _giving(self, column: Node) -> Query | None:
        """The sub-select that has a column of that name, where no table is named."""
        name = column.text.lower()
        for query in self._queries.values() if not column.table else ():
            if any(output.lower() == name for output, _ in query.outputs):
                return query
        return None

    def _inserted(self, column: str) -> Node:
        names = [name.lower() for name in self._write.columns]
        rows = self._write.rows
        if names and column.lower() not in names:
            return Node(Kind.DEFAULT)
        if rows is None or not names:
            return Node(Kind.COLUMN, column, table="excluded")
        place = names.index(column.lower())
        return rows.outputs[place][1] if place < len(rows.outputs) else Node(Kind.OTHER)


def _is_mark(cache: Cache, column: str) -> bool:
    mark = cache.mark_column
    return cache.reset.kind is ResetKind.MARK and mark is not None and mark.lower() == column
