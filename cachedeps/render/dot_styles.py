"""How the kinds of nodes and edges look in a drawing.

Made to be read in print and by colour-blind people: kinds differ in shape, line and arrow
first, and in colour (after Okabe and Ito's palette) second.
"""

from __future__ import annotations

from collections.abc import Mapping

from cachedeps.domain.picture import EdgeKind, NodeKind, PictureEdge, PictureNode

Style = dict[str, str]

INK = "#222222"
BLUE = "#0072B2"
ORANGE = "#B34700"
GREEN = "#00735C"
GREY = "#5A5A5A"
FADED_INK = "#9A9A9A"
FADED_LINE = "#D4D4D4"
FONT = "Helvetica,Arial,sans-serif"

GRAPH: Style = {
    "rankdir": "LR",
    "charset": "UTF-8",
    "fontname": FONT,
    "fontsize": "13",
    "fontcolor": INK,
    "bgcolor": "white",
    "nodesep": "0.14",
    "ranksep": "0.9",
    "pad": "0.3",
    "labelloc": "t",
    "labeljust": "l",
    "outputorder": "edgesfirst",
}
NODE: Style = {
    "fontname": FONT,
    "fontsize": "11",
    "fontcolor": INK,
    "shape": "box",
    "style": "filled",
    "fillcolor": "white",
    "color": "#6E6E6E",
    "margin": "0.15,0.055",
    "height": "0.3",
}
EDGE: Style = {
    "fontname": FONT,
    "fontsize": "9",
    "fontcolor": GREY,
    "color": GREY,
    "arrowsize": "0.7",
}
# many lines hide each other less where they are thin and let others shine through
MANY_EDGES: Style = {**EDGE, "color": "#5A5A5AB0", "penwidth": "0.9"}
TABLE: Style = {
    "style": "filled,rounded",
    "fillcolor": "#F5F5F2",
    "color": "#C9C9C4",
    "fontname": FONT,
    "fontsize": "12",
    "fontcolor": GREY,
    "labeljust": "l",
    "margin": "10",
}
LEGEND: Style = {
    "label": "",
    "style": "rounded",
    "color": "#DDDDDD",
    "margin": "6",
}
LEGEND_TEXT: Style = {
    "shape": "plaintext",
    "style": "",
    "fontsize": "9",
    "fontcolor": GREY,
    "height": "0.2",
    "margin": "0.04,0.01",
}
POINT: Style = {"label": "", "shape": "point", "width": "0.02", "height": "0.02", "color": GREY}
UNSEEN: Style = {**POINT, "style": "invis"}

UPSTREAM: Style = {"style": "filled,rounded", "fillcolor": "#DCEBF5", "color": BLUE}
IRREPLACEABLE: Style = {"color": ORANGE, "peripheries": "2"}
CHOSEN: Style = {"fillcolor": BLUE, "color": BLUE, "fontcolor": "white", "penwidth": "2"}
STANDING_OUT: Style = {"color": INK, "penwidth": "2"}
FADED: Style = {"color": FADED_LINE, "fontcolor": FADED_INK, "fillcolor": "white"}

KINDS: Mapping[EdgeKind, Style] = {
    EdgeKind.PLAIN: {},
    EdgeKind.WHEN: {"style": "dashed"},
    EdgeKind.VIA: {"color": BLUE, "arrowhead": "vee", "dir": "both", "arrowtail": "dot"},
    EdgeKind.ALL: {"color": GREEN, "penwidth": "2.6"},
    EdgeKind.EXCEPT: {
        "color": ORANGE,
        "style": "dotted",
        "penwidth": "1.6",
        "arrowhead": "odiamond",
    },
}
MEANINGS: Mapping[EdgeKind, str] = {
    EdgeKind.PLAIN: "feeds",
    EdgeKind.WHEN: "feeds some rows (when)",
    EdgeKind.VIA: "feeds rows by a join (via)",
    EdgeKind.ALL: "any row feeds every row (via all)",
    EdgeKind.EXCEPT: "is deaf to some (except)",
}


def of_node(node: PictureNode, *, choice: bool) -> Style:
    """The look of a node; ``choice`` says that some node of the picture is chosen."""
    style: Style = dict(UPSTREAM) if node.kind is NodeKind.UPSTREAM else {}
    if node.irreplaceable:
        style |= IRREPLACEABLE
    if node.faded:
        return style | FADED
    if node.chosen:
        return style | CHOSEN
    if choice:
        style |= {name: value for name, value in STANDING_OUT.items() if name not in style}
    return style


def of_edge(edge: PictureEdge, *, choice: bool) -> Style:
    """The look of an edge; ``choice`` says that some node of the picture is chosen."""
    style: Style = dict(KINDS[edge.kind])
    if edge.faded:
        return style | {"color": FADED_LINE, "fontcolor": FADED_INK}
    if choice:
        style.setdefault("color", INK)
        style.setdefault("penwidth", "1.8")
    return style
