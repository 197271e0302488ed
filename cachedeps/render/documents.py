"""The JSON documents, version 1: fields may be added, never renamed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cachedeps.domain.finding import Finding, Notice, Refusal
from cachedeps.errors import ApprovalRefusedError, CachedepsError, DeclarationError

Document = dict[str, Any]

VERSION = 1


def head(command: str) -> Document:
    """What every document starts with."""
    return {"version": VERSION, "command": command}


def text_of(document: Mapping[str, object]) -> str:
    """The document as JSON text, ASCII only, so that no terminal or pipe can spoil it."""
    return json.dumps(_finite(document), indent=2, allow_nan=False) + "\n"


def _finite(value: object) -> object:
    """NaN and infinities have no JSON form; they are written as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _finite(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value


def notices(found: Iterable[Notice]) -> list[Document]:
    """Warnings with their stable codes."""
    return [{"code": notice.code, "message": notice.message} for notice in found]


def refusals(found: Iterable[Refusal]) -> list[Document]:
    """Reasons against an approval."""
    return [{"slug": r.slug, "message": r.message, "hint": r.hint} for r in found]


def findings(found: Iterable[object]) -> list[Document]:
    """Findings with the place and the way to mend them."""
    return [
        {"rule": f.rule, "where": f.where, "message": f.message, "fix": f.fix}
        for f in found
        if isinstance(f, Finding)
    ]


def check_document(found: Sequence[Finding]) -> Document:
    """What ``check`` found."""
    return {**head("check"), "findings": findings(found)}


def error_document(command: str, error: CachedepsError, more: Document | None = None) -> Document:
    """Any error; ``more`` are fields of the document that the error stands in the way of."""
    receipt = getattr(error, "receipt_id", None)
    done = {"receipt": receipt, "state": "interrupted"} if receipt else {}
    said: Document = {"slug": error.slug, "message": error.message, "hint": error.hint}
    said |= _details(error)
    return {**(more or {}), **head(command), **done, "error": said}


def _details(error: CachedepsError) -> Document:
    if isinstance(error, DeclarationError):
        return {"problems": findings(error.problems)}
    if isinstance(error, ApprovalRefusedError):
        return {"refusals": refusals(r for r in error.refusals if isinstance(r, Refusal))}
    return {}
