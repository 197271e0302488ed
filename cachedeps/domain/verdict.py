"""What the guard says of SQL: values, never text to be parsed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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
    does not count, None where it does.
    """

    rule: str
    ruling: Ruling
    message: str
    suggestion: str = ""
    line: int = 1
    waived: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The worst of what was found in all statements of a text."""

    ruling: Ruling
    findings: tuple[Objection, ...]
    statements: int

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
            raise GuardRefusedError(message, hint=worst.suggestion)
