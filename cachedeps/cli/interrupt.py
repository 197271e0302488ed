"""Ctrl-C during a write: the first one ends after the page, the second one at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from cachedeps.cli.terminal import say

Stop = Callable[[], bool]


@contextmanager
def clean_stop() -> Iterator[Stop]:
    """Gives the question that a run asks after each page: is it to end here?"""
    asked = False

    def wish(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        say("stopping after this page; once more stops at once")

    before = {name: signal.signal(name, wish) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
