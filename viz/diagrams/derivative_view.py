"""Derivative view: the gradient computation itself as a graph, mirrored below the forward graph."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from autograd.backprop import seed, sweep
from autograd.graph import Graph
from autograd.node import Node

from ..chain_rule.names import Names
from ..conventions import convention
from .diagram import Cluster, Diagram, DiagramEdge, DiagramNode
from .graph_view import LIMIT, GraphBuilder, Options


def derivative_diagram(
    root: Node, limit: int = LIMIT, notation: str = "lecture", heatmaps: bool = True
) -> Diagram:
    """Forward graph and, recorded with ``create_graph``, every op of the backward pass.

    Each gradient stands in line with its value and is named after it; dotted lines show which
    forward values the backward ops read. No ``.grad`` is changed.
    """
    forward = Graph(root)
    deltas = dict(sweep(root, seed(root, create_graph=True), create_graph=True))
    whole = Graph(root, *deltas.values())
    if len(whole) > limit:
        raise ValueError(
            f"draw_derivative() got {len(forward)} values, {len(whole)} with their gradients; "
            f"expected at most limit={limit}."
        )
    options = Options(limit=len(whole), notation=notation, heatmaps=heatmaps)
    names = Names(whole, convention(notation))
    for value, delta in deltas.items():
        if delta not in forward:
            names.rename(delta, f"∂{names[root]}/∂{names[value]}")
    builder = GraphBuilder(whole, options, names=names)
    return _mirrored(builder.build(), builder.ids, forward, deltas)


def _mirrored(
    shown: Diagram, ids: dict[Any, str], forward: Graph, deltas: dict[Node, Node]
) -> Diagram:
    """Two frames, the arrows of the lower one leading back, each gradient beside its value."""
    above = {ids[value] for value in forward}
    constants = {e.source for e in shown.edges if e.target in above} - above
    above |= constants
    nodes = [node if node.id in above else _derivative(node) for node in shown.nodes]
    edges = []
    for edge in shown.edges:
        if edge.target in above:
            edges.append(edge)
        elif edge.source in above:
            edges.append(replace(edge, kind="across", text="", passed=""))
        else:
            edges.append(replace(edge, kind="backward", text="", passed="", blocked=""))
    told: set[Node] = set()
    for value, delta in deltas.items():
        if delta not in told and ids[delta] not in above:
            told.add(delta)
            edges.append(DiagramEdge(ids[value], ids[delta], kind="beside"))
    below = tuple(node.id for node in nodes if node.id not in above)
    inside = [replace(c, parent=c.parent or "cf") for c in shown.clusters]
    framed = {node for cluster in shown.clusters for node in cluster.nodes}
    loose = tuple(n.id for n in nodes if n.id in above and n.id not in framed)
    clusters = (
        Cluster("cf", "forward", "forward", None, loose), *inside,
        Cluster("cb", "backward: the gradients as a graph", "backward", None, below),
    )  # fmt: skip
    title = f"{shown.title} and of its derivative"
    return Diagram(title, tuple(nodes), tuple(edges), clusters, shown.note, shown.notation)


def _derivative(node: DiagramNode) -> DiagramNode:
    """A node of the lower half: a constant stays one; gradients of gradients are not shown."""
    kind = node.kind if node.kind == "constant" else "derivative"
    return replace(node, kind=kind, gradient="", state="none", blocked="")
