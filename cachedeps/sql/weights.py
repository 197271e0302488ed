"""How large a row choice becomes when it is written out as one condition."""

from __future__ import annotations

from collections.abc import Sequence

from cachedeps.domain.model import TableRef
from cachedeps.domain.rows import AllOf, AnyOf, Linked, RowNode
from cachedeps.errors import UnsupportedError

MOST_TERMS = 5_000
DEEPEST = 60
HEAVY_TERMS = 60
HEAVY_LINKS = 4
"""SQLite's parser gives up at nine tables that are linked one inside the other."""


class Weights:
    """The terms and levels of each row choice of a plan."""

    def __init__(self, nodes: Sequence[RowNode]) -> None:
        self._terms: list[int] = []
        self._depth: list[int] = []
        self._links: list[int] = []
        for node in nodes:
            below: tuple[int, ...] = ()
            if isinstance(node, AllOf | AnyOf):
                below = node.children
            elif isinstance(node, Linked):
                below = (node.child,)
            self._terms.append(1 + sum(self._terms[child] for child in below))
            self._depth.append(1 + max((self._depth[child] for child in below), default=0))
            links = max((self._links[child] for child in below), default=0)
            self._links.append(links + isinstance(node, Linked))

    def is_heavy(self, place: int) -> bool:
        """Whether its linked rows are better told once, at the head of the statement."""
        return self._terms[place] > HEAVY_TERMS or self._links[place] >= HEAVY_LINKS

    def check(self, place: int, ref: TableRef, *, told_once: bool) -> None:
        """Refuses what is too large for one statement; what is told once does not multiply.

        Raises:
            UnsupportedError: the condition is too large to be one statement.
        """
        terms = min(self._terms[place], place + 1) if told_once else self._terms[place]
        if terms > MOST_TERMS or self._depth[place] > DEEPEST:
            message = (
                f"the row condition for {ref} has {terms} terms, "
                f"{self._depth[place]} levels deep; at most {MOST_TERMS} and {DEEPEST} work"
            )
            raise UnsupportedError(message, hint="choose the rows by --key or --keys-from")
