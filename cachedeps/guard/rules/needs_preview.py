"""needs-preview: legitimate, but wide enough that people should be seen first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachedeps.domain.model import Table, TableRef
from cachedeps.domain.schema import RelationKind, Trigger
from cachedeps.domain.verdict import Objection, Ruling
from cachedeps.guard.advice import MOST_NAMED, instead_of_a_write
from cachedeps.guard.choice import Rows
from cachedeps.guard.facts import Facts, WriteFacts, find_table
from cachedeps.parse.foreign.tree import Kind, Verb

SLUG = "needs-preview"
# what only adds rows (an audit, say) is no danger to others
_WRITING = re.compile(r"\b(?:delete|update|truncate|execute|call|perform)\b", re.IGNORECASE)


def check(facts: Facts) -> Iterator[Objection]:
    """Other writes that can touch several rows of a declared table, and deletes that cascade."""
    for write in facts.writes:
        why = _why(facts, write)
        if why:
            caches = [changed.cache for changed in write.changed if changed.empties]
            suggestion = "cachedeps run FILE"
            if write.table is not None and write.write.verb is Verb.UPDATE:
                suggestion = instead_of_a_write(facts.graph, write.table, caches)
            yield Objection(SLUG, Ruling.REVIEW, why, suggestion)
    for name in _several(facts):
        why = f"several rows of {name} are changed, each by a write of its own; see them first"
        yield Objection(SLUG, Ruling.REVIEW, why, "cachedeps run FILE")


def _why(facts: Facts, write: WriteFacts) -> str:
    verb = write.write.verb
    conflict, rows = write.write.conflict, write.write.rows
    if write.table is not None and conflict is not None and (rows is None or not rows.single):
        return f"this upsert can change several rows of {write.table.name}; see them first"
    if verb not in {Verb.UPDATE, Verb.DELETE} or write.choice.rows is Rows.NONE:
        return ""
    table = write.table
    if table is None and write.live is not None and write.live.kind is not RelationKind.TABLE:
        return (
            f"{write.write.table} is a view: the rows that this {verb.upper()} changes are others'"
        )
    if table is not None and write.choice.rows is not Rows.ONE:
        return f"this {verb.upper()} can touch several rows of {table.name}; see them first"
    if verb is Verb.DELETE:
        return _cascades(facts, write, table) or _taken_along(facts, write)
    if table is not None and _moves_the_key(write):
        return f"the key of a row of {table.name} is changed; what refers to it may follow"
    emptied = write.emptied
    if len(emptied) > 1:
        return f"several caches of {emptied[0].table} are reset; a plan resets one at a time"
    return ""


def _moves_the_key(write: WriteFacts) -> bool:
    return any(
        a.column.lower() in write.keys.columns
        and not (a.value.kind is Kind.COLUMN and a.value.text.lower() == a.column.lower())
        for a in write.write.assignments
    )


def _several(facts: Facts) -> Iterator[str]:
    """Tables of which one statement changes a row here and another one there."""
    changing = {Verb.UPDATE, Verb.DELETE}
    single = [
        write.table.name
        for write in facts.writes
        if write.table is not None
        and write.write.verb in changing
        and write.write.merge_on is None
        and write.choice.rows is Rows.ONE
    ]
    yield from dict.fromkeys(name for name in single if single.count(name) > 1)


def _cascades(facts: Facts, write: WriteFacts, table: Table | None) -> str:
    name = write.write.table.name.lower()
    for other in facts.graph.tables.values():
        for reference in other.references:
            if _refers(reference, name):
                return f"rows of {other.name} would go or change with it ({reference})"
    if (
        table is not None
        and write.live is None
        and not table.key
        and not any(t.references for t in facts.graph.tables.values())
    ):
        return f"what a DELETE of {table.name} takes with it is not declared; see it first"
    return ""


def _taken_along(facts: Facts, write: WriteFacts) -> str:
    """What the database itself would delete or change with the row."""
    if write.live is None or facts.live is None:
        return ""
    along = facts.live.taken_along(write.live.ref)
    if write.table is None and not any(
        find_table(facts.graph, ref.name) for ref in (*along.gone, *along.changed)
    ):
        return ""
    told = []
    if along.gone:
        told.append(f"rows of {_listed(along.gone)} would go with it (ON DELETE CASCADE)")
        told += _only_copies(facts, along.gone)
    if along.changed:
        told.append(f"references in {_listed(along.changed)} would be emptied (ON DELETE SET)")
    trigger = next((t for t in write.live.triggers if _writes_elsewhere(t)), None)
    if not told and trigger is not None and write.table is not None:
        return f"the trigger {trigger.name} fires on a DELETE of {write.table.name}; see it first"
    return ", and ".join(told)


def _only_copies(facts: Facts, refs: tuple[TableRef, ...]) -> list[str]:
    tables = [table for ref in refs if (table := find_table(facts.graph, ref.name)) is not None]
    caches = [cache.node for table in tables for cache in table.caches if cache.irreplaceable]
    return [f"with them {', '.join(caches)}, maybe the only copy"] if caches else []


def _listed(refs: tuple[TableRef, ...]) -> str:
    more = len(refs) - MOST_NAMED
    return ", ".join(map(str, refs[:MOST_NAMED])) + (f" and {more} more" if more > 0 else "")


def _writes_elsewhere(trigger: Trigger) -> bool:
    """Whether a trigger of DELETE may change or delete what is there, by the look of its text."""
    fires = "DELETE" in trigger.event.upper().split()
    return fires and _WRITING.search(trigger.body) is not None


def _refers(reference: str, name: str) -> bool:
    """``user_id -> users.id cascade`` speaks of the table users, and acts on a delete."""
    target = reference.split("->", 1)[-1].strip().lower()
    acts = re.search(r"\b(?:cascade|set null|set default)\b", target)
    return acts is not None and target.split(".", 1)[0].strip("\"'` ") == name
