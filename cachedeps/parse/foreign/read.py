"""Foreign SQL text to statements.

What cannot be understood is never guessed: it becomes a statement that says why it is opaque.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from cachedeps.parse.foreign import lexing, prefixes, words
from cachedeps.parse.foreign.definitions import NAME, made_by, name_in
from cachedeps.parse.foreign.lexing import Ambiguous, Cut
from cachedeps.parse.foreign.tree import Statement, View
from cachedeps.parse.foreign.writes import reads_of, writes_of
from cachedeps.parse.functions import HARMLESS
from cachedeps.parse.predicates import keep_the_parser_quiet
from cachedeps.parse.vocabulary import NAMED_ALIKE

READ_AS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}
MAX_NESTING = 100
MAX_REMEMBERED = 2_000
MAX_WRITTEN_OUT = 500
_OPAQUE_READ = "it cannot be read as SQL of this database"


def read(text: str, dialect: str) -> tuple[Statement, ...]:
    """The statements of a text; one opaque statement where it cannot even be cut.

    Args:
        text: SQL with or without placeholders, one or more statements.
        dialect: postgresql, mysql, mariadb or sqlite.
    """
    # programs ask about the same text with other values again and again
    return _remembered(text, dialect) if len(text) <= MAX_REMEMBERED else _read(text, dialect)


def _read(text: str, dialect: str) -> tuple[Statement, ...]:
    try:
        cuts = lexing.cut(text, dialect)
    except Ambiguous as ambiguous:
        return (Statement(text.strip(), 1, opaque=str(ambiguous)),)
    numbers = prefixes.Numbering()
    return tuple(_statement(found, dialect, numbers) for found in cuts)


_remembered = lru_cache(maxsize=4096)(_read)


def _statement(found: Cut, dialect: str, numbers: prefixes.Numbering) -> Statement:
    explained = prefixes.explained(found, dialect)
    if explained is not None:
        inner = _statement(explained.inner, dialect, numbers)
        if not explained.executes:
            inner = replace(inner, verb="explain", writes=(), settings=())
        return replace(inner, text=found.original)
    later = prefixes.prepared(found, dialect)
    if later is not None:
        return replace(_statement(later, dialect, numbers), text=found.original)
    scoped = words.scoped(found, dialect)
    if scoped is not None:
        settings, rest = scoped
        inner = _statement(rest, dialect, numbers)
        return replace(inner, text=found.original, settings=(*settings, *inner.settings))
    told = words.told_by_words(found, dialect)
    if told is not None:
        return replace(told, view=_view(found, dialect))
    statement = Statement(
        found.original, found.line, words.first_word(found), code=found.code, allows=found.allows
    )
    try:
        return _parsed(statement, found, dialect, numbers)
    except RecursionError:
        return replace(statement, opaque="it is nested too deeply")


_VIEW = re.compile(
    rf"\s*create\s+(?!materialized)[^()]*?\bview\s+(?:if\s+not\s+exists\s+)?(?P<name>{NAME})\s*"
    r"(?P<columns>\([^()]*\))?\s*(?:with\s*\([^()]*\)\s*)?as\b",
    re.IGNORECASE,
)
_CHECKED = re.compile(r"\bwith\s+(?:(?:local|cascaded)\s+)?check\s+option\s*$", re.IGNORECASE)


def _view(found: Cut, dialect: str) -> View | None:
    """The view that a CREATE VIEW makes: what is written to it, its table gets."""
    match = _VIEW.match(found.code)
    if match is None:
        return None
    checked = _CHECKED.search(found.code)
    try:
        tree, _ = _tree(found.text[match.end() : checked.start() if checked else None], dialect)
        seen = next(reads_of(tree), None) if tree is not None else None
    except RecursionError:
        seen = None
    start, end = match.span("columns")
    names = found.text[start:end].strip("() \n\t").split(",") if match["columns"] else []
    columns = tuple(name_in(name).name for name in names)
    return View(name_in(found.text[slice(*match.span("name"))]), columns, seen)


def _parsed(
    statement: Statement, found: Cut, dialect: str, numbers: prefixes.Numbering
) -> Statement:
    if _depth(found.code) > MAX_NESTING:
        return replace(statement, opaque="it is nested too deeply")
    prefix = prefixes.taken(found, dialect)
    tree, problem = _tree(numbers.named(prefix.cut, dialect), dialect)
    if tree is None:
        return replace(statement, opaque=problem)
    parts = tuple(tree.walk())
    problem = _unknown_root(tree, parts, prefix.cut) or _repeats(parts)
    if problem:
        return replace(statement, opaque=problem)
    return replace(
        statement,
        writes=tuple(writes_of(tree, parts, replaces=prefix.replaces)),
        reads=tuple(reads_of(tree)),
        creates=made_by(prefix.cut),
        calls=frozenset(_calls(parts, prefix.cut.code, dialect)),
    )


def _repeats(parts: tuple[Any, ...]) -> str:
    """WITHs that name each other twice stand, written out, for twice as much with every link."""
    from sqlglot import exp

    sizes: dict[str, int] = {}
    for cte in (part for part in parts if isinstance(part, exp.CTE)):
        named = (sizes.get(table.name.lower(), 0) for table in cte.this.find_all(exp.Table))
        sizes[cte.alias.lower()] = 1 + sum(named)
    most = max(sizes.values(), default=0)
    return "its WITHs stand for too much, written out" if most > MAX_WRITTEN_OUT else ""


def _depth(code: str) -> int:
    deepest = depth = 0
    for character in code:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


def _tree(text: str, dialect: str) -> tuple[Any, str]:
    """The one tree of a text, or why there is none."""
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import SqlglotError

    keep_the_parser_quiet()
    reader = Dialect.get_or_raise(READ_AS[dialect])
    try:
        tokens = reader.tokenize(text)
        trees = reader.parser().parse(tokens, text)
    except (SqlglotError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        # a parser that stumbles has not understood
        return None, _OPAQUE_READ
    if any(token.comments for token in tokens):
        return None, "two readers disagree about where a comment is"
    if len(trees) != 1 or trees[0] is None:
        return None, _OPAQUE_READ
    return trees[0], ""


_ROOTS = frozenset(
    [
        "Select",
        "Union",
        "Intersect",
        "Except",
        "Subquery",
        "Values",
        "Insert",
        "Update",
        "Delete",
        "Merge",
        "TruncateTable",
        "Create",
        "Copy",
        "Analyze",
        "Comment",
        "Grant",
        "Revoke",
        "Use",
        "Show",
        "Describe",
        "Kill",
        "With",
        "Table",
    ]
)
_MADE = frozenset(
    [
        "TABLE",
        "INDEX",
        "VIEW",
        "SEQUENCE",
        "SCHEMA",
        "DATABASE",
        "TYPE",
        "EXTENSION",
        "COLLATION",
        "DOMAIN",
        "STATISTICS",
    ]
)


def _unknown_root(tree: Any, parts: tuple[Any, ...], found: Cut) -> str:
    kind = type(tree).__name__
    if kind not in _ROOTS:
        return f"{words.first_word(found).upper() or kind} is not understood"
    if kind == "Delete" and not tree.this:
        # the parser takes DELETE FORM users for a delete of the table form
        return _OPAQUE_READ
    if kind == "Create" and tree.args.get("kind", "").upper() not in _MADE:
        return f"what CREATE {tree.args.get('kind')} will run cannot be seen here"
    if any(type(part).__name__ == "Command" for part in parts):
        return _OPAQUE_READ
    if kind == "Copy" and re.search(r"\bprogram\b", found.code, re.IGNORECASE):
        return "COPY runs a program"
    return ""


# schemas whose functions are the database's own, or an extension's
_PLAIN_SCHEMAS = frozenset({"pg_catalog", "public", "extensions", "sys", "mysql"})


# tables of SQLite that are called like functions, and read files or the raw pages
_READS_FILES = frozenset(
    {"fsdir", "zipfile", "sqlite_dbpage", "sqlite_dbdata", "csv", "lines_read"}
)


def _calls(parts: tuple[Any, ...], code: str, dialect: str) -> Iterator[str]:
    from sqlglot import exp

    written = {word.lower() for word in re.findall(r"([A-Za-z_]\w*)\s*\(", code)}
    for call in parts:
        if isinstance(call, exp.NextValueFor):
            yield "nextval"
        if not isinstance(call, exp.Func):
            continue
        if isinstance(call, exp.Anonymous | exp.AnonymousAggFunc | exp.CombinedAggFunc):
            name = str(call.this if isinstance(call.this, str) else call.name).lower()
            is_table = dialect == "sqlite" and type(call.parent).__name__ == "Table"
            if is_table and name not in _READS_FILES:
                # a full-text table, asked in the shorter spelling: docs_fts('jump')
                continue
            schema = call.parent.this.name.lower() if isinstance(call.parent, exp.Dot) else ""
            yield name if schema in _PLAIN_SCHEMAS or not schema else f"{schema}.{name}"
        else:
            # a function of another database's, by whose name this one may have anything
            named = {name.lower() for name in call.sql_names()} & written
            if named and not named & (HARMLESS | NAMED_ALIKE):
                yield min(named)
