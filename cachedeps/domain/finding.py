"""What a check says: values, never text to be parsed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found: the rule's slug, where, what, and how to mend it."""

    rule: str
    where: str
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a preview wants a person to know; ``code`` is stable."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a preview cannot be approved as it stands."""

    slug: str
    message: str
    hint: str = ""
