"""Graph: the values under a root in order of creation, with one edge per use."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Any, NamedTuple

from .node import Node


class Edge(NamedTuple):
    """One use of a value: it is operand number ``slot`` of ``target``.

    ``source`` is the operand: a value of the graph, or a plain constant.
    """

    source: Any
    target: Node
    slot: int


class Graph:
    """All values that ``root`` was computed from, oldest first, and the edges between them.

    ``a * a`` gives two edges, in the order of the operands. Plain numbers and arrays are no
    nodes; they appear as the source of their edge. With ``more`` roots the graph holds what all
    of them were computed from.

    >>> from autograd import Value
    >>> a = Value(3.0, label="a")
    >>> graph = Graph(a * a)
    >>> len(graph), [edge.slot for edge in graph.edges]
    (2, [0, 1])
    """

    def __init__(self, root: Node, *more: Node) -> None:
        for given in (root, *more):
            if not isinstance(given, Node):
                raise TypeError(f"Graph() got {type(given).__name__}; expected a Value.")
        self.root = root
        self.nodes: list[Node] = ancestors(root, *more)
        self.index: dict[Node, int] = {node: i for i, node in enumerate(self.nodes)}

    @property
    def edges(self) -> list[Edge]:
        """One edge per use, ordered by the creation of its target, then by slot."""
        edges = []
        for node in self.nodes:
            for slot, source in enumerate(node.inputs):
                edges.append(Edge(source, node, slot))
        return edges

    @property
    def leaves(self) -> list[Node]:
        """Values that no recorded op made."""
        return [node for node in self.nodes if node.op is None]

    def uses(self, node: Node) -> list[Edge]:
        """The edges that leave ``node``: where it is used."""
        return [edge for edge in self.edges if edge.source is node]

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __contains__(self, node: object) -> bool:
        return node in self.index

    def __repr__(self) -> str:
        return f"Graph({len(self.nodes)} values, {len(self.edges)} edges)"


def ancestors(*roots: Node) -> list[Node]:
    """The roots and every value they were computed from, oldest first. Does not recurse."""
    found = {root._order: root for root in roots}
    waiting = list(roots)
    while waiting:
        for x in waiting.pop().inputs:
            if isinstance(x, Node) and x._order not in found:
                found[x._order] = x
                waiting.append(x)
    return sorted(found.values(), key=attrgetter("_order"), reverse=True)
