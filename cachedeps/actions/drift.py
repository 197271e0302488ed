"""How the live target differs from what a preview saw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from cachedeps.actions.bind import bind
from cachedeps.actions.context import Context
from cachedeps.actions.measure import Measure
from cachedeps.domain.outcome import Cell, Count, Drift, Page, Preview, TableTarget
from cachedeps.domain.rows import KeyValues
from cachedeps.sql.scan import Fingerprint
from cachedeps.sql.statements import Statements, TableTargets

MOST_LISTED_PAGES = 20
Done = Mapping[str, frozenset[int]]
Named = tuple[str, KeyValues]


def drift(context: Context, seen: Preview) -> Drift:
    """Compares a preview (of a plan file, say) with the database; reads only."""
    other = tuple(_other(context, seen))
    if other:
        return Drift(other=other)
    with context.session.reading() as connection:
        statements = bind(context, connection, seen.plan)
        return compare(connection, statements, seen, {})


def _other(context: Context, seen: Preview) -> Iterator[str]:
    if seen.database != context.session.name:
        yield f"the plan is for {seen.database}, this is {context.session.name}"
    if seen.plan.declaration != context.declaration.digest:
        yield "the declaration has changed since the plan was made"


def compare(
    connection: Connection,
    statements: Statements,
    seen: Preview,
    done: Done,
    *,
    quick: bool = False,
) -> Drift:
    """What joined, left or changed, pages that are done left out.

    Args:
        connection: a connection inside a transaction.
        statements: the plan on the live schema.
        seen: the preview.
        done: for each table the pages that an earlier run has written.
        quick: where cells are not kept, compare keys and counts but not values.
    """
    drifts = []
    fingerprint = Fingerprint(seen.fingerprint)
    before = {target.table: target for target in seen.tables}
    for table in statements.tables():
        old = before[table.name]
        finished = done.get(table.name, frozenset())
        undone = [i for i in range(len(old.pages)) if i not in finished]
        if finished and not undone:
            continue
        measure = Measure(connection, statements, table, seen.page_rows)
        if old.cells is not None:
            new = measure.target(fingerprint)
            if new.cells is not None:
                drifts.append(_cells(table, old, new, seen.page_rows, finished))
                continue
        left = old.pages[undone[0] if undone else 0 :]
        after = left[0].low if finished else None
        if quick and _same_keys(measure, fingerprint, left, after):
            # values are compared page by page, by each page's own transaction
            continue
        drifts.append(_pages(table, left, measure.target(fingerprint, after).pages))
    return Drift(
        joined=tuple(item for d in drifts for item in d.joined),
        left=tuple(item for d in drifts for item in d.left),
        changed=tuple(item for d in drifts for item in d.changed),
        pages=tuple(item for d in drifts for item in d.pages),
    )


def _same_keys(
    measure: Measure, fingerprint: Fingerprint, pages: tuple[Page, ...], after: KeyValues | None
) -> bool:
    """Whether one plain scan finds the same cells, by number and keys, as the pages."""
    by_key = fingerprint is Fingerprint.VALUES
    found = measure.whole(Fingerprint.KEYS if by_key else fingerprint, after)
    for place, count in enumerate(found):
        then = sum((page.counts[place] for page in pages), Count())
        told = (count.keys, then.keys) if by_key else (count.values, then.values)
        if count.rows != then.rows or told[0] != told[1]:
            return False
    return True


def _cells(
    table: TableTargets, old: TableTarget, new: TableTarget, page_rows: int, done: frozenset[int]
) -> Drift:
    def named(cell: tuple[int, KeyValues]) -> Named:
        return ", ".join(table.targets[cell[0]].write.caches), cell[1]

    keys = list(dict.fromkeys(cell.key for cell in old.cells or ()))
    finished = {key for place, key in enumerate(keys) if place // page_rows in done}

    def open_cells(cells: tuple[Cell, ...] | None) -> dict[tuple[int, KeyValues], int]:
        return {(c.write, c.key): c.hash for c in cells or () if c.key not in finished}

    before, now = open_cells(old.cells), open_cells(new.cells)
    return Drift(
        joined=tuple(named(cell) for cell in now if cell not in before),
        left=tuple(named(cell) for cell in before if cell not in now),
        changed=tuple(named(cell) for cell in before if cell in now and before[cell] != now[cell]),
    )


def _pages(table: TableTargets, old: tuple[Page, ...], new: tuple[Page, ...]) -> Drift:
    """Where cells are not kept, the first page that differs tells where to look."""
    differing = [
        f"{table.name}, keys {_key(page.low)} to {_key(page.high)}: {why}"
        for place, page in enumerate(old)
        if (why := _difference(page, new[place] if place < len(new) else None))
    ]
    rows_before, rows_now = sum(p.rows for p in old), sum(p.rows for p in new)
    if rows_before != rows_now:
        differing.insert(0, f"{table.name}: {rows_before:,} rows then, {rows_now:,} now")
    if len(differing) > MOST_LISTED_PAGES:
        more = len(differing) - MOST_LISTED_PAGES
        differing = [*differing[:MOST_LISTED_PAGES], f"and {more} more pages of {table.name}"]
    return Drift(pages=tuple(differing))


def _difference(old: Page, new: Page | None) -> str:
    if new is None or old.rows != new.rows or (old.low, old.high) != (new.low, new.high):
        return "rows joined or left"
    pairs = list(zip(old.counts, new.counts, strict=True))
    if any((a.rows, a.keys) != (b.rows, b.keys) for a, b in pairs):
        return "rows joined or left"
    return "values changed" if any(a.values != b.values for a, b in pairs) else ""


def _key(key: KeyValues) -> str:
    return ",".join(str(value) for value in key)


def described(found: Drift, most: int = 20) -> str:
    """The drift as one text for people, at most ``most`` rows of each kind."""
    parts = list(found.other)
    for verb, cells in (
        ("joined", found.joined),
        ("left", found.left),
        ("changed", found.changed),
    ):
        if cells:
            listed = ", ".join(f"{cache} {_key(key)}" for cache, key in cells[:most])
            more = f" and {len(cells) - most:,} more" if len(cells) > most else ""
            parts.append(f"{len(cells):,} cells {verb}: {listed}{more}")
    parts.extend(found.pages)
    return "; ".join(parts)
