"""Whether a value that is written into a cache holds nothing, however that is spelled.

What a row decides is not known here, unless everything is taken off it. What no row and no
parameter decides is a constant; of a constant that is calculated instead of written
(``elt(5, 'a')``, ``json_remove('{"a": 1}', '$.a')``) nobody can say why, so it counts as nothing
unless its function always gives something.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from cachedeps.guard.constants import Constants, leaves_nothing
from cachedeps.guard.values import NULL, Known
from cachedeps.parse.foreign.tree import Kind, Node
from cachedeps.parse.vocabulary import words

_EMPTY_TEXTS = frozenset({"", "{}", "[]", "null", "()", '""', "\\x", "{null}"})
# of which a value comes out whatever goes in
_ALWAYS_SOMETHING = words(
    "md5 sha1 sha sha2 sha224 sha256 sha384 sha512 crc32 uuid gen_random_uuid uuid_generate_v4 "
    "uuidv4 uuidv7 uuid_to_bin random rand randomblob now current_timestamp currenttimestamp "
    "current_date currentdate current_time currenttime localtimestamp sysdate getdate curdate "
    "utc_timestamp clock_timestamp statement_timestamp transaction_timestamp unixepoch "
    "unix_timestamp length char_length octet_length count nextval last_insert_id"
)
# of which a value comes out as soon as anything, NULL included, goes in
_SOMETHING_OF_ANYTHING = words(
    "json_object json_array json_build_object json_build_array jsonb_build_object "
    "jsonb_build_array jsonb_object jsonb_array row array row_to_json"
)
# of which something comes out when the first of what goes in is something
_OF_THE_FIRST = words(
    "json jsonb to_json to_jsonb to_tsvector tsvector upper lower initcap reverse hex unhex "
    "quote quote_literal to_base64 encode convert_to compress parse_json format printf "
    "json_set jsonb_set json_insert json_pretty jsonb_pretty json_quote abs round concat_ws "
    "date datetime timestamp to_timestamp to_date to_number to_char array_to_json "
    "date_trunc make_date cast convert"
)
# of which nothing comes out when the first of what goes in is nothing
_KEEPS_NOTHING = words(
    "lower upper lcase ucase initcap trim ltrim rtrim btrim substr substring mid left right "
    "replace reverse repeat regexp_replace regexpreplace translate hex unhex cast convert max min "
    "string_agg group_concat any_value nullif"
)
# of which something may come out although NULL goes in
_NOT_STRICT = words(
    "coalesce ifnull nvl nullif concat concat_ws json_object json_array json_build_object "
    "json_build_array jsonb_build_object jsonb_build_array jsonb_object jsonb_array row array if "
    "iif isnull num_nulls num_nonnulls format printf quote_nullable make_set elt field to_json"
)
_COALESCES = frozenset({"coalesce", "ifnull", "nvl"})
_OF_SEVERAL = frozenset({"greatest", "least", "max", "min"})
_JOINS = frozenset({"concat", "concat_ws", "string_concat"})
# which argument says how much is left
_CUTS = {"lpad": 1, "rpad": 1, "pad": 1, "substring_index": 2}
_STRIPS = frozenset({"trim", "ltrim", "rtrim", "btrim"})
_REPLACES_PATTERN = frozenset({"regexp_replace", "regexpreplace"})
_EVERYTHING = re.compile(r"(?:\(\?[a-z]+\))?\^?(?:\.|\[\\s\\S\]|\[\^\]|\(\.\))[*+]\??\$?")
_OF_NO_ROWS = frozenset({"count", "total", "coalesce", "ifnull", "nvl"})
_CALCULATED = frozenset({Kind.CALL, Kind.OTHER, Kind.CAST, Kind.CONCAT, Kind.ARITHMETIC})
# each doubles the work
_MOST_CASES = 4
_BY_ROW = frozenset({Kind.COLUMN, Kind.STAR, Kind.QUERY, Kind.EXISTS})


class Emptiness:
    """Tells values that hold nothing.

    Args:
        constants: evaluates what no row can change.
    """

    def __init__(self, constants: Constants) -> None:
        self._constants = constants
        # each question once for each node, however often what stands around it asks
        self._answers: dict[tuple[str, int], tuple[Node, bool]] = {}

    def is_nothing(self, value: Node) -> bool:
        """Whether nothing is left, on some row at least, as far as the text tells."""
        return self._once("nothing", value, self._is_nothing)

    def _is_something(self, value: Node) -> bool:
        return self._once("something", value, self._always_holds)

    def _is_constant(self, value: Node) -> bool:
        """Whether neither a row nor a parameter of unknown value has a say."""
        return self._once("constant", value, self._needs_no_row)

    def _once(self, question: str, value: Node, answer: Callable[[Node], bool]) -> bool:
        key = (question, id(value))
        if key not in self._answers:
            # the node is kept, so that its id is no other's
            self._answers[key] = (value, answer(value))
        return self._answers[key][1]

    def _is_nothing(self, value: Node) -> bool:
        found = self._constants.value(value)
        if found is not None:
            return is_empty(found)
        if (arms := self._by_arm(value)) is not None:
            return arms
        how = {
            Kind.CASE: self._by_case,
            Kind.CAST: self._by_first,
            Kind.CONCAT: self._by_joining,
            Kind.CALL: self._by_call,
            Kind.QUERY: self._by_query,
        }.get(value.kind)
        if how is not None and how(value):
            return True
        calculated = value.kind in _CALCULATED and self._is_constant(value)
        return calculated and not self._is_something(value)

    def _by_arm(self, value: Node) -> bool | None:
        """Of ``f(CASE .. THEN a ELSE b END)``, what holds of f(a) or f(b); None of others."""
        if value.kind not in _CALCULATED:
            return None
        cases = [node for node in value.walk(into_queries=False) if node.kind is Kind.CASE]
        inner = next((a for a in value.args if a in cases), None)
        if inner is None or len(cases) > _MOST_CASES or self._constants.value(inner) is not None:
            return None
        return any(
            self.is_nothing(replace(value, args=tuple(r if a is inner else a for a in value.args)))
            for r in results(inner)
        )

    def _by_case(self, value: Node) -> bool:
        return any(map(self.is_nothing, results(value)))

    def _by_first(self, value: Node) -> bool:
        return bool(value.args) and self.is_nothing(value.args[0])

    def _by_query(self, value: Node) -> bool:
        query = value.query
        if query is None or len(query.outputs) != 1:
            return False
        if query.where is not None and self._constants.truth(query.where) is False:
            # without rows it is NULL, unless an aggregate makes something of none
            output = query.outputs[0][1]
            return not any(n.text in _OF_NO_ROWS for n in output.walk() if n.kind is Kind.CALL)
        return self.is_nothing(query.within(query.outputs[0][1]))

    def _by_joining(self, value: Node) -> bool:
        """One NULL is enough, on most databases; an empty text takes nothing away."""
        return any(map(self._may_be_null, value.args)) or all(map(self.is_nothing, value.args))

    def _may_be_null(self, value: Node) -> bool:
        found = self._constants.value(value)
        if found is not None:
            return found == NULL
        if value.kind is Kind.CASE:
            return any(map(self._may_be_null, results(value)))
        return self.is_nothing(value)

    def _by_call(self, value: Node) -> bool:
        """``regexp_replace(x, '.*', '')``, ``lpad(x, 0)``, ``trim(x, x)``, ``concat(NULL, '')``."""
        name, found = value.text, [self._constants.value(arg) for arg in value.args]
        chosen = self._by_choosing(value, found)
        if chosen is not None:
            return chosen
        if name not in _NOT_STRICT and any(map(self._may_be_null, value.args)):
            return True
        if leaves_nothing(value, found):
            return True
        if name in _CUTS and len(found) > _CUTS[name]:
            return _is_zero(found[_CUTS[name]])
        if name in _STRIPS and len(found) == 2 and _reads_a_row(value.args[1]):
            # trim(x, x) takes every character off
            return True
        if name in _REPLACES_PATTERN and _replaces_everything(found):
            return True
        return name in _KEEPS_NOTHING and self._by_first(value)

    def _by_choosing(self, value: Node, found: list[Known | None]) -> bool | None:
        """Of functions that give one of their arguments, or all in a row; None of others."""
        name = value.text
        if name in _COALESCES:
            # of one that is empty, and not NULL, the others get no turn
            left = [a for a, k in zip(value.args, found, strict=True) if k != NULL]
            return not left or self.is_nothing(left[0])
        if name in {"if", "iif"} and len(found) == 3:
            return any(map(self.is_nothing, value.args[1:]))
        if name in _OF_SEVERAL and len(found) > 1:
            # which one is the greatest is the collation's to say
            return any(map(self.is_nothing, value.args))
        return self._joins_nothing(value) if name in _JOINS else None

    def _joins_nothing(self, call: Node) -> bool:
        if call.text == "concat_ws" and call.args and self._may_be_null(call.args[0]):
            return True
        joined = call.args[1:] if call.text == "concat_ws" else call.args
        if call.text == "concat" and Kind.NULL in {arg.kind for arg in joined}:
            # NULL on MySQL; elsewhere the NULL would have no sense
            return True
        return self._by_joining(replace(call, args=joined))

    def _needs_no_row(self, value: Node) -> bool:
        if self._constants.value(value) is not None:
            return True
        if value.kind in _BY_ROW or value.kind is Kind.PARAMETER:
            return False
        return all(map(self._is_constant, value.args))

    def _always_holds(self, value: Node) -> bool:
        found = self._constants.value(value)
        if found is not None:
            return not is_empty(found)
        args = value.args
        if value.kind is Kind.CALL:
            return self._is_something_called(value)
        if value.kind is Kind.CASE:
            return all(map(self._is_something, results(value)))
        if value.kind is Kind.CONCAT:
            return any(map(self._is_something, args)) and all(map(self._is_not_null, args))
        if value.kind is Kind.ARITHMETIC:
            divides = value.text in {"/", "%", "div"}
            zero = divides and _is_zero(self._constants.value(args[-1]))
            return not zero and all(map(self._is_something, args))
        if value.kind is Kind.OTHER and value.text in {"Bracket", "BitString"}:
            return False
        return bool(args) and self._is_something(args[0])

    def _is_something_called(self, call: Node) -> bool:
        name, args = call.text, call.args
        if name in _ALWAYS_SOMETHING:
            return all(map(self._is_not_null, args))
        if name in _SOMETHING_OF_ANYTHING:
            return bool(args)
        if name not in _OF_THE_FIRST | _COALESCES or not args:
            return False
        rest = args[1:] if name not in _COALESCES else ()
        return self._is_something(args[0]) and all(map(self._is_not_null, rest))

    def _is_not_null(self, value: Node) -> bool:
        found = self._constants.value(value)
        return found != NULL if found is not None else self._is_something(value)


def results(case: Node) -> Iterator[Node]:
    """What the arms of a CASE give, that of ELSE last."""
    for arm in case.args:
        yield arm.args[1] if arm.kind is Kind.WHEN else arm


def _reads_a_row(value: Node) -> bool:
    return any(node.kind is Kind.COLUMN for node in value.walk())


def _replaces_everything(found: list[Known | None]) -> bool:
    if len(found) < 3 or found[1] is None or found[2] is None:
        return False
    pattern = found[1].value
    return (
        isinstance(pattern, str)
        and _EVERYTHING.fullmatch(pattern) is not None
        and is_empty(found[2])
    )


def is_empty(found: Known) -> bool:
    """Whether the value is one of the spellings of nothing."""
    held = found.value
    if isinstance(held, str):
        return "".join(held.split()).lower() in _EMPTY_TEXTS
    return held is None


def _is_zero(found: Known | None) -> bool:
    return found is not None and (
        found == NULL or (not isinstance(found.value, str) and found.value == 0)
    )
