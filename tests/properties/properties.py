"""The properties that hold for every world, request and database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hypothesis import assume
from sqlalchemy import Engine

from cachedeps.domain.outcome import Preview
from cachedeps.errors import ScopeError
from cachedeps.project import load
from tests.properties.asking import NOW, Asked, Tables, asked, plan_of
from tests.properties.effects import applied, shares_a_mark, together
from tests.properties.oracle import Cells, expected
from tests.properties.spelling import toml
from tests.properties.world import Request, Row, Upstream, World


def previewed(asking: Asked, request: Request) -> Preview:
    """The preview of a request; a request that fits no table is no example."""
    try:
        return asking.preview(request)
    except ScopeError:
        assume(False)
        raise


def check_cells(world: World, request: Request, engine: Engine, folder: Path) -> None:
    """A preview counts and names exactly the oracle's cells."""
    want = expected(world, request)
    with asked(world, engine, folder) as asking:
        preview = previewed(asking, request)
        counts = {cache.cache: cache.rows for cache in preview.caches}

        assert counts == {node: len(keys) for node, keys in want.items()}
        # of each cache by itself, also where one mark serves several
        assert asking.cells(preview) == want


def check_round_trip(world: World, request: Request, engine: Engine, folder: Path) -> None:
    """Apply changes exactly the cells; the same preview is empty then; restore undoes it."""
    want = expected(world, request)
    with asked(world, engine, folder) as asking:
        preview = previewed(asking, request)
        assume(not preview.refusals)
        planned = frozenset(step.cache for step in preview.plan.steps)
        cells = together(world, want, planned)
        before = asking.data()

        receipt = asking.apply(preview)
        assert asking.data() == _told(asking, applied(world, cells))
        if not shares_a_mark(world) and not _names_deleted_rows(world, request):
            left = asking.cells(asking.preview(request))
            assert all(world.cache(node).reset == "recompute" for node in left)

        asking.database.restore(receipt.id)
        assert asking.data() == before
        assert asking.preview(request).digest == preview.digest


def _names_deleted_rows(world: World, request: Request) -> bool:
    return any(c.reset == "delete_row" and c.table in request.keys for c in world.caches)


def _told(asking: Asked, rows: Mapping[str, tuple[Row, ...]]) -> Tables:
    """Rows as the database would tell them."""
    return {
        table.name: sorted(
            (
                tuple(asking.told(kind, row[c]) for c, kind in table.columns.items())
                for row in rows[table.name]
            ),
            key=repr,
        )
        for table in asking.world.tables
    }


def check_union(world: World, both: Request, engine: Engine, folder: Path) -> None:
    """Two fixes planned together touch what they touch one by one."""
    assume(len(both.upstreams) == 2 and not shares_a_mark(world))
    with asked(world, engine, folder) as asking:
        one, other = (replace(both, upstreams=(name,)) for name in both.upstreams)
        found = [asking.cells(previewed(asking, request)) for request in (one, other, both)]

        assert found[2] == _joined(found[0], found[1])


def _joined(one: Cells, other: Cells) -> Cells:
    empty: frozenset[tuple[int | str | None, ...]] = frozenset()
    return {node: one.get(node, empty) | other.get(node, empty) for node in {**one, **other}}


def check_repeatable(
    world: World, request: Request, engine: Engine, folder: Path, *, shuffled: World
) -> None:
    """The same question has the same digest, in whatever order the rows were written."""
    digests = []
    for order in (world, world, shuffled):
        with asked(order, engine, folder) as asking:
            digests.append(previewed(asking, request).digest)

    assert digests[0] == digests[1] == digests[2]


def check_descendants(world: World, request: Request, folder: Path) -> None:
    """Every cache in a plan is fed by what was named, over however many steps."""
    assume(not request.stale)
    path = folder / "cachedeps.toml"
    path.write_text(toml(world), encoding="utf-8")
    project = load(path, environ={}, clock=lambda: NOW)
    try:
        plan = plan_of(project, request)
    except ScopeError:
        assume(False)
    below = set(request.upstreams or request.columns)
    for node in world.nodes():
        if below & {edge.on for edge in node.edges}:
            below.add(node.name if isinstance(node, Upstream) else node.node)

    assert {step.cache for step in plan.steps} <= below
    assert {cache for write in plan.writes for cache in write.caches} <= below
