"""The rules, in the order in which their findings are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cachedeps.domain.verdict import Objection
from cachedeps.guard.facts import Facts
from cachedeps.guard.rules import (
    accidental_meaning,
    blanket_null,
    guard_evasion,
    irreplaceable_overwrite,
    needs_preview,
    opaque_statement,
    range_delete_on_key,
    unfiltered_write,
    upsert_on_key,
)

Check = Callable[[Facts], Iterator[Objection]]

RULES: tuple[tuple[str, Check], ...] = (
    ("opaque-statement", opaque_statement.check),
    ("guard-evasion", guard_evasion.check),
    ("blanket-null", blanket_null.check),
    ("unfiltered-write", unfiltered_write.check),
    ("range-delete-on-key", range_delete_on_key.check),
    ("upsert-on-key", upsert_on_key.check),
    ("irreplaceable-overwrite", irreplaceable_overwrite.check),
    ("accidental-meaning", accidental_meaning.check),
    ("needs-preview", needs_preview.check),
)
