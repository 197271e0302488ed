"""The picture as a Mermaid flowchart, for Markdown files and wikis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cachedeps.domain.picture import EdgeKind, NodeKind, Picture, PictureEdge, PictureNode
from cachedeps.render.screen import printable

# Mermaid draws no more unless its maxEdges is raised, which a diagram cannot do for itself
MERMAID_EDGES = 500
SAFE = frozenset(" _-.,()=")
CLASSES = (
    "classDef upstream fill:#DCEBF5,stroke:#0072B2,color:#222222",
    "classDef cache fill:#FFFFFF,stroke:#6E6E6E,color:#222222",
    "classDef irreplaceable fill:#FFFFFF,stroke:#B34700,stroke-width:3px,color:#222222",
    "classDef chosen fill:#0072B2,stroke:#0072B2,stroke-width:2px,color:#FFFFFF",
    "classDef downstream stroke:#222222,stroke-width:3px",
    "classDef faded fill:#FFFFFF,stroke:#D4D4D4,color:#9A9A9A",
)
ARROWS = {
    EdgeKind.PLAIN: "-->",
    EdgeKind.WHEN: "-.->",
    EdgeKind.VIA: "--o",
    EdgeKind.ALL: "==>",
    EdgeKind.EXCEPT: "--x",
}


def mermaid(picture: Picture) -> str:
    """The flowchart's source."""
    return "".join(f"{line}\n" for line in _lines(picture))


def _lines(picture: Picture) -> Iterator[str]:
    ids = {node.name: f"n{number}" for number, node in enumerate(picture.nodes)}
    yield "flowchart LR"
    if len(picture.edges) > MERMAID_EDGES:
        yield f"  %% {len(picture.edges)} edges; set maxEdges where this is drawn"
    tables: dict[str, list[PictureNode]] = {table: [] for table in picture.tables}
    for node in picture.nodes:
        if node.table is None:
            yield f"  {_node(node, ids)}"
        else:
            tables[node.table].append(node)
    for number, (table, nodes) in enumerate(tables.items()):
        yield f"  subgraph t{number}[{_quoted([table])}]"
        yield from (f"    {_node(node, ids)}" for node in nodes)
        yield "  end"
    yield from (f"  {_edge(edge, ids)}" for edge in picture.edges)
    yield from (f"  {line}" for line in CLASSES)
    yield from (f"  {line}" for line in _looks(picture, ids))


def _node(node: PictureNode, ids: dict[str, str]) -> str:
    text = _quoted([node.title, *node.notes])
    shape = f"([{text}])" if node.kind is NodeKind.UPSTREAM else f"[{text}]"
    return ids[node.name] + shape


def _edge(edge: PictureEdge, ids: dict[str, str]) -> str:
    label = f"|{_quoted([edge.label])}|" if edge.label else ""
    return f"{ids[edge.start]} {ARROWS[edge.kind]}{label} {ids[edge.end]}"


def _looks(picture: Picture, ids: dict[str, str]) -> Iterator[str]:
    by_look: dict[str, list[str]] = {}
    for node in picture.nodes:
        for look in _look(node, choice=picture.chosen is not None):
            by_look.setdefault(look, []).append(ids[node.name])
    for look, members in by_look.items():
        yield f"class {','.join(members)} {look}"
    faded = [str(number) for number, edge in enumerate(picture.edges) if edge.faded]
    if faded:
        yield f"linkStyle {','.join(faded)} stroke:#D4D4D4,color:#9A9A9A"


def _look(node: PictureNode, *, choice: bool) -> Iterator[str]:
    if node.faded:
        yield "faded"
    elif node.chosen:
        yield "chosen"
    else:
        yield "irreplaceable" if node.irreplaceable else node.kind.value
        if choice:
            yield "downstream"


def _quoted(lines: Iterable[str]) -> str:
    """Text in quotes, in which every character that could mean something is an entity."""
    return '"' + "<br/>".join("".join(map(_entity, printable(line))) for line in lines) + '"'


def _entity(character: str) -> str:
    return character if character.isalnum() or character in SAFE else f"#{ord(character)};"
