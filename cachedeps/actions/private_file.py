"""Files that only their owner may read, and that never take the place of something precious."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from cachedeps.errors import UsageError

READABLE_BY_OWNER = 0o600
PLAN_FILE = "cachedeps plan"
SQLITE_HEADER = b"SQLite format 3\x00"
READ_BYTES = 200
_NO_FILES = (Path("/dev"), Path("/proc"))


@contextmanager
def private_file(path: Path) -> Iterator[IO[str]]:
    """A file that takes the place of ``path`` once it is whole, or not at all.

    What is no file, such as a pipe or ``/dev/stdout``, is written to as it is.

    Raises:
        OSError: it cannot be written.
    """
    if _is_no_file(path):
        with path.open("a", encoding="utf-8") as handle:
            yield handle
        return
    place = path.resolve()
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=place.parent, prefix=f".{place.name}.", delete=False
    ) as handle:
        made = Path(handle.name)
        try:
            os.fchmod(handle.fileno(), READABLE_BY_OWNER)
            yield handle
            handle.close()
            made.replace(place)
        except BaseException:
            made.unlink()
            raise


def _is_no_file(path: Path) -> bool:
    devices = any(folder in path.absolute().parents for folder in _NO_FILES)
    return devices or (path.exists() and not path.is_file())


def check_replaceable(path: Path, *, by_plan: bool = False) -> None:
    """A slip of the fingers must not cost a database, a declaration or a plan.

    Args:
        path: where something is to be written.
        by_plan: whether it is a plan, which may take the place of an earlier plan only.

    Raises:
        UsageError: something else is there already.
    """
    if _is_no_file(path) or not path.exists():
        return
    try:
        with path.open("rb") as handle:
            start = handle.read(READ_BYTES)
    except OSError:
        # whoever writes it will say why it cannot be
        return
    found = _precious(path, start, by_plan=by_plan)
    if found:
        message = f"{path} is {found}; it was left alone"
        raise UsageError(message, hint="choose another name")


def _precious(path: Path, start: bytes, *, by_plan: bool) -> str:
    plan = f'"file": "{PLAN_FILE}"'.encode() in start
    if start.startswith(SQLITE_HEADER):
        return "a SQLite database"
    if path.suffix.lower() == ".toml":
        return "a declaration"
    if by_plan:
        return "" if plan or not start else "no earlier plan"
    return "a plan" if plan else ""
