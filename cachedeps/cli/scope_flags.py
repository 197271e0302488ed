"""The scope flags, as typed, to the scope that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from cachedeps.cli.keys import integer_or_text, keys_from, typed_keys
from cachedeps.domain.scope import Scope, TablePredicate, VersionRange
from cachedeps.errors import ScopeError, UnknownNameError, UsageError

PREFIX = re.compile(r"([^\W\d][\w.]*):(?!:)")
RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)$")


@dataclass(frozen=True, slots=True)
class ScopeFlags:
    """What was typed to choose rows."""

    since: str | None = None
    until: str | None = None
    where: Sequence[str] = ()
    key: Sequence[str] = ()
    keys_from: Path | None = None
    owner: Sequence[str] = ()
    bad_version: Sequence[str] = ()
    unstamped: str = "reset"
    fixed_at: str | None = None
    stale: bool = False

    def scope(self, tables: Sequence[str]) -> Scope:
        """The scope; ``tables`` are the declared names, for flags that start with one.

        Raises:
            ScopeError: a flag cannot be read.
        """
        keys = [typed_keys(text, tables) for text in self.key]
        if self.keys_from:
            keys.extend(keys_from(self.keys_from, tables))
        return Scope(
            since=self.since,
            until=self.until,
            where=tuple(_predicate(text, tables) for text in self.where),
            keys=tuple(keys),
            owners=tuple(self.owner),
            bad_versions=tuple(v for text in self.bad_version for v in _versions(text)),
            keep_unstamped=self.unstamped == "keep",
            fixed_at=self.fixed_at,
            stale=self.stale,
        )


def _predicate(text: str, tables: Sequence[str]) -> TablePredicate:
    """``TABLE: predicate`` where TABLE is declared; ``::`` is a cast, not a prefix."""
    for name in sorted(tables, key=len, reverse=True):
        if text.startswith(name + ":") and not text.startswith(name + "::"):
            return TablePredicate(text[len(name) + 1 :].strip(), name)
    prefix = PREFIX.match(text)
    if prefix:
        close = get_close_matches(prefix[1], tables, n=1)
        message = f"--where {text}: there is no table {prefix[1]}"
        hint = f"did you mean {close[0]}?" if close else f"declared: {', '.join(tables)}"
        raise UnknownNameError(message, hint=hint)
    return TablePredicate(text)


def _versions(text: str) -> Iterable[VersionRange | int | str]:
    for part in (piece.strip() for piece in text.split(",")):
        found = RANGE.match(part)
        if found:
            low, high = int(found[1]), int(found[2])
            if low > high:
                message = f"--bad-version {part}: the range is empty"
                raise ScopeError(message, hint=f"write {high}..{low}")
            yield VersionRange(low, high)
        elif not part or ".." in part:
            message = f"--bad-version {text}: not a version"
            raise ScopeError(message, hint="write 3..5 (integers only) or 35,33 or b101")
        else:
            yield integer_or_text(part)


def expected_cells(texts: Iterable[str]) -> dict[str, int]:
    """``TABLE.CACHE=N`` pairs as a mapping.

    Raises:
        UsageError: a text has another form, or one cache has two counts.
    """
    found: dict[str, int] = {}
    for text in texts:
        name, _, number = text.rpartition("=")
        if not name or not (number.isascii() and number.isdigit()):
            message = f"--expect {text}: not NAME=N"
            raise UsageError(message, hint="e.g. --expect uploads.rotation_metrics=20")
        if found.setdefault(name, int(number)) != int(number):
            message = f"--expect {name} is given twice, with different counts"
            raise UsageError(message, hint="give each cache once")
    return found
