"""opaque-statement: what cannot be understood fully is refused."""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.domain.verdict import Objection, Ruling
from cachedeps.guard.advice import reason_for
from cachedeps.guard.facts import Facts
from cachedeps.parse.foreign.tree import Verb
from cachedeps.parse.functions import is_harmless

SLUG = "opaque-statement"
UNJUDGED = "this cannot be judged:"
JUDGED_ELSEWHERE = frozenset({"setval", "set_config"})


def check(facts: Facts) -> Iterator[Objection]:
    """Unreadable text, code that runs unseen, unknown functions, loads into declared tables."""
    statement = facts.statement
    if statement.opaque:
        yield _objection(f"{UNJUDGED} {statement.opaque}; write plain statements")
        return
    named = statement.calls - JUDGED_ELSEWHERE
    unknown = sorted(name for name in named if not is_harmless(name))
    if unknown and statement.verb != "explain":
        why = f"what {unknown[0]}() does is not known"
        yield _objection(f"{why}; write out what it does, or {reason_for(SLUG)}")
    for write, table in facts.declared():
        if write.write.verb is Verb.LOAD:
            why = f"a load writes rows into {table.name} that cannot be seen here"
            yield _objection(
                f"{why}; load into a table of its own, and INSERT .. SELECT from there"
            )


def _objection(message: str) -> Objection:
    return Objection(SLUG, Ruling.REFUSE, message)
