"""Plan files: a preview without people, saved for a later apply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cachedeps.actions.private_file import PLAN_FILE, check_replaceable, private_file
from cachedeps.domain.model import ResetKind
from cachedeps.domain.outcome import Owners, Preview, TableTarget
from cachedeps.domain.seal import seal
from cachedeps.domain.wire import decode, digest, encode
from cachedeps.errors import PlanFileError

VERSION = 1
HOW = "cachedeps invalidate ... -o FILE makes a plan"


def write_plan(seen: Preview, path: Path) -> None:
    """Saves a preview, readable by its owner only, without any e-mail address or value.

    The file appears whole or not at all.

    Raises:
        PlanFileError: the file cannot be written.
        UsageError: there is another file, which is no plan.
    """
    counted = replace(seen.owners, labels=(), cut=True)
    body = encode(replace(seen, owners=counted, sample=()))
    document = {"version": VERSION, "file": PLAN_FILE, "sum": digest(body), "preview": body}
    check_replaceable(path, by_plan=True)
    try:
        with private_file(path) as handle:
            json.dump(document, handle, indent=1)
            handle.write("\n")
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise PlanFileError(message, hint="choose another place with -o") from None


def read_plan(path: Path) -> Preview:
    """Reads a saved preview.

    Raises:
        PlanFileError: there is no such file, it is no plan, or it was changed by hand.
    """
    document = _document(path)
    if document.get("version") != VERSION:
        message = f"{path} has version {document.get('version')}, this cachedeps reads {VERSION}"
        raise PlanFileError(message, hint="plan again")
    if document.get("sum") != digest(document["preview"]):
        message = f"{path} was changed after it was written"
        raise PlanFileError(message, hint="plan files are not for editing: plan again")
    try:
        found: Preview = decode(Preview, document["preview"])
    except (ValueError, TypeError, KeyError) as error:
        message = f"{path} does not hold a plan: {error}"
        raise PlanFileError(message, hint="plan again") from None
    sealed = seal(found.plan, found.database, found.tables, found.fingerprint)
    if found.digest != sealed or not _adds_up(found):
        message = f"{path} was changed after it was written: its digest does not fit"
        raise PlanFileError(message, hint="plan files are not for editing: plan again")
    return replace(found, owners=replace(found.owners or Owners(), labels=()))


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise PlanFileError(message, hint=HOW) from None
    except ValueError as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error
        message = f"{path} is no plan file: {reason}"
        raise PlanFileError(message, hint=HOW) from None
    except RecursionError:
        message = f"{path} is no plan file: it is nested too deeply"
        raise PlanFileError(message, hint=HOW) from None
    if not isinstance(document, dict) or "preview" not in document:
        message = f"{path} is no plan file"
        raise PlanFileError(message, hint=HOW)
    return document


def _adds_up(found: Preview) -> bool:
    """Whether the numbers that people approve are those of the cells that would be written."""
    totals = {target.table: target for target in found.tables}
    return (
        found.page_rows > 0
        and found.fingerprint in {"values", "sizes"}
        and found.rows == sum(target.rows for target in found.tables)
        and all(t.rows == sum(page.rows for page in t.pages) for t in found.tables)
        and found.cells == sum(cache.rows for cache in found.caches)
        and all(_counted(found, totals, name) for name in totals)
    )


def _counted(found: Preview, totals: Mapping[str, TableTarget], name: str) -> bool:
    """The same for the caches of one table; a shared stamp counts once for several caches."""
    writes = [
        write
        for write in found.plan.writes
        if write.table == name and write.kind is not ResetKind.REFRESH
    ]
    pages = totals[name].pages
    if any(len(page.counts) != len(writes) for page in pages):
        return False
    counts = [sum(page.counts[place].rows for page in pages) for place in range(len(writes))]
    return all(
        found.rows_of(write.caches[0]) == count
        for write, count in zip(writes, counts, strict=True)
        if len(write.caches) == 1
    )
