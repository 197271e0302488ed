"""irreplaceable-overwrite: the only copy of a value would go, outside a plan."""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.domain.model import Cache, Table
from cachedeps.domain.verdict import Objection, Ruling
from cachedeps.guard.advice import cleanup
from cachedeps.guard.choice import Rows
from cachedeps.guard.facts import Changed, Facts, WriteFacts
from cachedeps.parse.foreign.tree import Kind, Node, Verb

SLUG = "irreplaceable-overwrite"


def check(facts: Facts) -> Iterator[Objection]:
    """Writes to irreplaceable caches, and deletes of the rows that hold them."""
    for write, table in facts.declared():
        found = tuple(_destroyed(write, table))
        if found:
            names = ", ".join(dict.fromkeys(cache.node for cache in found))
            message = f"{names} may be the only copy of its value (irreplaceable); "
            if write.destroys_rows:
                message += (
                    "rows that hold it go only where the statement says why "
                    "(-- cachedeps: allow irreplaceable-overwrite because ..), through cachedeps run"
                )
                yield Objection(SLUG, Ruling.REFUSE, message, cleanup(table))
                continue
            message += "it is written only by a plan, which keeps a before-image"
            yield Objection(SLUG, Ruling.REFUSE, message, _instead(found[0]))


def _destroyed(write: WriteFacts, table: Table) -> Iterator[Cache]:
    if write.choice.rows is Rows.NONE and write.write.verb in {Verb.UPDATE, Verb.DELETE}:
        return
    if write.destroys_rows:
        yield from (cache for cache in table.caches if cache.irreplaceable)
        return
    for changed in write.changed:
        if changed.cache.irreplaceable and not changed.keeps and not _only_empty(write, changed):
            yield changed.cache
    rewritten = write.write.verb is Verb.RETYPE_COLUMN and write.write.assignments
    if write.write.verb is Verb.DROP_COLUMN or rewritten:
        gone = {column.lower() for column in write.write.columns}
        yield from (c for c in table.caches if c.irreplaceable and c.column.lower() in gone)


def _only_empty(write: WriteFacts, changed: Changed) -> bool:
    """The WHERE asks for the cell to be NULL: nothing is there that could go."""
    conflict = write.write.conflict
    where = conflict.where if conflict is not None else write.write.where
    column = changed.cache.column.lower()
    return where is not None and any(_is_null_of(part, column) for part in _all_of(where))


def _all_of(where: Node) -> Iterator[Node]:
    if where.kind is Kind.AND:
        for part in where.args:
            yield from _all_of(part)
    else:
        yield where


def _is_null_of(part: Node, column: str) -> bool:
    if part.kind is not Kind.IS or len(part.args) != 2:
        return False
    tested, wanted = part.args
    return (
        tested.kind is Kind.COLUMN and tested.text.lower() == column and wanted.kind is Kind.NULL
    )


def _instead(cache: Cache) -> str:
    return f"cachedeps invalidate --column {cache.node}"
