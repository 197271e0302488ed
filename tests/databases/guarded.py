"""The statements that a preview prints are judged like anybody's."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cachedeps


def assert_passes(config: Path, dialect: str, caches: Iterable[dict[str, Any]]) -> None:
    """No printed statement is refused, but for the only copy of a value: that wants a plan.

    Args:
        config: the declaration.
        dialect: the database that the statements are for.
        caches: the ``invalidate`` part of a preview's document.
    """
    project = cachedeps.load(config)
    irreplaceable = only_copies(config)
    for part in caches:
        if not part["sql"]:
            continue
        verdict = project.guard(part["sql"], dialect=dialect, params=part["params"])
        rules = {found.rule for found in verdict.findings}
        if part["cache"] in irreplaceable:
            assert rules == {"irreplaceable-overwrite"}, (part["sql"], verdict)
        else:
            assert rules <= {"needs-preview"}, (part["sql"], verdict)


def only_copies(config: Path) -> set[str]:
    """The caches that are declared irreplaceable."""
    tables = tomllib.loads(config.read_text(encoding="utf-8"))["tables"]
    return {
        f"{table}.{name}"
        for table, declared in tables.items()
        for name, settings in declared.get("caches", {}).items()
        if settings.get("irreplaceable")
    }
