"""Names: one symbol for each value of a graph: its label, its number, or u₁, u₂, …"""

from __future__ import annotations

from typing import Any

from autograd.graph import Edge, Graph
from autograd.node import Node

from .. import notation
from .formula import Formula, lifted, written


class Names:
    """Symbols of all values of a graph, in order of creation.

    A label is the symbol; unlabelled results are u₁, u₂, …, unlabelled leaves p₁, p₂, …, and
    constant arrays c₁, c₂, …; a plain number is its own symbol.
    """

    def __init__(self, graph: Graph) -> None:
        self._symbols: dict[Node, str] = {}
        self._constants: dict[tuple[Node, int], str] = {}
        self._taken = {node.label for node in graph if node.label}
        self._counts: dict[str, int] = {}
        for node in graph:
            if node.label and node.label.strip():
                self._symbols[node] = notation.abridged(node.label)
            else:
                self._symbols[node] = self._next("p" if node.op is None else "u")
        for edge in graph.edges:
            if not isinstance(edge.source, Node):
                key = (edge.target, edge.slot)
                self._constants[key] = self._constant(edge.source)

    def _next(self, letter: str) -> str:
        while True:
            self._counts[letter] = self._counts.get(letter, 0) + 1
            symbol = f"{letter}{notation.subscript(self._counts[letter])}"
            if symbol not in self._taken:
                return symbol

    def _constant(self, data: Any) -> str:
        plain = lifted(data)
        return self._next("c") if plain.number is None else plain.text

    def __getitem__(self, value: Node) -> str:
        return self._symbols[value]

    def of(self, edge: Edge) -> str:
        """Symbol of the operand of an edge: a value, or a plain constant."""
        if isinstance(edge.source, Node):
            return self._symbols[edge.source]
        return self._constants[edge.target, edge.slot]

    def inputs(self, value: Node) -> list[str]:
        """Symbols of the operands of a value, in order."""
        return [self.of(Edge(x, value, slot)) for slot, x in enumerate(value.inputs)]

    def form(self, value: Node, depth: int = 0) -> str:
        """The op's written form on the symbols of its inputs: ``w · x``; "" for a leaf.

        With a ``depth``, unlabelled inputs are themselves written out, so many ops deep.
        """
        return self.formula(value, depth).text if value.op is not None else ""

    def formula(self, value: Node, depth: int = 0) -> Formula:
        """``form`` as a Formula, with the data."""
        if value.op is None:
            return Formula(self[value], value.data)
        terms = []
        for x, name in zip(value.inputs, self.inputs(value), strict=True):
            if not isinstance(x, Node):
                plain = lifted(x)
                terms.append(plain if plain.number is not None else Formula(name, x))
            elif depth and x.op is not None and not x.label:
                terms.append(self.formula(x, depth - 1))
            else:
                terms.append(Formula(name, x.data))
        return Formula(written(value.op, terms), value.data, value.op.precedence)
