"""CREATE, DROP and ALTER TABLE, read by their words.

What they destroy stands in a few words; the rest (types, options, partitions) differs from
database to database, and no parser reads all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cachedeps.parse.foreign.lexing import QUOTED, Cut
from cachedeps.parse.foreign.tree import Assignment, Kind, Name, Node, Setting, Verb, Write

PART = rf"(?:{QUOTED}+|[\w$]+)"
NAME = rf"{PART}(?:\s*\.\s*{PART}){{0,2}}"
_CREATE = re.compile(
    rf"\s*create\s+(?P<replace>or\s+replace\s+)?(?:(?:global|local)\s+)?"
    rf"(?P<temporary>temp(?:orary)?\s+)?(?:unlogged\s+)?(?:virtual\s+)?table\s+"
    rf"(?P<unless>if\s+not\s+exists\s+)?(?P<name>{NAME})",
    re.IGNORECASE,
)
_ADDED = re.compile(
    r"\s*create\s+(?:or\s+replace\s+)?(?:algorithm\s*=\s*\w+\s+|definer\s*=\s*\S+\s+|sql\s+security\s+"
    r"\w+\s+|temp(?:orary)?\s+|recursive\s+|unique\s+|fulltext\s+|spatial\s+|unlogged\s+)*"
    r"(?:index|view|sequence|schema|database|type|extension|collation|domain|statistics|"
    r"text\s+search|policy|publication|role|user)\b",
    re.IGNORECASE,
)
_READS = re.compile(r"\b(?:select|with\s+\w+\s*(?:\([^()]*\)\s*)?as|table|execute|values|as\s+(?:insert|update|delete|merge))\b", re.IGNORECASE)  # fmt: skip
_DROP = re.compile(
    rf"\s*drop\s+(?P<temporary>temporary\s+)?(?P<kind>table|tables|schema|database|owned|foreign\s+table"
    rf"|materialized\s+view)\s+(?:if\s+exists\s+)?(?P<names>{NAME}(?:\s*,\s*{NAME})*)",
    re.IGNORECASE,
)
_DROPPED = re.compile(
    r"\s*drop\s+(?:index|view|sequence|type|extension|collation|domain|statistics|text\s+search)\b",
    re.IGNORECASE,
)
_OTHER_ALTERS = re.compile(
    r"\s*alter\s+(?:sequence|type|index|view|materialized\s+view|schema|domain|extension|collation|"
    r"statistics|default\s+privileges|database\s+\S+\s+(?:character|charset|collate|default))\b",
    re.IGNORECASE,
)
_ALTER = re.compile(
    rf"\s*alter\s+(?:online\s+|ignore\s+)?(?:foreign\s+)?table\s+(?:if\s+exists\s+)?(?:only\s+)?"
    rf"(?P<table>{NAME})\s*\*?\s*(?:(?:no)?wait\s+\d*\s*)?",
    re.IGNORECASE,
)
_KEEPS = re.compile(
    r"(?:add|enable|force|validate|owner|set(?!\s+schema)|reset|replica|cluster|inherit|no|attach|detach|engine|comment|"
    r"default|character|charset|collate|convert|row_format|algorithm|lock|order|partition|remove|"
    r"reorganize|analyze|optimize|rebuild|check|repair|key_block_size|stats_\w+|max_rows|min_rows|"
    r"without|with|nowait|of|not|disable|rename\s+(?:index|key|column|constraint)|auto_increment|"
    r"drop\s+(?:constraint|index|key|primary|foreign|check|system|period)|row|page_\w+|"
    r"alter\s+(?:index|check|constraint))\b",
    re.IGNORECASE,
)
_VIRTUAL = re.compile(
    r"\s*create\s+virtual\b.*?\busing\s+(?P<module>\w+)", re.IGNORECASE | re.DOTALL
)
# modules of SQLite itself; others may read files, or anything
_MODULES = frozenset(
    {"fts3", "fts4", "fts5", "fts5vocab", "fts4aux", "rtree", "rtree_i32", "geopoly"}
)
_DROP_KEY = re.compile(
    rf"drop\s+(?:(?P<primary>primary\s+key)|(?:constraint|(?P<foreign>foreign\s+key))\s+"
    rf"(?:if\s+exists\s+)?(?P<name>{PART}))",
    re.IGNORECASE,
)
_ADD_KEY = re.compile(
    rf"add\s+(?:(?P<primary>primary\s+key)|foreign\s+key|constraint\s+(?:if\s+not\s+exists\s+)?(?P<name>{PART}))",
    re.IGNORECASE,
)
_OF_A_KEY = re.compile(r"^[pf]k|(?:^|_)(?:[pf]k|[pf]key|primary|foreign)(?:_|\d|$)", re.IGNORECASE)
_DROP_PRIMARY = re.compile(
    rf"\s*drop\s+index\s+(?P<name>{PART})\s+on\s+(?P<table>{NAME})", re.IGNORECASE
)
_ROWS_GO = re.compile(r"(?:drop|truncate)\s+(?:sub)?partition\b", re.IGNORECASE)
_DROP_COLUMN = re.compile(
    rf"drop\s+(?:column\s+)?(?:if\s+exists\s+)?(?P<column>{PART})(?:\s+(?:cascade|restrict))?\s*$",
    re.IGNORECASE,
)
_RETYPE = re.compile(
    rf"alter\s+(?:column\s+)?(?P<column>{PART})\s+(?:set\s+data\s+)?type\b.*?"
    r"(?:\busing\b(?P<using>.*))?$",
    re.IGNORECASE | re.DOTALL,
)
_COLUMN = re.compile(
    rf"alter\s+(?:column\s+)?(?:if\s+exists\s+)?{PART}\s+(?:set|drop|add|restart|reset)\b",
    re.IGNORECASE,
)
_MODIFY = re.compile(
    rf"(?:modify|change)\s+(?:column\s+)?(?:if\s+exists\s+)?(?P<column>{PART})(?=\s|$)",
    re.IGNORECASE,
)
_RENAME = re.compile(rf"rename\s+(?:to\s+|as\s+)?(?P<to>{NAME})(?P<column>\s+to\s+{PART})?\s*$", re.IGNORECASE)  # fmt: skip
_MOVES = re.compile(r"set\s+schema\b", re.IGNORECASE)
_NARROW = re.compile(
    r"\s+(?:[\w']+\s+)?(?:bool|bit|(?:tiny|small|medium|big)?int|integer|dec|num|float|double|real|date|time|year|enum|"
    r"(?:var)?(?:char|binary)\s*\(\s*\d{1,3}\s*\))",
    re.IGNORECASE,
)
_SAME = r"\(*\s*(?:cast\s*\(\s*)?(?P<column>[\"`\w]+)\s*\)?(?:(?:::|\s+as\s+)[a-z ]+)?\s*\)*\s*"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a definition destroys, and which table it makes or gives another name.

    ``settings`` are the keys that it takes away ("dropped") or gives ("added").
    """

    writes: tuple[Write, ...] = ()
    creates: Name | None = None
    renames: tuple[Name, Name] | None = None
    opaque: str = ""
    settings: tuple[Setting, ...] = ()


def definition(found: Cut) -> Definition | None:
    """What a CREATE, DROP or ALTER does; None where its words do not tell."""
    for read in (_created, _dropped, _altered):
        told = read(found)
        if told is not None:
            return told
    return None


def name_in(text: str) -> Name:
    """A name as it is written, its quotes taken off."""
    parts = [part.strip().strip('"`[]') for part in text.split(".")]
    return Name(parts[-1], parts[-2] if len(parts) > 1 else None)


def _created(found: Cut) -> Definition | None:
    if _ADDED.match(found.code):
        return Definition()
    virtual = _VIRTUAL.match(found.code)
    if virtual is not None and virtual["module"].lower() not in _MODULES:
        return Definition(opaque=f"what the module {virtual['module']} does is not known")
    match = _CREATE.match(found.code)
    if match is None or _READS.search(found.code, match.end()):
        return None
    name = name_in(found.text[slice(*match.span("name"))])
    gone = (Write(Verb.DROP, name),) if match["replace"] and not match["temporary"] else ()
    return Definition(gone, creates=made_by(found))


def made_by(found: Cut) -> Name | None:
    """The table that a CREATE TABLE makes anew, also one that takes its rows from a query."""
    match = _CREATE.match(found.code)
    if match is None or (match["unless"] and not match["temporary"]):
        return None
    return name_in(found.text[slice(*match.span("name"))])


def _dropped(found: Cut) -> Definition | None:
    if _DROPPED.match(found.code):
        return Definition(settings=tuple(_primary_index(found)))
    match = _DROP.match(found.code)
    if match is None:
        return None
    if match["temporary"]:
        return Definition()
    start, end = match.span("names")
    names = [name_in(found.text[a:b]) for a, b in _cut_at_commas(found.code, start, end)]
    kind = " ".join(match["kind"].lower().split())
    if kind in {"schema", "database", "owned"}:
        # everything in it goes, whatever its tables are called
        names = [Name("*", name.name) for name in names]
    verb = Verb.DROP_VIEW if kind == "materialized view" else Verb.DROP
    return Definition(tuple(Write(verb, name) for name in names))


def _altered(found: Cut) -> Definition | None:
    if _OTHER_ALTERS.match(found.code):
        return Definition()
    head = _ALTER.match(found.code)
    if head is None:
        return None
    table = name_in(found.text[slice(*head.span("table"))])
    told = Definition()
    for start, end in _cut_at_commas(found.code, head.end(), len(found.code)):
        blanks = len(found.code[start:end]) - len(found.code[start:end].lstrip())
        action, code = found.text[start + blanks : end], found.code[start + blanks : end].rstrip()
        more = _changed(table, action, code)
        told = Definition(
            (*told.writes, *more.writes),
            renames=more.renames or told.renames,
            opaque=told.opaque or more.opaque,
            settings=(*told.settings, *_keys(table, action, code)),
        )
    return told


def _primary_index(found: Cut) -> Iterator[Setting]:
    """MySQL's way to drop a primary key by the name of its index."""
    match = _DROP_PRIMARY.match(found.code)
    if match is not None:
        name, table = (name_in(found.text[slice(*match.span(g))]) for g in ("name", "table"))
        if name.name.lower() == "primary":
            yield Setting("primary key", "dropped", table)


def _keys(table: Name, action: str, code: str) -> Iterator[Setting]:
    """The primary or foreign key that goes or comes; other constraints keep no row together."""
    for pattern, value in ((_DROP_KEY, "dropped"), (_ADD_KEY, "added")):
        match = pattern.match(code)
        if match is None:
            continue
        if match["primary"]:
            yield Setting("primary key", value, table)
            continue
        if value == "added" and re.search(r"\bforeign\s+key\b", code, re.IGNORECASE):
            yield Setting("foreign key", value, table)
        if match["name"] is None:
            continue
        name = name_in(action[slice(*match.span("name"))]).name
        foreign = value == "dropped" and match["foreign"] is not None
        if value == "added" or foreign or _OF_A_KEY.search(name):
            yield Setting(f"constraint {name.lower()}", value, table)


def _changed(table: Name, action: str, code: str) -> Definition:
    write = _action(table, action, code)
    if write is not None:
        return Definition((write,))
    if _MOVES.match(code):
        return Definition(renames=(table, name_in(action.split()[-1])))
    if renamed := _RENAME.match(code):
        to = name_in(action[slice(*renamed.span("to"))])
        return Definition(renames=None if renamed["column"] else (table, to))
    known = _KEEPS.match(code) or _COLUMN.match(code)
    why = f"this change of a table ({action.strip()[:30]}) is not understood"
    return Definition(opaque="" if known else why)


def _action(table: Name, action: str, code: str) -> Write | None:
    if _ROWS_GO.match(code):
        return Write(Verb.TRUNCATE, table)
    if _KEEPS.match(code):
        return None
    if match := _DROP_COLUMN.match(code):
        return Write(Verb.DROP_COLUMN, table, columns=(_part(action, match),))
    if match := _RETYPE.match(code):
        column = _part(action, match)
        using = action[match.start("using") :] if match["using"] else ""
        same = re.fullmatch(_SAME, using.strip(), re.IGNORECASE) if using else None
        kept = not using or (
            same is not None and same["column"].strip('"`').lower() == column.lower()
        )
        rewritten = () if kept else (Assignment(column, Node(Kind.OTHER, "using")),)
        return Write(Verb.RETYPE_COLUMN, table, rewritten, columns=(column,))
    if match := _MODIFY.match(code):
        column = _part(action, match)
        narrow = _NARROW.match(code, match.end("column")) is not None
        cut = (Assignment(column, Node(Kind.OTHER, "narrow")),) if narrow else ()
        return Write(Verb.RETYPE_COLUMN, table, cut, columns=(column,))
    return None


def _part(text: str, match: re.Match[str]) -> str:
    return text[slice(*match.span("column"))].strip('"`[]')


def _cut_at_commas(code: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between the commas that stand in no parenthesis."""
    depth, begin = 0, start
    for place in range(start, end):
        character = code[place]
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            yield begin, place
            begin = place + 1
    yield begin, end
