"""Graph: the values under a root in order of creation, with one edge per use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from .ancestors import ancestors
from .compiling.compiled import without_collections
from .compiling.graph_replay import ReplayedGraph
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

    def replay(self) -> Any:
        """The graph of scalars as a program, to be called with new numbers for its leaves.

        All values of one op and depth are computed in one NumPy call. After each call the
        number and the gradient of every value can be read.

        >>> from autograd import Value
        >>> a, b = Value(3.0, label="a"), Value(2.0, label="b")
        >>> c = a * b
        >>> graph = Graph(c + a)
        >>> again = graph.replay()
        >>> again({a: 5.0}), again.data(c), again.grad(a)
        (np.float64(15.0), np.float64(10.0), np.float64(3.0))

        Raises:
            TypeError: the graph has arrays, or numbers other than float64.
        """
        with without_collections():
            return ReplayedGraph(self.root, self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __contains__(self, node: object) -> bool:
        return node in self.index

    def __repr__(self) -> str:
        return f"Graph({len(self.nodes)} values, {len(self.edges)} edges)"
