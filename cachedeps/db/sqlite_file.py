"""New SQLite files, from a script; for examples, never for a user's own data."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from cachedeps.errors import UsageError

EXAMPLE_ID = int.from_bytes(b"cdep", "big")
"""The ``application_id`` by which a file says that it is an example and may be built again."""

_ID_AT = 68
"""Where the header of a SQLite file holds its application id (sqlite.org/fileformat)."""


def build(path: Path, script: str) -> None:
    """Write a new SQLite file that holds what ``script`` makes; an older example is replaced.

    Args:
        path: the file; its folder is made where it is missing.
        script: SQL statements, which must set ``application_id`` to ``EXAMPLE_ID``.

    Raises:
        UsageError: there is a file at ``path`` that is not an example.
    """
    if path.exists() and not _is_example(path):
        message = f"{path} exists and is not an example of cachedeps; it was left alone"
        raise UsageError(message, hint="move it away, or choose another folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    for leftover in (path, *_companions(path)):
        leftover.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        # One transaction: many small ones would wait for the disk each time.
        connection.executescript(f"PRAGMA foreign_keys = ON; BEGIN;\n{script}\nCOMMIT;")


def _is_example(path: Path) -> bool:
    with path.open("rb") as file:
        header = file.read(_ID_AT + 4)
    return header[_ID_AT:] == EXAMPLE_ID.to_bytes(4, "big")


def _companions(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + end) for end in ("-journal", "-wal", "-shm"))
