"""Primary keys as they are typed: ``1,2``, ``TABLE=(1,a),(2,b)``, or a file of them."""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from cachedeps.domain.scope import KeyValue, TableKeys
from cachedeps.errors import ScopeError, UnknownNameError

Key = tuple[KeyValue, ...]

INTEGER = re.compile(r"0|-?[1-9][0-9]{0,38}")
QUOTED = re.compile(r'\s*"((?:[^"]|"")*)"\s*')
HOW = "write --key 1,2 or --key TABLE=1,2; composite keys: --key 'TABLE=(1,a),(2,b)'"


def typed_keys(text: str, tables: Sequence[str]) -> TableKeys:
    """The keys of one ``--key``.

    Raises:
        ScopeError: the text is no list of keys.
        UnknownNameError: it names a table that is not declared.
    """
    table, listed = _split_table(text, tables)
    return TableKeys(tuple(_items(listed)), table)


def keys_from(path: Path, tables: Sequence[str]) -> tuple[TableKeys, ...]:
    """The keys of a file, one a line; ``-`` is stdin.

    A line is a key (composite: separated by tabs or commas) or an object as ``--keys-to``
    writes it.

    Raises:
        ScopeError: the file cannot be read, or holds no key.
    """
    found: defaultdict[str | None, list[Key]] = defaultdict(list)
    for line in _lines(path):
        table, key = _from_line(line, tables)
        found[table].append(key)
    if not found:
        message = f"{path} holds no key"
        raise ScopeError(message, hint="an empty list would choose no row: check what wrote it")
    return tuple(TableKeys(tuple(keys), table) for table, keys in found.items())


def _split_table(text: str, tables: Sequence[str]) -> tuple[str | None, str]:
    for name in sorted(tables, key=len, reverse=True):
        if text.startswith(name + "="):
            return name, text[len(name) + 1 :]
    before, equals, _ = text.partition("=")
    close = get_close_matches(before, tables, n=1, cutoff=0.8) if equals else []
    if close:
        message = f"--key {text}: there is no table {before}"
        raise UnknownNameError(message, hint=f"did you mean {close[0]}?")
    return None, text


def _items(text: str) -> Iterable[Key]:
    place = 0
    while True:
        if text[place:].lstrip().startswith("("):
            place = text.index("(", place) + 1
            key, place = _values(text, place, ")")
            rest = text[place + 1 :].lstrip()
            if text[place : place + 1] != ")" or not (rest == "" or rest.startswith(",")):
                message = f"--key: not a list of keys: {text}"
                raise ScopeError(message, hint=HOW)
            place = len(text) - len(rest)
            yield key
        else:
            value, place = _value(text, place, ",")
            yield (value,)
        if place >= len(text):
            return
        place += 1


def _values(text: str, place: int, end: str) -> tuple[Key, int]:
    values = []
    while True:
        value, place = _value(text, place, "," + end)
        values.append(value)
        if text[place : place + 1] != ",":
            return tuple(values), place
        place += 1


def _value(text: str, place: int, ends: str) -> tuple[KeyValue, int]:
    """One value and the place after it; quoted text stays text, whatever it looks like."""
    quoted = QUOTED.match(text, place)
    if quoted and text[quoted.end() : quoted.end() + 1] in {"", *ends}:
        return quoted[1].replace('""', '"'), quoted.end()
    after = min((at for at in (text.find(e, place) for e in ends) if at >= 0), default=len(text))
    bare = text[place:after].strip()
    if not bare:
        message = f"--key: an empty value in {text or 'an empty list'}"
        raise ScopeError(message, hint=f'{HOW}; empty text is ""')
    return integer_or_text(bare), after


def integer_or_text(text: str) -> KeyValue:
    """An integer where the text is exactly how one is written, else the text."""
    return int(text) if INTEGER.fullmatch(text) else text


def _lines(path: Path) -> Iterable[str]:
    try:
        piped = str(path) == "-"
        text = sys.stdin.read() if piped else path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        message = f"--keys-from: {path} cannot be read: {reason}"
        raise ScopeError(message, hint="give a text file with one key a line") from None
    return (line for line in text.split("\n") if line.strip())


def _from_line(line: str, tables: Sequence[str]) -> tuple[str | None, Key]:
    line = line.rstrip("\r")
    if line.startswith("{"):
        return _from_object(line, tables)
    if "\t" in line:
        return None, tuple(_value(part, 0, "")[0] for part in line.split("\t"))
    return None, _values(line, 0, "")[0]


def _from_object(line: str, tables: Sequence[str]) -> tuple[str | None, Key]:
    try:
        document = json.loads(line)
        cache, values = str(document["cache"]), document["key"]
        key = tuple(v if isinstance(v, int | str) else str(v) for v in values)
    except (ValueError, KeyError, TypeError):
        message = f"--keys-from: not a line that --keys-to writes: {line[:80]}"
        raise ScopeError(message, hint='one key a line, or {"cache": ..., "key": [...]}') from None
    near = [name for name in tables if cache.startswith(name + ".")]
    return max(near, key=len, default=None), key
