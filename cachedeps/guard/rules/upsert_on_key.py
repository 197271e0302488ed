"""upsert-on-key: an INSERT that overwrites whoever has the key already."""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.domain.verdict import Objection, Ruling
from cachedeps.guard.advice import new_row
from cachedeps.guard.facts import Facts, WriteFacts
from cachedeps.guard.keys import Keys
from cachedeps.parse.foreign.tree import Conflict, Kind, Node, Verb

SLUG = "upsert-on-key"


def check(facts: Facts) -> Iterator[Objection]:
    """ON CONFLICT (key) DO UPDATE, ON DUPLICATE KEY UPDATE, REPLACE, MERGE on the key."""
    for write, table in facts.declared():
        how = _how(write, facts.dialect)
        if how:
            message = (
                f"{how} of {table.name} overwrites the row that has the key already, "
                "whosever it is; insert and let a taken key fail, or DO NOTHING"
            )
            advice = new_row(write.write.table, write.write.columns, facts.dialect)
            yield Objection(SLUG, Ruling.REFUSE, message, advice)


def _how(write: WriteFacts, dialect: str) -> str:
    conflict = write.write.conflict
    if conflict is not None:
        return _conflict(conflict, write.keys, dialect)
    on = write.write.merge_on
    if on is not None and write.write.verb is Verb.UPDATE and _compares_key(on, write):
        return "MERGE .. WHEN MATCHED"
    return ""


def _conflict(conflict: Conflict, keys: Keys, dialect: str) -> str:
    if conflict.replaces:
        return "REPLACE"
    if dialect in {"mysql", "mariadb"}:
        return "ON DUPLICATE KEY UPDATE"
    if conflict.constraint:
        # a constraint's name does not say what it is of, unless it is one of another column
        return "ON CONFLICT ON CONSTRAINT"
    named = {column.lower() for column in conflict.columns}
    if not named or named & keys.hidden or keys.covered(named):
        return "ON CONFLICT DO UPDATE"
    return ""


def _compares_key(on: Node, write: WriteFacts) -> bool:
    own = {"", write.write.table.known_as.lower(), write.write.table.name.lower()}
    return any(
        part.kind is Kind.COLUMN
        and part.text.lower() in write.keys.columns
        and part.table.lower() in own
        for part in on.walk()
    )
