"""opaque-statement: what cannot be understood fully is refused."""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.domain.verdict import Objection, Ruling
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
        yield _objection(f"{UNJUDGED} {statement.opaque}")
        return
    named = statement.calls - JUDGED_ELSEWHERE
    unknown = sorted(name for name in named if not is_harmless(name))
    if unknown and statement.verb != "explain":
        yield _objection(f"what {unknown[0]}() does is not known; it may write")
    for write, table in facts.declared():
        if write.write.verb is Verb.LOAD:
            yield _objection(f"a load writes rows into {table.name} that cannot be seen here")


def _objection(message: str) -> Objection:
    return Objection(SLUG, Ruling.REFUSE, message)
