"""The digest of a declaration: equal where two files mean the same, whatever their bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache

from cachedeps.domain.model import (
    Backup,
    Cache,
    Declaration,
    OwnerPath,
    Predicate,
    Table,
    Upstream,
    Via,
)

# what only people read, or what only says where the file and the database are
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
        _sorted(_plain(u) for u in declaration.upstreams),
        _sorted(_plain(t) for t in declaration.tables),
        _sorted(_plain(b) for b in declaration.backups),
    ]
    text = json.dumps(meaning, ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _sorted(items: Iterable[object]) -> list[object]:
    return sorted(items, key=lambda item: json.dumps(item, ensure_ascii=False))


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return _fields_of(value)
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    message = f"no canonical form for {type(value).__name__}"
    raise TypeError(message)


def _fields_of(value: object) -> dict[str, object]:
    kind = type(value)
    out: dict[str, object] = {}
    for name, default in _meaningful(kind):
        item = getattr(value, name)
        if item is default or item == default:
            continue
        plain = _plain(item)
        unordered = name in {"edges", "caches"} and kind in {Upstream, Cache, Table, Backup}
        out[name] = _sorted(plain) if unordered and isinstance(plain, list) else plain
    return out


@cache
def _meaningful(kind: type) -> tuple[tuple[str, object], ...]:
    ignored = _WITHOUT_MEANING.get(kind, frozenset())
    return tuple((f.name, _default(f)) for f in fields(kind) if f.name not in ignored)


def _default(field: Field[object]) -> object:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING
