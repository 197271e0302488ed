"""Collects the problems of one declaration, so that all of them are told at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from cachedeps.domain.finding import Finding

Place = tuple[str | int, ...]
T = TypeVar("T")
P = ParamSpec("P")

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Rejected(Exception):  # noqa: N818  (a problem on its way to the collection, no error)
    """A value that cannot be used; becomes a problem at the place where it stands."""

    rule = "rejected"

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


class BadName(Rejected):
    """A name that no table, column or upstream can have."""

    rule = "bad-name"


class BadVia(Rejected):
    """A join path that cannot be followed."""

    rule = "bad-via"


class BadOwner(Rejected):
    """An owner path that cannot be followed."""

    rule = "bad-owner"


class BadReset(Rejected):
    """A reset that does not exist, or that would do harm here."""

    rule = "bad-reset"


class BadStamp(Rejected):
    """A stamp that tells nothing."""

    rule = "bad-stamp"


class BadPredicate(Rejected):
    """A text that is not one harmless condition."""

    rule = "bad-predicate"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem; ``place`` is the path of keys (and list positions) that it concerns."""

    rule: str
    place: Place
    message: str
    fix: str = ""


class Problems:
    """The problems found so far."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, rule: str, place: Place, message: str, *, fix: str = "") -> None:
        """Notes one problem."""
        self.found.append(Problem(rule, place, message, fix))

    def attempt(
        self, place: Place, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """The result of ``work``; None where it is rejected, which is noted at ``place``."""
        try:
            return work(*args, **kwargs)
        except Rejected as rejected:
            self.add(rejected.rule, place, rejected.message, fix=rejected.fix)
            return None

    def findings(self, file: str, line_of: Callable[[Place], int]) -> tuple[Finding, ...]:
        """The problems in the order of the file, each with file, line and key."""
        placed = sorted(((line_of(p.place), i, p) for i, p in enumerate(self.found)))
        return tuple(
            Finding(p.rule, f"{file}:{line} {dotted(p.place)}".rstrip(), p.message, p.fix)
            for line, _, p in placed
        )


def dotted(place: Place) -> str:
    """The place as it is written in TOML: ``tables."my table".caches.x.depends_on[0]``."""
    out = ""
    for key in place:
        if isinstance(key, int):
            out += f"[{key}]"
        else:
            written = key if _BARE_KEY.fullmatch(key) else _quoted(key)
            out += f".{written}" if out else written
    return out


def _quoted(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in escaped)
    return f'"{shown}"'
