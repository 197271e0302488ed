"""Names and texts as TOML writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def string(text: str) -> str:
    """A basic string, whatever stands in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04X}", escaped) + '"'


def key(*parts: str) -> str:
    """A dotted key; parts that are no bare keys are quoted."""
    return ".".join(part if _BARE.fullmatch(part) else string(part) for part in parts)


def strings(texts: Iterable[str]) -> str:
    """A list of strings, on one line."""
    return "[" + ", ".join(string(text) for text in texts) + "]"


def comment(text: str) -> str:
    """One comment line; a line break in a name must not end it."""
    return "# " + re.sub(r"[\x00-\x1f\x7f]", " ", text)
