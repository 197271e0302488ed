"""Projects on a test's database, made from the text of a declaration."""

from __future__ import annotations

from pathlib import Path

import cachedeps
from cachedeps.project import Project
from tests.databases.database import Database


def project(database: Database, folder: Path, text: str, *, settings: str = "") -> Project:
    """The project that ``text`` declares; ``settings`` are further keys of ``[database]``."""
    path = folder / "cachedeps.toml"
    head = f"[database]\nurl = {quoted(database.url)}\n{settings}\n"
    path.write_text(head + text, encoding="utf-8")
    return cachedeps.load(path, environ={})


def quoted(text: str) -> str:
    """A name or value as a TOML string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def caches(upstream: str, *tables: str, column: str = "value", extra: str = "") -> str:
    """A declaration in which ``upstream`` feeds one cache column of each table."""
    parts = [f"[upstreams.{upstream}]"]
    for table in tables:
        parts.append(f"[tables.{quoted(table)}.caches.{quoted(column)}]")
        parts.append(f'depends_on = ["{upstream}"]\n{extra}')
    return "\n".join(parts)
