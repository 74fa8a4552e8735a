"""Backprop view: a network layer by layer, with δ^l and the equations of back-propagation."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ops
from autograd.graph import Graph
from autograd.node import Node, data_of

from .. import notation
from ..chain_rule.chain import chain_formula
from ..chain_rule.gradients import gradients_under
from ..chain_rule.local_derivative import axes_text, local_derivative
from ..chain_rule.names import Names
from ..conventions import Convention, convention
from .diagram import Cluster, Diagram, DiagramEdge, DiagramNode
from .heatmaps import heatmap
from .layers import LayerStep, layer_steps
from .run import loss_of


def backprop_diagram(
    model: Any, x: Any = None, y: Any = None, loss: Any = None, notation: str = "lecture"
) -> Diagram:
    """What ``draw_backprop`` shows, as plain data."""
    root = model if isinstance(model, Node) else loss_of(model, x, y, loss, "draw_backprop")
    steps = layer_steps(root)
    if not steps:
        raise ValueError(
            "draw_backprop() found no layer; expected scopes that hold a net input, as nn.Layer "
            "makes them: with autograd.scope('layer 1'): z = autograd.affine(x, weight, bias)."
        )
    return _View(root, steps, gradients_under(root), convention(notation)).build()


class _View:
    """Builds the diagram of one pass; one method for each kind of box."""

    def __init__(
        self,
        root: Node,
        steps: list[LayerStep],
        gradients: dict[Node, Any],
        chosen: Convention,
    ) -> None:
        self.root, self.steps, self.gradients = root, steps, gradients
        self.convention, self.names = chosen, Names(Graph(root), chosen)
        self.between = [self.passing(position) for position in range(len(steps))]
        self.nodes: list[DiagramNode] = []
        self.edges: list[DiagramEdge] = []
        self.clusters: list[Cluster] = []
        self.ids: dict[Any, str] = {}

    def build(self) -> Diagram:
        source = data_of(self.steps[0].source)
        self.add("x", "input", self.source_name(0), rows=data_rows(source), data=source)
        for position, step in enumerate(self.steps):
            self.add_layer(position, step)
        rows = (f"value {notation.array(self.root.data)}",)
        self.add("J", "root", self.names[self.root], self.loss_form(), rows)
        self.connect()
        title = f"back-propagation of {self.names[self.root]}"
        return Diagram(
            title, tuple(self.nodes), tuple(self.edges), tuple(self.clusters),
            notation=self.convention.name,
        )  # fmt: skip

    def add(
        self,
        key: Any,
        kind: str,
        name: str,
        form: str = "",
        rows: tuple[str, ...] = (),
        data: Any = None,
        grad: Any = None,
    ) -> None:
        self.ids[key] = f"n{len(self.nodes)}"
        lane = {"parameter": "", "error": "backward"}.get(kind, "forward")
        found = [
            None if x is None else heatmap(x, what) for what, x in (("value", data), ("δ", grad))
        ]
        cells = tuple(cell for cell in found if cell is not None)
        node = DiagramNode(
            self.ids[key], kind, name, form, rows=rows, lane=lane, heatmaps=cells,
            data=data, grad=grad,
        )  # fmt: skip
        self.nodes.append(node)

    def add_layer(self, position: int, step: LayerStep) -> None:
        """The boxes of one layer and the frame around them."""
        first = len(self.nodes)
        for parameter in step.parameters:
            self.add_parameter(position, step, parameter)
        self.add((position, "z"), "result", self.names[step.z], self.names.form(step.z),
                 data_rows(step.z.data), step.z.data)  # fmt: skip
        if step.a is not step.z:
            self.add((position, "a"), "result", self.names[step.a], self.names.form(step.a),
                     data_rows(step.a.data), step.a.data)  # fmt: skip
        self.add((position, "δ"), "error", "", rows=self.delta_rows(position, step),
                 grad=self.gradients.get(step.z))  # fmt: skip
        inside = tuple(node.id for node in self.nodes[first:])
        title = f"{step.title} · {self.delta(position)} {self.shape(step.z)}"
        self.clusters.append(Cluster(f"c{position}", title, step.title, None, inside))

    def add_parameter(self, position: int, step: LayerStep, parameter: Node) -> None:
        """W^l or b^l: its value, and how its gradient comes from δ^l."""
        name, gradient = self.names[parameter], self.gradients.get(parameter)
        rows = [f"value {notation.array(parameter.data, 3)}"]
        if gradient is not None:
            rows.append(self.parameter_rule(position, step, parameter))
            rows.append(f"= {notation.array(gradient, 3)}")
        self.add((position, name), "parameter", name, "", tuple(rows), parameter.data, gradient)

    def parameter_rule(self, position: int, step: LayerStep, parameter: Node) -> str:
        """∂J/∂W¹ = δ¹ᵀ x, by running the rule of that edge."""
        symbol = self.convention.gradient_of(self.names[self.root], self.names[parameter])
        slots = [slot for slot, x in enumerate(step.z.inputs) if x is parameter]
        if len(slots) != 1:
            return f"{symbol}"
        delta = self.delta(position)
        local = local_derivative(
            step.z, slots[0], self.names.inputs(step.z), self.names[step.z], delta
        )
        if local is None:
            return symbol
        formula = local.formula
        if local.data is not None:
            times = self.convention.hadamard
            formula = delta if formula == "1" else f"{delta} {times} ({formula})"
        if step.z.ndim > parameter.ndim and formula == delta:
            axes = "rows" if step.z.ndim == 2 else axes_text(local.summed)
            formula = f"Σ {axes} of {delta}" if axes == "rows" else f"Σ over {axes} of {delta}"
        return f"{symbol} = {formula}{self.tag(2 if parameter.ndim < 2 else 3)}"

    def tag(self, number: int) -> str:
        """The number of an equation of back-propagation in the text whose notation this is."""
        name = self.convention.equations[number]
        return f"   ({name})" if name else ""

    def delta_rows(self, position: int, step: LayerStep) -> tuple[str, ...]:
        """δ^l: the lecture's equation, what the rules compute here, shapes, numbers."""
        delta, gradient = self.delta(position), self.gradients.get(step.z)
        tag = self.tag(0 if self.layer_above(position) is None else 1)
        first = f"{delta} = {self.equation(position, step)}{tag}"
        rows = [first, *self.instance(position, step)]
        if gradient is None:
            return (*rows, f"= {notation.NOT_REACHED}")
        rows.append(f"= {notation.array(gradient, 3)}")
        rows.append(f"mean |{delta}| = {notation.number(np.mean(np.abs(gradient)))}")
        return tuple(rows)

    def equation(self, position: int, step: LayerStep) -> str:
        """The equation of back-propagation for this layer, in the lecture's notation."""
        z, root = self.names[step.z], self.names[self.root]
        times = self.convention.hadamard
        slope = "" if step.a is step.z else f" {times} {self.convention.slope}({z})"
        above = self.layer_above(position)
        if above is None:
            symbol = z if step.a is step.z else self.names[step.a]
            return f"∂{root}/∂{z}" if step.a is step.z else f"∇{symbol} {root}{slope}"
        weight = self.convention.symbol(f"W{self.raised(above)}")
        if self.steps[above].parameters:
            weight = self.names[self.steps[above].parameters[0]]
        product = f"({weight})ᵀ {self.delta(above)}"
        if self.steps[above].slot is None:
            product = f"{self.delta(above)} back through {self.steps[above].title}"
        if self.between[above]:
            product = f"({product}, back through {', '.join(self.between[above])})"
        return f"{product}{slope}"

    def instance(self, position: int, step: LayerStep) -> list[str]:
        """The same as the rules compute it (samples in rows), and the shapes of its factors."""
        above = self.layer_above(position)
        if above is None:
            arrived = chain_formula(self.root, step.a, self.names)
            shapes = self.shape(step.a)
            if step.a is step.z and self.root.op is ops.SoftmaxCrossEntropy:
                arrived = f"(ŷ − y) / n with ŷ = softmax({self.names[step.z]})\n= {arrived}"
        else:
            upper = self.steps[above]
            if upper.slot is None:
                return []
            local = local_derivative(
                upper.z, upper.slot, self.names.inputs(upper.z), self.names[upper.z],
                self.delta(above),
            )  # fmt: skip
            arrived = local.formula if local else ""
            if self.between[above]:
                arrived += f", back through {', '.join(self.between[above])}"
            shapes = " ".join(f"({self.shape(x)})" for x in (upper.z, *upper.parameters[:1]))
        if step.a is step.z:
            return [f"= {arrived}"] if arrived else []
        slope = chain_formula(step.a, step.z, self.names)
        if not slope or not arrived:
            return []
        times = self.convention.hadamard
        return [f"= ({arrived}) {times} ({slope})", f"({shapes}) {times} ({self.shape(step.z)})"]

    def layer_above(self, position: int) -> int | None:
        """The one layer that reads this one's activations directly; None if it is not so."""
        a = self.steps[position].a
        readers = [k for k, step in enumerate(self.steps) if self.origin_of(step) is a]
        return readers[0] if len(readers) == 1 else None

    def origin_of(self, step: LayerStep) -> Any:
        """What a layer reads, seen through ops of one input such as dropout and reshape."""
        made = {other.a for other in self.steps}
        at = step.source
        while isinstance(at, Node) and at not in made and at.op is not None:
            values = [x for x in at.inputs if isinstance(x, Node) and x.requires_grad]
            if len(values) != 1:
                return step.source
            at = values[0]
        return at

    def passing(self, position: int) -> list[str]:
        """What lies between a layer and the activations that it reads, the last made first."""
        end, found = self.origin_of(self.steps[position]), []
        at = self.steps[position].source
        while at is not end:
            found.append(at)
            at = next(x for x in at.inputs if isinstance(x, Node) and x.requires_grad)
        if len(found) == 1:
            return [f"{self.names[found[0]]} = {self.names.form(found[0])}"]
        return [value.op.symbol for value in found]

    def loss_form(self) -> str:
        return self.names.form(self.root, depth=3)

    def source_name(self, position: int) -> str:
        step = self.steps[position]
        if step.slot is not None:
            return self.names.inputs(step.z)[step.slot]
        return self.names[step.source] if isinstance(step.source, Node) else "x"

    def delta(self, position: int) -> str:
        """δ^l of the layer at that place."""
        return self.convention.delta_of(self.raised(position))

    def raised(self, position: int) -> str:
        return notation.superscript(self.steps[position].number)

    @staticmethod
    def shape(value: Any) -> str:
        return notation.shape(notation.shape_of(data_of(value))) or "1"

    def connect(self) -> None:
        """Arrows forward from x to J, and back from J over every δ to the parameters."""
        last = self.ids["x"]
        for position, step in enumerate(self.steps):
            z, last = self.ids[position, "z"], self.ids_of(self.origin_of(step)) or last
            through = ", ".join(reversed(self.between[position]))
            self.edges.append(DiagramEdge(last, z, text=through, weight=10))
            self.connect_parameters(position, step, last)
            last = z
            if step.a is not step.z:
                last = self.ids[position, "a"]
                self.edges.append(DiagramEdge(z, last, weight=10))
            above = self.layer_above(position)
            origin = self.ids["J"] if above is None else self.ids[above, "δ"]
            delta = self.ids[position, "δ"]
            self.edges.append(DiagramEdge(z, delta, kind="beside"))
            self.edges.append(DiagramEdge(origin, delta, kind="backward"))
        self.edges.append(DiagramEdge(last, self.ids["J"], weight=10))

    def connect_parameters(self, position: int, step: LayerStep, below: str) -> None:
        z, delta = self.ids[position, "z"], self.ids[position, "δ"]
        for parameter in step.parameters:
            own = self.ids[position, self.names[parameter]]
            self.edges.append(DiagramEdge(below, own, kind="order"))
            self.edges.append(DiagramEdge(own, z))
            self.edges.append(DiagramEdge(delta, own, kind="backward", weight=20))

    def ids_of(self, value: Any) -> str | None:
        for position, step in enumerate(self.steps):
            if step.a is value:
                return self.ids.get((position, "a"), self.ids[position, "z"])
        return None


def data_rows(data: Any) -> tuple[str, ...]:
    """Shape and first numbers of an array."""
    if data is None:
        return ()
    return (f"value {notation.array(data, 3)}",)
