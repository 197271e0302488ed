"""The plainest predicates, read without the parser, which takes longer to load than to read.

``column = literal`` and ``column IS [NOT] NULL``, joined by AND. What looks any different, or
uses a word that can be more than a column's name, is left to the parser; for all else both give
the same parts (a test compares them for every word that the parser knows).
"""

from __future__ import annotations

import re

from cachedeps.domain.model import ColumnRef

MORE_THAN_NAMES = frozenset(
    [
        "alter",
        "and",
        "any",
        "as",
        "between",
        "binary",
        "call",
        "case",
        "charset",
        "connect_by_root",
        "create",
        "cross",
        "current_catalog",
        "current_date",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "declare",
        "distinct",
        "distinctrow",
        "do",
        "drop",
        "else",
        "except",
        "exec",
        "execute",
        "explain",
        "false",
        "fetch",
        "for",
        "force",
        "from",
        "glob",
        "grant",
        "having",
        "if",
        "ignore",
        "ilike",
        "inner",
        "insert",
        "intersect",
        "into",
        "join",
        "key",
        "lateral",
        "like",
        "localtime",
        "localtimestamp",
        "lock",
        "mod",
        "not",
        "notnull",
        "null",
        "on",
        "only",
        "optimize",
        "or",
        "outer",
        "partitioned_by",
        "prepare",
        "qualify",
        "refresh",
        "regexp",
        "reindex",
        "rename",
        "replace",
        "reset",
        "returning",
        "revoke",
        "rlike",
        "rollback",
        "select",
        "separator",
        "session_user",
        "show",
        "straight_join",
        "tablesample",
        "then",
        "true",
        "uncache",
        "union",
        "using",
        "vacuum",
        "values",
        "variadic",
        "when",
        "where",
        "with",
        "xor",
    ]
)

_TERM = re.compile(
    r"(?P<column>[a-z][a-z0-9_]*)"
    r"(?: *(?:=|<>|!=|<=|>=|<|>) *(?:'[^'\\]*'|[0-9]{1,18})| IS(?: NOT)? NULL)"
    r"(?P<joint> AND |\Z)"
)


def plain_parts(text: str) -> tuple[str | ColumnRef, ...] | None:
    """The text cut at its columns; None where it is not of the plainest form."""
    parts: list[str | ColumnRef] = []
    place = 0
    while term := _TERM.match(text, place):
        if term["column"] in MORE_THAN_NAMES:
            return None
        rest = text[term.end("column") : term.end()]
        parts += (ColumnRef(term["column"]), rest)
        place = term.end()
        if not term["joint"]:
            return tuple(parts)
    return None
