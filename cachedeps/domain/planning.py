"""Makes a plan from a declaration and a request. Minimality lives here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cachedeps.domain.certificate import Certificate
from cachedeps.domain.finding import Notice
from cachedeps.domain.graph import Graph, PathFinder
from cachedeps.domain.model import Cache, Declaration, ResetKind
from cachedeps.domain.plan import Keep, Plan, RowScope, Step, Write
from cachedeps.domain.rows import Arena, Holds, IsNull
from cachedeps.domain.safety import weigh
from cachedeps.domain.sequence import in_safe_order
from cachedeps.domain.staleness import Spread
from cachedeps.errors import ScopeError, UsageError

MOST_PATH_NODES = 100


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be planned: fixed upstreams, chosen cache nodes, and the row scope.

    Names are existing nodes; ``planned_at`` is an ISO 8601 instant.
    """

    upstreams: tuple[str, ...]
    columns: tuple[str, ...]
    scope: RowScope
    planned_at: str


def make_plan(declaration: Declaration, graph: Graph, request: Request) -> Plan:
    """The plan that invalidates exactly what the request makes stale.

    Raises:
        UsageError: nothing was named to plan.
        ScopeError: the scope does not fit the tables that the fix touches first.
    """
    if not (request.upstreams or request.columns or request.scope.stale):
        message = "nothing to plan: no upstream, no column, and not --stale"
        raise UsageError(message, hint="name one, e.g. --upstream NAME; see cachedeps graph")
    return _Planner(declaration, graph, request).plan()


class _Planner:
    def __init__(self, declaration: Declaration, graph: Graph, request: Request) -> None:
        self._declaration = declaration
        self._graph = graph
        self._request = request
        self._arena = Arena()
        # columns alone are what was fixed; beside an upstream they only choose among its caches
        fixed = request.upstreams or (() if request.scope.stale else request.columns)
        self._fixed = frozenset(fixed)
        self._chosen = frozenset(request.columns) if fixed != request.columns else frozenset()
        self._spread = Spread(graph, self._fixed, request.scope, self._arena)

    def plan(self) -> Plan:
        self._check_scope()
        certificate = Certificate(self._graph, self._fixed, self._request.scope)
        finder = PathFinder(self._graph, self._fixed) if self._fixed else None
        steps: list[Step] = []
        for node in self._graph.order():
            cache = self._graph.caches.get(node)
            if cache is not None and self._is_planned(cache):
                steps.append(self._step(cache, certificate, finder))
        keep = tuple(self._kept(certificate, steps))
        writes = self._writes(steps)
        ordered = in_safe_order(writes, self._arena)
        danger = weigh(self._graph, self._request.upstreams, steps, writes)
        return Plan(
            upstreams=self._request.upstreams,
            columns=self._request.columns,
            scope=self._request.scope,
            rows=tuple(self._arena.nodes),
            steps=tuple(steps),
            writes=ordered.writes,
            keep=keep,
            must_name=danger.must_name,
            notices=(*danger.notices, *self._notices(steps)),
            refusals=(*danger.refusals, *ordered.refusals),
            declaration=self._declaration.digest,
            planned_at=self._request.planned_at,
        )

    def _check_columns(self) -> None:
        """A column that the fix does not reach was chosen by mistake; it is not nothing to do."""
        beside = sorted(self._chosen - set(self._spread.reached))
        if beside and self._request.upstreams:
            fixed = ", ".join(self._request.upstreams)
            message = f"{', '.join(beside)} does not depend on {fixed}"
            raise ScopeError(
                message, hint=f"cachedeps explain {beside[0]} says what it depends on"
            )

    def _check_scope(self) -> None:
        self._check_columns()
        used = self._spread.directly_fed()
        scope = self._request.scope
        for name, _ in (*scope.where, *scope.keys):
            if name is not None and name not in used:
                message = f"the scope names table {name}, which the fix does not touch first"
                fed = ", ".join(sorted(used)) or "none"
                raise ScopeError(message, hint=f"tables whose rows a scope can choose here: {fed}")
        if any(name is None for name, _ in scope.keys) and len(used) > 1:
            message = f"--key without a table is ambiguous: {', '.join(sorted(used))}"
            raise ScopeError(message, hint="write --key TABLE=1,2")
        if scope.bad or scope.bad_ranges or scope.fixed_at:
            self._check_evidence()

    def _check_evidence(self) -> None:
        """A freshness flag that no cache in reach can honour must not be ignored quietly."""
        scope = self._request.scope
        if (scope.bad or scope.bad_ranges) and not self._spread.hears_stamps:
            message = (
                "--bad-version needs a stamp of what was fixed, and no cache in reach declares one"
            )
            raise ScopeError(message, hint='declare stamp = "..." or choose rows with --where')
        caches = (self._graph.caches[node] for node in self._spread.reached)
        if scope.fixed_at and not any(cache.computed_at for cache in caches):
            message = "--fixed-at needs computed_at, and no cache that the fix reaches declares it"
            raise ScopeError(message, hint='declare computed_at = "..." or use --since')

    def _is_planned(self, cache: Cache) -> bool:
        if cache.reset.kind is ResetKind.NONE or cache.node not in self._spread.reached:
            return False
        return not self._chosen or cache.node in self._chosen

    def _unstamped_column(self, cache: Cache) -> str | None:
        """The column whose NULL means that nobody knows what computed a cell, in this plan."""
        if cache.stamps:
            return cache.stamps[0].column
        sources = (self._graph.upstreams.get(edge.on) for edge in cache.edges)
        has_times = any(up and up.source and up.source.changed_at for up in sources)
        return cache.computed_at if self._request.scope.fixed_at or has_times else None

    def _step(self, cache: Cache, certificate: Certificate, finder: PathFinder | None) -> Step:
        found = self._spread.of(cache.node)
        holds = self._holds(cache)
        target = self._arena.all_of((found.stale, *holds))
        unstamped, evidence = None, self._unstamped_column(cache)
        if evidence is not None:
            null = self._arena.add(IsNull(evidence))
            unstamped = self._arena.all_of((found.reached, *holds[:1], null))
        paths = finder.paths_to(cache.node, most=16) if finder else None
        return Step(
            cache=cache.node,
            table=cache.table,
            ref=self._graph.tables[cache.table].ref,
            column=cache.column,
            reset=cache.reset,
            reached=found.reached,
            held=self._arena.all_of((found.reached, *holds)),
            target=target,
            unstamped=unstamped,
            arrivals=certificate.arrivals(cache, self._spread.reached),
            paths=tuple(_shortened(p) for p in paths.paths) if paths else ((cache.node,),),
            paths_total=paths.total if paths else 1,
            irreplaceable=cache.irreplaceable,
            cost=cache.cost,
        )

    def _holds(self, cache: Cache) -> tuple[int, ...]:
        """Rows in which there is something to reset."""
        value = self._arena.add(Holds(cache.column, cache.reset.value))
        if cache.reset.kind is ResetKind.MARK and cache.mark_column:
            # a NULL stamp means: already marked
            return (value, self._arena.add(Holds(cache.mark_column)))
        return (value,)

    def _kept(self, certificate: Certificate, steps: Iterable[Step]) -> Iterable[Keep]:
        planned = {step.cache for step in steps}
        touched = {step.table for step in steps}
        downstream = self._graph.downstream_of(self._fixed)
        for node, cache in self._graph.caches.items():
            if node in planned or not (cache.table in touched or node in downstream):
                continue
            reached = node in self._spread.reached
            chosen = not self._chosen or node in self._chosen
            yield certificate.kept(cache, reached=reached, chosen=chosen)

    def _writes(self, steps: Iterable[Step]) -> tuple[Write, ...]:
        writes: dict[tuple[str, str, str], Write] = {}
        for step in steps:
            write = self._write(step)
            # marks of one shared stamp are one statement; all else is one statement a cache
            shared = write.kind is ResetKind.MARK
            key = (step.table, write.column, "" if shared else step.cache)
            first = writes.get(key)
            if first is not None:
                target = self._arena.any_of((first.target, write.target))
                write = replace(first, caches=(*first.caches, step.cache), target=target)
            writes[key] = write
        return tuple(writes.values())

    def _write(self, step: Step) -> Write:
        cache = self._graph.caches[step.cache]
        column = cache.column
        if cache.reset.kind is ResetKind.MARK and cache.mark_column:
            column = cache.mark_column
        return Write(
            caches=(step.cache,),
            table=step.table,
            ref=step.ref,
            column=column,
            kind=cache.reset.kind,
            value=cache.reset.value,
            target=step.target,
        )

    def _notices(self, steps: list[Step]) -> Iterable[Notice]:
        cut = [s.cache for s in steps if s.paths_total > len(s.paths)]
        if cut:
            message = (
                f"{len(cut)} caches have more paths than are listed: one shortest path for each "
                f"edge is shown, e.g. for {cut[0]}"
            )
            yield Notice("paths-shortened", message)
        if any(len(path) > MOST_PATH_NODES for step in steps for path in step.paths):
            message = f"paths of more than {MOST_PATH_NODES} nodes are cut in the middle"
            yield Notice("paths-shortened", message)
        if self._spread.simplified:
            names = ", ".join(sorted(self._spread.simplified)[:5])
            message = (
                "so many stamped upstreams lead here that a stamp vouches only for what is on "
                f"every path: {names}"
            )
            yield Notice("trails-simplified", message)
        if self._chosen and self._fixed:
            left = self._spread.reached - {s.cache for s in steps}
            if left:
                names = ", ".join(sorted(left)[:5])
                yield Notice(
                    "left-stale", f"--column leaves stale caches out of the plan: {names}"
                )


def _shortened(path: tuple[str, ...]) -> tuple[str, ...]:
    """A long path's ends, and between them how many nodes are left out."""
    if len(path) <= MOST_PATH_NODES:
        return path
    half = MOST_PATH_NODES // 2
    return (*path[:half], f"... {len(path) - 2 * half} nodes ...", *path[-half:])
