"""A proposed declaration as TOML text; what is uncertain stands there as a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cachedeps.render import toml_text

PLACEHOLDER = "unknown"

_HEAD = """\
# A starter, read from the live schema: names and types were all there was to go by.
# Every line that begins with "# ?" is a question. Answer it, change what is wrong, and delete
# it. Then: cachedeps check
"""

_PLACEHOLDER = f"""\
# ? What feeds the caches below: which pipelines, models, prompts, renderers, source tables?
# ? Declare each of them as an upstream of its own, and name it in depends_on of what it feeds.
# ? As long as everything depends on this placeholder, a fix of it would reach every cache.
[upstreams.{PLACEHOLDER}]
description = "placeholder: replace it by the real upstreams"
"""


@dataclass(frozen=True, slots=True)
class ProposedCache:
    """A column that may be a cache; ``settings`` are its keys with TOML values."""

    column: str
    settings: tuple[tuple[str, str], ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedTable:
    """A table with caches; ``key`` is its name in the file."""

    key: str
    settings: tuple[tuple[str, str], ...] = ()
    questions: tuple[str, ...] = ()
    caches: tuple[ProposedCache, ...] = ()


@dataclass(frozen=True, slots=True)
class Starter:
    """A proposed declaration; ``remarks`` are questions about the database as a whole."""

    database: tuple[tuple[str, str], ...]
    tables: tuple[ProposedTable, ...] = ()
    remarks: tuple[str, ...] = ()


def starter_text(starter: Starter) -> str:
    """The proposal as the text of a ``cachedeps.toml``."""
    blocks = [_HEAD, _lines(["[database]", *_settings(starter.database)])]
    if starter.tables:
        blocks.append(_PLACEHOLDER)
    if starter.remarks:
        blocks.append(_lines(_questions(starter.remarks)))
    for table in starter.tables:
        blocks.extend(_table(table))
    return "\n".join(blocks)


def _table(table: ProposedTable) -> Iterator[str]:
    yield _lines(
        [
            f"[{toml_text.key('tables', table.key)}]",
            *_settings(table.settings),
            *_questions(table.questions),
        ]
    )
    for cache in table.caches:
        yield _lines(
            [
                *_questions(cache.questions),
                f"[{toml_text.key('tables', table.key, 'caches', cache.column)}]",
                f"depends_on = [{toml_text.string(PLACEHOLDER)}]",
                *_settings(cache.settings),
            ]
        )


def _settings(settings: tuple[tuple[str, str], ...]) -> list[str]:
    return [f"{key} = {value}" for key, value in settings]


def _questions(questions: tuple[str, ...]) -> list[str]:
    return [toml_text.comment(f"? {question}") for question in questions]


def _lines(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
