"""Amounts in words: rows, bytes, money, time."""

from __future__ import annotations

KIBI = 1024


def count(number: int, noun: str) -> str:
    """``1 row``, ``20 rows``; digits only, so that the number can be typed back."""
    plural = {"person": "people"}.get(noun, noun + "s")
    return f"{number} {noun if number == 1 else plural}"


def size(number: int) -> str:
    """Bytes in the unit that keeps the figure short."""
    if number < KIBI:
        return count(number, "byte")
    amount = float(number)
    for unit in ("KiB", "MiB", "GiB"):
        amount /= KIBI
        if amount < KIBI:
            return f"{amount:.1f} {unit}"
    return f"{amount / KIBI:.1f} TiB"


def money(usd: float) -> str:
    """US dollars; an empty text where nothing is declared."""
    return f"${usd:.2f}" if usd else ""


def duration(seconds: float) -> str:
    """A length of time in its two largest units; an empty text for none."""
    if not seconds:
        return ""
    if seconds < 60:
        return f"{seconds:g} s" if seconds < 10 else f"{seconds:.0f} s"
    whole = round(seconds)
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    parts = []
    for name, length in units:
        amount, whole = divmod(whole, length)
        if amount:
            parts.append(f"{amount} {name}")
    return " ".join(parts[:2])


def key(values: tuple[str | int | float | bool, ...]) -> str:
    """One primary key: its value, or its values in parentheses."""
    texts = [str(value) for value in values]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
