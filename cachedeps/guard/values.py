"""Values that an expression may have on every row, and what databases agree on about them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

# beyond this a database may go over to floating point
LARGEST = 10**15
Value = None | bool | Decimal | str


@dataclass(frozen=True, slots=True)
class Known:
    """An expression's value, the same for every row; None stands for NULL."""

    value: Value


NULL = Known(None)
TRUE = Known(value=True)
FALSE = Known(value=False)


def truthy(value: Value) -> bool | None:
    """Whether a WHERE takes the value for true; None where databases differ."""
    if not isinstance(value, str):
        return bool(value)
    number = number_of(value)
    if number is not None:
        return bool(number)
    # 'true' is true on PostgreSQL, and 0 elsewhere
    return False if value.lower() in {"f", "false", "n", "no", "off"} else None


def is_whole(number: Decimal) -> bool:
    """A whole number of which no database makes anything else."""
    return abs(number) < LARGEST and number == int(number)


def number_of(value: Value) -> Decimal | None:
    """The number that a value is or spells; None where it is none."""
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, str):
        try:
            number = Decimal(value.strip())
        except InvalidOperation:
            return None
        return number if number.is_finite() else None
    return value


def compared(a: Value, operator: str, b: Value) -> Known | None:
    """The result of a comparison; None where databases may differ."""
    if isinstance(a, str) and isinstance(b, str):
        return _texts_compared(a, operator, b)
    if isinstance(a, str) or isinstance(b, str):
        # text beside a number is read in as many ways as there are databases
        return None
    a, b = number_of(a), number_of(b)
    if a is None or b is None:
        return None
    tests = {"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}
    return Known(tests[operator]) if operator in tests else None


def _texts_compared(a: str, operator: str, b: str) -> Known | None:
    """Which texts are equal, and which comes first, is the collation's to say."""
    if a == b:
        return Known(operator in {"=", "<=", ">="})
    alike = a.strip().casefold() == b.strip().casefold() or not (a + b).isascii()
    return None if alike or operator not in {"=", "<>"} else Known(operator == "<>")


def calculated(operator: str, numbers: list[Decimal]) -> Known | None:
    """The result of a calculation with whole numbers; None where databases may differ."""
    if len(numbers) == 1:
        return Known(-numbers[0]) if operator == "-" else None
    a, b = numbers
    if operator in {"/", "%", "div"} and (not b or a % b):
        return None
    try:
        return Known(
            {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "%": lambda: a % b,
             "/": lambda: a / b}[operator]()
        )  # fmt: skip
    except (KeyError, ArithmeticError):
        return None
