"""Names as they stand in paths, and the tables they mean.

A path names columns of this row (``user_id``) or of another table's rows (``users.email``,
``app.users.email``); a name with other characters is quoted as in SQL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cachedeps.config.problems import BadName
from cachedeps.domain.model import TableRef

UPSTREAM_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
LONGEST_NAME = 255

_PART = r'"(?:[^"]|"")+"|`(?:[^`]|``)+`|\[[^\]]+\]|[^\W]+(?:\$\w*)*'
_TOKEN = re.compile(rf"\s*(?:(?P<name>(?:{_PART})(?:\.(?:{_PART}))*)|(?P<sign>->|==?))\s*")
_EACH_PART = re.compile(_PART)

Name = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A path as it is written: names, and the sign between each two of them."""

    names: tuple[Name, ...]
    signs: tuple[str, ...]


def read_path(text: str) -> Path | None:
    """Reads ``a = t.b`` or ``a -> t.b -> u.c``; None where the text is nothing of the kind."""
    names: list[Name] = []
    signs: list[str] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or bool(match["name"]) != (len(names) == len(signs)):
            return None
        if match["name"]:
            names.append(tuple(_plain(part) for part in _EACH_PART.findall(match["name"])))
        else:
            signs.append("->" if match["sign"] == "->" else "=")
        at = match.end()
    if len(names) != len(signs) + 1:
        return None
    return Path(tuple(names), tuple(signs))


def _plain(part: str) -> str:
    if part[0] == "[":
        return part[1:-1]
    return part[1:-1].replace(part[0] * 2, part[0]) if part[0] in {'"', "`"} else part


@dataclass(frozen=True, slots=True)
class TableNames:
    """Which physical table a name means.

    Args:
        declared: the physical table of each table key of the file.
        default_schema: the schema of tables that are named without one.
    """

    declared: Mapping[str, TableRef] = field(default_factory=dict)
    default_schema: str | None = None

    def resolve(self, name: Name) -> TableRef:
        """The table that a name of one or two parts means; a declared key goes first.

        Raises:
            BadName: the name has more parts than a schema and a table.
        """
        key = ".".join(name)
        if key in self.declared:
            return self.declared[key]
        if len(name) > 2:
            message = f"{key} has too many parts: at most schema.table.column is meant"
            raise BadName(message, fix='quote a name that holds a dot: "a.b".c')
        schema = name[0] if len(name) == 2 else None
        return TableRef(name[-1], None if schema == self.default_schema else schema)

    def read(self, text: str) -> TableRef:
        """The table that a text such as ``users`` or ``app.users`` means."""
        if text in self.declared:
            return self.declared[text]
        path = read_path(text)
        if path is None or path.signs:
            # a name with blanks and the like, written whole
            return TableRef(plain_name(text))
        return self.resolve(path.names[0])


def plain_name(name: str) -> str:
    """``name``, if it can be the name of a column or a table.

    Raises:
        BadName: it is empty, too long, or holds a character that no name should hold.
    """
    if name.isidentifier() and len(name) <= LONGEST_NAME:
        return name
    if not name.strip():
        message = "the name is empty"
        raise BadName(message)
    if len(name) > LONGEST_NAME:
        message = f"the name is longer than {LONGEST_NAME} characters"
        raise BadName(message)
    if not name.isprintable():
        message = f"the name {name!r} holds a character that cannot be shown"
        raise BadName(message)
    return name
