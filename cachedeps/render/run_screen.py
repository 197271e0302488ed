"""The screen of a run or a clean-up: totals first, then every table, then whose rows."""

from __future__ import annotations

from collections.abc import Iterable

from cachedeps.domain.closure import Effect, RunPreview
from cachedeps.render import amounts
from cachedeps.render.preview_screen import (
    Ending,
    add_owners,
    add_refusals,
    add_warnings,
)
from cachedeps.render.screen import Screen, Style
from cachedeps.render.statements import add_statements

MOST_CONFLICTS = 20


def run_screen(seen: RunPreview, ending: Ending | None = None) -> Screen:
    """The whole preview. Lists that are cut say so and say where the whole list is."""
    screen = Screen()
    _totals(screen, seen)
    _tables(screen, seen)
    _beyond(screen, seen)
    _conflicts(screen, seen)
    add_owners(screen, seen.owners, "--json lists them all")
    add_statements(screen, seen.statements)
    _verdict(screen, seen)
    add_warnings(screen, seen.notices)
    add_refusals(screen, seen.refusals)
    _ending(screen, seen, ending or Ending())
    return screen


def deed(seen: RunPreview) -> str:
    """What would happen, in one sentence."""
    doing = "deleted" if seen.deletes else "changed"
    own = f"{amounts.count(seen.rows, 'row')} of {seen.table} will be {doing}"
    others = sum(seen.tables.values()) - seen.tables.get(seen.table, 0)
    parts = [own]
    if others:
        parts.append(f"{amounts.count(others, 'row')} of other tables with them")
    lost = sum(seen.set_null.values())
    if lost:
        parts.append(f"{amounts.count(lost, 'row')} will lose a reference to them")
    return "; ".join(parts) + "."


def _totals(screen: Screen, seen: RunPreview) -> None:
    people = amounts.count(seen.owners.count, "owner")
    if seen.owners.undeclared and not seen.owners.count:
        people = "owners not declared"
    screen.line(f"{amounts.count(seen.rows, 'row')} of {seen.table}, {people}", Style.STRONG)
    others = sum(seen.tables.values()) - seen.tables.get(seen.table, 0)
    lost = sum(seen.set_null.values())
    told = []
    if others:
        told.append(f"with them go {amounts.count(others, 'row')} of other tables")
    if lost:
        told.append(f"references to them are cut in {amounts.count(lost, 'row')}")
    if told:
        screen.line("; ".join(told))
    screen.line()
    screen.facts([("database", seen.database)])


def _tables(screen: Screen, seen: RunPreview) -> None:
    screen.heading("Deleted" if seen.deletes else "Changed")
    if not seen.rows:
        screen.line("  nothing: the statement chooses no row")
        return
    stay = [e for e in seen.effects if e.column and e.through]
    gone = [e for e in seen.effects if e not in stay]
    header = ("table", "rows", "because of")
    screen.table(header, [_row(e, e.table) for e in gone], right=["rows"])
    if stay:
        screen.heading("Changed in rows that stay")
        rows = [_row(e, f"{e.table}.{e.column}") for e in stay]
        screen.table(("column", *header[1:]), rows, right=["rows"])


def _row(effect: Effect, name: str) -> tuple[str, str, str]:
    return name, str(effect.rows), effect.through or "the statement"


def _beyond(screen: Screen, seen: RunPreview) -> None:
    if seen.measured:
        screen.line()
        told = "and no more than that was written" if not seen.beyond else "and this besides:"
        screen.line(f"  measured: executed and rolled back, {told}", Style.DIM)
    if seen.beyond:
        header = ("table", "inserted", "changed", "deleted")
        rows = [
            (each.table, str(each.inserted), str(each.updated), str(each.deleted))
            for each in seen.beyond
        ]
        screen.table(header, rows, right=header[1:])
        screen.line("  by triggers or functions; restore does not undo it", Style.WARN)


def _conflicts(screen: Screen, seen: RunPreview) -> None:
    if not seen.conflicts:
        return
    screen.heading(f"Marked as test data, and yet real ({len(seen.conflicts)})")
    shown = seen.conflicts[:MOST_CONFLICTS]
    screen.table(("key", "owner"), [(amounts.key(c.key), c.owner or "") for c in shown])
    rest = len(seen.conflicts) - len(shown)
    if rest:
        screen.line(f"  ... and {rest} more: --json lists them all", Style.DIM)


def _verdict(screen: Screen, seen: RunPreview) -> None:
    if not seen.verdict.findings:
        return
    screen.heading(f"The guard: {seen.verdict.ruling.value}")
    for finding in seen.verdict.findings:
        style = Style.DIM if finding.waived is not None else Style.WARN
        screen.line(f"  [{finding.rule}] {finding.message}", style)
        if finding.waived is not None:
            screen.line(f"    set aside: {finding.waived}", Style.WARN)


def _ending(screen: Screen, seen: RunPreview, ending: Ending) -> None:
    screen.line()
    screen.facts([*_seal(seen, ending)])
    if ending.next_step:
        screen.line()
        screen.spans(("Next: ", Style.STRONG), (ending.next_step, Style.CODE))


def _seal(seen: RunPreview, ending: Ending) -> Iterable[tuple[str, str]]:
    if seen.must_name:
        yield "to be named", ", ".join(f"{name} ({n})" for name, n in seen.must_name.items())
    yield from ending.settings
    yield "digest", seen.digest
