"""Compares a declaration with the live schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cachedeps.actions.checks.excepts import check_excepts
from cachedeps.actions.checks.keys import check_joins, check_keys
from cachedeps.actions.checks.mentions import tables_of
from cachedeps.actions.checks.names import check_names
from cachedeps.actions.checks.resets import check_resets
from cachedeps.actions.checks.stamps import check_stamps, check_times
from cachedeps.actions.checks.subject import Locate, Subject
from cachedeps.actions.checks.triggers import check_triggers
from cachedeps.actions.checks.undeclared import check_undeclared
from cachedeps.actions.checks.windows import check_windows
from cachedeps.actions.context import Context
from cachedeps.actions.read_keys import read_keys
from cachedeps.db.inspect import DatabaseFacts, facts, inspect
from cachedeps.domain.finding import Finding
from cachedeps.domain.model import Declaration
from cachedeps.domain.schema import Schema
from cachedeps.domain.windows import KeyFacts

CHECKS: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    check_names,
    check_excepts,
    check_resets,
    check_keys,
    check_joins,
    check_times,
    check_stamps,
    check_triggers,
    check_undeclared,
    check_windows,
)

ADVICE = frozenset({"via-not-unique", "shared-stamp", "reset-touches-row", "idle-except"})
"""Rules that tell what a choice costs; a declaration with only these works as it stands."""


def check(
    declaration: Declaration,
    schema: Schema,
    *,
    facts: DatabaseFacts,
    locate: Locate,
    keys: tuple[KeyFacts, ...] = (),
) -> tuple[Finding, ...]:
    """Everything in which the declaration and the live schema disagree.

    Args:
        declaration: a valid declaration.
        schema: what ``db.inspect`` found of ``tables_of(declaration)``.
        facts: what else the database tells.
        locate: turns a dotted key such as ``tables.uploads.caches.x`` into file, line and key.
        keys: what was read of test rows and key windows.
    """
    subject = Subject(declaration, schema, facts, locate, keys)
    return tuple(finding for run in CHECKS for finding in run(subject))


def check_live(context: Context) -> tuple[Finding, ...]:
    """``check`` of the context's declaration against its open database.

    Each finding names the file, the line and the key that it is about.
    """
    from cachedeps.config.locate import where

    declaration = context.declaration
    with context.session.reading() as connection:
        tables = tables_of(declaration)
        schema = inspect(connection, tables, dialect=context.session.dialect.name)
        known = facts(connection, schema, tables)

    def locate(key: str) -> str:
        return where(declaration.path, key) if declaration.path else key

    keys = read_keys(context)
    return check(declaration, schema, facts=known, locate=locate, keys=keys)
