"""The picture as a tree for a terminal.

Every node is spread out once and referred to afterwards, so that the tree has one line for
each edge, however many paths there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from cachedeps.domain.picture import NodeKind, Picture, PictureEdge, PictureNode
from cachedeps.render.amounts import count
from cachedeps.render.screen import Screen, Style

# deeper branches are continued as a tree of their own, else lines would not fit a terminal
DEEPEST = 20


def tree(picture: Picture) -> Screen:
    """The tree: upstreams as roots, and below each node what it feeds.

    Where a node is chosen, its own tree comes first, then the names of all others.
    """
    return _Tree(picture).screen()


class _Tree:
    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._nodes = {node.name: node for node in picture.nodes}
        self._below: dict[str, list[PictureEdge]] = {node.name: [] for node in picture.nodes}
        for edge in picture.edges:
            if not edge.faded or picture.chosen is None:
                self._below[edge.start].append(edge)
        self._spread: set[str] = set()
        self._continued: dict[str, None] = {}
        self._screen = Screen()

    def screen(self) -> Screen:
        self._totals()
        fed = {edge.end for edge in self._picture.edges}
        chosen = self._picture.chosen
        roots = [chosen] if chosen is not None else [n for n in self._nodes if n not in fed]
        alone = False
        for root in roots:
            if self._below[root] or not alone:
                self._screen.line()
            alone = not self._below[root]
            self._branches(root, "")
            while self._continued:
                node = next(iter(self._continued))
                del self._continued[node]
                self._screen.line()
                self._branches(node, " (continued)")
        if chosen is not None:
            self._rest()
        return self._screen

    def _totals(self) -> None:
        nodes = self._picture.nodes
        upstreams = sum(node.kind is NodeKind.UPSTREAM for node in nodes)
        parts = (
            count(upstreams, "upstream"),
            count(len(nodes) - upstreams, "cache"),
            count(len(self._picture.tables), "table"),
            count(len(self._picture.edges), "edge"),
        )
        self._screen.line(", ".join(parts), Style.STRONG)

    def _branches(self, root: str, mark: str) -> None:
        self._screen.spans((root, Style.CODE), (mark, Style.DIM), *self._notes(root))
        self._spread.add(root)
        stack = [("", edges) for edges in [deque(self._below[root])] if edges]
        while stack:
            indent, edges = stack[-1]
            edge = edges.popleft()
            last = not edges
            if last:
                stack.pop()
            below = self._branch(edge, indent + ("└── " if last else "├── "))
            if below:
                stack.append((indent + ("    " if last else "│   "), below))

    def _branch(self, edge: PictureEdge, lead: str) -> deque[PictureEdge]:
        """Writes one line; what is to be spread out below it comes back."""
        below = deque(self._below[edge.end])
        notes = tuple(self._notes(edge.end))
        mark = ""
        if edge.end in self._spread:
            later = edge.end in self._continued
            mark, below, notes = " (continued below)" if later else " (see above)", deque(), ()
        elif below and len(lead) > DEEPEST * len("├── "):
            self._continued[edge.end] = None
            mark, below = " (continued below)", deque()
        self._spread.add(edge.end)
        label = f"  [{edge.label}]" if edge.label else ""
        name = (edge.end, Style.PLAIN)
        self._screen.spans((lead, Style.DIM), name, (mark, Style.DIM), (label, Style.WARN), *notes)
        return below

    def _notes(self, name: str) -> Iterator[tuple[str, Style]]:
        node: PictureNode = self._nodes[name]
        if node.notes:
            yield "  " + ", ".join(node.notes), Style.DIM

    def _rest(self) -> None:
        chosen = self._picture.chosen
        rest = [node for node in self._picture.nodes if node.faded]
        self._screen.line()
        self._screen.line(
            f"A change of {chosen} does not reach {count(len(rest), 'node')}:", Style.DIM
        )
        for node in rest:
            self._screen.line(f"  {node.name}", Style.DIM)
