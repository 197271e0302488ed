"""What every approval has in common: a name, a count that was read, and nothing against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cachedeps.domain.finding import Refusal
from cachedeps.errors import ApprovalRefusedError


def wrong_count(approved: int, previewed: int) -> Iterator[Refusal]:
    """The objection to another number of rows than the preview's."""
    if approved != previewed:
        message = f"{approved} rows were approved, but the preview counts {previewed}"
        yield Refusal("wrong-count", message, f"look again, then --expect-rows {previewed}")


def approver(by: str, against: Sequence[Refusal]) -> str:
    """The name of who approves.

    Raises:
        ApprovalRefusedError: nobody is named, or something stands against it; says all at once.
    """
    found = tuple(against)
    if not by.strip():
        nobody = Refusal("approver", "nobody is named as approver", "--approved-by WHO")
        found = (*found, nobody)
    if found:
        message = "not approved: " + "; ".join(refusal.message for refusal in found)
        hint = "; ".join(refusal.hint for refusal in found if refusal.hint)
        raise ApprovalRefusedError(message, hint=hint, refusals=found)
    return by.strip()
