"""Asks again for a lock that was not granted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from cachedeps.errors import LockTimeoutError

PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0)

Result = TypeVar("Result")


def patiently(work: Callable[[], Result]) -> Result:
    """Runs one transaction; where a lock times out or a deadlock is lost, a few times more.

    Raises:
        LockTimeoutError: not even the last try got its locks.
    """
    for pause in PAUSES_SECONDS:
        try:
            return work()
        except LockTimeoutError:
            time.sleep(pause)
    return work()
