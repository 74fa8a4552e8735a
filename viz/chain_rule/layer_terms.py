"""Layer terms: one element of an array's gradient as the sum it is, row by row of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.graph import Graph
from autograd.node import Node
from nn.labels import weight_label

from .. import notation
from ..diagrams.layers import LayerStep, layer_steps
from .chain import chain_formula
from .contributions import signed
from .local_derivative import local_derivative
from .names import Names

Terms = tuple[list[str], float]


def layer_terms(
    value: Node,
    root: Node,
    place: tuple[int, ...],
    names: Names,
    gradients: dict[Node, Any],
    most: int,
) -> Terms | None:
    """∂J/∂w²₁₃ = Σ over rows of δ²₁ · a¹₃ for a layer's weight; None for any other value."""
    uses = Graph(root).uses(value)
    if len(uses) != 1 or value.ndim != 2:  # kernels of a convolution are no rows of weights
        return None
    for step in layer_steps(root):
        if uses[0].target is step.z and uses[0].slot == step.weight_slot:
            return _Term(step, root, place, names, gradients).weight(most)
    return None


class _Term:
    """One weight w^l_ir: its unit i, its input r, and the rows of δ^l and a^(l-1)."""

    def __init__(
        self,
        step: LayerStep,
        root: Node,
        place: tuple[int, ...],
        names: Names,
        gradients: dict[Node, Any],
    ) -> None:
        self.step, self.root, self.names, self.gradients = step, root, names, gradients
        self.unit, self.input = place
        self.raised, self.convention = notation.superscript(step.number), names.convention
        source = step.source.data if isinstance(step.source, Node) else step.source
        self.inputs = np.reshape(source, (-1, np.shape(source)[-1]))
        self.deltas = self.matrix(step.z)
        self.products = self.deltas[:, self.unit] * self.inputs[:, self.input]
        #: Rows by how much they bring; the first of them is the example.
        self.largest_first = np.argsort(-np.abs(self.products), kind="stable").tolist()
        self.row = self.largest_first[0]

    def matrix(self, value: Node) -> Any:
        """∂J/∂value with one row per sample."""
        return np.reshape(self.gradients[value], (-1, value.shape[-1]))

    def weight(self, most: int) -> Terms:
        """The sum over the rows of the batch, the largest rows written out."""
        weight = self.convention.symbol(
            weight_label(self.step.number, self.unit + 1, self.input + 1)
        )
        delta = self.convention.delta_of(self.raised, notation.subscript(self.unit + 1))
        source = "c" if self.step.slot is None else self.names.inputs(self.step.z)[self.step.slot]
        below = f"{source}{notation.subscript(self.input + 1)}"
        products = self.products
        total, rows = float(products.sum()), len(products)
        symbol = notation.partial(self.names[self.root], weight)
        over = f"Σ over {rows} rows of " if rows > 1 else ""
        lines = [f"{symbol} = {over}{delta} · {below}"]
        for row in self.largest_first[:most]:
            numbers = [self.deltas[row, self.unit], self.inputs[row, self.input], products[row]]
            a, b, c = (notation.number(x) for x in numbers)
            lines.append(f"  row {row + 1}: {signed(a)} · {signed(b)} = {c}")
        if rows > most:
            rest = notation.number(products[self.largest_first[most:]].sum())
            lines.append(f"  {rows - most:,} more rows, not written out, bring {rest}")
        lines += self.delta_lines(delta)
        return [*lines, f"{symbol} = {notation.number(total)}"], total

    def delta_lines(self, delta: str) -> list[str]:
        """Where δ of this unit comes from in one row: the sum over the units of the layer above."""
        above = [s for s in layer_steps(self.root) if s.source is self.step.a]
        if len(above) != 1 or above[0].weight_slot is None:
            return self.output_lines(delta)
        upper = above[0]
        weights = upper.z.inputs[upper.weight_slot or 0]
        weights = (weights.data if isinstance(weights, Node) else weights)[:, self.unit]
        deltas = self.matrix(upper.z)[self.row]
        raised = notation.superscript(upper.number)
        symbols, numbers = [], []
        for k in range(len(weights))[:4]:
            lowered = notation.subscript(k + 1)
            weight = self.convention.symbol(weight_label(upper.number, k + 1, self.unit + 1))
            symbols.append(f"{weight} · {self.convention.delta_of(raised, lowered)}")
            pair = [notation.number(weights[k]), notation.number(deltas[k])]
            numbers.append(" · ".join(signed(number) for number in pair))
        for terms in (symbols, numbers):
            if len(weights) > 4:
                terms.append("…")
        paths = f"the sum over the {len(weights)} paths through layer {upper.number}"
        lines = [
            f"  with, in row {self.row + 1}, {paths}:",
            f"    {delta} = ({' + '.join(symbols)}){self.slope_text()}",
            f"      = ({' + '.join(numbers)}){self.slope_number(weights @ deltas)}",
        ]
        return [*lines, f"      = {notation.number(self.deltas[self.row, self.unit])}"]

    def output_lines(self, delta: str) -> list[str]:
        """δ of the last layer."""
        formula = chain_formula(self.root, self.step.z, self.names)
        if not formula:
            return []
        here = notation.number(self.deltas[self.row, self.unit])
        symbol = self.convention.delta_of(self.raised)
        return [f"  with {symbol} = {formula}; in row {self.row + 1} {delta} = {here}"]

    def slope_text(self) -> str:
        if self.step.a is self.step.z:
            return ""
        a, z = self.names[self.step.a], self.names[self.step.z]
        slope = (
            chain_formula(self.step.a, self.step.z, self.names) or f"{self.convention.slope}({z})"
        )
        unit = notation.subscript(self.unit + 1)
        return f" · ({slope.replace(a, a + unit).replace(z, z + unit)})"

    def slope_number(self, arrived: Any) -> str:
        if self.step.a is self.step.z:
            return ""
        edges = [slot for slot, x in enumerate(self.step.a.inputs) if x is self.step.z]
        if len(edges) == 1:
            name = self.names[self.step.a]
            found = local_derivative(self.step.a, edges[0], self.names.inputs(self.step.a), name)
            if found is not None and found.data is not None and np.ndim(found.data):
                slopes = np.reshape(found.data, (-1, self.step.z.shape[-1]))
                return f" · {notation.number(slopes[self.row, self.unit])}"
        return f" · {self.convention.slope}"
