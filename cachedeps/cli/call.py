"""One call of the command line: what was typed, and the document that is due."""

from __future__ import annotations

TYPE_CHECKING = False  # what typing says too, without the cost of importing it
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

PROGRAM = "cachedeps"


class Call:
    """What was typed, and how to say it again.

    ``document`` is what an error prints besides itself in JSON, such as the preview that was
    not approved.
    """

    def __init__(self, argv: Sequence[str]) -> None:
        self.argv = tuple(argv)
        self.document: dict[str, Any] | None = None

    def again(self, *more: str) -> str:
        """The same command with more arguments, ready to be typed."""
        return said(*self.argv, *more)


def said(*arguments: str) -> str:
    """A command of ours, quoted for a shell."""
    import shlex

    return shlex.join((PROGRAM, *arguments))


def config_arguments(config: object) -> Sequence[str]:
    """``--config FILE`` where one was given, to be said again."""
    return ("--config", str(config)) if config else ()
