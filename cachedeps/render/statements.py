"""SQL statements on a screen, with their parameters beside them."""

from __future__ import annotations

from collections.abc import Iterable

from cachedeps.domain.model import Scalar
from cachedeps.domain.outcome import Statement
from cachedeps.render.screen import Screen, Style, cut

MOST_SQL = 4_000
MOST_VALUES = 20
MOST_PARAMS = 60
MOST_VALUE = 200


def add_statements(screen: Screen, statements: Iterable[Statement]) -> None:
    """Each statement with the caches that it serves and its parameters."""
    for number, statement in enumerate(statements):
        if not number:
            screen.heading("SQL")
        else:
            screen.line()
        screen.line(f"  -- {', '.join(statement.caches)}", Style.DIM)
        screen.block(statement.sql[:MOST_SQL], Style.CODE)
        if len(statement.sql) > MOST_SQL:
            screen.line(
                f"  … cut at {MOST_SQL} of {len(statement.sql)} characters: --json has it whole"
            )
        for name, value in statement.params[:MOST_PARAMS]:
            screen.line(f"    {name} = {_value(value)}", Style.COPIED)
        rest = len(statement.params) - MOST_PARAMS
        if rest > 0:
            screen.line(f"    ... and {rest} more parameters: --json lists them all")


def _value(value: Scalar | tuple[Scalar, ...] | None) -> str:
    if not isinstance(value, tuple):
        return cut(_scalar(value), MOST_VALUE)
    shown = ", ".join(cut(_scalar(item), MOST_VALUE) for item in value[:MOST_VALUES])
    rest = len(value) - MOST_VALUES
    return f"({shown}, ... and {rest} more: --json lists them all)" if rest > 0 else f"({shown})"


def _scalar(value: Scalar | None) -> str:
    if value is None:
        # the number of the run or of one of its pages
        return "(set when it runs)"
    return f"'{value}'" if isinstance(value, str) else str(value)
