"""Did-you-mean: the known name that is most like an unknown one."""

from __future__ import annotations

from collections.abc import Iterable

SIMILARITY = 0.6
# letter by letter only as many names are compared; of more, those with the most pairs in common
MOST_COMPARED = 100


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like ``name``; "" where none is like it.

    A name that differs in case only comes first, then one that ends in ``.name`` (a cache
    that was named without its table), then the one with the most letters in common.
    """
    from difflib import get_close_matches

    folded = name.casefold()
    names = {other.casefold(): other for other in reversed(list(known))}
    if folded in names:
        return names[folded]
    for other in names:
        if folded and other.endswith(f".{folded}"):
            return names[other]
    found = get_close_matches(folded, _alike(folded, list(names)), n=1, cutoff=SIMILARITY)
    return names[found[0]] if found else ""


def _alike(name: str, known: list[str]) -> list[str]:
    if len(known) <= MOST_COMPARED:
        return known
    pairs = _pairs(name)
    return sorted(known, key=lambda other: len(pairs & _pairs(other)), reverse=True)[
        :MOST_COMPARED
    ]


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(len(name) - 1)}


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``did you mean "x"?``, or "" where nothing is near."""
    found = nearest(name, known)
    return f'did you mean "{found}"?' if found else ""
