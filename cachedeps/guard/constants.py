"""What can be said of an expression without looking at any row.

A condition that no row can change chooses all rows or none: ``1 = 1``, ``x = x``,
``x OR NOT x``, ``'%' LIKE`` and the like are no row choice, however they are spelled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from cachedeps.guard.values import (
    FALSE,
    NULL,
    TRUE,
    Known,
    calculated,
    compared,
    is_whole,
    truthy,
)
from cachedeps.parse.foreign.tree import Kind, Node

_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
Params = Mapping[str, object]
_UNSTEADY = frozenset(
    {"random", "rand", "randomblob", "uuid", "gen_random_uuid", "nextval", "clock_timestamp"}
)
_NEVER_NEGATIVE = frozenset({"length", "char_length", "octet_length", "abs", "count"})
_OF_TEXT: dict[str, Callable[[list[str]], str]] = {
    "concat": "".join,
    "lower": lambda texts: texts[0].lower(),
    "upper": lambda texts: texts[0].upper(),
    "trim": lambda texts: texts[0].strip(),
}
# other functions may be aggregates, too, and give something
_NULL_OF_NO_ROWS = frozenset({"max", "min", "sum", "avg"})
_NULL_IF_ANY_NULL = frozenset(
    [
        "lower",
        "upper",
        "trim",
        "abs",
        "length",
        "substr",
        "substring",
        "mid",
        "left",
        "right",
        "repeat",
        "replace",
        "md5",
    ]
)


class Constants:
    """Evaluates expressions as far as that is possible without rows.

    Args:
        params: values of placeholders, by name or by ``p__N``; others are unknown.
    """

    def __init__(self, params: Params) -> None:
        self._params = params

    def value(self, node: Node) -> Known | None:
        """The value of an expression; None where it depends on a row or is unknown."""
        return _EVALUATE.get(node.kind, Constants._unknown)(self, node)

    def truth(self, node: Node) -> bool | None:
        """What a condition says of every row; None where rows differ or it is not known.

        Only for conditions that rows are chosen by: what is NULL chooses none, so that
        ``x = x`` may pass for true here, as it may not within another expression.
        """
        if node.kind in {Kind.AND, Kind.OR}:
            found = [self.truth(arg) for arg in node.args]
            decides = node.kind is Kind.OR
            if decides in found or (decides and _covers_all(node.args)):
                return decides
            return None if None in found else not decides
        if (same := self._of_itself(node)) is not None:
            return same
        value = self.value(node)
        return None if value is None else truthy(value.value)

    def _of_itself(self, node: Node) -> bool | None:
        """``x = x``, ``x < x``, ``x IN (x, y)``, ``x LIKE '%'``, ``length(x) >= 0``."""
        if node.kind is Kind.COMPARE:
            left, right = node.args
            if node.text in {"=", "<=", ">="} and self._bare(left) == self._bare(right):
                left = right
            if left == right and steady(left) and left.kind is not Kind.NULL:
                return node.text in {"=", "<=", ">=", "<=>"}
            return True if _cannot_fail(left, node.text, self.value(right)) else None
        if node.kind in {Kind.IN, Kind.BETWEEN} and node.query is None and not node.text:
            tested, *others = node.args
            needed = any if node.kind is Kind.IN else all
            return True if needed(o == tested for o in others) and steady(tested) else None
        if node.kind is Kind.LIKE and len(node.args) > 1:
            pattern = self.value(node.args[1])
            text = pattern.value if pattern is not None else None
            return True if isinstance(text, str) and _fits_all(node.text, text) else None
        return None

    def _bare(self, node: Node) -> Node:
        """``x`` of ``x + 0``, ``x * 1``, ``coalesce(NULL, x)`` and ``x::bigint``."""
        if node.kind is Kind.ARITHMETIC and len(node.args) == 2:
            left, right = node.args
            nothing = {"+": 0, "-": 0, "*": 1, "/": 1, "|": 0, "^": 0, "<<": 0, ">>": 0}.get(
                node.text
            )
            for one, other in ((left, right), (right, left)):
                found = self.value(other)
                if found is None or found.value is None or found.value != nothing:
                    continue
                if other is right or node.text in {"+", "*", "|", "^"}:
                    return self._bare(one)
        if node.kind is Kind.CAST:
            return self._bare(node.args[0])
        if node.kind is Kind.CALL and node.text in {"coalesce", "ifnull", "nvl"}:
            known = [arg for arg in node.args if self.value(arg) != NULL]
            if known and self.value(known[0]) is None:
                # where it is NULL itself, the row is not chosen by an equality with it
                return self._bare(known[0])
        return node

    def is_many(self, node: Node) -> bool:
        """Whether a parameter stands for several values."""
        return any(
            part.kind is Kind.PARAMETER
            and isinstance(self._params.get(part.text), list | tuple | set | frozenset)
            for part in node.walk()
        )

    def _unknown(self, node: Node) -> Known | None:
        return None

    def _literal(self, node: Node) -> Known | None:
        if node.kind is Kind.NUMBER:
            try:
                return Known(Decimal(node.text))
            except InvalidOperation:
                return None
        return Known(node.text)

    def _parameter(self, node: Node) -> Known | None:
        if node.text not in self._params:
            return None
        value = self._params[node.text]
        if value is None or isinstance(value, bool | str):
            return Known(value)
        if isinstance(value, int | float | Decimal):
            number = Decimal(str(value))
            return Known(number) if number.is_finite() else None
        return None

    def _and(self, node: Node) -> Known | None:
        return self._all(node, decides=False)

    def _or(self, node: Node) -> Known | None:
        return self._all(node, decides=True)

    def _all(self, node: Node, *, decides: bool) -> Known | None:
        """AND is false where one is, OR is true where one is; else NULL where one is."""
        found = [self.value(arg) for arg in node.args]
        truths = [None if f is None else truthy(f.value) for f in found]
        known = [t for f, t in zip(found, truths, strict=True) if f is not None and f != NULL]
        if decides in known:
            return Known(decides)
        if any(f is None or (t is None and f != NULL) for f, t in zip(found, truths, strict=True)):
            return None
        return NULL if NULL in found else Known(not decides)

    def _not(self, node: Node) -> Known | None:
        found = self.value(node.args[0])
        if found is None or found.value is None:
            return found
        true = truthy(found.value)
        return None if true is None else Known(not true)

    def _compare(self, node: Node) -> Known | None:
        a, b = (self.value(arg) for arg in node.args)
        if node.text in {"<=>", "is distinct"}:
            if a is None or b is None or isinstance(a.value, bool) != isinstance(b.value, bool):
                # SQLite takes IS NOT DISTINCT FROM TRUE for a question of truth
                return None
            equal = Known(a == b) if NULL in (a, b) else compared(a.value, "=", b.value)
            return None if equal is None else Known((equal == TRUE) == (node.text == "<=>"))
        if NULL in (a, b):
            return NULL
        if a is None or b is None:
            return None
        return compared(a.value, node.text, b.value)

    def _is(self, node: Node) -> Known | None:
        found, wanted = (self.value(arg) for arg in node.args)
        if found is None or wanted is None:
            return None
        if wanted.value is None or found.value is None:
            return Known(found == wanted)
        a, b = truthy(found.value), truthy(wanted.value)
        return None if a is None or b is None else Known(a == b)

    def _in(self, node: Node) -> Known | None:
        if node.query is not None or node.text:
            return None
        tested, *choices = node.args
        equal = tuple(Node(Kind.COMPARE, "=", (tested, choice)) for choice in choices)
        return self._or(Node(Kind.OR, args=equal))

    def _between(self, node: Node) -> Known | None:
        tested, low, high = node.args
        pair = (
            Node(Kind.COMPARE, ">=", (tested, low)),
            Node(Kind.COMPARE, "<=", (tested, high)),
        )
        return self._and(Node(Kind.AND, args=pair))

    def _like(self, node: Node) -> Known | None:
        found = [self.value(arg) for arg in node.args]
        if NULL in found:
            return NULL
        a, b = (*found, None, None)[:2]
        if node.text not in {"like", "ilike"} or a is None or b is None:
            return None
        if not isinstance(b.value, str) or set("%_\\") & set(b.value):
            return None
        return compared(a.value, "=", b.value)

    def _case(self, node: Node) -> Known | None:
        reachable: list[Known | None] = []
        for arm in node.args:
            if arm.kind is not Kind.WHEN:
                reachable.append(self.value(arm))
                break
            condition = self.value(arm.args[0])
            chosen = None if condition is None else truthy(condition.value)
            if chosen is False:
                continue
            reachable.append(self.value(arm.args[1]))
            if chosen:
                break
        return reachable[0] if all(found == reachable[0] for found in reachable) else None

    def _cast(self, node: Node) -> Known | None:
        found = self.value(node.args[0])
        if found is None or found.value is None:
            return found
        if "bool" in node.text:
            true = truthy(found.value)
            return None if true is None else Known(true)
        # what a number becomes as text, and text as a number, differs
        return found if isinstance(found.value, str) and _is_of_text(node.text) else None

    def _arithmetic(self, node: Node) -> Known | None:
        found = [self.value(arg) for arg in node.args]
        if NULL in found:
            return NULL
        numbers = [f.value for f in found if f is not None and isinstance(f.value, Decimal)]
        if len(numbers) != len(node.args) or not all(map(is_whole, numbers)):
            return None
        return calculated(node.text, numbers)

    def _concat(self, node: Node) -> Known | None:
        found = [self.value(arg) for arg in node.args]
        if NULL in found:
            return NULL
        texts = [f.value for f in found if f is not None and isinstance(f.value, str)]
        return Known("".join(texts)) if len(texts) == len(found) else None

    def _call(self, node: Node) -> Known | None:
        found = [self.value(arg) for arg in node.args]
        if node.text in {"coalesce", "ifnull", "nvl"}:
            return _first_not_null(found)
        if node.text == "nullif" and len(node.args) == 2:
            return self._nullif(node, found)
        if node.text in _NULL_IF_ANY_NULL and NULL in found:
            return NULL
        if found and found[0] is not None and leaves_nothing(node, found):
            return Known("")
        known = [f.value for f in found if f is not None and isinstance(f.value, str)]
        alone = len(found) == 1 or node.text == "concat"
        if node.text in _OF_TEXT and alone and len(known) == len(found) and known:
            return Known(_OF_TEXT[node.text](known))
        return None

    def _nullif(self, node: Node, found: list[Known | None]) -> Known | None:
        if node.args[0] == node.args[1] and steady(node.args[0]):
            return NULL
        a, b = found
        if a is None or b is None:
            return NULL if a == NULL else None
        equal = FALSE if NULL in (a, b) else compared(a.value, "=", b.value)
        return None if equal is None else (NULL if equal == TRUE else a)

    def _query(self, node: Node) -> Known | None:
        query = node.query
        if query is None or len(query.outputs) != 1 or query.parts:
            return None
        # of no rows a scalar query is NULL, so what is NULL on every row is NULL altogether
        output = query.within(query.outputs[0][1])
        none = query.where is not None and self.truth(query.where) is False
        if none and _is_null_of_no_rows(output):
            return NULL
        found = self.value(output)
        plain = query.where is None and not query.sources and not query.limited
        return found if found == NULL or plain else None


_EVALUATE = {
    Kind.TEXT: Constants._literal,
    Kind.NUMBER: Constants._literal,
    Kind.NULL: lambda _self, _node: NULL,
    Kind.TRUE: lambda _self, _node: TRUE,
    Kind.FALSE: lambda _self, _node: FALSE,
    Kind.PARAMETER: Constants._parameter,
    Kind.AND: Constants._and,
    Kind.OR: Constants._or,
    Kind.NOT: Constants._not,
    Kind.COMPARE: Constants._compare,
    Kind.IS: Constants._is,
    Kind.IN: Constants._in,
    Kind.BETWEEN: Constants._between,
    Kind.LIKE: Constants._like,
    Kind.CASE: Constants._case,
    Kind.CAST: Constants._cast,
    Kind.ARITHMETIC: Constants._arithmetic,
    Kind.CONCAT: Constants._concat,
    Kind.CALL: Constants._call,
    Kind.QUERY: Constants._query,
}


def _fits_all(how: str, pattern: str) -> bool:
    """Whether a pattern fits every text, or every text that is not empty."""
    if how in {"like", "ilike", "similarto"}:
        return (
            bool(pattern) and not pattern.strip("%_") and pattern.count("_") < 2 and "%" in pattern
        )
    if how == "glob":
        return pattern == "*"
    if how in {"regexplike", "regexpilike"}:
        return (
            pattern in {"", "^", "$", "."} or re.fullmatch(r"\^?\.[*+]\??\$?", pattern) is not None
        )
    return False


def _cannot_fail(left: Node, operator: str, least: Known | None) -> bool:
    """``length(x) >= 0`` and the like."""
    if operator not in {">", ">="} or left.kind is not Kind.CALL or least is None:
        return False
    return left.text in _NEVER_NEGATIVE and compared(Decimal(0), operator, least.value) == TRUE


def _is_null_of_no_rows(output: Node) -> bool:
    """Whether a sub-select without rows gives NULL for it, as ``coalesce(max(x), 1)`` does not."""
    if output.kind is Kind.CALL and output.text in _NULL_OF_NO_ROWS:
        return not any(node.kind is Kind.CALL for arg in output.args for node in arg.walk())
    return not any(node.kind in {Kind.CALL, Kind.OTHER} for node in output.walk())


def leaves_nothing(node: Node, found: list[Known | None]) -> bool:
    """``left(x, 0)``, ``substr(x, 1, 0)``, ``replace(x, x, '')``: no character, or NULL of NULL."""
    last, name = (found or [None])[-1], node.text
    none = last is not None and last.value == 0 and not isinstance(last.value, str)
    if name in {"left", "right", "repeat"} and len(found) == 2:
        return none or (name == "repeat" and found[0] == Known(""))
    if name in {"substring", "substr", "mid"}:
        return len(found) == 3 and none
    return (
        name == "replace"
        and len(found) == 3
        and node.args[0] == node.args[1]
        and last == Known("")
    )


def _is_of_text(type_name: str) -> bool:
    """A type that leaves a text as it is: no length that cuts it, no blanks that fill it up."""
    return type_name in {"text", "varchar", "character varying", "longtext", "string", "name"}


def _first_not_null(found: list[Known | None]) -> Known | None:
    for one in found:
        if one != NULL:
            return one
    return NULL


def _covers_all(arms: tuple[Node, ...]) -> bool:
    """X OR NOT x; x < 5 OR x >= 5; x IS NULL OR x IS NOT NULL."""
    known = frozenset(arms)
    return any(_negated(arm) in known for arm in arms)


def _negated(node: Node) -> Node | None:
    if node.kind is Kind.NOT:
        return node.args[0]
    if node.kind is Kind.COMPARE and node.text in _OPPOSITE:
        return Node(Kind.COMPARE, _OPPOSITE[node.text], node.args)
    return Node(Kind.NOT, args=(node,))


def steady(node: Node) -> bool:
    """Whether the expression gives the same value when it is read twice."""
    return not any(n.kind is Kind.CALL and n.text in _UNSTEADY for n in node.walk())
