"""Files that a command hands over. They can name people, so only their owner may read them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from cachedeps.actions.private_file import check_replaceable, private_file
from cachedeps.domain.rows import KeyValues
from cachedeps.errors import UsageError


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Writes the lines as one file, which appears whole or not at all; returns their number.

    Raises:
        UsageError: the file cannot be written, or something precious is there.
    """
    check_replaceable(path)
    try:
        with private_file(path) as handle:
            written = 0
            for line in lines:
                handle.write(line + "\n")
                written += 1
    except OSError as error:
        raise _unwritable(path, error) from None
    return written


def key_lines(cache: str, keys: Iterable[KeyValues]) -> Iterable[str]:
    """One JSON object for each target cell, as ``--keys-from`` reads it."""
    for key in keys:
        yield json.dumps({"cache": cache, "key": list(key)})


def write_bytes(path: Path, data: bytes) -> None:
    """Writes a picture or another file that may be shared.

    Raises:
        UsageError: the file cannot be written.
    """
    check_replaceable(path)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise _unwritable(path, error) from None


def write_new(path: Path, text: str) -> None:
    """Writes a file that must not exist yet.

    Where stdout already goes to that very file there is nothing to do: printing fills it.

    Raises:
        UsageError: the file exists, or cannot be written.
    """
    if path.exists() and _is_stdout(path):
        return
    try:
        with path.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        message = f"{path} exists; it was left alone"
        raise UsageError(message, hint="choose another name with -o, or -o - for stdout") from None
    except OSError as error:
        raise _unwritable(path, error) from None


def _is_stdout(path: Path) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError):
        return False


def _unwritable(path: Path, error: OSError) -> UsageError:
    message = f"{path} cannot be written: {error.strerror}"
    return UsageError(message, hint="choose another place")
