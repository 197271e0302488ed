"""The result table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measured figure: ``value`` in ``unit``, and the ``aim`` in the same unit."""

    where: str
    what: str
    value: float
    unit: str
    aim: str = ""


def printed(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| where | what | measured | aim |", "|---|---|---|---|"]
    lines += [
        f"| {r.where} | {r.what} | {r.value:.2f} {r.unit} | {r.aim} |".replace("  ", " ")
        for r in rows
    ]
    return "\n".join(lines) + "\n"
