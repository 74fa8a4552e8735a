"""Crowding: what is drawn otherwise where edges are so long or so many that their texts collide."""

from __future__ import annotations

from dataclasses import replace

from ..diagrams.diagram import Diagram
from .labels import names_of

#: Ranks crossed by all edges together from which on a diagram counts as crowded.
CROWDED = 600
#: Ranks that edges pass through, all together, and boxes and edges together, up to which
#: Graphviz finds the places in a few seconds.
TOO_LONG, TOO_MANY = 2_000, 5_000
#: Texts of edges that one box takes in at most.
MOST_ROWS = 4


def is_crowded(diagram: Diagram) -> bool:
    """True where texts beside the edges would lie on boxes and on each other."""
    return ranks_crossed(diagram) > CROWDED


def by_ranks(diagram: Diagram) -> bool:
    """True where Graphviz would take too long for the layout: it is our own, by ranks."""
    passed = ranks_crossed(diagram) - len(diagram.edges)
    return passed > TOO_LONG or len(diagram.nodes) + len(diagram.edges) > TOO_MANY


def texts_in_boxes(diagram: Diagram) -> Diagram:
    """The same diagram with the text of each edge as a row of the box that it belongs to.

    That is the box of the op; on an edge the text stays as its tooltip.
    """
    rows: dict[str, list[str]] = {}
    names = names_of(diagram)
    edges = []
    for edge in diagram.edges:
        if edge.text and edge.kind == "forward":
            rows.setdefault(edge.target, []).append(edge.text)
        elif edge.text and edge.kind == "backward":
            rows.setdefault(edge.source, []).append(f"to {names[edge.target]}: {edge.text}")
        edges.append(replace(edge, text="", symbol=edge.text))
    nodes = []
    for node in diagram.nodes:
        found = rows.get(node.id, [])
        if len(found) > MOST_ROWS + 1:
            found = [*found[:MOST_ROWS], f"… {len(found) - MOST_ROWS:,} more"]
        nodes.append(replace(node, rows=(*node.rows, *found)))
    return replace(diagram, nodes=tuple(nodes), edges=tuple(edges))


def ranks_crossed(diagram: Diagram) -> int:
    """How many ranks all edges cross together, a node standing behind its sources.

    A node without sources stands just before its first target.
    """
    depth = {node.id: 0 for node in diagram.nodes}
    sources: dict[str, list[str]] = {node.id: [] for node in diagram.nodes}
    edges = [edge for edge in diagram.edges if edge.kind not in ("backward", "beside")]
    for edge in edges:
        sources[edge.target].append(edge.source)
    for node in diagram.nodes:
        depth[node.id] = 1 + max((depth[source] for source in sources[node.id]), default=-1)
    first: dict[str, int] = {}
    for edge in edges:
        if not sources[edge.source]:
            first[edge.source] = min(first.get(edge.source, 10**9), depth[edge.target] - 1)
    depth.update(first)
    return sum(max(0, depth[edge.target] - depth[edge.source]) for edge in edges)
