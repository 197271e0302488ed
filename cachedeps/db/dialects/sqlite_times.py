"""Times as applications keep them in SQLite: ISO 8601 text of any spelling, or numbers.

Text compares as text once it is spelled ``YYYY-MM-DD HH:MM:SS[.fraction]``. SQLite's own date
functions would round to milliseconds, which moves rows across a bound; so only whole seconds
go through its arithmetic, and a fraction is kept as it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.db.dialects.base import Expression
from cachedeps.domain.model import TableRef
from cachedeps.errors import UnsupportedError

Clause = sa.ColumnElement[bool]

DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
PLAIN = DAY + "?[0-9][0-9]:[0-9][0-9]:[0-9][0-9]*"


def _raw(text: str) -> Expression:
    return sa.literal_column(text)


def _last(letters: int) -> Callable[[Expression], Expression]:
    return lambda text: sa.func.substr(text, _raw(str(-letters)))


# How text with a zone ends, in how many letters, and that end as SQLite reads it.
ENDS: tuple[tuple[str, int, Callable[[Expression], Expression]], ...] = (
    ("*[Zz]", 1, lambda _: _raw("''")),
    ("*[0-9 ][-+][0-9][0-9]:[0-9][0-9]", 6, _last(6)),
    (
        "*:[0-9]*[-+][0-9][0-9][0-9][0-9]",
        5,
        lambda text: (
            sa.func.substr(text, _raw("-5"), _raw("3"))
            .concat(_raw("':'"))
            .concat(sa.func.substr(text, _raw("-2")))
        ),
    ),
    ("*:[0-9]*[-+][0-9][0-9]", 3, lambda text: _last(3)(text).concat(_raw("':00'"))),
)


def _like(text: Expression, pattern: str) -> Clause:
    return text.bool_op("GLOB")(_raw(f"'{pattern}'"))


def separator(connection: Connection, ref: TableRef, name: str) -> str | None:
    """What stands between day and time, where all values of a column are plain and spelled alike.

    Raises:
        UnsupportedError: the column holds text that is no time.
    """
    table = sa.table(ref.name, sa.column(name), schema=ref.schema)
    value = table.c[name]
    is_text = sa.func.typeof(value) == "text"

    def none_but(fitting: Clause) -> sa.Row[Any] | None:
        query: sa.Select[Any] = sa.select(value).where(value.is_not(None), sa.not_(fitting))
        return connection.execute(query.limit(1)).first()

    for mark in (" ", "T"):
        plain = _like(value, PLAIN.replace("?", mark))
        if none_but(sa.and_(is_text, plain, sa.not_(zoned(value)))) is None:
            return mark
    is_number = sa.func.typeof(value).in_(["integer", "real"])
    odd = none_but(sa.or_(is_number, sa.and_(is_text, _like(value, f"{DAY}*"))))
    if odd is not None:
        message = f"{ref}.{name} is to be compared as a time, but holds {str(odd[0])[:40]!r}"
        raise UnsupportedError(message, hint="correct these values, or choose rows with --where")
    return None


def zoned(text: Expression) -> Clause:
    """Whether text says which zone it is in."""
    return sa.or_(*(_like(text, pattern) for pattern, _, _ in ENDS))


def utc_from_local(timezone: str) -> Callable[[str | None], str | None]:
    """What SQLite cannot do itself: ``YYYY-MM-DD HH:MM:SS[.fraction]`` of a zone, in UTC.

    An hour that comes twice, or never, is read in standard time, as PostgreSQL does.
    """
    zone = ZoneInfo(timezone)

    def convert(text: str | None) -> str | None:
        try:
            local = datetime.fromisoformat((text or "")[:19])
            offsets = [local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)]
            moved = local - min(offset for offset in offsets if offset is not None)
        except (ValueError, OverflowError):
            # no day of the calendar
            return text
        return moved.isoformat(" ") + (text or "")[19:]

    return convert


def instant(value: Expression, *, local_as_utc: bool = False) -> Expression:
    """A time of any spelling as ``YYYY-MM-DD HH:MM:SS[.fraction]``, in UTC where zoned.

    ``local_as_utc`` moves those without a zone to UTC as well, by ``cachedeps_utc``.
    """
    length = sa.func.length(value)
    spaced = sa.func.replace(value, _raw("'T'"), _raw("' '"))
    plain = sa.case(
        (length == _raw("10"), value.concat(_raw("' 00:00:00'"))),
        (length == _raw("16"), spaced.concat(_raw("':00'"))),
        else_=spaced,
    )
    return sa.case(
        (sa.func.typeof(value) == _raw("'integer'"), _seconds(value)),
        (sa.func.typeof(value) == _raw("'real'"), _fractional(value)),
        *((_like(value, pattern), _shifted(value, n, end(value))) for pattern, n, end in ENDS),
        else_=sa.func.cachedeps_utc(plain) if local_as_utc else plain,
    )


def _shifted(text: Expression, letters: int, offset: Expression) -> Expression:
    """Text that ends in an offset, moved to UTC."""
    rest = sa.func.length(text) - _raw(str(19 + letters))
    fraction = sa.func.rtrim(sa.func.substr(text, _raw("20"), rest))
    to_seconds = sa.func.substr(text, _raw("1"), _raw("19")).concat(offset)
    to_minutes = sa.func.substr(text, _raw("1"), _raw("16")).concat(offset)
    return sa.case(
        (
            sa.func.substr(text, _raw("17"), _raw("1")) == _raw("':'"),
            sa.func.datetime(to_seconds).concat(fraction),
        ),
        else_=sa.func.datetime(to_minutes),
    )


def _seconds(number: Expression) -> Expression:
    """Whole seconds since 1970 in UTC."""
    return sa.func.datetime(number, _raw("'unixepoch'"))


def _fractional(number: Expression) -> Expression:
    cut = sa.cast(number, sa.Integer)
    whole = cut - sa.case((number < cut, 1), else_=0)
    digits = sa.func.printf(_raw("'%.6f'"), number - whole)
    return _seconds(whole).concat(sa.func.substr(digits, _raw("2")))


def trimmed(text: Expression) -> Expression:
    """Text of a time without the zeros at the end of its fraction."""
    bare = sa.func.rtrim(sa.func.rtrim(text, _raw("'0'")), _raw("'.'"))
    return sa.case((sa.func.instr(text, _raw("'.'")) > _raw("0"), bare), else_=text)
