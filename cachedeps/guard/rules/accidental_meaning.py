"""accidental-meaning: text that does something other than it looks."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cachedeps.domain.model import Table
from cachedeps.domain.schema import TypeKind
from cachedeps.domain.verdict import Objection, Ruling
from cachedeps.guard.advice import one_row
from cachedeps.guard.columns import known_columns
from cachedeps.guard.facts import Facts, WriteFacts
from cachedeps.guard.keys import USUAL
from cachedeps.guard.names import Names, outputs
from cachedeps.guard.values import NULL
from cachedeps.parse.foreign.tree import Assignment, Kind, Node, Query, Verb

SLUG = "accidental-meaning"
_VALUES = frozenset({Kind.NULL, Kind.TEXT, Kind.NUMBER, Kind.PARAMETER, Kind.DEFAULT})


def check(facts: Facts) -> Iterator[Objection]:
    """SET a = .. AND b = .., names that resolve outward, "text" as a name, || as OR."""
    for write in facts.writes:
        yield from _of_assignments(write)
        for message in _of(facts, write):
            yield Objection(SLUG, Ruling.REFUSE, message)


def _of(facts: Facts, write: WriteFacts) -> Iterator[str]:
    if write.table is None:
        return
    where = write.write.where
    if where is None:
        return
    names = Names(facts, write)
    known = None if names.live is None else names.everything()
    yield from _outward(where, names, known)
    if names.live is None:
        yield from _outward_by_declaration(facts, where, write.table)
    if facts.dialect == "sqlite":
        yield from _quoted_text(where, write.table) if known is None else _no_name(where, known)
    if facts.dialect in {"mysql", "mariadb"} and "||" in facts.statement.code:
        yield "|| means OR here, unless the server's mode says otherwise; write OR or CONCAT()"
    yield from _text_with_number(facts, write, where, write.table)
    if write.write.verb in {Verb.UPDATE, Verb.DELETE}:
        yield from _equals_null(facts, where)


def _of_assignments(write: WriteFacts) -> Iterator[Objection]:
    key = () if write.table is None else write.table.key or tuple(sorted(write.keys.columns))
    for assignment in write.write.assignments:
        equalities = [n for n in assignment.value.args if _is_equality(n)]
        columns = [assignment.column, *(n.args[0].text for n in equalities)]
        for message in _joined(assignment):
            advice = one_row(write.write.table, key, columns)
            yield Objection(SLUG, Ruling.REFUSE, message, advice)


def _joined(assignment: Assignment) -> Iterator[str]:
    """``SET a = NULL AND b = NULL`` sets a alone, to the truth value of the rest."""
    value = assignment.value
    if value.kind in {Kind.AND, Kind.OR}:
        first, *rest = value.args
        if first.kind in _VALUES and any(_is_equality(arg) for arg in rest):
            column = assignment.column
            yield f"this sets {column} alone, to a truth value; a comma parts assignments"
    elif _is_equality(value) and value.args[1].kind is Kind.NULL:
        yield f"this sets {assignment.column} to the result of a comparison; a comma parts assignments"


def _is_equality(node: Node) -> bool:
    return node.kind is Kind.COMPARE and node.text == "=" and node.args[0].kind is Kind.COLUMN


def _outward(where: Node, names: Names, anywhere: frozenset[str] | None) -> Iterator[str]:
    """An inner SELECT's column that no inner table has is the outer row's own.

    Args:
        where: the row choice.
        names: the columns of its tables.
        anywhere: all of them, None where some are not known.
    """
    for node in where.walk():
        query = node.query
        if node.kind not in {Kind.IN, Kind.QUERY} or query is None or not query.sources:
            continue
        by_text = outputs(query.sources[0].query or Query()) if len(query.sources) == 1 else None
        known = by_text or (None if names.live is None else names.of_sources(query.sources))
        for _, output in query.outputs:
            if not known or output.kind is not Kind.COLUMN or output.table:
                continue
            name = output.text.lower()
            # a name that no table has at all is an error, and does no harm
            if name not in known and (by_text or anywhere is None or name in anywhere):
                inner = ", ".join(str(source.name) for source in query.sources)
                yield f"{output.text} is no column of {inner}: the outer row's is read; say which table it is of"


def _no_name(where: Node, known: frozenset[str]) -> Iterator[str]:
    """A double-quoted name that no table of the statement has is text to SQLite."""
    for node in where.walk():
        is_name = node.kind is Kind.COLUMN and node.quoted and not node.table
        if is_name and node.text.lower() not in known:
            message = f'no column is called "{node.text}", so SQLite takes it for text'
            yield f"{message}; quote text with '"


def _outward_by_declaration(facts: Facts, where: Node, table: Table) -> Iterator[str]:
    """``user_id IN (SELECT user_id FROM users)``, where users is not known to have a user_id.

    Of a declared table the declaration names some columns, not all. So the name must be one
    that the outer table has, or the one by which others refer to the inner table.
    """
    for node in where.walk():
        query = node.query
        if node.kind not in {Kind.IN, Kind.QUERY} or query is None or len(query.sources) != 1:
            continue
        inner = facts.table(query.sources[0].name.name)
        if inner is None or inner is table or query.sources[0].query is not None:
            continue
        has = known_columns(facts.graph, inner) | (frozenset(inner.key) or USUAL)
        referring = {f"{name}_id" for name in _singular(inner.ref.name)}
        for _, output in query.outputs:
            column = output.text.lower()
            if output.kind is not Kind.COLUMN or output.table or column in has:
                continue
            if column in referring or column in known_columns(facts.graph, table):
                yield (
                    f"{output.text} is not known as a column of {inner.name}; if it has none, the "
                    f"outer row's is read and every row is chosen: write {inner.name}.{output.text}"
                )


def _singular(name: str) -> set[str]:
    word = name.lower()
    found = {word, word.removesuffix("s"), word.removesuffix("es")}
    return found | ({word.removesuffix("ies") + "y"} if word.endswith("ies") else set())


def _quoted_text(where: Node, table: Table) -> Iterator[str]:
    """SQLite takes a double-quoted name that it does not know for text."""
    names = {cache.column.lower() for cache in table.caches}
    for node in where.walk():
        if node.kind not in {Kind.COMPARE, Kind.IN, Kind.LIKE} or not node.args:
            continue
        if node.args[0].kind is not Kind.COLUMN:
            continue
        for value in node.args[1:]:
            if (
                value.kind is Kind.COLUMN
                and value.quoted
                and not value.table
                and value.text.lower() not in names
            ):
                yield f'"{value.text}" is a name, or text if there is no such column; quote text with \''


def _text_with_number(facts: Facts, write: WriteFacts, where: Node, table: Table) -> Iterator[str]:
    known = _text_columns(facts, write, table)
    for node in where.walk(into_queries=False):
        if node.kind is not Kind.COMPARE:
            continue
        left, right = node.args
        for column, value in ((left, right), (right, left)):
            is_text = column.kind is Kind.COLUMN and column.text.lower() in known
            if is_text and _is_number(facts, value):
                yield f"{column.text} holds text, and is compared with the number {value.text}; quote it"


def _is_number(facts: Facts, value: Node) -> bool:
    if value.kind is Kind.PARAMETER:
        known = facts.constants.value(value)
        return known is not None and isinstance(known.value, Decimal)
    return value.kind is Kind.NUMBER


def _text_columns(facts: Facts, write: WriteFacts, table: Table) -> set[str]:
    """Columns that the declaration itself compares with text, or that name a person."""
    names: set[str] = set()
    if write.live is not None and facts.dialect in {"mysql", "mariadb"}:
        # any text without a digit in front is 0 there
        names |= {c.name.lower() for c in write.live.columns if c.kind is TypeKind.TEXT}
    owner = table.owner
    if owner is not None and owner.label.table is None and owner.label.column:
        names.add(owner.label.column.lower())
    if (
        table.test_rows is not None
        and "'" in table.test_rows.text
        and len(table.test_rows.columns) == 1
    ):
        names.add(table.test_rows.columns[0].lower())
    return names


def _equals_null(facts: Facts, where: Node) -> Iterator[str]:
    for node in where.walk(into_queries=False):
        if node.kind is not Kind.COMPARE or node.text not in {"=", "<>"}:
            continue
        if Kind.NULL in {arg.kind for arg in node.args} and facts.constants.value(node) == NULL:
            yield "a comparison with NULL is never true; write IS NULL or IS NOT NULL"
