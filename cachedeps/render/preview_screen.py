"""The screen of a preview: totals first, then what, why, whose, and how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cachedeps.domain.finding import Notice, Refusal
from cachedeps.domain.model import Reset, ResetKind
from cachedeps.domain.outcome import CachePreview, Owners, Preview
from cachedeps.domain.plan import Step
from cachedeps.render import amounts
from cachedeps.render.preview_document import short_path
from cachedeps.render.scope import scope_facts
from cachedeps.render.screen import Screen, Style, cut
from cachedeps.render.statements import add_statements

FIRST_OWNERS = 20
EXCERPT = 60
ALL_OWNERS = "--owners-file FILE writes the whole list"
MOST_PATHS = 3
PATH_NODES = 12

RESET_WORDS = {
    ResetKind.NULL: "set to NULL",
    ResetKind.VALUE: "set to {value!r}",
    ResetKind.MARK: "mark: value kept, stamp set to NULL",
    ResetKind.DELETE_ROW: "row deleted",
    ResetKind.RECOMPUTE: "recompute: keys handed over, nothing written",
    ResetKind.REFRESH: "refresh of the view",
    ResetKind.NONE: "none",
}


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a preview screen: how it would be run, and the one next step."""

    next_step: str = ""
    all_owners: str = ALL_OWNERS
    settings: tuple[tuple[str, str], ...] = ()


def preview_screen(preview: Preview, ending: Ending | None = None) -> Screen:
    """The whole preview. Lists that are cut say so and say where the whole list is."""
    screen = Screen()
    _totals(screen, preview)
    _caches(screen, preview)
    _kept(screen, preview)
    add_owners(screen, preview.owners, (ending or Ending()).all_owners)
    _sample(screen, preview)
    add_statements(screen, preview.statements)
    add_warnings(screen, preview.notices)
    add_refusals(screen, preview.refusals)
    _ending(screen, preview, ending or Ending())
    return screen


def totals(preview: Preview) -> str:
    """``20 rows, 7 owners``."""
    people = amounts.count(preview.owners.count, "owner")
    if preview.owners.undeclared and not preview.owners.count:
        people = "owners not declared"
    return f"{amounts.count(preview.rows, 'row')}, {people}"


def _totals(screen: Screen, preview: Preview) -> None:
    screen.line(totals(preview), Style.STRONG)
    parts = [
        f"{amounts.count(preview.cells, 'cell')} in {amounts.count(_touched(preview), 'cache')}",
        amounts.size(preview.bytes),
        _price(preview.cost_usd, preview.cost_seconds),
    ]
    screen.line("; ".join(part for part in parts if part))
    screen.line()
    fixed = ", ".join((*preview.plan.upstreams, *preview.plan.columns)) or "whatever is behind"
    screen.facts(
        [
            ("database", preview.database),
            ("fixed", fixed),
            *scope_facts(preview.plan.scope),
        ]
    )


def _touched(preview: Preview) -> int:
    return sum(1 for cache in preview.caches if cache.rows)


def _price(usd: float, seconds: float) -> str:
    parts = [part for part in (amounts.money(usd), amounts.duration(seconds)) if part]
    return f"regenerating costs {', '.join(parts)}" if parts else ""


def _caches(screen: Screen, preview: Preview) -> None:
    screen.heading("Invalidated")
    if not preview.caches:
        screen.line("  nothing: no cell is stale in this scope")
        return
    steps = {step.cache: step for step in preview.plan.steps}
    header = ("cache", "rows", "size", "cost", "time", "fresh", "unstamped", "reset")
    rows = [_row(cache, steps[cache.cache]) for cache in preview.caches]
    shown = [
        n
        for n, name in enumerate(header)
        if name in {"cache", "rows", "reset"} or any(row[n] for row in rows)
    ]
    screen.table(
        [header[n] for n in shown],
        [[row[n] for n in shown] for row in rows],
        right=header[1:-1],
    )
    if any(cache.kind is ResetKind.RECOMPUTE for cache in preview.caches):
        screen.line("  keys of what is to be recomputed: --keys-to FILE", Style.DIM)
    screen.heading("Why these")
    for cache in preview.caches:
        _why(screen, steps[cache.cache])


def _row(cache: CachePreview, step: Step) -> tuple[str, ...]:
    return (
        cache.cache + (" (irreplaceable)" if step.irreplaceable else ""),
        str(cache.rows),
        amounts.size(cache.bytes) if cache.bytes else "",
        amounts.money(cache.cost_usd),
        amounts.duration(cache.cost_seconds),
        str(cache.fresh) if cache.fresh else "",
        str(cache.unstamped) if cache.unstamped else "",
        _reset(step.reset),
    )


def _reset(reset: Reset) -> str:
    return RESET_WORDS[reset.kind].format(value=reset.value)


def _why(screen: Screen, step: Step) -> None:
    shown = step.paths[:MOST_PATHS]
    for path in shown:
        screen.line(f"  {' -> '.join(short_path(path, PATH_NODES))}")
    if step.paths_total > len(shown):
        screen.line(
            f"    ... and {step.paths_total - len(shown)} more paths: cachedeps graph shows them",
            Style.DIM,
        )
    for arrival in step.arrivals:
        screen.line(f"    from {arrival.parent}: {arrival.condition}", Style.DIM)


def _kept(screen: Screen, preview: Preview) -> None:
    if not preview.keep:
        return
    screen.heading("Kept")
    screen.table(("cache", "because"), [(keep.cache, keep.detail) for keep in preview.keep])


def add_owners(screen: Screen, owners: Owners, all_owners: str) -> None:
    """The people; ``all_owners`` says where the whole list is."""
    if owners.count:
        screen.heading(f"Owners ({owners.count})")
    for label in owners.labels[:FIRST_OWNERS]:
        screen.line(f"  {label}")
    rest = owners.count - min(len(owners.labels), FIRST_OWNERS)
    if rest > 0:
        said = (
            f"... and {rest} more" if owners.labels else f"{rest} that a plan file does not name"
        )
        screen.line(f"  {said}: {all_owners}", Style.DIM)
    if owners.unowned_rows:
        screen.line(f"  {amounts.count(owners.unowned_rows, 'row')} without an owner", Style.WARN)
    for table in owners.undeclared:
        screen.line(f"  {table} declares no owner", Style.WARN)


def _sample(screen: Screen, preview: Preview) -> None:
    if not preview.sample:
        return
    marked = {s.cache for s in preview.plan.steps if s.reset.kind is ResetKind.MARK}
    screen.heading(f"Sample ({len(preview.sample)} of {amounts.count(preview.cells, 'cell')})")
    screen.table(
        ("cache", "key", "owner", "value"),
        [
            (
                row.cache,
                cut(amounts.key(row.key), 60),
                cut(row.owner or "", 60),
                cut(f"stamp {row.excerpt}" if row.cache in marked else row.excerpt, EXCERPT),
            )
            for row in preview.sample
        ],
        excerpts=True,
    )


def add_warnings(screen: Screen, found: Sequence[Notice]) -> None:
    """What a person should know."""
    if not found:
        return
    screen.heading("Warnings")
    for notice in found:
        screen.line(f"  [{notice.code}] {notice.message}", Style.WARN)


def add_refusals(screen: Screen, found: Sequence[Refusal]) -> None:
    """What stands against an approval, and what to do about it."""
    if found:
        screen.heading("Cannot be approved as it stands")
    for refusal in found:
        screen.line(f"  [{refusal.slug}] {refusal.message}", Style.BAD)
        if refusal.hint:
            screen.line(f"    do: {refusal.hint}", Style.COPIED)


def _ending(screen: Screen, preview: Preview, ending: Ending) -> None:
    screen.line()
    names = [f"{n} ({preview.rows_of(n)})" for n in preview.plan.must_name if preview.rows_of(n)]
    screen.facts(_seal(preview, ending, names))
    if ending.next_step:
        screen.line()
        screen.spans(("Next: ", Style.STRONG), (ending.next_step, Style.CODE))


def _seal(preview: Preview, ending: Ending, names: list[str]) -> Iterable[tuple[str, str]]:
    if names:
        yield "to be named", ", ".join(names)
    yield from ending.settings
    yield "fingerprint", f"of keys and {preview.fingerprint}"
    yield "digest", preview.digest
