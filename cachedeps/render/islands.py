"""The parts of a picture that nothing connects, neither an edge nor a table."""

from __future__ import annotations

from collections import defaultdict

from cachedeps.domain.picture import Picture, PictureNode

Island = tuple[PictureNode, ...]
# a node or a table, and its name
Place = tuple[str, str]


def islands(picture: Picture) -> tuple[Island, ...]:
    """The islands and the nodes of each, both in the order of the file."""
    beside = _neighbours(picture)
    number: dict[Place, int] = {}
    for place, node in enumerate(picture.nodes):
        ashore: list[Place] = [("node", node.name)]
        while ashore:
            here = ashore.pop()
            if here not in number:
                number[here] = place
                ashore.extend(beside[here])
    found: dict[int, list[PictureNode]] = defaultdict(list)
    for node in picture.nodes:
        found[number["node", node.name]].append(node)
    return tuple(tuple(nodes) for nodes in found.values())


def _neighbours(picture: Picture) -> dict[Place, list[Place]]:
    joined: list[tuple[Place, Place]] = [
        (("node", edge.start), ("node", edge.end)) for edge in picture.edges
    ]
    for node in picture.nodes:
        if node.table is not None:
            joined.append((("node", node.name), ("table", node.table)))
    beside: dict[Place, list[Place]] = defaultdict(list)
    for one, other in joined:
        beside[one].append(other)
        beside[other].append(one)
    return beside
