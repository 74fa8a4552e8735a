"""Draw dot: the graph as micrograd users know it, a box per value and an ellipse per op."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.graph import Graph
from autograd.node import Node

from . import notation
from .draw import check_rankdir
from .renderers.dot import quoted_lines

if TYPE_CHECKING:
    from .renderers.dot_graph import DotGraph


def draw_dot(root: Node, format: str = "svg", rankdir: str = "LR") -> DotGraph:
    """The graph as micrograd draws it: a box of data and grad per value, an ellipse per op.

    One edge per use: ``a * a`` has two. A gradient not reached is ``—``. The result is a
    ``graphviz.Digraph`` whose ``render`` and notebook picture need no native Graphviz.
    """
    from .renderers.dot_graph import DotGraph

    dot = DotGraph(format=format, graph_attr={"rankdir": check_rankdir(rankdir)})
    graph = Graph(root)
    ids = {value: f"n{i}" for i, value in enumerate(graph)}
    for value in graph:
        dot.body.append(f"\t{ids[value]} [label={_micrograd_label(value)} shape=box]\n")
        if value.op is not None:
            label = quoted_lines([_micrograd_symbol(value)])
            dot.body.append(f"\t{ids[value]}op [label={label}]\n\t{ids[value]}op -> {ids[value]}\n")
    for edge in graph.edges:
        target = f"{ids[edge.target]}op"
        if isinstance(edge.source, Node):
            dot.body.append(f"\t{ids[edge.source]} -> {target}\n")
        elif not _is_exponent(edge.target, edge.slot):
            source = f"{ids[edge.target]}c{edge.slot}"
            label = quoted_lines([_data_text(edge.source)])
            dot.body.append(f"\t{source} [label={label} shape=box]\n\t{source} -> {target}\n")
    return dot


def _micrograd_label(value: Node) -> str:
    grad = notation.NOT_REACHED if value.grad is None else _data_text(value.grad)
    lines = [value.label] if value.label else []
    return quoted_lines([*lines, f"data {_data_text(value.data)}", f"grad {grad}"])


def _data_text(data: Any) -> str:
    data = data.data if isinstance(data, Node) else data
    shape = notation.shape_of(data)
    return notation.array(data) if shape else f"{float(data):.4f}"


def _micrograd_symbol(value: Node) -> str:
    assert value.op is not None
    if len(value.inputs) == 2 and _is_exponent(value, 1):
        return f"**{value.inputs[1]}"
    return value.op.symbol


def _is_exponent(value: Node, slot: int) -> bool:
    """True for the plain number of ``a ** 2``, which micrograd writes into the op."""
    if value.op is None or value.op.symbol != "**" or slot != 1:
        return False
    return not isinstance(value.inputs[1], Node) and notation.shape_of(value.inputs[1]) == ()
