"""Whose a row is, and when it was made: by foreign keys and by names."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from cachedeps.actions.starters.candidates import words
from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import ForeignKey, LiveColumn, LiveTable, Schema, TypeKind
from cachedeps.render import toml_text

Proposal = tuple[tuple[tuple[str, str], ...], tuple[str, ...]]
"""Settings with TOML values, and questions."""

MOST_HOPS = 4

_EMAIL = re.compile(r"(?:.*_)?e?_?mail(?:_?addr(?:ess)?)?", re.IGNORECASE)
_BEST_EMAILS = ("email", "e_mail", "mail", "email_address")
_CREATED = ("created_at", "inserted_at", "created", "created_on", "date_created", "creation_date")
_TIMES = frozenset({TypeKind.DATE, TypeKind.TIMESTAMP, TypeKind.TIMESTAMP_ZONED})
# where times are texts, a name has to say so
_WHEN = re.compile(r".+_(?:at|on|date|time|timestamp)|date_.+|timestamp", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Path = tuple[tuple[LiveTable, ForeignKey], ...]


def propose_owner(schema: Schema, table: LiveTable) -> Proposal:
    """The path to an e-mail address; every path as a question where there are several."""
    paths = [_written(schema, path, label) for path, label in _nearest(schema, table)]
    beside = () if paths else tuple(_beside(schema, table))
    if beside:
        questions = [f"owner = {path}" for path in beside]
        return (), ("Whose are these rows? E-mails stand in a table beside:", *questions)
    if not paths:
        question = "Whose are these rows? No foreign key leads to a column like email."
        return (), (f'{question} owner = "..."',)
    if len(paths) > 1:
        questions = [f"owner = {path}" for path in paths]
        return (), ("Whose are these rows? Choose one:", *questions)
    return (("owner", paths[0]),), ("Is that the person a row belongs to?",)


def _nearest(schema: Schema, table: LiveTable) -> list[tuple[Path, LiveColumn]]:
    """The shortest paths to a table with an e-mail column, all of the same length."""
    found: list[tuple[Path, LiveColumn]] = []
    waiting: deque[tuple[LiveTable, Path]] = deque([(table, ())])
    while waiting:
        here, path = waiting.popleft()
        if found and len(path) > len(found[0][0]):
            break
        found.extend((path, label) for label in _labels(here))
        if found or len(path) >= MOST_HOPS:
            continue
        seen = {table.ref, *(key.target for _, key in path)}
        for key in here.foreign_keys:
            target = schema.table(key.target)
            if target is not None and key.target not in seen and len(key.columns) == 1:
                waiting.append((target, (*path, (here, key))))
    return found


def _beside(schema: Schema, table: LiveTable) -> Iterator[str]:
    """Ways to e-mails that refer to the same people: ``user_id = user_emails.user_id``."""
    links = [(key.target, key.target_columns, key.columns) for key in table.foreign_keys]
    links.append((table.ref, table.key, table.key))
    for people, identity, columns in links:
        for other in schema.tables:
            for key in other.foreign_keys:
                same = (key.target, key.target_columns) == (people, identity)
                if same and len(columns) == 1 and other.ref != table.ref:
                    for label in _labels(other):
                        there = f"{_named(other.ref)}.{_quoted(key.columns[0])}"
                        end = f"{_named(other.ref)}.{_quoted(label.name)}"
                        yield toml_text.strings([f"{_quoted(columns[0])} = {there}", end])


def _labels(table: LiveTable) -> list[LiveColumn]:
    emails = [
        column
        for column in table.columns
        if column.kind in (TypeKind.TEXT, TypeKind.OTHER) and _EMAIL.fullmatch(words(column.name))
    ]
    best = [
        column for name in _BEST_EMAILS for column in emails if words(column.name).lower() == name
    ]
    return best[:1] or emails


def _written(schema: Schema, path: Path, label: LiveColumn) -> str:
    """The path as a TOML value: with arrows where every key goes to a primary key."""
    if not path:
        return toml_text.string(_quoted(label.name))
    end = f"{_named(path[-1][1].target)}.{_quoted(label.name)}"
    if all(_goes_to_key(schema, key) for _, key in path):
        steps = [_quoted(path[0][1].columns[0])]
        steps += [f"{_named(holder.ref)}.{_quoted(key.columns[0])}" for holder, key in path[1:]]
        return toml_text.string(" -> ".join([*steps, end]))
    return toml_text.strings([*_equalities(path), end])


def _goes_to_key(schema: Schema, key: ForeignKey) -> bool:
    target = schema.table(key.target)
    return target is not None and target.key == key.target_columns


def _equalities(path: Path) -> Iterator[str]:
    for place, (holder, key) in enumerate(path):
        own = _quoted(key.columns[0])
        left = own if place == 0 else f"{_named(holder.ref)}.{own}"
        yield f"{left} = {_named(key.target)}.{_quoted(key.target_columns[0])}"


def _named(ref: TableRef) -> str:
    parts = (ref.schema, ref.name) if ref.schema else (ref.name,)
    return ".".join(_quoted(part) for part in parts)


def _quoted(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def propose_time(table: LiveTable, dialect: str, taken: frozenset[str]) -> Proposal:
    """The column that tells when a row was made; a question where no name says so."""
    times = [column for column in table.columns if _is_time(column, dialect)]
    for name in _CREATED:
        for column in times:
            if words(column.name).lower() == name:
                return (("time", toml_text.string(column.name)),), ()
    others = [c.name for c in times if c.name not in taken and _reads_like_a_time(c)]
    question = "Which column do --since and --until mean?"
    if not others:
        return (), (f'{question} time = "..."',)
    return (), (question, *(f"time = {toml_text.string(name)}" for name in others))


def _is_time(column: LiveColumn, dialect: str) -> bool:
    return column.kind in _TIMES or (dialect == "sqlite" and column.kind is TypeKind.TEXT)


def _reads_like_a_time(column: LiveColumn) -> bool:
    return column.kind in _TIMES or _WHEN.fullmatch(words(column.name)) is not None
