"""Graph view: any graph as a diagram, one node per value and one edge per use."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from autograd.graph import Edge, Graph
from autograd.modes import Scope
from autograd.node import Node

from .. import notation
from ..chain_rule.local_derivative import local_derivative
from ..chain_rule.names import Names
from .diagram import Cluster, Diagram, DiagramEdge, DiagramNode

#: Values drawn at most; of a larger graph the ones nearest to the root.
LIMIT = 400


def diagram(root: Node, limit: int = LIMIT) -> Diagram:
    """The graph under ``root`` as a diagram, with at most ``limit`` values.

    Plain constants become nodes of their own, one per use. Values beyond the limit, the
    farthest from the root in creation order, are folded into one node that says how many.
    """
    if not isinstance(root, Node):
        raise TypeError(
            f"a diagram got {type(root).__name__}; expected a Value, for example the loss."
        )
    if limit < 1:
        raise ValueError(f"a diagram got limit={limit}; expected at least 1 value.")
    graph = Graph(root)
    return _Builder(graph, Names(graph), limit).build()


#: The most ranks that the edges of a diagram may cross in all: layout time grows with them.
MOST_RANKS = 5_000


def affordable(values: list[Node], limit: int) -> list[Node]:
    """The newest ``limit`` values, or fewer where edges are so long that layout would not end.

    A value used by each link of a long chain is the example.
    """
    shown = values[-limit:]
    while len(shown) > 50 and ranks_crossed(shown) > MOST_RANKS:
        shown = shown[-(len(shown) * 3 // 4) :]
    return shown


def ranks_crossed(values: list[Node]) -> int:
    """How many ranks all edges into ``values`` cross together; a value stands behind its inputs."""
    depth: dict[Node, int] = {}
    total = 0
    for value in values:
        inputs = [depth.get(x, 0) if isinstance(x, Node) else 0 for x in value.inputs]
        depth[value] = 1 + max(inputs, default=0)
        for x, behind in zip(value.inputs, inputs, strict=True):
            if isinstance(x, Node):
                total += depth[value] - behind
    return total


class _Builder:
    """Gathers nodes, edges and clusters of one graph, numbering them as they come."""

    def __init__(self, graph: Graph, names: Names, limit: int) -> None:
        self.graph, self.names = graph, names
        self.shown = affordable(graph.nodes, limit)
        self.hidden = len(graph) - len(self.shown)
        self.ids: dict[Node, str] = {}
        self.nodes: list[DiagramNode] = []
        self.edges: list[DiagramEdge] = []
        self.homes: dict[str, Scope | None] = {}

    def build(self) -> Diagram:
        if self.hidden:
            text = f"{self.hidden:,} earlier values, not drawn"
            self.add(DiagramNode(self.next_id(), "folded", "⋯", rows=(text,)), None)
        for value in self.shown:
            self.add_operands(value)
            self.ids[value] = self.next_id()
            self.add(self.value_node(value), value.scope)
            self.add_edges(value)
        self.bring_parameters_home()
        title = f"graph of {self.names[self.graph.root]}"
        return Diagram(title, tuple(self.nodes), tuple(self.edges), clusters_of(self.homes))

    def next_id(self) -> str:
        return f"n{len(self.nodes)}"

    def add(self, node: DiagramNode, scope: Scope | None) -> None:
        self.nodes.append(node)
        self.homes[node.id] = scope

    def add_operands(self, value: Node) -> None:
        """Nodes for the plain constants among the operands of ``value``."""
        self.operands: list[str] = []
        for slot, x in enumerate(value.inputs):
            if isinstance(x, Node):
                self.operands.append(self.ids.get(x, "n0"))
                continue
            name, text = self.names.of(Edge(x, value, slot)), notation.array(x)
            node = DiagramNode(self.next_id(), "constant", name, value=text, shape=np.shape(x))
            self.operands.append(node.id)
            self.add(node, value.scope)

    def value_node(self, value: Node) -> DiagramNode:
        """The node of one value."""
        reached = value.grad is not None
        state = "none"
        if value.requires_grad:
            state = "final" if reached else "not reached"
        return DiagramNode(
            id=self.ids[value],
            kind=self.kind(value),
            name=self.names[value],
            form=self.names.form(value),
            op=None if value.op is None else value.op.symbol,
            value=notation.array(value.data),
            gradient=gradient_text(value),
            state=state,
            shape=value.shape,
            origin=str(value.origin),
            label=value.label,
        )

    def kind(self, value: Node) -> str:
        if value is self.graph.root:
            return "root"
        if value.op is not None:
            return "result"
        return "parameter" if value.requires_grad else "input"

    def add_edges(self, value: Node) -> None:
        """One edge per use of an operand of ``value``, in the order of the operands."""
        folded = False
        for slot, x in enumerate(value.inputs):
            source = self.operands[slot]
            if isinstance(x, Node) and x not in self.ids:
                if not folded:
                    self.edges.append(DiagramEdge(source, self.ids[value], slot, "…"))
                folded = True
                continue
            self.edges.append(self.edge(value, slot, source))

    def edge(self, value: Node, slot: int, source: str) -> DiagramEdge:
        """The edge of operand ``slot``; a constant's carries no derivative."""
        operand, target = value.inputs[slot], self.ids[value]
        if not (isinstance(operand, Node) and operand.requires_grad):
            return DiagramEdge(source, target, slot)
        local = local_derivative(value, slot, self.names.inputs(value), self.names[value])
        if local is None:
            return DiagramEdge(source, target, slot, "not differentiable")
        return DiagramEdge(
            source, target, slot, local.text, local.symbol, local.formula, local.data
        )

    def bring_parameters_home(self) -> None:
        """A parameter that only one scope uses is drawn inside that scope."""
        users: dict[str, list[str]] = {}
        for edge in self.edges:
            users.setdefault(edge.source, []).append(edge.target)
        for node in self.nodes:
            if node.kind != "parameter" or self.homes[node.id] is not None:
                continue
            scopes = [self.homes[target] for target in users.get(node.id, [])]
            if scopes and all(scope is scopes[0] for scope in scopes):
                self.homes[node.id] = scopes[0]


def gradient_text(value: Node) -> str:
    """∂J/∂value as text; ``—`` where no backward pass has reached, "" for a constant."""
    if not value.requires_grad:
        return ""
    if value.grad is None:
        return notation.NOT_REACHED
    grad = value.grad
    return notation.array(grad.data if isinstance(grad, Node) else grad)


def clusters_of(homes: dict[str, Scope | None]) -> tuple[Cluster, ...]:
    """Frames for the scopes that nodes live in, outer ones before inner ones."""
    inside: dict[Scope, list[str]] = {}
    for node, scope in homes.items():
        for around in _outermost_first(scope):
            inside.setdefault(around, [])
        if scope is not None:
            inside[scope].append(node)
    ids = {scope: f"c{i}" for i, scope in enumerate(inside)}
    clusters = []
    for scope, nodes in inside.items():
        parent = ids[scope.outer] if scope.outer is not None else None
        clusters.append(Cluster(ids[scope], scope.name, scope.path, parent, tuple(nodes)))
    return tuple(clusters)


def _outermost_first(scope: Scope | None) -> Iterable[Scope]:
    chain = []
    while scope is not None:
        chain.append(scope)
        scope = scope.outer
    return reversed(chain)
