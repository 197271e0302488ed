"""A first reading of SQL text that knows quotes and nothing else.

It looks for what a predicate may never hold (comments, several statements, placeholders) and
for spellings that databases read in different ways, before any parser gets to guess.
"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 100_000
MAX_NESTING = 20

_SINGLE = r"'(?:[^']|'')*'"
_DOUBLE = r'"(?:[^"]|"")*"'
_BACKTICK = r"`(?:[^`]|``)*`"
_BRACKET = r"\[[^\]]*\]"
_QUOTED = {
    "postgresql": re.compile(f"{_SINGLE}|{_DOUBLE}"),
    "mysql": re.compile(f"{_SINGLE}|{_DOUBLE}|{_BACKTICK}"),
    "mariadb": re.compile(f"{_SINGLE}|{_DOUBLE}|{_BACKTICK}"),
    "sqlite": re.compile(f"{_SINGLE}|{_DOUBLE}|{_BACKTICK}|{_BRACKET}"),
    "": re.compile(f"{_SINGLE}|{_DOUBLE}|{_BACKTICK}"),
}
_ESCAPED_QUOTE = re.compile(r"\\['\"`]")
_PREFIXED = re.compile(r"[A-Za-z_0-9&$]$")
_HEX_PREFIX = re.compile(r"(?<![A-Za-z_0-9&$])[xX]$")
# text that is reordered when it is shown does not say what it seems to say
_BIDIRECTIONAL = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)

_FORBIDDEN = (
    (";", "it holds a ';': one expression, not several statements, is wanted"),
    ("/*", "it holds a comment"),
    ("*/", "it holds a comment"),
    ("--", "it holds a comment"),
    (":=", "it assigns a value"),
    ("$", "it holds a '$': placeholders and dollar quotes are not read"),
    ("@@", "it reads a server variable"),
)
_FORBIDDEN_IN_MYSQL = (
    ("#", "it holds a comment"),
    ("||", "it holds '||', which means OR or concatenation, depending on the server's mode"),
)
_PLACEHOLDER = re.compile(r"(?<![:\w]):[A-Za-z_0-9]|%\(|%s\b|(?<![@\w<>!~&|*+/-])@[A-Za-z_]")


# the parser would take the rest for a block of statements
_IF_BLOCK = re.compile(r"\bif\b(?!\s*\()", re.IGNORECASE)


def objection(text: str, dialect: str) -> str:
    """Why ``text`` may not even be parsed as a predicate; "" where nothing speaks against it."""
    for look in (_size_objection, _character_objection):
        if reason := look(text):
            return reason
    if _ESCAPED_QUOTE.search(text):
        return "a backslash stands before a quote, which databases read in different ways"
    return _outside_objection(text, dialect)


def _size_objection(text: str) -> str:
    if not text.strip():
        return "it is empty"
    if len(text) > MAX_CHARACTERS:
        return f"it is longer than {MAX_CHARACTERS:,} characters"
    return ""


def _character_objection(text: str) -> str:
    for character in text:
        if character in "\n\r\t":
            continue
        if unicodedata.category(character) in {"Cc", "Cs"} or character in _BIDIRECTIONAL:
            return f"it holds the control character U+{ord(character):04X}"
    return ""


def _outside_objection(text: str, dialect: str) -> str:
    """What speaks against the text between quotes."""
    outside, place = [], 0
    for match in _QUOTED[dialect].finditer(text):
        before = text[place : match.start()]
        if _PREFIXED.search(before) and match[0][0] in "'\"" and not _HEX_PREFIX.search(before):
            return f"a prefix stands right before a quote: {(before + match[0])[-40:]}"
        outside.append(before)
        place = match.end()
    bare = " ".join([*outside, text[place:]])
    for quote in "'\"`":
        if quote in bare:
            return f"the quote {quote} is not closed, or not a quote of this database"
    return _bare_objection(bare, dialect)


def _bare_objection(bare: str, dialect: str) -> str:
    forbidden = _FORBIDDEN + (_FORBIDDEN_IN_MYSQL if dialect in {"mysql", "mariadb"} else ())
    for needle, reason in forbidden:
        if needle in bare:
            return reason
    if _PLACEHOLDER.search(bare) or (dialect not in {"postgresql", ""} and "?" in bare):
        return "it holds a placeholder or a variable; write the value itself"
    if _IF_BLOCK.search(bare):
        return "IF stands without parentheses; a column of that name must be quoted"
    for character in bare:
        if not character.isascii() and not character.isalnum():
            return f"U+{ord(character):04X} stands outside of quotes"
    return _nesting_objection(bare)


def _nesting_objection(bare: str) -> str:
    depth = 0
    for character in bare:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return "its parentheses do not match"
        if depth > MAX_NESTING:
            return f"its parentheses are nested deeper than {MAX_NESTING} levels"
    return "its parentheses do not match" if depth else ""
