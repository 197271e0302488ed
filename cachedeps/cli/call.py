"""One call of the command line: what was typed, and the document that is due."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from cachedeps.render.documents import Document

PROGRAM = "cachedeps"


@dataclass
class Call:
    """What was typed, and how to say it again.

    ``document`` is what an error prints besides itself in JSON, such as the preview that was
    not approved.
    """

    argv: tuple[str, ...]
    document: Document | None = None

    def again(self, *more: str) -> str:
        """The same command with more arguments, ready to be typed."""
        return said(*self.argv, *more)


def said(*arguments: str) -> str:
    """A command of ours, quoted for a shell."""
    return shlex.join((PROGRAM, *arguments))


def config_arguments(config: object) -> Sequence[str]:
    """``--config FILE`` where one was given, to be said again."""
    return ("--config", str(config)) if config else ()
