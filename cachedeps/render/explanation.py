"""An explanation for people and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cachedeps.domain.explanation import Connection, Explanation
from cachedeps.domain.model import Cache, ResetKind, Stamp, Upstream
from cachedeps.domain.picture import NodeKind, PictureEdge, cache_notes, upstream_notes
from cachedeps.render.documents import Document, head, text_of
from cachedeps.render.graph_json import edge_entry
from cachedeps.render.screen import Screen, Style


def explanation_screen(explanation: Explanation) -> Screen:
    """What a person reads: what it is, what feeds it, what it feeds, what makes it stale."""
    screen = Screen()
    kind = _kind(explanation)
    screen.spans((explanation.node, Style.STRONG), (f"  {kind.value}", Style.DIM))
    screen.facts(_facts(explanation.subject))
    _direct(screen, explanation)
    _names(screen, "Fed by, directly or not", explanation.upstream)
    _names(screen, "Feeds, directly or not", explanation.downstream)
    _names(screen, "Deaf to (an except stands between)", explanation.deaf_to)
    _names(screen, "Not heard by (an except stands between)", explanation.unheard_by)
    if isinstance(explanation.subject, Cache):
        _connections(screen, "Made stale by a change of", explanation.causes, explanation.node)
    _connections(screen, "A change of it makes stale", explanation.effects, explanation.node)
    return screen


def explanation_text(explanation: Explanation) -> str:
    """The screen as plain text."""
    return str(explanation_screen(explanation))


def explanation_document(explanation: Explanation) -> Document:
    """The JSON document; ``upstream`` and ``downstream`` are transitive and sorted."""
    return {
        **head("explain"),
        "node": explanation.node,
        "kind": _kind(explanation).value,
        "notes": _notes(explanation.subject),
        "upstream": list(explanation.upstream),
        "downstream": list(explanation.downstream),
        "deaf_to": list(explanation.deaf_to),
        "unheard_by": list(explanation.unheard_by),
        "edges_in": [_edge(edge) for edge in explanation.edges_in],
        "edges_out": [_edge(edge) for edge in explanation.edges_out],
        "causes": [_entry(connection) for connection in explanation.causes],
        "effects": [_entry(connection) for connection in explanation.effects],
    }


def explanation_json(explanation: Explanation) -> str:
    """The document as text."""
    return text_of(explanation_document(explanation))


def _kind(explanation: Explanation) -> NodeKind:
    is_cache = isinstance(explanation.subject, Cache)
    return NodeKind.CACHE if is_cache else NodeKind.UPSTREAM


def _notes(subject: Upstream | Cache) -> list[str]:
    return list(cache_notes(subject) if isinstance(subject, Cache) else upstream_notes(subject))


def _edge(edge: PictureEdge) -> Document:
    return {name: value for name, value in edge_entry(edge).items() if name != "faded"}


def _entry(connection: Connection) -> Document:
    return {
        "node": connection.node,
        "paths": [list(path) for path in connection.paths],
        "more_paths": connection.more,
        "conditions": [_edge(edge) for edge in connection.conditions],
        "stamps": [stamp.column for stamp in connection.stamps],
    }


def _facts(subject: Upstream | Cache) -> Iterator[tuple[str, str]]:
    if subject.description:
        yield "about", subject.description
    if isinstance(subject, Cache):
        yield "column", f"{subject.table}.{subject.column}"
        value = f" {subject.reset.value!r}" if subject.reset.kind is ResetKind.VALUE else ""
        yield "reset", subject.reset.kind.value + value
        yield from (("stamp", _stamp(stamp)) for stamp in subject.stamps)
        if subject.computed_at:
            yield "computed at", subject.computed_at
        if subject.cost.usd or subject.cost.seconds:
            yield "cost", f"{subject.cost.usd:g} USD and {subject.cost.seconds:g} s for each cell"
    notes = [note for note in _notes(subject) if not note.startswith(("column ", "reset "))]
    if notes:
        yield "notes", ", ".join(notes)


def _stamp(stamp: Stamp) -> str:
    divided = f" / {stamp.divide}" if stamp.divide else ""
    return f"{stamp.column}{divided} records the version of {stamp.of}"


def _direct(screen: Screen, explanation: Explanation) -> None:
    if explanation.edges_in:
        screen.heading("Direct edges in")
        for edge in explanation.edges_in:
            screen.spans((f"  {edge.start}", Style.PLAIN), (_conditions(edge), Style.WARN))
    if explanation.edges_out:
        screen.heading("Direct edges out")
        for edge in explanation.edges_out:
            screen.spans((f"  {edge.end}", Style.PLAIN), (_conditions(edge), Style.WARN))


def _conditions(edge: PictureEdge) -> str:
    return f"  [{edge.label}]" if edge.label else ""


def _names(screen: Screen, title: str, names: Sequence[str]) -> None:
    if names:
        screen.heading(f"{title} ({len(names)})")
        screen.block("\n".join(name.replace("\n", "\\n") for name in names))


def _connections(screen: Screen, title: str, connections: Iterable[Connection], node: str) -> None:
    found = tuple(connections)
    if not found:
        return
    screen.heading(f"{title} ({len(found)})")
    for connection in found:
        screen.line(f"  {connection.node}")
        for path in connection.paths:
            screen.line(f"    {_path(path)}", Style.DIM)
        if connection.more:
            more = "more paths" if connection.paths else "paths not listed"
            screen.line(f"    {more}: cachedeps graph --upstream {_origin(connection, node)}")
        for edge in connection.conditions:
            screen.line(f"    {edge.end} takes from {edge.start} {edge.label}", Style.WARN)
        for stamp in connection.stamps:
            screen.line(f"    only where the stamp {stamp.column} is not a good version")


LONGEST_PATH = 12


def _path(path: Sequence[str]) -> str:
    if len(path) <= LONGEST_PATH:
        return " -> ".join(path)
    left_out = len(path) - LONGEST_PATH
    ends = (*path[: LONGEST_PATH // 2], f"... {left_out} more ...", *path[-LONGEST_PATH // 2 :])
    return " -> ".join(ends)


def _origin(connection: Connection, node: str) -> str:
    return connection.paths[0][0] if connection.paths else node
