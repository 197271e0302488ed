"""Did-you-mean: the known name that is most like an unknown one."""

from __future__ import annotations

from collections.abc import Iterable

SIMILARITY = 0.6
# comparing with very many names costs more than a suggestion is worth
MOST_COMPARED = 20_000


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like ``name``; "" where none is like it.

    A name that differs in case only comes first, then one that ends in ``.name`` (a cache
    that was named without its table), then the one with the most letters in common.
    """
    from difflib import get_close_matches

    names = list(known)[:MOST_COMPARED]
    folded = name.casefold()
    for other in names:
        if other.casefold() == folded:
            return other
    for other in names:
        if other.casefold().endswith(f".{folded}"):
            return other
    found = get_close_matches(folded, [n.casefold() for n in names], n=1, cutoff=SIMILARITY)
    return next((n for n in names if found and n.casefold() == found[0]), "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``did you mean "x"?``, or "" where nothing is near."""
    found = nearest(name, known)
    return f'did you mean "{found}"?' if found else ""
