"""Predicates: one boolean SQL expression over one table's columns.

SQL is never made anew from what was understood: the text is only cut at the columns that it
reads. What cannot be placed in the text exactly is refused.
"""

from __future__ import annotations

import logging
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from cachedeps.domain.model import ColumnRef, Predicate
from cachedeps.errors import PredicateError
from cachedeps.parse import lexical
from cachedeps.parse.plain import plain_parts
from cachedeps.parse.vocabulary import (
    BOOLEAN_FUNCTIONS,
    BOOLEAN_NODES,
    FUNCTIONS,
    NODES,
    REASONS,
    STRUCTURE,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import Token, exp

HINT = "write one boolean SQL expression over the table's own columns, e.g. status = 'failed'"
SHOWN_CHARACTERS = 200

_READ_AS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}


class _RefusedText(Exception):  # noqa: N818  (carries a reason within this module only)
    """The text is no predicate; the message says why."""


@lru_cache(maxsize=4096)
def parse(text: str, dialect: str) -> Predicate:
    """Reads one predicate.

    Args:
        text: the SQL expression, as written.
        dialect: postgresql, mysql, mariadb, sqlite, or "" where the database is not known.

    Raises:
        PredicateError: the text is anything but one side-effect-free boolean expression over
            one table's columns, or could be read in two ways.
    """
    reason = lexical.objection(text, dialect)
    if not reason:
        try:
            return Predicate(text, plain_parts(text) or parsed_parts(text, dialect))
        except _RefusedText as refused:
            reason = str(refused)
    message = f"not a usable predicate: {_shown(text)}: {reason}"
    raise PredicateError(message, hint=HINT)


def _shown(text: str) -> str:
    cut = text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."
    return repr(cut)


def parsed_parts(text: str, dialect: str) -> tuple[str | ColumnRef, ...]:
    """The text cut at its columns, as the parser reads it."""
    tree, tokens = _read(text, dialect)
    _check_nodes(tree)
    _check_calls(tokens)
    columns = _columns(tree)
    if not columns and '"' in text and _READ_AS.get(dialect) == "mysql":
        reason = "it reads no column: here double quotes hold text, and backticks hold names"
        raise _RefusedText(reason)
    _check_truth(tree)
    return _cut(text, columns, fold=dialect == "postgresql")


def _read(text: str, dialect: str) -> tuple[exp.Expr, Sequence[Token]]:
    from sqlglot import exp
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import SqlglotError

    keep_the_parser_quiet()
    reader = Dialect.get_or_raise(_READ_AS.get(dialect, "mysql" if "`" in text else ""))
    try:
        tokens = reader.tokenize(text)
        trees = reader.parser().parse_into(exp.Condition, tokens, text)
    except SqlglotError:
        reason = "it cannot be read as one SQL expression (is a reserved word a column? quote it)"
        raise _RefusedText(reason) from None
    except RecursionError:
        reason = "it is nested too deeply"
        raise _RefusedText(reason) from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Expr):
        reason = "it is not exactly one SQL expression"
        raise _RefusedText(reason)
    if any(token.comments for token in tokens):
        reason = "it holds a comment"
        raise _RefusedText(reason)
    return trees[0], tokens


@cache
def keep_the_parser_quiet() -> None:
    """The parser's warnings go to whoever listens, not to the screen: refusals are told by us."""
    logging.getLogger("sqlglot").addHandler(logging.NullHandler())


def _check_nodes(tree: exp.Expr) -> None:
    for node in tree.walk():
        name = type(node).__name__
        if name not in NODES:
            raise _RefusedText(_reason(node))
        if name == "Column" and (node.args.get("table") or node.args.get("join_mark")):
            reason = f"{node.sql()} is a qualified name; write the column without its table"
            raise _RefusedText(reason)
        if name == "In" and any(node.args.get(key) for key in ("field", "unnest")):
            reason = "IN needs a list of values in parentheses"
            raise _RefusedText(reason)


def _reason(node: exp.Expr) -> str:
    for kind in type(node).__mro__:
        if kind.__name__ in REASONS:
            return REASONS[kind.__name__]
    return f"{type(node).__name__} is not allowed in a predicate"


def _check_calls(tokens: Sequence[Token]) -> None:
    """Every name before a parenthesis must be a known function or a word of the grammar."""
    from sqlglot import TokenType

    for token, following in pairwise(tokens):
        if following.token_type is not TokenType.L_PAREN:
            continue
        word = token.text.lower()
        quoted = token.token_type is TokenType.IDENTIFIER
        if quoted or (word[:1].isidentifier() and word not in FUNCTIONS | STRUCTURE):
            reason = (
                f"{token.text}(...) is not among the functions known to be free of side effects"
            )
            raise _RefusedText(reason)


def _check_truth(tree: exp.Expr) -> None:
    """The expression, and whatever AND, OR and NOT join in it, must be true or false."""
    pending = [tree]
    while pending:
        node = pending.pop()
        name = type(node).__name__
        if name in {"And", "Or", "Xor", "Not", "Paren"}:
            pending.extend(node.iter_expressions())
        elif not (name in BOOLEAN_NODES or _is_boolean_call(node) or _is_boolean_cast(node)):
            reason = "it is a value, not a condition that is true or false"
            raise _RefusedText(reason)


def _is_boolean_call(node: exp.Expr) -> bool:
    return type(node).__name__ == "Anonymous" and node.name.lower() in BOOLEAN_FUNCTIONS


def _is_boolean_cast(node: exp.Expr) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Cast) and node.to.is_type(exp.DataType.Type.BOOLEAN)


def _columns(tree: exp.Expr) -> list[exp.Identifier]:
    from sqlglot import exp

    named = (column.this for column in tree.find_all(exp.Column))
    return sorted(
        (name for name in named if isinstance(name, exp.Identifier)),
        key=lambda name: name.meta.get("start", -1),
    )


def _cut(text: str, names: list[exp.Identifier], *, fold: bool) -> tuple[str | ColumnRef, ...]:
    """The text cut at the identifiers; each must stand where the parser says it stands."""
    parts: list[str | ColumnRef] = []
    place = 0
    for name in names:
        start, end = name.meta.get("start", -1), name.meta.get("end", -1) + 1
        spelled = text[start:end] if place <= start < end else ""
        if _unquoted(spelled) != name.name:
            reason = f"the column {name.name} cannot be placed in the text; quote its name"
            raise _RefusedText(reason)
        if start > place:
            parts.append(text[place:start])
        # PostgreSQL reads names without quotes in lower case
        parts.append(ColumnRef(name.name.lower() if fold and not name.quoted else name.name))
        place = end
    return (*parts, text[place:]) if place < len(text) else tuple(parts)


def _unquoted(spelled: str) -> str:
    if spelled[:1] == "[":
        return spelled[1:-1]
    quote = spelled[:1]
    return spelled[1:-1].replace(quote * 2, quote) if quote in {'"', "`"} else spelled
