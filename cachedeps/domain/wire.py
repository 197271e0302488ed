"""Frozen dataclasses as plain JSON values and back, by their type hints.

What comes out holds only dicts, lists, strings, numbers, booleans and None. Classes in a union
are told apart by an ``is`` entry.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from hashlib import sha256
from json import dumps
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Json = Any
TAG = "is"


def encode(value: object) -> Json:
    """A value of domain classes as plain JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        out = {TAG: type(value).__name__}
        return out | {f.name: encode(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if isinstance(value, frozenset):
        return [encode(item) for item in sorted(value)]
    return value


def decode(hint: Any, data: Json) -> Any:
    """Plain JSON values as a value of the type ``hint``.

    Raises:
        ValueError: the data does not fit the type.
    """
    return _reader(hint)(data)


def digest(data: Json) -> str:
    """``sha256:`` and the hash of plain JSON values in one canonical spelling."""
    text = dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + sha256(text.encode()).hexdigest()


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


@cache
def _reader(hint: Any) -> Callable[[Json], Any]:
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _union(get_args(hint))
    if origin is Literal:
        return _literal(get_args(hint))
    if origin is tuple:
        return _tuple(get_args(hint))
    if origin is frozenset:
        item = _reader(get_args(hint)[0])
        return lambda data: frozenset(item(value) for value in _list(data))
    if is_dataclass(hint):
        return _object(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return lambda data: hint(data)
    return _scalar(hint)


def _scalar(hint: Any) -> Callable[[Json], Any]:
    expected: Any = type(None) if hint in {None, type(None)} else hint

    def read(data: Json) -> Any:
        if expected is float and type(data) is int:
            return float(data)
        if type(data) is not expected:
            message = f"{data!r} is not of type {expected.__name__}"
            raise ValueError(message)
        return data

    return read


def _literal(known: tuple[Any, ...]) -> Callable[[Json], Any]:
    def read(data: Json) -> Any:
        if data not in known:
            message = f"{data!r} is none of {known}"
            raise ValueError(message)
        return data

    return read


def _list(data: Json) -> list[Json]:
    if not isinstance(data, list):
        message = f"{data!r} is not a list"
        raise ValueError(message)  # noqa: TRY004
    return data


def _tuple(arguments: tuple[Any, ...]) -> Callable[[Json], Any]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        item = _reader(arguments[0])
        return lambda data: tuple(item(value) for value in _list(data))
    readers = [_reader(argument) for argument in arguments]

    def read(data: Json) -> Any:
        if len(_list(data)) != len(readers):
            message = f"{data!r} has not {len(readers)} entries"
            raise ValueError(message)
        return tuple(reader(value) for reader, value in zip(readers, data, strict=True))

    return read


def _object(cls: Any) -> Callable[[Json], Any]:
    def read(data: Json) -> Any:
        names = {f.name for f in fields(cls)}
        if not isinstance(data, dict) or set(data) != names | {TAG}:
            message = f"not a {cls.__name__}: {str(data)[:80]}"
            raise ValueError(message)
        if data[TAG] != cls.__name__:
            message = f"{data[TAG]} is not a {cls.__name__}"
            raise ValueError(message)
        hints = _hints(cls)
        return cls(**{name: _reader(hints[name])(data[name]) for name in names})

    return read


def _union(arguments: tuple[Any, ...]) -> Callable[[Json], Any]:
    classes: dict[str, Callable[[Json], Any]] = {
        a.__name__: _reader(a) for a in arguments if _is_class(a)
    }
    others = [_reader(a) for a in arguments if not _is_class(a)]

    def read(data: Json) -> Any:
        if isinstance(data, dict) and data.get(TAG) in classes:
            return classes[data[TAG]](data)
        for other in others:
            try:
                return other(data)
            except ValueError:
                continue
        message = f"{str(data)[:80]} fits none of the expected types"
        raise ValueError(message)

    return read


def _is_class(hint: Any) -> bool:
    return isinstance(hint, type) and is_dataclass(hint)
