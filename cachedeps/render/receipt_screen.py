"""Screens of what was done: receipts, drift, the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cachedeps.domain.outcome import Drift, Receipt
from cachedeps.domain.rows import KeyValues
from cachedeps.render import amounts
from cachedeps.render.screen import Screen, Style

MOST_KEYS = 20
UNFINISHED = ("interrupted", "running")
STATE_STYLES = {"done": Style.GOOD, "interrupted": Style.BAD, "running": Style.WARN}


def receipt_screen(
    receipt: Receipt,
    still_old: Mapping[str, tuple[int, int]] | None = None,
    *,
    resume: str = "",
) -> Screen:
    """What a run did, and how to undo it or, with the command ``resume``, to go on."""
    screen = Screen()
    done = f"{amounts.count(receipt.rows, 'row')}, {amounts.count(receipt.cells, 'cell')}"
    if receipt.statement:
        done = f"{amounts.count(receipt.rows, 'row')}, {receipt.cells} with all that hung on them"
    screen.spans(
        (f"{receipt.command} ", Style.STRONG),
        (receipt.state, STATE_STYLES.get(receipt.state, Style.PLAIN)),
        (f": {done}", Style.STRONG),
    )
    screen.facts(_facts(receipt))
    if receipt.caches:
        # a run of a statement counts rows of tables, all else cells of caches
        what, unit = ("table", "rows") if receipt.statement else ("cache", "cells")
        screen.heading(unit.capitalize())
        screen.table((what, unit), [(c, str(n)) for c, n in receipt.caches], right=[unit])
    if receipt.statement:
        screen.heading("SQL")
        screen.block(receipt.statement.strip(), Style.CODE)
    for cache, (old, total) in (still_old or {}).items():
        screen.line(f"  {cache}: {old} of {amounts.count(total, 'cell')} still hold the old value")
    for note in receipt.notes:
        screen.line(f"  note: {note}", Style.WARN)
    _left_alone(screen, receipt)
    screen.line()
    for step in next_steps(receipt, resume):
        screen.spans(("Next: ", Style.STRONG), (step, Style.CODE))
    return screen


def _facts(receipt: Receipt) -> list[tuple[str, str]]:
    facts = [("receipt", receipt.id), ("database", receipt.database), ("by", receipt.by)]
    facts.append(("started", receipt.started_at))
    if receipt.finished_at:
        facts.append(("finished", receipt.finished_at))
    facts.append(("pages", f"{receipt.pages_done} of {receipt.pages_total}"))
    if receipt.restores:
        facts.append(("restores", receipt.restores))
    if receipt.undone_by:
        facts.append(("undone by", _undone_by(receipt)))
    return [(name, value) for name, value in facts if value]


def _undone_by(receipt: Receipt) -> str:
    """The restore's id and, where it did not put everything back, how much of it."""
    if receipt.put_back >= receipt.cells:
        return f"{receipt.undone_by}"
    return f"{receipt.undone_by} ({receipt.put_back} of {receipt.cells} cells)"


def _left_alone(screen: Screen, receipt: Receipt) -> None:
    if receipt.kept_regenerated:
        number = amounts.count(receipt.kept_regenerated, "cell")
        screen.line(f"  {number} kept: regenerated since", Style.WARN)
    if receipt.vanished:
        number = amounts.count(receipt.vanished, "row")
        screen.line(f"  {number} vanished: nothing to put back into", Style.WARN)
    if receipt.taken_keys:
        shown = ", ".join(amounts.key(key) for key in receipt.taken_keys[:MOST_KEYS])
        rest = len(receipt.taken_keys) - MOST_KEYS
        more = f" ... and {rest} more: --json lists them all" if rest > 0 else ""
        screen.line(f"  keys taken by other rows, not put back: {shown}{more}", Style.WARN)


def next_steps(receipt: Receipt, resume: str = "") -> list[str]:
    """The commands that undo this run, or go on with it where it ended early."""
    if receipt.state == "done":
        left = receipt.cells > receipt.put_back
        return [f"cachedeps restore {receipt.id}"] if left else []
    if receipt.undone_by or receipt.state not in UNFINISHED:
        return []
    go_on = resume or {
        "apply": "cachedeps apply PLAN, or plan again",
        "restore": f"cachedeps restore {receipt.restores} --apply",
    }.get(receipt.command, f"cachedeps {receipt.command}")
    return [
        f"{go_on}   (goes on; what is done is not touched again)",
        f"cachedeps restore {receipt.id}   (undoes what is done)",
    ]


def drift_screen(drift: Drift) -> Screen:
    """How a plan's target differs from its preview, or that it does not."""
    screen = Screen()
    if not drift:
        screen.line("The plan is current: the target is as it was previewed.", Style.GOOD)
        return screen
    screen.line("The plan is stale: the target differs from the preview.", Style.BAD)
    for name, cells in (
        ("joined", drift.joined),
        ("left", drift.left),
        ("changed", drift.changed),
    ):
        if cells:
            screen.line(f"  {name}: {_cells(cells)}")
    for page in drift.pages:
        screen.line(f"  differs: {page}")
    for other in drift.other:
        screen.line(f"  {other}")
    return screen


def _cells(cells: Sequence[tuple[str, KeyValues]]) -> str:
    shown = ", ".join(f"{cache} {amounts.key(key)}" for cache, key in cells[:MOST_KEYS])
    rest = len(cells) - MOST_KEYS
    more = f" ... and {rest} more: --json lists them all" if rest > 0 else ""
    return f"{amounts.count(len(cells), 'cell')}: {shown}{more}"


def history_screen(receipts: Sequence[Receipt]) -> Screen:
    """Every run, as the journal has it."""
    screen = Screen()
    if not receipts:
        screen.line("No run yet: the journal is empty.")
        return screen
    screen.line(amounts.count(len(receipts), "run"), Style.STRONG)
    table = Screen()
    table.table(
        ("receipt", "at (UTC)", "command", "state", "rows", "cells", "by"),
        [
            (r.id, _clock(r.started_at), r.command, r.state, str(r.rows), str(r.cells), r.by)
            for r in receipts
        ],
        right=["rows", "cells"],
    )
    header, *lines = table.lines
    screen.lines.append(header)
    for receipt, line in zip(receipts, lines, strict=True):
        screen.lines.append(line)
        # on a line of their own, so that the table fits into 80 columns
        if receipt.restores:
            screen.line(f"    restores {receipt.restores}", Style.DIM)
        if receipt.undone_by:
            screen.line(f"    undone by {_undone_by(receipt)}", Style.DIM)
    unfinished = [r for r in receipts if r.state in UNFINISHED and not r.undone_by]
    for receipt in unfinished:
        screen.line()
        screen.line(f"{receipt.id} is {receipt.state}:", Style.WARN)
        for step in next_steps(receipt):
            screen.spans(("Next: ", Style.STRONG), (step, Style.CODE))
    return screen


def _clock(instant: str) -> str:
    """The time of day; the day itself stands in the receipt's id."""
    return instant[11:19]
