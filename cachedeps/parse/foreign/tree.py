"""What foreign SQL says, in words that are the same for every database.

The tree is for questions (which rows, which columns, which values), never for printing SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """What an expression is."""

    COLUMN = "column"
    TEXT = "text"
    NUMBER = "number"
    NULL = "null"
    TRUE = "true"
    FALSE = "false"
    DEFAULT = "default"
    PARAMETER = "parameter"
    STAR = "star"
    AND = "and"
    OR = "or"
    NOT = "not"
    COMPARE = "compare"
    IS = "is"
    IN = "in"
    BETWEEN = "between"
    LIKE = "like"
    EXISTS = "exists"
    CASE = "case"
    WHEN = "when"
    CAST = "cast"
    CALL = "call"
    ARITHMETIC = "arithmetic"
    CONCAT = "concat"
    TUPLE = "tuple"
    QUERY = "query"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Node:
    """One expression.

    ``text`` is a column's name, a literal's text, a function's name in lower case, an
    operator, a parameter's name, or (kind OTHER) the parser's name for the thing. A CASE has
    WHEN nodes (condition, value) and at last its ELSE; an IN has the tested value, then the
    choices; a BETWEEN the value and both ends.
    """

    kind: Kind
    text: str = ""
    args: tuple[Node, ...] = ()
    table: str = ""
    quoted: bool = False
    query: Query | None = None

    def walk(self, *, into_queries: bool = True) -> Iterator[Node]:
        """This node and all below it, without recursion."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.args))
            if into_queries and node.query is not None:
                pending.extend(reversed(tuple(node.query.nodes())))


@dataclass(frozen=True, slots=True)
class Name:
    """A table as it is written, and the alias under which its columns are read."""

    name: str
    schema: str | None = None
    alias: str = ""

    @property
    def known_as(self) -> str:
        """What qualifies the table's columns."""
        return self.alias or self.name

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, slots=True)
class Source:
    """One thing in a FROM: a table, or a query (a sub-select, or a WITH by that name).

    ``outer`` is the condition of a LEFT JOIN: where it fails, every column is NULL.
    """

    name: Name
    query: Query | None = None
    outer: Node | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT, VALUES or set operation.

    ``outputs`` pairs the name of each result column ("" where it has none) with what it
    selects; ``parts`` are the members of a set operation; ``single`` says
    that it has one row at most, as far as its text tells.
    """

    outputs: tuple[tuple[str, Node], ...] = ()
    sources: tuple[Source, ...] = ()
    where: Node | None = None
    limited: bool = False
    others: tuple[Node, ...] = ()
    parts: tuple[Query, ...] = ()
    single: bool = False

    def given(self, value: Node, depth: int = 20) -> Node:
        """What stands for a column of the query, or of what it reads, as far as can be seen."""
        if value.kind is not Kind.COLUMN or not depth:
            return value
        for name, output in self.outputs:
            if name.lower() == value.text.lower() and output is not value:
                return self.within(output, depth - 1)
        return self._of_sources(value, depth)

    def within(self, node: Node, depth: int = 20) -> Node:
        """An expression of the query, its columns replaced by what they stand for."""
        if node.kind is Kind.COLUMN:
            return self._of_sources(node, depth)
        if not node.args or not depth:
            return node
        return replace(node, args=tuple(self.within(arg, depth) for arg in node.args))

    def _of_sources(self, column: Node, depth: int) -> Node:
        tried: list[Query] = []
        for source in self.sources:
            named = {"", source.name.known_as.lower()}
            if source.query is None or not depth or column.table.lower() not in named:
                continue
            if any(source.query is query for query in tried):
                # a WITH that is named twice: chains of such double with every link
                continue
            tried.append(source.query)
            found = source.query.given(Node(Kind.COLUMN, column.text), depth - 1)
            if found.kind is not Kind.COLUMN:
                return found
        return column

    def every(self) -> Iterator[Query]:
        """The query, and those that it reads or is made of, at any depth; each once."""
        pending: list[Query] = [self]
        seen: set[int] = set()
        while pending:
            query = pending.pop()
            # a WITH may be named often
            if id(query) in seen:
                continue
            seen.add(id(query))
            yield query
            pending.extend(query.parts)
            pending.extend(s.query for s in query.sources if s.query is not None)

    def nodes(self) -> Iterator[Node]:
        """Every expression of the query, those of its sources and parts too."""
        for query in self.every():
            yield from (node for _, node in query.outputs)
            if query.where is not None:
                yield query.where
            yield from query.others


@dataclass(frozen=True, slots=True)
class Assignment:
    """``column = value`` of a SET; ``table`` as it is qualified, "" where it is not."""

    column: str
    value: Node
    table: str = ""


class Verb(StrEnum):
    """What a write does."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    TRUNCATE = "truncate"
    DROP = "drop"
    DROP_VIEW = "drop materialized view"
    DROP_COLUMN = "drop column"
    RETYPE_COLUMN = "alter column type"
    LOAD = "load"


@dataclass(frozen=True, slots=True)
class Conflict:
    """What a write does with a row that is there already; DO NOTHING is no conflict at all.

    ``columns`` are those of ON CONFLICT (..), () where any key is meant; ``constraint`` is that
    of ON CONSTRAINT; ``replaces`` stands for OR REPLACE, REPLACE and UPDATE OR REPLACE.
    """

    columns: tuple[str, ...] = ()
    constraint: str = ""
    replaces: bool = False
    assignments: tuple[Assignment, ...] = ()
    where: Node | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """One table that a statement changes.

    ``where`` is the row choice (joins' ON included); ``limited`` says that LIMIT or OFFSET
    cut it; ``sources`` are the other tables that are read, this one's own query for an INSERT;
    ``merge_on`` is the ON of the MERGE whose arm this is; ``columns`` and ``rows`` are what an
    INSERT fills, and with what.
    """

    verb: Verb
    table: Name
    assignments: tuple[Assignment, ...] = ()
    where: Node | None = None
    limited: bool = False
    sources: tuple[Source, ...] = ()
    conflict: Conflict | None = None
    columns: tuple[str, ...] = ()
    rows: Query | None = None
    merge_on: Node | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A server setting or protection that a statement changes; both in lower case."""

    name: str
    value: str
    table: Name | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A view that a statement makes; ``query`` is None where it cannot be read.

    ``columns`` are the names that it gives to the query's columns, () where they keep theirs.
    """

    name: Name
    columns: tuple[str, ...]
    query: Query | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a text.

    ``verb`` is its first word. ``opaque`` says why it is not understood; "" where it is.
    ``code`` is its text without comments and the insides of quotes. ``reads`` are its queries,
    ``calls`` the functions that it names and the parser does not know. ``creates`` is the table
    that it makes anew, ``view`` the view, ``renames`` are the old and the new name of one. ``allows`` are the
    suppressions written in its comments: slug and reason.
    """

    text: str
    line: int
    verb: str = ""
    writes: tuple[Write, ...] = ()
    reads: tuple[Query, ...] = ()
    settings: tuple[Setting, ...] = ()
    calls: frozenset[str] = frozenset()
    code: str = ""
    opaque: str = ""
    creates: Name | None = None
    view: View | None = None
    renames: tuple[Name, Name] | None = None
    allows: tuple[tuple[str, str], ...] = ()
