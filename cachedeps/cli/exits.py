"""Exit codes that no exception stands for; the others are ``CachedepsError.exit_code``."""

from __future__ import annotations

TYPE_CHECKING = False  # what typing says too, without the cost of importing it
if TYPE_CHECKING:
    from cachedeps.domain.outcome import Receipt

DONE = 0
FINDINGS = 1
USAGE = 2
FAILED = 4


def of_receipt(receipt: Receipt) -> int:
    """A run that ended early is not done, whoever ended it."""
    return DONE if receipt.state == "done" else FAILED
