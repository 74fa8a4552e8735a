"""Graph view: any graph as a diagram, one node per value and one edge per use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from autograd.graph import Edge, Graph
from autograd.modes import Scope
from autograd.node import Node, data_of

from .. import notation
from ..chain_rule.contributions import blocked, contribution, contribution_text, detached
from ..chain_rule.local_derivative import local_derivative, terms_of
from ..chain_rule.names import Names
from ..conventions import convention
from .clusters import clusters_of
from .diagram import Diagram, DiagramEdge, DiagramNode
from .folding import Folding, Group, fold
from .heatmaps import heatmap

#: Values drawn one by one; a larger graph is folded.
LIMIT = 400


class Reached(NamedTuple):
    """How far a backward pass has come at a value: ``done`` of its ``uses``, summing to grad."""

    grad: Any
    done: int
    uses: int


@dataclass(frozen=True)
class Options:
    """What of a graph is shown; see ``diagram``."""

    limit: int = LIMIT
    backward: bool = False
    depth: int | None = None
    collapse: Sequence[str] = ()
    expand: Sequence[str] = ()
    heatmaps: bool = True
    notation: str = "lecture"


def diagram(
    root: Node,
    limit: int = LIMIT,
    *,
    backward: bool = False,
    depth: int | None = None,
    collapse: str | Sequence[str] = (),
    expand: str | Sequence[str] = (),
    heatmaps: bool = True,
    notation: str = "lecture",
    reached: Mapping[Node, Reached] | None = None,
    at: Any = None,
) -> Diagram:
    """The graph under ``root`` as plain data.

    Plain constants become nodes of their own, one per use. With ``backward`` a second arrow per
    use carries its contribution, δ times the local derivative. Of more than ``limit`` values
    scopes are closed, deepest ones first, and early values folded into bands; a note says so.
    ``depth`` is how many nested scopes are open; ``collapse`` and ``expand`` name scopes by their
    path, ``*`` for anything. ``at`` is a state of a trace, ``trace.at(k)``: data and gradients are
    those of that moment. ``reached`` are gradients half-way through a backward pass alone.

    Raises:
        TypeError: root is no Value.
        ValueError: a limit below 1, a negative depth, an unknown notation.
    """
    if not isinstance(root, Node):
        raise TypeError(
            f"a diagram got {type(root).__name__}; expected a Value, for example the loss."
        )
    if limit < 1:
        raise ValueError(f"a diagram got limit={limit}; expected at least 1 value.")
    if depth is not None and depth < 0:
        raise ValueError(f"a diagram got depth={depth}; expected 0 or more open scopes.")
    options = Options(
        limit, backward, depth, _patterns(collapse), _patterns(expand), heatmaps, notation
    )
    graph = Graph(root)
    if at is not None:
        reached = {value: _reached_at(at, value) for value in graph}
    return GraphBuilder(graph, options, reached, at).build()


def _reached_at(state: Any, value: Node) -> Reached:
    """How far the backward pass has come at one value, at one moment of a trace."""
    delta = state.delta(value)
    done, uses = state.progress(value)
    if delta is None:
        delta, done = state.grad(value), uses
    return Reached(delta, done, uses)


def _patterns(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


class GraphBuilder:
    """Gathers nodes, edges and clusters of one graph, numbering them as they come."""

    def __init__(
        self,
        graph: Graph,
        options: Options,
        reached: Mapping[Node, Reached] | None = None,
        at: Any = None,
        names: Names | None = None,
    ) -> None:
        self.graph, self.options, self.reached, self.at = graph, options, reached, at
        self.names = names or Names(graph, convention(options.notation))
        self.folding: Folding = fold(
            graph, options.limit, options.depth, options.collapse, options.expand
        )
        self.scopes = self.folding.scopes
        self.outputs = outputs_of(graph, self.folding)
        self.ids: dict[Any, str] = {}
        self.nodes: list[DiagramNode] = []
        self.edges: list[DiagramEdge] = []
        self.homes: dict[str, Scope | None] = {}
        self.happened: set[tuple[int, int]] | None = None
        self.latest: tuple[Any, list[str], list[Any]] = (None, [], [])
        self.bundles: dict[tuple[str, str], list[Edge]] = {}

    def build(self) -> Diagram:
        for value in self.graph:
            box = self.folding.of(value)
            if isinstance(box, Group):
                if box not in self.ids:
                    self.ids[box] = self.add(self.group_node(box), self.group_home(box))
                self.gather(value, self.ids[box])
            else:
                self.add_value(value)
        self.add_bundles()
        self.tell_other_passes()
        if self.options.backward:
            self.add_backward()
        title = f"graph of {self.names[self.graph.root]}"
        return Diagram(
            title, tuple(self.nodes), tuple(self.edges), clusters_of(self.homes),
            self.folding.note, self.options.notation,
        )  # fmt: skip

    def next_id(self) -> str:
        return f"n{len(self.nodes)}"

    def add(self, node: DiagramNode, scope: Scope | None) -> str:
        self.nodes.append(node)
        self.homes[node.id] = scope
        return node.id

    # -- values

    def add_value(self, value: Node) -> None:
        """The node of one value, those of its plain constants, and the edges between them."""
        operands = [self.operand(value, slot, x) for slot, x in enumerate(value.inputs)]
        self.ids[value] = self.next_id()
        place = len(self.nodes)
        self.add(self.value_node(value), self.scopes[value])
        marks = []
        for slot, source in enumerate(operands):
            x = value.inputs[slot]
            if isinstance(x, Node) and isinstance(self.folding.of(x), Group):
                self.bundles.setdefault((source, self.ids[value]), []).append(Edge(x, value, slot))
                continue
            edge = self.edge(Edge(x, value, slot), source)
            self.edges.append(edge)
            marks.append(edge.blocked)
        node = self.nodes[place]
        mark = "; ".join(dict.fromkeys(mark for mark in marks if mark)) or node.blocked
        self.nodes[place] = replace(node, blocked=mark)

    def operand(self, value: Node, slot: int, x: Any) -> str:
        """The id of an operand; a plain constant becomes a node."""
        if isinstance(x, Node):
            return self.ids[self.folding.of(x)]
        name = self.names.of(Edge(x, value, slot))
        node = DiagramNode(
            self.next_id(), "constant", name, value=notation.array(x), shape=np.shape(x),
            heatmaps=self.heatmaps(x, None), data=x,
        )  # fmt: skip
        return self.add(node, self.scopes[value])

    def value_node(self, value: Node) -> DiagramNode:
        """The node of one value."""
        grad, state, uses = self.gradient(value)
        data, label = self.data(value), value.label
        if label is not None and label.strip():
            label = self.names.convention.symbol(label)
        return DiagramNode(
            id=self.ids[value],
            kind=self.kind(value),
            name=self.names[value],
            form=self.names.form(value),
            op=None if value.op is None else value.op.symbol,
            value=notation.NOT_REACHED if data is None else notation.array(data),
            gradient=gradient_text(value, grad),
            state=state,
            uses=uses,
            blocked="detached: no gradient passes" if detached(value) else "",
            shape=value.shape,
            origin=str(value.origin),
            label=label,
            heatmaps=self.heatmaps(data, grad),
            data=data,
            grad=grad,
        )

    def data(self, value: Node) -> Any:
        """The data of a value, at the moment that is drawn; None where it is not computed yet."""
        return value.data if self.at is None else self.at.value(value)

    def is_current(self, value: Node) -> bool:
        """True if a value and its operands are at this moment what they are now."""
        if self.at is None:
            return True
        found = [(x, self.data(x)) for x in (value, *value.inputs) if isinstance(x, Node)]
        return all(data is not None and np.array_equal(data, x.data) for x, data in found)

    def gradient(self, value: Node) -> tuple[Any, str, tuple[int, int] | None]:
        """Gradient so far, its state, and how many uses of how many have brought their part."""
        if not value.requires_grad:
            return None, "none", None
        if self.reached is None:
            grad = data_of(value.grad)
            return grad, "not reached" if grad is None else "final", None
        found = self.reached.get(value)
        if found is None or found.grad is None:
            return None, "not reached", None if found is None else (0, found.uses)
        grad = data_of(found.grad)
        state = "final" if found.done >= found.uses else "partial"
        return grad, state, (found.done, found.uses)

    def heatmaps(self, data: Any, grad: Any) -> tuple[Any, ...]:
        if not self.options.heatmaps:
            return ()
        found = [None if data is None else heatmap(data, "value")]
        if grad is not None:
            found.append(heatmap(grad, "δ"))
        return tuple(cells for cells in found if cells is not None)

    def kind(self, value: Node) -> str:
        if value is self.graph.root:
            return "root"
        if value.op is not None:
            return "result"
        return "parameter" if value.requires_grad else "input"

    # -- uses

    def edge(self, use: Edge, source: str) -> DiagramEdge:
        """The edge of one use; a constant's carries no derivative."""
        value, slot, operand = use.target, use.slot, use.source
        target = self.ids[value]
        if not (isinstance(operand, Node) and operand.requires_grad and self.is_current(value)):
            return DiagramEdge(source, target, slot)
        names, terms = self.inputs(value)
        local = local_derivative(value, slot, names, self.names[value], terms=terms)
        if local is None:
            text = "not differentiable"
            return DiagramEdge(source, target, slot, text, blocked=text)
        delta, state, _ = self.gradient(value)
        passed, text = None, ""
        if state == "final" and self.has_passed(use):
            passed = contribution(use, delta)
            text = contribution_text(local, delta, passed)
        return DiagramEdge(
            source, target, slot, local.text, local.symbol, local.formula, local.data,
            summed=local.summed, contribution=passed, passed=text,
            blocked=blocked(use, local, self.names[operand], delta),
        )  # fmt: skip

    def has_passed(self, use: Edge) -> bool:
        """True unless the moment that is drawn lies before this use's contribution."""
        if self.at is None:
            return True
        if self.happened is None:
            events = self.at.trace[: self.at.index + 1]
            passes = [e for e in events if e.kind == "contribution" and e.sweep == self.at.sweep]
            self.happened = {(event.node.id, event.slot) for event in passes}
        return (self.at.trace.node(use.target).id, use.slot) in self.happened

    def inputs(self, value: Node) -> tuple[list[str], list[Any]]:
        """Names of the operands, and as Formulas; kept for the next use of the same value."""
        if self.latest[0] is not value:
            names = self.names.inputs(value)
            self.latest = (value, names, terms_of(value, names))
        return self.latest[1:]

    # -- folded values

    def group_node(self, group: Group) -> DiagramNode:
        """The box of a group, with value and gradient where one value alone leaves it."""
        numbers = sum(x.size for x in group.members if x.op is None and x.requires_grad)
        rows = [group.row]
        if numbers:
            rows.append(f"{numbers:,} parameter{'s' if numbers > 1 else ''}")
        node = DiagramNode(
            self.next_id(), "folded", group.title, rows=tuple(rows), folded=len(group.members)
        )
        leaving = self.outputs.get(id(group), [])
        if len(leaving) != 1:
            return node
        (value,) = leaving
        grad, state, uses = self.gradient(value)
        return replace(
            node, form=self.names[value], value=notation.array(value.data),
            gradient=gradient_text(value, grad), state=state, uses=uses, shape=value.shape,
            data=value.data, grad=grad,
        )  # fmt: skip

    def group_home(self, group: Group) -> Scope | None:
        return group.scope.outer if group.scope is not None and group.runs == 1 else None

    def gather(self, value: Node, target: str) -> None:
        """The edges that lead into a group from outside."""
        for slot, x in enumerate(value.inputs):
            if isinstance(x, Node):
                source = self.ids[self.folding.of(x)]
                if source != target:
                    self.bundles.setdefault((source, target), []).append(Edge(x, value, slot))

    def add_bundles(self) -> None:
        """One edge for all uses between two boxes."""
        for (source, target), uses in self.bundles.items():
            if len(uses) == 1 and not isinstance(self.folding.of(uses[0].target), Group):
                self.edges.append(self.edge(uses[0], source))
                continue
            text = f"{len(uses):,} uses" if len(uses) > 1 else ""
            self.edges.append(DiagramEdge(source, target, uses[0].slot, text))

    # -- the way back

    def tell_other_passes(self) -> None:
        """A row where a leaf's gradient is not what its uses here add up to.

        A leaf adds up backward passes; the others came from this graph too, or from another.
        """
        sums: dict[str, Any] = {}
        for edge in self.edges:
            if edge.contribution is not None:
                sums[edge.source] = sums.get(edge.source, 0.0) + edge.contribution
        for place, node in enumerate(self.nodes):
            brought = sums.get(node.id)
            if node.kind != "parameter" or node.state != "final" or brought is None:
                continue
            if not np.allclose(brought, node.grad, rtol=1e-5, atol=1e-12, equal_nan=True):
                row = f"of it {notation.array(brought, 3)} from one pass here"
                self.nodes[place] = replace(node, rows=(*node.rows, row))

    def add_backward(self) -> None:
        """A second arrow for each use that has passed something back, wider for more."""
        known = [edge for edge in self.edges if edge.passed]
        sizes = [float(np.abs(edge.contribution).max(initial=0.0)) for edge in known]
        largest = max((size for size in sizes if np.isfinite(size)), default=0.0) or 1.0
        for edge, size in zip(known, sizes, strict=True):
            share = min(1.0, size / largest) if np.isfinite(size) else 1.0
            back = DiagramEdge(
                edge.target, edge.source, edge.slot, edge.passed, kind="backward",
                contribution=edge.contribution, size=round(share, 3), blocked=edge.blocked,
            )  # fmt: skip
            self.edges.append(back)


def outputs_of(graph: Graph, folding: Folding) -> dict[int, list[Node]]:
    """The values of each group that are used outside of it."""
    found: dict[int, dict[Node, None]] = {}
    if folding.homes:
        for value in graph:
            box = folding.of(value)
            for x in value.inputs:
                home = folding.homes.get(x) if isinstance(x, Node) else None
                if home is not None and home is not box:
                    found.setdefault(id(home), {})[x] = None
    return {key: list(values) for key, values in found.items()}


def gradient_text(value: Node, grad: Any) -> str:
    """∂J/∂value as text; ``—`` where no backward pass has reached, "" for a constant."""
    if not value.requires_grad:
        return ""
    return notation.NOT_REACHED if grad is None else notation.array(grad)
