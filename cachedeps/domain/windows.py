"""Which keys are handed out where: what was read of a table's key windows, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from cachedeps.domain.model import KeyWindow
from cachedeps.domain.schema import LiveSequence


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that should not be where they are: how many, and the first of their keys."""

    rows: int = 0
    keys: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """Where the keys of a sequence go: the next is at least ``next``, at most ``ahead``.

    Both are keys, not the sequence's own numbers; ``step`` is negative where keys fall.
    ``limit`` is the last key that can be handed out, None where there is no end.
    """

    next: int
    ahead: int
    step: int
    limit: int | None

    @classmethod
    def of(cls, sequence: LiveSequence, *, negated: bool) -> Course:
        """The keys that a sequence gives, with the other sign where ``negated``."""
        sign = -1 if negated else 1
        limit = None if sequence.limit is None else sign * sequence.limit
        return cls(sign * sequence.next, sign * sequence.ahead, sign * sequence.step, limit)

    @property
    def rises(self) -> bool:
        """Whether each key is greater than the one before."""
        return self.step > 0

    def reaches(self, window: KeyWindow) -> bool:
        """Whether the course, from where it stands, has keys of ``window`` before it or in it."""
        if self.rises:
            ends_before = self.limit is not None and _below(self.limit, window.low)
            return not ends_before and not _above(self.next, window.high)
        ends_before = self.limit is not None and _above(self.limit, window.high)
        return not ends_before and not _below(self.next, window.low)

    def distance(self, window: KeyWindow) -> int:
        """How many keys lie before the first one of a window that it reaches; 0 inside."""
        if self.rises:
            return 0 if window.low is None else max(0, window.low - self.ahead)
        return 0 if window.high is None else max(0, self.ahead - window.high)


def _below(key: int, low: int | None) -> bool:
    return low is not None and key < low


def _above(key: int, high: int | None) -> bool:
    return high is not None and key > high


def rises(window: KeyWindow) -> bool | None:
    """Which way the keys of an open window must grow; None where both ends are the same."""
    if (window.low is None) is (window.high is None):
        return None
    return window.low is not None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The real key of ``window`` that is nearest to a test window from one side.

    ``distance`` counts from the test window's own end: 1 is the key beside it.
    """

    window: KeyWindow
    key: int
    distance: int


@dataclass(frozen=True, slots=True)
class Leader:
    """The outermost key of a window, in the direction of its sequence.

    ``real`` is the outermost key of a real row; None where the window has none.
    """

    key: int
    is_test: bool
    real: int | None


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """What was read of a window of real rows.

    ``outside`` are its rows that have other keys; ``course`` is None where the window names no
    sequence, or where there is none of that name (``missing``).
    """

    window: KeyWindow
    outside: Found = Found()
    course: Course | None = None
    missing: bool = False
    leader: Leader | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """What was read of a window that is set aside for test rows.

    ``real`` are real rows in it; ``near`` the real keys nearest to it, on the sides from which
    the keys of their window come.
    """

    window: KeyWindow
    real: Found = Found()
    near: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What was read of one table's keys.

    ``odd`` says why windows of this table cannot be judged, ``refused`` what the database does
    not accept; "" where nothing is wrong. ``astray`` are test rows outside of
    every test window, ``conflicts`` those that have what only real rows have.
    """

    table: str
    odd: str = ""
    refused: str = ""
    windows: tuple[WindowFacts, ...] = ()
    tests: tuple[SetAside, ...] = ()
    astray: Found = Found()
    conflicts: Found = Found()
