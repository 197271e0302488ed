"""The two example databases, as they stood right before the accident.

Each comes with its declaration, so that the folder is ready for every command.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from cachedeps.db import sqlite_file
from cachedeps.errors import UsageError

DECLARATION = "cachedeps.toml"


def build_jumponion(folder: Path) -> Path:
    """Build the JumpOnion example: 20 dark results of 7 customers among 34 uploads.

    Args:
        folder: gets ``cachedeps.toml`` and ``examples/jumponion/app.db``.

    Returns:
        The path of the declaration.

    Raises:
        UsageError: one of the two files exists and is not the example's; it is left alone.
    """
    declaration = _declare(folder, "jumponion.toml")
    sqlite_file.build(folder / "examples" / "jumponion" / "app.db", _data("jumponion.sql"))
    return declaration


def build_honeychat(folder: Path) -> Path:
    """Build the HoneyChat example: ten real people inside the range of the test users' ids.

    Args:
        folder: gets ``cachedeps.toml`` and ``app.db``.

    Returns:
        The path of the declaration.

    Raises:
        UsageError: one of the two files exists and is not the example's; it is left alone.
    """
    declaration = _declare(folder, "honeychat.toml")
    sqlite_file.build(folder / "app.db", _data("honeychat.sql"))
    return declaration


def _declare(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path, text = folder / DECLARATION, _data(name)
    if path.exists() and path.read_text(encoding="utf-8") != text:
        message = f"{path} exists and is not the example's declaration; it was left alone"
        raise UsageError(message, hint="move it away, or choose another folder")
    path.write_text(text, encoding="utf-8")
    return path


def _data(name: str) -> str:
    return (files("cachedeps.actions") / "demo_data" / name).read_text(encoding="utf-8")
