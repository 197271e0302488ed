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
    (opaque_statement.SLUG, opaque_statement.check),
    (guard_evasion.SLUG, guard_evasion.check),
    (blanket_null.SLUG, blanket_null.check),
    (unfiltered_write.SLUG, unfiltered_write.check),
    (range_delete_on_key.SLUG, range_delete_on_key.check),
    (upsert_on_key.SLUG, upsert_on_key.check),
    (irreplaceable_overwrite.SLUG, irreplaceable_overwrite.check),
    (accidental_meaning.SLUG, accidental_meaning.check),
    (needs_preview.SLUG, needs_preview.check),
)
