"""Names: one symbol for each value of a graph: its label, its number, or u₁, u₂, …"""

from __future__ import annotations

from typing import Any

from autograd.graph import Edge, Graph
from autograd.node import Node

from .. import notation
from ..conventions import CONVENTIONS, Convention
from .formula import Formula, lifted, operand, written

LECTURE = CONVENTIONS["lecture"]


class Names:
    """Symbols of all values of a graph, in order of creation.

    A label is the symbol; unlabelled results are u₁, u₂, …, unlabelled leaves p₁, p₂, …, and
    constant arrays c₁, c₂, …; a plain number is its own symbol. Labels are the lecture's, and
    written in the given ``convention``.
    """

    def __init__(self, graph: Graph, convention: Convention = LECTURE) -> None:
        self.convention = convention
        self._symbols: dict[Node, str] = {}
        self._constants: dict[tuple[Node, int], str] = {}
        self._numbers: dict[Node, int] = {}
        self._taken = {convention.symbol(node.label) for node in graph if node.label}
        self._counts: dict[str, int] = {}
        # The texts are made when they are asked for: a picture of a large graph shows few.
        skips = {letter: self._skipped(letter) for letter in "up"}
        for node in graph:
            if not (node.label and node.label.strip()):
                letter = "p" if node.op is None else "u"
                number = self._counts.get(letter, 0) + 1
                while number in skips[letter]:
                    number += 1
                self._numbers[node] = self._counts[letter] = number

    def _skipped(self, letter: str) -> set[int]:
        """The numbers that labels have taken: u₁ is not given again."""
        found = set()
        for symbol in self._taken:
            digits = symbol[1:].translate(notation.DIGITS)
            if symbol[:1] == letter and digits.isdecimal() and digits != symbol[1:]:
                found.add(int(digits))
        return found

    def _constant(self, data: Any) -> str:
        plain = lifted(data)
        if plain.number is not None:
            return plain.text
        while True:
            self._counts["c"] = self._counts.get("c", 0) + 1
            symbol = f"c{notation.subscript(self._counts['c'])}"
            if symbol not in self._taken:
                return symbol

    def __getitem__(self, value: Node) -> str:
        if value not in self._symbols:
            if value in self._numbers:
                number = notation.subscript(self._numbers[value])
                symbol = f"{'p' if value.op is None else 'u'}{number}"
            else:
                symbol = notation.abridged(self.convention.symbol(value.label or ""))
            self._symbols[value] = symbol
        return self._symbols[value]

    def rename(self, value: Node, symbol: str) -> None:
        """From now on the value has this symbol, unless it has been named already."""
        self._symbols.setdefault(value, symbol)

    def of(self, edge: Edge) -> str:
        """Symbol of the operand of an edge: a value, or a plain constant."""
        if isinstance(edge.source, Node):
            return self[edge.source]
        key = (edge.target, edge.slot)
        if key not in self._constants:
            self._constants[key] = self._constant(edge.source)
        return self._constants[key]

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
        terms = self.terms(value, depth)
        return Formula(written(value.op, terms), value.data, value.op.precedence)

    def terms(self, value: Node, depth: int = 0) -> list[Formula]:
        """The operands of a value as Formulas; unlabelled ones written out, so many ops deep."""
        found = []
        for x, name in zip(value.inputs, self.inputs(value), strict=True):
            if not isinstance(x, Node):
                found.append(operand(x, name))
            elif depth and x.op is not None and not x.label:
                found.append(self.formula(x, depth - 1))
            else:
                found.append(Formula(name, x.data))
        return found
