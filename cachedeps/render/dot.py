"""The picture in Graphviz's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from graphviz import Digraph, escape, nohtml

from cachedeps.domain.picture import EdgeKind, Picture, PictureEdge, PictureNode
from cachedeps.render import dot_styles as styles
from cachedeps.render.buses import Bus, lines
from cachedeps.render.columns import columns
from cachedeps.render.islands import islands
from cachedeps.render.screen import printable
from cachedeps.render.wrapping import wrapped

NAME_WIDTH = 26
NOTE_WIDTH = 30
# with more conditions than this, texts on edges would hide the edges
MOST_EDGE_TEXTS = 40

# names of other forms get a made-up identifier, which starts with ~ as no such name does
PLAIN_NAME = re.compile(r"[^\W\d][\w.-]*")


def dot(picture: Picture) -> str:
    """The DOT source of a picture: its nodes and edges, each as itself, and their look."""
    return _Source(picture).plain()


def drawing(picture: Picture) -> str:
    """The DOT source of a picture as it is drawn.

    That is ``dot`` with a legend; with many nodes also a column for each, and lines that run
    side by side drawn as one.
    """
    return _Source(picture).arranged()


class _Source:
    """Writes one picture."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._ids = {
            node.name: node.name if PLAIN_NAME.fullmatch(node.name) else f"~{number}"
            for number, node in enumerate(picture.nodes)
        }
        self._tables = {table: number for number, table in enumerate(picture.tables)}
        self._conditions = sum(bool(edge.label) for edge in picture.edges)
        self._drawn = False
        self._columns: dict[str, int] = {}
        self._graph = Digraph(
            "cachedeps", graph_attr=styles.GRAPH, node_attr=styles.NODE, edge_attr=styles.EDGE
        )
        title = _roomy(self._title())
        if title:
            self._graph.attr(label=_label(title, left=True))

    def plain(self) -> str:
        self._nodes()
        for edge in self._picture.edges:
            self._edge(edge, self._ids[edge.start])
        return str(self._graph.source)

    def arranged(self) -> str:
        self._drawn = True
        self._columns = columns(self._picture)
        if self._columns:
            self._graph.edge_attr.update(styles.MANY_EDGES)
            self._graph.attr(fontsize=str(13 + len(self._columns) // 12))
        self._legend()
        self._nodes()
        found = lines(self._picture, self._columns)
        for edge in found.single:
            self._edge(edge, self._ids[edge.start], free=self._goes_back(edge))
        in_column: dict[int, list[str]] = {}
        for name, column in self._columns.items():
            in_column.setdefault(column, []).append(self._ids[name])
        for number, bus in enumerate(found.buses):
            for joint, column in self._bus(bus, number):
                in_column.setdefault(column, []).append(joint)
        self._fix_columns(in_column)
        return str(self._graph.source)

    def _goes_back(self, edge: PictureEdge) -> bool:
        return bool(self._columns) and self._columns[edge.end] <= self._columns[edge.start]

    def _title(self) -> Iterable[str]:
        if self._picture.chosen is not None:
            chosen = " ".join(wrapped(self._picture.chosen, 60))
            yield f"What {chosen} feeds stands out; the rest fades"
        if self._conditions > MOST_EDGE_TEXTS:
            yield (
                f"The conditions of {self._conditions} edges are not written here: "
                "see cachedeps graph --format json"
            )

    def _nodes(self) -> None:
        # dot stacks islands from the bottom up, and what is in one from the top down
        for island in reversed(islands(self._picture)):
            tables: dict[str, list[PictureNode]] = {}
            for node in island:
                if node.table is None:
                    self._node(self._graph, node)
                else:
                    tables.setdefault(node.table, []).append(node)
            for table, nodes in tables.items():
                self._table(table, nodes)

    def _table(self, table: str, nodes: Sequence[PictureNode]) -> None:
        name = f"cluster_{self._tables[table]}"
        with self._graph.subgraph(name=name, graph_attr=styles.TABLE) as box:
            faded = all(node.faded for node in nodes)
            color = styles.FADED_INK if faded else styles.GREY
            # from the left edge on, so that a wider font than the layout's stays in the box
            title = _label(wrapped(table, NAME_WIDTH), left=self._drawn)
            box.attr(label=title, fontcolor=color)
            for node in nodes:
                self._node(box, node)

    def _node(self, graph: Digraph, node: PictureNode) -> None:
        lines = wrapped(node.title, NAME_WIDTH)
        for note in node.notes:
            lines += wrapped(note, NOTE_WIDTH)
        look = styles.of_node(node, choice=self._picture.chosen is not None)
        tooltip = _label([printable(node.name)])
        graph.node(self._ids[node.name], label=_label(lines), tooltip=tooltip, **look)

    def _edge(
        self, edge: PictureEdge, start: str, *, free: bool = False, loose: bool = False
    ) -> None:
        look = styles.of_edge(edge, choice=self._picture.chosen is not None)
        if edge.label:
            look["tooltip"] = _label([printable(edge.label)])
            if self._conditions <= MOST_EDGE_TEXTS:
                look["label"] = _label(wrapped(edge.label, NOTE_WIDTH))
        if free:
            look["constraint"] = "false"
        if loose:
            # else a fan pulls its table level with the line, and the tables become a staircase
            look["weight"] = "0"
        self._graph.edge(start, self._ids[edge.end], **look)

    def _bus(self, bus: Bus, number: int) -> Iterator[tuple[str, int]]:
        """Draws the line and its fans; yields the joints and their columns."""
        at, column = self._ids[bus.start], self._columns[bus.start]
        for stop in bus.stops:
            joint = f"~bus{number} {stop.column}"
            look = styles.of_edge(stop.edges[0], choice=self._picture.chosen is not None)
            look["dir"] = "none"
            if stop.column <= column:
                look["constraint"] = "false"
            self._graph.node(joint, **{**styles.POINT, "color": look.get("color", styles.GREY)})
            self._graph.edge(at, joint, **look)
            for edge in stop.edges:
                self._edge(edge, joint, loose=True)
            at, column = joint, stop.column
            yield at, column

    def _fix_columns(self, in_column: dict[int, list[str]]) -> None:
        """A chain of unseen points, and beside each of them what shares its column."""
        if not in_column:
            return
        self._graph.attr(newrank="true")
        first, last = min(in_column), max(in_column)
        for column in range(first, last + 1):
            with self._graph.subgraph(graph_attr={"rank": "same"}) as beside:
                beside.node(f"~column{column}", **styles.UNSEEN)
                for identifier in in_column.get(column, ()):
                    beside.node(identifier)
            if column > first:
                ends = (f"~column{column - 1}", f"~column{column}")
                self._graph.edge(*ends, style="invis", weight="100")

    def _legend(self) -> None:
        kinds = [k for k in EdgeKind if any(edge.kind is k for edge in self._picture.edges)]
        if not kinds:
            return
        with self._graph.subgraph(name="cluster_legend", graph_attr=styles.LEGEND) as box:
            for kind in kinds:
                ends = (f"~{kind.value}", f"~{kind.value} end")
                meaning = _label(_roomy([styles.MEANINGS[kind]]))
                box.node(ends[0], label=meaning, **styles.LEGEND_TEXT)
                box.node(ends[1], **styles.UNSEEN)
                box.edge(*ends, **styles.KINDS[kind])


def _roomy(lines: Iterable[str]) -> list[str]:
    """Room on both sides, as who lays out and who draws may disagree about the width of text."""
    return [f"\N{EN SPACE}{line}\N{EN SPACE}" for line in lines]


def _label(lines: Iterable[str], *, left: bool = False) -> str:
    """Text for DOT in which nothing is HTML, an entity or an escape, but for the line ends."""
    escaped = [escape(line.replace("&", "&amp;")) for line in lines]
    text = "\\l".join([*escaped, ""]) if left else "\\n".join(escaped)
    quoted: str = nohtml(text)
    return quoted
