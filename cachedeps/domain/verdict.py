"""What the guard says of SQL: values, never text to be parsed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from cachedeps.errors import GuardRefusedError

RULES = (
    "opaque-statement",
    "guard-evasion",
    "blanket-null",
    "unfiltered-write",
    "range-delete-on-key",
    "upsert-on-key",
    "irreplaceable-overwrite",
    "accidental-meaning",
    "needs-preview",
)
"""The slugs of the guard's rules, in the order in which their findings are told."""


class Ruling(StrEnum):
    """What may be done with a statement."""

    ALLOW = "allow"
    REVIEW = "review"
    REFUSE = "refuse"

    @property
    def weight(self) -> int:
        """0 for allow, 1 for review, 2 for refuse."""
        return list(Ruling).index(self)


@dataclass(frozen=True, slots=True)
class Objection:
    """What one rule has against one statement.

    ``rule`` is its slug; ``suggestion`` is SQL or a cachedeps command to use instead, or "".
    ``line`` is where the statement begins. ``waived`` is the reason for which the objection
    does not count, None where it does; ``waived_in`` says where that reason stands.
    """

    rule: str
    ruling: Ruling
    message: str
    suggestion: str = ""
    line: int = 1
    waived: str | None = None
    waived_in: Literal["source", "declaration", ""] = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """Whom a statement would hit, as the rows stood when they were counted.

    ``rows`` of ``table`` belong to ``owners`` people, of whom ``labels`` are the first; both
    are None and () where there are too many rows to look at each, or no owner is declared.
    ``emptied`` are the caches that the statement would empty, each with the rows in which it
    holds a value. ``line`` is where the statement begins, ``message`` the whole in words.
    """

    line: int
    table: str
    verb: str
    rows: int
    owners: int | None = None
    labels: tuple[str, ...] = ()
    emptied: tuple[tuple[str, int], ...] = ()
    message: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The worst of what was found in all statements of a text.

    ``used`` says what was known of the live database beside the declaration, () where it was
    not asked; ``hits`` are the statements whose rows were counted there.
    """

    ruling: Ruling
    findings: tuple[Objection, ...]
    statements: int
    used: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()

    @classmethod
    def of(cls, findings: tuple[Objection, ...], statements: int) -> Verdict:
        """The verdict that the findings come to; those that are waived do not count."""
        counted = [found.ruling for found in findings if found.waived is None]
        worst = max(counted, key=lambda ruling: ruling.weight, default=Ruling.ALLOW)
        return cls(worst, findings, statements)

    def raise_if_refused(self) -> None:
        """Raises GuardRefusedError where the SQL is refused; review and allow pass."""
        if self.ruling is Ruling.REFUSE:
            worst = next(
                f for f in self.findings if f.ruling is Ruling.REFUSE and f.waived is None
            )
            message = f"{worst.rule}: {worst.message}"
            raise GuardRefusedError(message, hint=worst.suggestion, verdict=self)
