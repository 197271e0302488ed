"""unfiltered-write: every row of a declared table, or the table itself."""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.domain.model import Table
from cachedeps.domain.verdict import Objection, Ruling
from cachedeps.guard.advice import cleanup, invalidation, one_row, reason_for
from cachedeps.guard.choice import Rows
from cachedeps.guard.columns import declared_columns
from cachedeps.guard.facts import Facts, WriteFacts
from cachedeps.parse.foreign.tree import Verb

SLUG = "unfiltered-write"


def check(facts: Facts) -> Iterator[Objection]:
    """UPDATE and DELETE without a row choice, TRUNCATE, DROP of tables and declared columns."""
    for write in facts.writes:
        verb = write.write.verb
        if verb in {Verb.TRUNCATE, Verb.DROP} and not write.own:
            message = f"{verb.upper()} {write.write.table} destroys every row, without a preview"
            message += f"; delete rows through cachedeps run, or {reason_for(SLUG)}"
            advice = cleanup(write.table) if write.table and verb is Verb.TRUNCATE else ""
            yield Objection(SLUG, Ruling.REFUSE, message, advice)
        elif write.table is not None:
            yield from _declared(facts, write, write.table)


def _declared(facts: Facts, write: WriteFacts, table: Table) -> Iterator[Objection]:
    verb = write.write.verb
    if verb in {Verb.UPDATE, Verb.DELETE} and write.choice.rows is Rows.EVERY:
        why = "has no WHERE" if write.write.where is None else "has a WHERE that is always true"
        message = f"this {verb.upper()} of {table.name} {why}: it reaches every row"
        yield Objection(SLUG, Ruling.REFUSE, message, _instead(facts, write, table))
    elif verb is Verb.DROP_VIEW:
        message = f"DROP of {table.name}, a declared materialized view; {reason_for(SLUG)}"
        yield Objection(SLUG, Ruling.REFUSE, message)
    elif verb in {Verb.DROP_COLUMN, Verb.RETYPE_COLUMN}:
        yield from _columns(write, table)


def _instead(facts: Facts, write: WriteFacts, table: Table) -> str:
    """A plan where caches are reset, the clean-up where test rows are declared, else one row."""
    caches = [changed.cache for changed in write.changed]
    if caches:
        return invalidation(facts.graph, caches)
    key = table.key or tuple(sorted(write.keys.columns))
    if write.write.verb is Verb.DELETE:
        return cleanup(table) or one_row(write.write.table, key)
    return one_row(write.write.table, key, [a.column for a in write.write.assignments])


def _columns(write: WriteFacts, table: Table) -> Iterator[Objection]:
    known = declared_columns(table)
    for column in write.write.columns:
        if column.lower() not in known:
            continue
        if write.write.verb is Verb.DROP_COLUMN:
            message = f"{table.name}.{column} is declared; dropping it destroys every value; declare it no more, or {reason_for(SLUG)}"
            yield Objection(SLUG, Ruling.REFUSE, message)
        elif any(a.value.text == "using" for a in write.write.assignments):
            message = (
                f"{table.name}.{column} is declared; this rewrites every value; {reason_for(SLUG)}"
            )
            yield Objection(SLUG, Ruling.REFUSE, message)
