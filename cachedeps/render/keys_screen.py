"""The screen that lists every target key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cachedeps.domain.rows import KeyValues
from cachedeps.render import amounts
from cachedeps.render.screen import Screen, Style


def keys_screen(listed: Mapping[str, Sequence[KeyValues]]) -> Screen:
    """Every key of every cache, one a line; stands before the preview, whose end is read."""
    screen = Screen()
    for cache, keys in listed.items():
        screen.line(f"{cache}: {amounts.count(len(keys), 'key')}", Style.STRONG)
        for key in keys:
            screen.line(f"  {amounts.key(key)}")
        screen.line()
    return screen
