"""From parsed TOML to a ``Document``, with every key and type that is wrong told at once.

What is wrong is taken out (a misspelt key is taken for the key it resembles), so that the
meaning of the rest can be checked in the same run.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from cachedeps.config.document import TAGS, WRONG_FORM, Document
from cachedeps.config.nearest import did_you_mean, nearest
from cachedeps.config.problems import Place, Problems, dotted

# each round mends every problem that is visible; few files need a second one
MOST_ROUNDS = 20

_WANTED = {
    "string_type": "a string",
    "int_type": "an integer",
    "bool_type": "true or false",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}
_SHOWN = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    list: "a list",
    dict: "a table",
}


def read_shape(raw: dict[str, Any], problems: Problems) -> Document:
    """The document, without the parts that ``problems`` now holds a complaint about."""
    rest = raw
    for _ in range(MOST_ROUNDS):
        try:
            return Document.model_validate(rest)
        except ValidationError as error:
            if rest is raw:
                rest = copy.deepcopy(raw)
            for detail in reversed(error.errors(include_url=False)):
                _tell(detail, problems)
                _mend(rest, detail)
    return Document.model_validate({})


def _place(detail: ErrorDetails) -> Place:
    return tuple(part for part in detail["loc"] if part not in TAGS)


def _tell(detail: ErrorDetails, problems: Problems) -> None:
    place, kind = _place(detail), detail["type"]
    if kind == "extra_forbidden":
        known = known_keys(detail["loc"][:-1])
        key = str(place[-1])
        owner = f"[{dotted(place[:-1])}]" if place[:-1] else "the file"
        hint = did_you_mean(key, known) or f"known keys: {', '.join(known)}"
        problems.add("unknown-key", place, f'{owner} has no key "{key}"; {hint}')
    elif kind == "missing":
        if any(told.place[: len(place)] == place for told in problems.found):
            return  # it was there, and has been complained about
        message = f'the key "{place[-1]}" is missing'
        problems.add("missing-key", place[:-1], message, fix=f"add {place[-1]} = ...")
    elif kind in _WANTED or kind == WRONG_FORM:
        wanted = _WANTED.get(kind) or detail["msg"]
        found = _SHOWN.get(type(detail["input"]), "a date or time")
        problems.add("wrong-type", place, f"{wanted} is wanted here, not {found}")
    elif kind == "literal_error":
        _tell_choice(detail, place, problems)
    else:
        message = detail["msg"].replace("Input should be", "the value must be")
        problems.add("wrong-value", place, message)


def _tell_choice(detail: ErrorDetails, place: Place, problems: Problems) -> None:
    expected = detail.get("ctx", {}).get("expected", "")
    hint = did_you_mean(str(detail["input"]), re.findall("'([^']*)'", expected))
    message = f"the value must be {expected}"
    problems.add("wrong-value", place, f"{message}; {hint}" if hint else message)


def _mend(rest: dict[str, Any], detail: ErrorDetails) -> None:
    """Takes out what is wrong, so that the next round sees the rest."""
    place = _place(detail)
    in_a_path = isinstance(place[-1], int) and place[-2] != "depends_on"
    if detail["type"] == "missing" or in_a_path:
        place = place[:-1]
    if not place:
        return
    holder: Any = rest
    for key in place[:-1]:
        try:
            holder = holder[key]
        except (KeyError, IndexError, TypeError):
            return  # an enclosing part is out already
    _take_out(holder, place, detail)


def _take_out(holder: Any, place: Place, detail: ErrorDetails) -> None:
    key = place[-1]
    if isinstance(holder, list) and isinstance(key, int) and key < len(holder):
        del holder[key]
    elif isinstance(holder, dict) and key in holder:
        value = holder.pop(key)
        if detail["type"] == "extra_forbidden":
            meant = nearest(str(key), known_keys(detail["loc"][:-1]))
            if meant:
                holder.setdefault(meant, value)
        elif detail["type"] in {"dict_type", "model_type"} and len(place) in {2, 4}:
            holder[key] = {}  # the name exists, whatever is wrong with what it says


def known_keys(loc: Iterable[str | int]) -> tuple[str, ...]:
    """The keys that are known at a place of the file, in the order of the grammar."""
    model: type[BaseModel] = Document
    names_follow = False
    for part in loc:
        if names_follow or part in TAGS or isinstance(part, int):
            names_follow = False
            continue
        field = _fields(model).get(str(part))
        inner = _models(field.annotation) if field else []
        if field is None or not inner:
            return ()
        model, names_follow = inner[0], get_origin(field.annotation) is dict
    return tuple(_fields(model))


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]
