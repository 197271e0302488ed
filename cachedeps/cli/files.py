"""Files that a command hands over. They can name people, so only their owner may read them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from cachedeps.domain.rows import KeyValues
from cachedeps.errors import UsageError

READABLE_BY_OWNER = 0o600


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Writes the lines as one file, which appears whole or not at all; returns their number.

    Raises:
        UsageError: the file cannot be written.
    """
    written = 0
    try:
        with NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as handle:
            try:
                os.fchmod(handle.fileno(), READABLE_BY_OWNER)
                for line in lines:
                    handle.write(line + "\n")
                    written += 1
            except BaseException:
                Path(handle.name).unlink()
                raise
        Path(handle.name).replace(path)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise UsageError(message, hint="choose another place; nothing else was done") from None
    return written


def key_lines(cache: str, keys: Iterable[KeyValues]) -> Iterable[str]:
    """One JSON object for each target cell, as ``--keys-from`` reads it."""
    for key in keys:
        yield json.dumps({"cache": cache, "key": list(key)})
