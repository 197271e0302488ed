"""The rows that a statement chooses, as a scope of the command that is advised instead of it."""

from __future__ import annotations

import re
import shlex

from cachedeps.domain.model import Table
from cachedeps.errors import PredicateError, UnfreezableError
from cachedeps.parse.foreign.splice import splice
from cachedeps.parse.predicates import parse

MOST_CHARACTERS = 300
"""A longer condition is no advice that anybody reads."""


def scope_of(sql: str, dialect: str, table: Table) -> str:
    """``--where 'uploads: ..'`` with the statement's own condition; "" where it is no plain one.

    Args:
        sql: the statement as it was written.
        dialect: postgresql, mysql, mariadb or sqlite.
        table: the declared table that it changes.
    """
    try:
        found = splice(sql, dialect)
        condition = found.condition.strip()
        if found.joined or not condition or len(condition) > MOST_CHARACTERS:
            return ""
        parse(condition, dialect)
    except (UnfreezableError, PredicateError):
        return ""
    return f"--where {_quoted(f'{table.name}: {condition}')}"


def _quoted(text: str) -> str:
    """For a shell, and for whoever reads it."""
    plain = not re.search(r'["$`\\!]', text)
    return f'"{text}"' if plain else shlex.quote(text)
