"""Shows a plan file. It can always be shown; whether it is stale needs the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cachedeps.actions.planfile import read_plan
from cachedeps.cli import exits, terminal
from cachedeps.cli.call import config_arguments, said
from cachedeps.cli.writing import with_people
from cachedeps.domain.outcome import Drift, Preview
from cachedeps.errors import CachedepsError
from cachedeps.project import load
from cachedeps.render.preview_document import drift_document, preview_document
from cachedeps.render.preview_screen import Ending, preview_screen
from cachedeps.render.receipt_screen import drift_screen
from cachedeps.render.screen import Screen, Style


@dataclass(frozen=True, slots=True)
class Comparison:
    """A plan beside the live database; ``drift`` is None where they cannot be compared."""

    seen: Preview
    drift: Drift | None
    reason: str = ""


def show_plan(path: Path, config: Path | None, *, as_json: bool) -> int:
    """Prints a plan file and how the live target differs from it.

    Raises:
        PlanFileError: the file cannot be read, or was changed.
    """
    found = _compare(read_plan(path), config)
    if as_json:
        document = preview_document("show", found.seen)
        document["stale"] = None if found.drift is None else bool(found.drift)
        document["drift"] = None if found.drift is None else drift_document(found.drift)
        document["not_compared"] = found.reason
        terminal.show_document(document)
        return exits.DONE
    usable = found.drift is not None and not found.drift and not found.seen.refusals
    next_step = said("apply", str(path), *config_arguments(config)) if usable else ""
    screen = _freshness(found)
    screen.line()
    screen.extend(preview_screen(found.seen, Ending(next_step, "--json lists them all")))
    terminal.show(screen)
    return exits.DONE


def _compare(seen: Preview, config: Path | None) -> Comparison:
    try:
        project = load(config)
        if seen.plan.declaration != project.declaration.digest:
            reason = "the declaration has changed since the plan was made"
            return Comparison(seen, Drift(other=(reason,)))
        with project.connect() as database, terminal.reading(database.name):
            if database.name != seen.database:
                reason = f"the plan is for {seen.database}, the declaration names {database.name}"
                return Comparison(seen, None, reason)
            return Comparison(with_people(database, seen), database.drift(seen))
    except CachedepsError as error:
        return Comparison(seen, None, error.message)


def _freshness(found: Comparison) -> Screen:
    if found.drift is not None:
        return drift_screen(found.drift)
    screen = Screen()
    screen.line(f"Whether the plan is stale is not known: {found.reason}", Style.WARN)
    return screen
