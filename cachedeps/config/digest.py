"""The digest of a declaration: equal where two files mean the same, whatever their bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, fields
from enum import Enum
from functools import cache

from cachedeps.domain.model import (
    Backup,
    Cache,
    Declaration,
    Edge,
    OwnerPath,
    Predicate,
    Table,
    Upstream,
    Via,
)

# what only people read, or what only says where the file and the database are
_KEPT = (str, int, float, dict)
_WITHOUT_MEANING: dict[type, frozenset[str]] = {
    Upstream: frozenset({"description"}),
    Cache: frozenset({"description"}),
    Via: frozenset({"text"}),
    OwnerPath: frozenset({"text"}),
    Predicate: frozenset({"parts"}),
}


def digest_of(declaration: Declaration) -> str:
    """SHA-256, as ``sha256:`` and hex digits, over the meaning of a declaration.

    The order of upstreams, tables, caches, backups and edges means nothing; nor do
    descriptions, the URL, or a default that is written out.
    """
    database = declaration.database
    meaning = [
        [database.schema, database.timezone],
        *({item.name: _plain(item) for item in named} for named in _named(declaration)),
    ]
    text = json.dumps(meaning, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _named(declaration: Declaration) -> tuple[tuple[Upstream | Table | Backup, ...], ...]:
    return declaration.upstreams, declaration.tables, declaration.backups


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, _KEPT):
        return value
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return _fields_of(value)


def _fields_of(value: object) -> dict[str, object]:
    kind: type = type(value)
    out: dict[str, object] = {}
    for name, default in _meaningful(kind):
        item = getattr(value, name)
        if item is default or item == default:
            continue
        out[name] = _UNORDERED[name](item) if name in _UNORDERED else _plain(item)
    return out


def _by_name(caches: tuple[Cache, ...]) -> dict[str, object]:
    return {cache.name: _plain(cache) for cache in caches}


def _edges(edges: tuple[Edge, ...]) -> list[object]:
    """Edges in an order of their own; one that is only a name is written as that name."""
    others = [edge for edge in edges if edge.when or edge.via or edge.deaf_to]
    names = sorted(edge.on for edge in edges if edge not in others)
    return [*names, *_in_any_order(others)]


def _in_any_order(items: Iterable[object]) -> list[object]:
    return sorted((_plain(item) for item in items), key=json.dumps)


_UNORDERED: dict[str, Callable[..., object]] = {
    "caches": _by_name,
    "edges": _edges,
    "good_versions": _in_any_order,
    "key_windows": _in_any_order,
    "not_caches": _in_any_order,
    "references": _in_any_order,
}


@cache
def _meaningful(kind: type) -> tuple[tuple[str, object], ...]:
    ignored = _WITHOUT_MEANING.get(kind, frozenset())
    return tuple((f.name, _default(f)) for f in fields(kind) if f.name not in ignored)


def _default(field: Field[object]) -> object:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING
