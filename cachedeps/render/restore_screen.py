"""The screen of a restore's preview."""

from __future__ import annotations

from cachedeps.domain.outcome import RestorePreview
from cachedeps.render import amounts
from cachedeps.render.preview_screen import FIRST_OWNERS, Ending
from cachedeps.render.screen import Screen, Style

MOST_KEYS = 20


def restore_screen(preview: RestorePreview, ending: Ending | None = None) -> Screen:
    """What would be put back, and what would be left alone and why."""
    screen = Screen()
    rows = amounts.count(preview.rows, "row")
    screen.line(f"{rows}, {amounts.count(preview.owners.count, 'owner')}", Style.STRONG)
    screen.line(f"{amounts.count(preview.cells, 'cell')} would be put back")
    screen.line()
    screen.facts([("database", preview.database), ("restores", preview.receipt.id)])
    screen.heading("Cells")
    screen.table(
        ("cache", "put back", "regenerated, kept", "row vanished", "already there"),
        [
            (c.cache, str(c.restorable), str(c.regenerated), str(c.vanished), str(c.already))
            for c in preview.caches
        ],
        right=["put back", "regenerated, kept", "row vanished", "already there"],
    )
    _regenerated(screen, preview)
    _owners(screen, preview)
    if preview.statements:
        # they join the journal to the table: exact, and nothing that a person reads
        told = amounts.count(len(preview.statements), "UPDATE")
        screen.heading("SQL")
        screen.line(f"  {told} from the journal, page by page: --json prints the text", Style.DIM)
    if preview.notices:
        screen.heading("Warnings")
    for notice in preview.notices:
        screen.line(f"  [{notice.code}] {notice.message}", Style.WARN)
    _ending(screen, preview, ending or Ending())
    return screen


def _regenerated(screen: Screen, preview: RestorePreview) -> None:
    keys = preview.regenerated_keys
    if keys:
        screen.heading("Regenerated since, kept")
        for cache, key in keys[:MOST_KEYS]:
            screen.line(f"  {cache} {amounts.key(key)}")
        rest = len(keys) - MOST_KEYS
        if rest > 0:
            screen.line(f"  ... and {rest} more: --json lists them all", Style.DIM)
    if preview.taken_keys:
        screen.heading("Keys taken by other rows, not put back")
        for key in preview.taken_keys[:MOST_KEYS]:
            screen.line(f"  {amounts.key(key)}")
        rest = len(preview.taken_keys) - MOST_KEYS
        if rest > 0:
            screen.line(f"  ... and {rest} more: --json lists them all", Style.DIM)


def _owners(screen: Screen, preview: RestorePreview) -> None:
    owners = preview.owners
    if owners.count:
        screen.heading(f"Owners ({owners.count})")
    for label in owners.labels[:FIRST_OWNERS]:
        screen.line(f"  {label}")
    rest = owners.count - min(len(owners.labels), FIRST_OWNERS)
    if rest > 0:
        screen.line(f"  ... and {rest} more: --json lists them all", Style.DIM)


def _ending(screen: Screen, preview: RestorePreview, ending: Ending) -> None:
    screen.line()
    screen.facts([*ending.settings, ("digest", preview.digest)])
    if ending.next_step:
        screen.line()
        screen.spans(("Next: ", Style.STRONG), (ending.next_step, Style.CODE))
