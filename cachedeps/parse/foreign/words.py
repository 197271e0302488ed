"""Statements that are told by their first words: settings, transactions, maintenance, code.

The parser keeps most of these as plain text, or misreads them, so they are read here.
"""

from __future__ import annotations

import re
from dataclasses import replace

from cachedeps.parse.foreign.definitions import definition, name_in
from cachedeps.parse.foreign.lexing import MYSQL, Cut
from cachedeps.parse.foreign.prefixes import is_cursor
from cachedeps.parse.foreign.tree import Setting, Statement

_HARMLESS = frozenset(
    [
        "show",
        "use",
        "vacuum",
        "analyze",
        "reindex",
        "comment",
        "refresh",
        "listen",
        "unlisten",
        "notify",
        "lock",
        "unlock",
        "checkpoint",
        "optimize",
        "check",
        "checksum",
        "cluster",
        "grant",
        "revoke",
        "desc",
        "describe",
        "security",
        "help",
        "fetch",
        "close",
        "move",
        "discard",
        "deallocate",
        "reset",
        "table",
        "flush",
        "kill",
    ]
)
_TRANSACTION = frozenset(
    ["begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"]
)
_CODE = frozenset(
    [
        "do",
        "call",
        "execute",
        "exec",
        "prepare",
        "declare",
        "import",
        "install",
        "uninstall",
        "load_extension",
        "handler",
        "attach",
        "detach",
        "delimiter",
        "signal",
        "resignal",
        "if",
        "while",
        "loop",
        "repeat",
        "case",
        "return",
        "iterate",
        "leave",
        "shutdown",
        "purge",
        "change",
        "stop",
        "binlog",
        "clone",
        "xa",
    ]
)
_UNREADABLE = re.compile(
    r"\s*(?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:definer\s*=\s*\S+\s+|constraint\s+|temp(?:orary)?\s+|"
    r"trusted\s+|procedural\s+|event\s+)*(?:function|procedure|routine|trigger|event|rule|aggregate|"
    r"language|operator|cast|server|subscription|policy|role|user|group|package|publication|system)\b",
    re.IGNORECASE,
)
_EVASIONS = (
    (r"alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(?P<table>[^\s;]+)\s+.*\b(?P<name>(?:disable|enable\s+replica)\s+(?:trigger|rule)|no\s+force\s+row\s+level\s+security|disable\s+row\s+level\s+security|disable\s+keys)\b", "on"),
    (r"alter\s+(?P<name>event)\b.*\bdisable\b", "dropped"),
    (r"alter\s+(?:user|role|database)\b.*?\bset\s+(?P<name>\w+)", ""),
    (r"alter\s+sequence\s+(?:if\s+exists\s+)?(?P<table>[^\s;]+)\s+.*\b(?P<name>restart|minvalue|start|increment)\b", "sequence"),
    (r"alter\s+table\s+(?P<table>[^\s;]+)\s+.*\b(?P<name>auto_increment)\s*=?\s*\d", "sequence"),
    (r"alter\s+table\s+(?P<table>[^\s;]+)\s+.*\balter\s+.*\b(?P<name>restart)\b", "sequence"),
    (r"drop\s+(?P<name>sequence)\s+(?:if\s+exists\s+)?(?P<table>[^\s;]+)", "sequence"),
    (r"drop\s+(?P<name>trigger|rule|policy)\s+(?:if\s+exists\s+)?\S+(?:\s+on\s+(?P<table>[^\s;]+))?", "dropped"),
)  # fmt: skip
_SCOPED = re.compile(r"\s*set\s+statement\s+(?P<head>.*?)\s+for\s", re.IGNORECASE | re.DOTALL)
_SET_ITEM = re.compile(
    r"^\s*(?:(?:session|global|local|persist|persist_only)\s+)?(?P<name>@{0,2}[\w.`\"]+)"
    r"\s*(?:=|:=|\bto\b)\s*(?P<value>.*?)\s*$",
    re.IGNORECASE | re.DOTALL,
)


def first_word(found: Cut) -> str:
    """The statement's first word in lower case."""
    match = re.match(r"[\s(]*([A-Za-z_]+)", found.code)
    return match[1].lower() if match else ""


def told_by_words(found: Cut, dialect: str) -> Statement | None:
    """The statement, where its first words tell all there is to know; else None."""
    word = first_word(found)
    if evasion := _evasion(found):
        return _statement(found, word, settings=(evasion,))
    if word == "set":
        return _statement(found, word, settings=_settings(found))
    if word == "pragma":
        return _statement(found, word, settings=_pragma(found))
    if word in _TRANSACTION:
        return _transaction(found, word)
    if word in _HARMLESS and not _runs_something(found, word, dialect):
        return _statement(found, word)
    told = definition(found) if word in {"create", "drop", "alter"} else None
    if (word == "declare" and is_cursor(found)) or (word == "do" and dialect in MYSQL):
        return None
    if word in _CODE or word == "vacuum" or (told is None and _UNREADABLE.match(found.code)):
        return _statement(found, word, opaque=f"what {word.upper()} runs cannot be seen here")
    return None if told is None else replace(
        _statement(found, word, opaque=told.opaque),
        writes=told.writes, creates=told.creates, renames=told.renames, settings=told.settings,
    )  # fmt: skip


def _statement(
    found: Cut, verb: str, *, settings: tuple[Setting, ...] = (), opaque: str = ""
) -> Statement:
    return Statement(
        found.original, found.line, verb, settings=settings, code=found.code, opaque=opaque,
        allows=found.allows,
    )  # fmt: skip


def _transaction(found: Cut, word: str) -> Statement:
    if word == "begin" and re.match(r"\s*begin\s+(?!work|transaction|isolation|read|not\s+deferrable|deferrable|deferred|immediate|exclusive|concurrent)\w", found.code, re.IGNORECASE):  # fmt: skip
        return _statement(found, word, opaque="a block of code cannot be seen through")
    if word == "start" and not re.match(r"\s*start\s+transaction\b", found.code, re.IGNORECASE):
        return _statement(found, word, opaque="START of something unknown")
    return _statement(found, "transaction")


def _runs_something(found: Cut, word: str, dialect: str) -> bool:
    if word == "vacuum":
        # SQLite's writes a file
        return re.search(r"\binto\b", found.code, re.IGNORECASE) is not None
    if word == "analyze":
        runs = (
            r"\s*analyze\s+(?:format\s*=\s*\w+\s+)?(?:select|update|delete|insert|replace|with)\b"
        )
        return dialect == "mariadb" and re.match(runs, found.code, re.IGNORECASE) is not None
    return (
        word in {"desc", "describe"}
        and re.search(r"\b(?:update|delete|insert|replace)\b", found.code, re.IGNORECASE)
        is not None
    )


def _evasion(found: Cut) -> Setting | None:
    for pattern, value in _EVASIONS:
        match = re.match(r"\s*" + pattern, found.code, re.IGNORECASE | re.DOTALL)
        if match is None:
            continue
        named = match.groupdict().get("table")
        table = None
        if named:
            start, end = match.span("table")
            table = name_in(found.text[start:end])
        return Setting(" ".join(match["name"].lower().split()), value, table)
    return None


def scoped(found: Cut, dialect: str) -> tuple[tuple[Setting, ...], Cut] | None:
    """MariaDB's SET STATEMENT .. FOR: the settings, and the statement that they are for."""
    match = _SCOPED.match(found.code) if dialect == "mariadb" else None
    if match is None:
        return None
    head, end = match.end("head"), match.end()
    blank = re.sub(r"[^\n]", " ", found.text[:end])
    rest = replace(found, text=blank + found.text[end:], code=blank + found.code[end:])
    return _settings(found, match.start("head"), head), rest


def _settings(found: Cut, start: int = 0, end: int = 0) -> tuple[Setting, ...]:
    """Every item of a SET; the commas within quotes and parentheses do not part them."""
    body_at = re.match(r"\s*set\b", found.code, re.IGNORECASE)
    start = start or (body_at.end() if body_at else 0)
    out, depth, begin = [], 0, start
    end = end or len(found.code)
    for place in range(start, end + 1):
        character = found.code[place : place + 1]
        depth += (character == "(") - (character == ")")
        if (character == "," and not depth) or place == end:
            out.append(found.text[begin:place])
            begin = place + 1
    return tuple(_setting(item) for item in out)


def _setting(item: str) -> Setting:
    match = _SET_ITEM.match(item)
    if match is None:
        return Setting(" ".join(item.lower().split()), "")
    name = match["name"].lower().strip('`"').rsplit(".", 1)[-1].lstrip("@")
    if match["name"].startswith("@") and not match["name"].startswith("@@"):
        name = "@" + name
    return Setting(name, match["value"].strip("'\" ").lower())


def _pragma(found: Cut) -> tuple[Setting, ...]:
    match = re.match(
        r"\s*pragma\s+(?:\w+\s*\.\s*)?(?P<name>\w+)\s*(?:=\s*(?P<value>.*)|\((?P<in>.*)\))?\s*$",
        found.text,
        re.IGNORECASE | re.DOTALL,
    )
    if match is None:
        return (Setting("pragma", "unreadable"),)
    value = match["value"] or match["in"] or ""
    return (Setting(f"pragma {match['name'].lower()}", value.strip("'\" ").lower()),)
