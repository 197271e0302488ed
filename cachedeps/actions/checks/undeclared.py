"""Which columns look like caches that nobody declared?"""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.actions.checks.mentions import mentions
from cachedeps.actions.checks.subject import Subject, key_of
from cachedeps.domain.finding import Finding
from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import LiveColumn, LiveTable, RelationKind, TypeKind
from cachedeps.render import toml_text

_CHOICES = ("enum(", "set(")


def check_undeclared(subject: Subject) -> Iterator[Finding]:
    """Nullable text and JSON columns beside caches that the declaration does not mention."""
    mentioned: dict[TableRef, set[str]] = {}
    for mention in mentions(subject.declaration):
        if mention.column is not None:
            mentioned.setdefault(mention.table, set()).add(mention.column.casefold())
    for table, live in subject.tables():
        if not table.caches or live.kind is not RelationKind.TABLE:
            continue
        known = mentioned.get(table.ref, set())
        names = [c.name for c in could_be_cache(live) if c.name.casefold() not in known]
        if names:
            what = (
                "a nullable text or JSON column"
                if len(names) == 1
                else ("nullable text or JSON columns")
            )
            message = f"{live.ref} has {what} that nobody declared: {', '.join(names)}"
            listed = ", ".join(toml_text.string(name) for name in [*table.not_caches, *names])
            fix = f"declare what derives from an upstream; for the rest: not_caches = [{listed}]"
            yield subject.finding("undeclared-column", key_of(table), message, fix)


def could_be_cache(live: LiveTable) -> Iterator[LiveColumn]:
    """The columns that may hold a derived text: nullable, written by hand, linking nothing."""
    linking = {name for foreign in live.foreign_keys for name in foreign.columns}
    for column in live.columns:
        derived = column.kind in (TypeKind.TEXT, TypeKind.JSON) and column.nullable
        choice = column.type.lower().startswith(_CHOICES)
        links = column.name in linking or column.name in live.key
        if derived and not (choice or links or column.generated):
            yield column
