"""Network view: neurons in columns, weights between them, with a and δ of one sample."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autograd import Value
from autograd.graph import Graph
from autograd.node import Node, data_of

from .. import notation
from ..chain_rule.gradients import gradients_under
from ..chain_rule.names import Names
from ..conventions import Convention, convention
from .diagram import Diagram, DiagramEdge, DiagramNode
from .layers import LayerStep, layer_steps
from .run import expect_model, loss_of

#: Units of a column that are drawn; of a larger one the first ones and the last.
MOST_UNITS = 8
#: Weights that are written on their lines, at most.
MOST_LABELS = 12


def network_diagram(
    model: Any,
    x: Any = None,
    y: Any = None,
    loss: Any = None,
    row: int = 0,
    notation_name: str = "lecture",
) -> Diagram:
    """What ``draw_network`` shows, as plain data."""
    expect_model(model, "draw_network")
    given = x is not None
    root = loss_of(model, x, y, loss, "draw_network") if y is not None else _prediction(model, x)
    steps = [step for step in layer_steps(root) if _is_dense(step)]
    if not steps:
        raise ValueError(
            "draw_network() found no fully connected layer; expected scopes that hold "
            "z = x Wᵀ + b, as nn.Layer and nn.layers.Dense make them."
        )
    gradients = gradients_under(root) if y is not None else {}
    return _Columns(root, steps, gradients, given, row, convention(notation_name)).build()


def _prediction(model: Any, x: Any) -> Node:
    if x is None:
        weights = [value for value in model.parameters() if value.ndim == 2]
        if not weights:
            raise ValueError(
                "draw_network(model) found no weights yet; expected draw_network(model, x), or a "
                "model that has seen its first input."
            )
        x = np.zeros((1, weights[0].shape[1]))
    if not isinstance(x, Value):
        x = Value(np.atleast_2d(np.asarray(x, dtype=float)), label="x", requires_grad=False)
    prediction = model(x)
    if not isinstance(prediction, Node):
        raise TypeError(
            f"draw_network() got a model that gives {type(prediction).__name__}; expected a Value."
        )
    return prediction


def _is_dense(step: LayerStep) -> bool:
    slot = step.weight_slot
    return slot is not None and np.ndim(data_of(step.z.inputs[slot])) == 2


class _Columns:
    """Gathers the units of the input and of each layer, and the weights between them."""

    def __init__(
        self,
        root: Node,
        steps: list[LayerStep],
        gradients: dict[Node, Any],
        given: bool,
        row: int,
        style: Convention,
    ) -> None:
        self.root, self.steps, self.gradients = root, steps, gradients
        self.given, self.row, self.convention = given, row, style
        self.names = Names(Graph(root), style)
        self.nodes: list[DiagramNode] = []
        self.edges: list[DiagramEdge] = []
        #: For each column the units that are drawn: their index and the id of their node.
        self.columns: list[dict[int, str]] = []
        self.notes: list[str] = []

    def build(self) -> Diagram:
        self.add_inputs()
        for position, step in enumerate(self.steps):
            self.add_layer(position, step)
        if self.gradients:
            self.add_loss()
        self.write_weights()
        sizes = "-".join(str(n) for n in [self.width(self.source()), *map(self.width, self.outs())])
        title = f"network {sizes}"
        if self.given:
            title += f", sample {self.row + 1}"
        note = "; ".join(self.notes)
        return Diagram(title, tuple(self.nodes), tuple(self.edges), (), note, self.convention.name)

    def source(self) -> Any:
        return data_of(self.steps[0].source)

    def outs(self) -> list[Any]:
        return [step.z.data for step in self.steps]

    @staticmethod
    def width(data: Any) -> int:
        return int(np.shape(data)[-1])

    def values(self, data: Any) -> Any:
        """The sample's row of an array."""
        if data is None:
            return None
        rows = np.reshape(data, (-1, np.shape(data)[-1]))
        if self.row >= len(rows):
            raise ValueError(f"draw_network() got row={self.row} of a batch of {len(rows)}.")
        return rows[self.row]

    def add(self, kind: str, name: str, cell: tuple[float, float], **more: Any) -> str:
        node = DiagramNode(f"n{len(self.nodes)}", kind, name, cell=cell, **more)
        self.nodes.append(node)
        return node.id

    def add_inputs(self) -> None:
        values = self.values(self.source())
        self.add_column(0, len(values), "x", values if self.given else None, None, "input")

    def add_layer(self, position: int, step: LayerStep) -> None:
        deltas = self.values(self.gradients.get(step.z))
        activations = self.values(step.a.data) if np.ndim(step.a.data) else None
        name = self.names[step.a]
        numbers = activations if self.given else None
        self.add_column(position + 1, self.width(step.z.data), name, numbers, deltas, "unit")
        self.connect(position, step)

    def add_column(
        self, column: int, units: int, name: str, values: Any, deltas: Any, kind: str
    ) -> None:
        """The units of one column, abridged where there are many."""
        shown = shown_units(units)
        found: dict[int, str] = {}
        places = len(shown) + (len(shown) < units)
        for position, unit in enumerate(shown):
            at = position + (len(shown) < units and position == len(shown) - 1)
            cell = (float(column), at - (places - 1) / 2)
            value = "" if values is None else notation.number(values[unit], 3)
            gradient = "" if deltas is None else notation.number(deltas[unit], 3)
            found[unit] = self.add(
                "unit" if kind == "unit" else "input",
                f"{name}{notation.subscript(unit + 1)}", cell,
                value=value, gradient=gradient, state="final" if gradient else "none",
                data=None if values is None else values[unit],
                grad=None if deltas is None else deltas[unit],
            )  # fmt: skip
        if len(shown) < units:
            cell = (float(column), places - 2 - (places - 1) / 2)
            self.add("ellipsis", "⋮", cell, rows=(f"{units - len(shown):,} more",))
            what = "inputs" if kind == "input" else f"units of {name}"
            self.notes.append(f"{units - len(shown):,} of {units:,} {what} are not drawn")
        self.columns.append(found)

    def connect(self, position: int, step: LayerStep) -> None:
        """The weights between two columns, and the bias unit."""
        names = step.z.op.input_names if step.z.op is not None else ()
        operands = dict(zip(names, step.z.inputs, strict=False))
        weight = data_of(operands["weight"])
        sources, targets = self.columns[position], self.columns[position + 1]
        largest = float(np.abs(weight).max(initial=0.0)) or 1.0
        below = self.source() if position == 0 else self.outs()[position - 1]
        if weight.shape[1] != self.width(below):
            self.notes.append(f"what lies between {position} and {position + 1} is not drawn")
            return
        for unit, target in targets.items():
            for source_unit, source in sources.items():
                self.line(source, target, float(weight[unit, source_unit]), largest)
        bias = operands.get("bias")
        if isinstance(bias, Node):
            rows = [n.cell[1] for n in self.nodes if n.cell and n.cell[0] == position]
            one = self.add("bias", "1", (float(position), max(rows) + 1.0))
            for unit, target in targets.items():
                self.line(one, target, float(np.reshape(bias.data, -1)[unit]), largest)

    def line(self, source: str, target: str, weight: float, largest: float) -> None:
        size, sign = round(min(1.0, abs(weight) / largest), 3), 1 if weight >= 0 else -1
        number = notation.number(weight, 3)
        edge = DiagramEdge(source, target, symbol=number, local=weight, size=size, sign=sign)
        self.edges.append(edge)

    def write_weights(self) -> None:
        """The number on each line where they are few; else in its tooltip alone."""
        if len(self.edges) <= MOST_LABELS:
            self.edges = [replace(edge, text=edge.symbol) for edge in self.edges]

    def add_loss(self) -> None:
        column = float(len(self.columns))
        loss = self.add(
            "root", self.names[self.root], (column, 0.0), form=self.names.form(self.root),
            value=notation.array(self.root.data), data=self.root.data,
        )  # fmt: skip
        for source in self.columns[-1].values():
            self.edges.append(DiagramEdge(source, loss))


def shown_units(units: int) -> list[int]:
    """The units that are drawn: all, or the first ones and the last."""
    if units <= MOST_UNITS:
        return list(range(units))
    return [*range(MOST_UNITS - 3), units - 1]
