"""Which column names the tables of a statement have, as far as that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cachedeps.guard.facts import Facts, WriteFacts
from cachedeps.guard.keys import HIDDEN_KEYS
from cachedeps.parse.foreign.tree import Kind, Name, Query, Source

_OF_EVERY_TABLE = {
    "postgresql": frozenset({"xmin", "xmax", "cmin", "cmax", "tableoid"}),
}


class Names:
    """The names that can be read in the WHERE of one write; all in lower case.

    Args:
        facts: the statement.
        write: one of its writes.
    """

    def __init__(self, facts: Facts, write: WriteFacts) -> None:
        self.live = facts.live if write.live is not None else None
        self._write = write
        dialect = facts.dialect
        hidden = HIDDEN_KEYS.get(dialect, frozenset())
        self._always = hidden | _OF_EVERY_TABLE.get(dialect, frozenset())

    def of_sources(self, sources: Iterable[Source]) -> frozenset[str] | None:
        """The columns of everything in a FROM; None where one of them is not known.

        A table's own name is among them: it stands for the whole row.
        """
        found: set[str] = set()
        for source in sources:
            names = self._of(source)
            if names is None:
                return None
            found |= names | {source.name.known_as.lower()}
        return frozenset(found)

    def _of(self, source: Source) -> frozenset[str] | None:
        if source.query is None:
            return self._of_table(source.name)
        return outputs(source.query) or self._of_star(source.query)

    def _of_star(self, query: Query) -> frozenset[str] | None:
        if self.live is None or query.parts or not query.outputs:
            return None
        inner = self.of_sources(query.sources)
        named = {name.lower() for name, _ in query.outputs}
        return None if inner is None else inner | named

    def _of_table(self, name: Name) -> frozenset[str] | None:
        found = None if self.live is None else self.live.table(name.name, name.schema)
        if found is None:
            return None
        return frozenset(column.name.lower() for column in found.columns) | self._always

    def everything(self) -> frozenset[str] | None:
        """Every name that any part of the WHERE can read; None where some are not known."""
        target = self._of_table(self._write.write.table)
        found = self.of_sources(self._write.write.sources)
        if target is None or found is None:
            return None
        known = set(target | found)
        for query in self._queries():
            inner = self.of_sources(query.sources)
            if inner is None:
                return None
            known |= inner | set(_given_names(query))
        return frozenset(known)

    def _queries(self) -> Iterator[Query]:
        where = self._write.write.where
        pending = [n.query for n in where.walk() if n.query is not None] if where else []
        while pending:
            query = pending.pop()
            yield query
            pending += query.parts
            pending += [source.query for source in query.sources if source.query is not None]


def _given_names(query: Query) -> Iterator[str]:
    """The names that a query gives its columns itself, and does not only take over."""
    for name, value in query.outputs:
        if value.kind is not Kind.COLUMN or value.text.lower() != name.lower():
            yield name.lower()


def outputs(query: Query) -> frozenset[str]:
    """The names of a query's columns, as its text tells; empty where it does not tell all."""
    if any(node.kind is Kind.STAR for _, node in query.outputs):
        return frozenset()
    return frozenset(name.lower() for name, _ in query.outputs)
