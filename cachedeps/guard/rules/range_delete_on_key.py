"""range-delete-on-key: rows are deleted because their ids lie somewhere.

Ids say when or by whom a row was made, not what it is. A window that held only test rows for
weeks holds a customer's the day a sequence jumps.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.domain.model import Table
from cachedeps.domain.verdict import Objection, Ruling
from cachedeps.guard.advice import cleanup
from cachedeps.guard.choice import Rows
from cachedeps.guard.facts import Facts, WriteFacts
from cachedeps.parse.foreign.tree import Verb

SLUG = "range-delete-on-key"


def check(facts: Facts) -> Iterator[Objection]:
    """DELETE, and UPDATE of the key itself, of rows chosen by a range of keys."""
    for write, table in facts.declared():
        if not _ranged(write, table):
            continue
        verb = write.write.verb
        if verb is Verb.DELETE or (verb is Verb.UPDATE and _moves_keys(write)):
            yield Objection(SLUG, Ruling.REFUSE, _message(table, verb), cleanup(table))


def _ranged(write: WriteFacts, table: Table) -> bool:
    choice = write.choice
    if choice.rows is not Rows.SOME or not choice.by_range:
        return False
    if table.test_rows is None:
        # a range beside an attribute only cuts the work into pages
        return not choice.chosen_by
    return not choice.chosen_by & {name.lower() for name in table.test_rows.columns}


def _moves_keys(write: WriteFacts) -> bool:
    return any(a.column.lower() in write.keys.columns for a in write.write.assignments)


def _message(table: Table, verb: Verb) -> str:
    doing = "deleted" if verb is Verb.DELETE else "given other keys"
    if table.test_rows is not None:
        instead = f"choose by what the rows are: {table.test_rows.text}"
    else:
        instead = "choose by a column that says what the rows are (test_rows declares one)"
    return f"rows of {table.name} would be {doing} because of where their keys lie; {instead}"
