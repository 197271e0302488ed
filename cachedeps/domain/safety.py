"""What makes a plan dangerous: blankets, irreplaceable caches, shared stamps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cachedeps.domain.finding import Notice, Refusal
from cachedeps.domain.graph import Graph
from cachedeps.domain.model import ResetKind, Table
from cachedeps.domain.plan import Step, Write

UNTOUCHED_BY_WRITES = {ResetKind.NONE, ResetKind.RECOMPUTE, ResetKind.REFRESH}


@dataclass(frozen=True, slots=True)
class Danger:
    """What an approval must name, what it should know, and what cannot be approved at all."""

    must_name: tuple[str, ...]
    notices: tuple[Notice, ...]
    refusals: tuple[Refusal, ...]


def weigh(
    graph: Graph, upstreams: Sequence[str], steps: Sequence[Step], writes: Sequence[Write]
) -> Danger:
    """Looks at the whole plan once.

    A blanket empties every cache of a table whose caches form two or more independent
    closures. One upstream that feeds them all is shown with a notice; where several upstreams
    were named, or an irreplaceable cache is among them, each column must be named.
    """
    planned = {step.cache for step in steps if step.reset.kind not in UNTOUCHED_BY_WRITES}
    named = [step.cache for step in steps if step.irreplaceable]
    notices: list[Notice] = []
    for name in dict.fromkeys(step.table for step in steps):
        caches = _resettable(graph.tables[name])
        closures = graph.closures(caches) if planned.issuperset(caches) else ()
        if len(closures) < 2:
            continue
        columns = ", ".join(caches)
        if len(upstreams) > 1 or any(graph.caches[c].irreplaceable for c in caches):
            named.extend(caches)
            message = f"resets every cache of {name} ({columns}): name each with its row count"
        else:
            message = f"resets every cache of {name} ({columns}), because one fix feeds them all"
        notices.append(Notice("blanket", message))
    return Danger(
        tuple(dict.fromkeys(named)), tuple(notices), tuple(_shared(graph, steps, writes))
    )


def _resettable(table: Table) -> list[str]:
    return [c.node for c in table.caches if c.reset.kind not in UNTOUCHED_BY_WRITES]


def _shared(graph: Graph, steps: Sequence[Step], writes: Sequence[Write]) -> Iterable[Refusal]:
    """A mark sets the stamp of every cache that shares it; all of them must be planned."""
    planned = {step.cache for step in steps}
    for write in writes:
        if write.kind is not ResetKind.MARK:
            continue
        table = graph.tables[write.table]
        sharing = [
            c.node
            for c in table.caches
            if write.column in {c.mark_column, *(stamp.column for stamp in c.stamps)}
        ]
        left = [node for node in sharing if node not in planned]
        if left:
            message = (
                f"marking {', '.join(write.caches)} sets {write.table}.{write.column} to NULL, "
                f"which also marks {', '.join(left)}: not stale by this fix"
            )
            hint = "give each cache a stamp of its own, or name every upstream of the group"
            yield Refusal("shared-stamp", message, hint)
