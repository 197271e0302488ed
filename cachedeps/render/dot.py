"""The picture in Graphviz's language.

Made to be read in print and by colour-blind people: kinds differ in shape, line and arrow
first, and in colour (Okabe and Ito's palette) second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from graphviz import Digraph, escape

from cachedeps.domain.picture import EdgeKind, NodeKind, Picture, PictureEdge, PictureNode
from cachedeps.render.columns import Layout, lay_out
from cachedeps.render.wrapping import wrapped

NAME_WIDTH = 26
NOTE_WIDTH = 30
# beyond this many edges with a condition, texts on edges would hide the edges
MOST_EDGE_TEXTS = 40

INK = "#222222"
BLUE = "#0072B2"
ORANGE = "#B34700"
GREEN = "#00735C"
GREY = "#5A5A5A"
FADED_INK = "#9A9A9A"
FADED_LINE = "#D4D4D4"
FONT = "Helvetica,Arial,sans-serif"

GRAPH_STYLE = {
    "rankdir": "LR",
    "fontname": FONT,
    "fontsize": "12",
    "bgcolor": "white",
    "nodesep": "0.14",
    "ranksep": "0.9",
    "pad": "0.3",
    "newrank": "true",
    "outputorder": "edgesfirst",
}
NODE_STYLE = {
    "fontname": FONT,
    "fontsize": "11",
    "fontcolor": INK,
    "shape": "box",
    "style": "filled",
    "fillcolor": "white",
    "color": "#6E6E6E",
    "margin": "0.12,0.05",
    "height": "0.3",
}
EDGE_STYLE = {
    "fontname": FONT,
    "fontsize": "9",
    "fontcolor": GREY,
    "color": GREY,
    "arrowsize": "0.7",
}
UPSTREAM_STYLE = {"style": "filled,rounded", "fillcolor": "#DCEBF5", "color": BLUE}
CHOSEN_STYLE = {"fillcolor": BLUE, "color": BLUE, "fontcolor": "white", "penwidth": "2"}
STANDING_OUT_STYLE = {"color": INK, "penwidth": "2"}
IRREPLACEABLE_STYLE = {"color": ORANGE, "peripheries": "2"}
FADED_STYLE = {"color": FADED_LINE, "fontcolor": FADED_INK, "fillcolor": "white"}
FADED_EDGE_STYLE = {"color": FADED_LINE, "fontcolor": FADED_INK}
TABLE_STYLE = {
    "style": "filled,rounded",
    "fillcolor": "#F5F5F2",
    "color": "#C9C9C4",
    "fontname": FONT,
    "fontsize": "12",
    "fontcolor": GREY,
    "labeljust": "l",
    "margin": "10",
}
KIND_STYLES = {
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
KIND_MEANINGS = {
    EdgeKind.PLAIN: "feeds",
    EdgeKind.WHEN: "feeds some rows (when)",
    EdgeKind.VIA: "feeds rows of another table (via)",
    EdgeKind.ALL: "any row feeds every row (via all)",
    EdgeKind.EXCEPT: "deaf to some upstreams (except)",
}
PLAIN_NAME = re.compile(r"[^\W\d][\w.-]*")


def dot(picture: Picture) -> str:
    """The DOT source of a picture, for ``dot`` and everything else that reads DOT."""
    return DotWriter(picture).source()
