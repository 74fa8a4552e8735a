"""Draw: pictures of the graph of any value, in our style and as micrograd users know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.graph import Graph
from autograd.node import Node

from . import notation
from .diagram import LIMIT, diagram
from .dot import quoted_lines
from .drawing import Drawing

if TYPE_CHECKING:
    from .dot_graph import DotGraph


def check_rankdir(rankdir: str) -> str:
    """``rankdir``, if it is LR or TB."""
    if rankdir not in ("LR", "TB"):
        raise ValueError(f"rankdir={rankdir!r}; expected 'LR' (left to right) or 'TB' (downwards).")
    return rankdir


def draw(root: Node, rankdir: str = "LR", limit: int = LIMIT) -> Drawing:
    """The graph under ``root``: values, gradients, and the local derivative on every edge.

    A gradient that no backward pass has reached is ``—``, never 0. Parts made inside
    ``autograd.scope(name)`` are framed. Of a graph with more than ``limit`` values the part
    next to the root is drawn, and a note says how many are not.

    >>> from autograd import Value
    >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
    >>> print(draw(w * x))
    graph of u₁
      w   value 2   δ —
      x   value 3   δ —
      u₁ = w · x   value 6   δ —
        from w: ∂u₁/∂w = x = 3
        from x: ∂u₁/∂x = w = 2
    """
    return Drawing(diagram(root, limit), check_rankdir(rankdir))


def draw_dot(root: Node, format: str = "svg", rankdir: str = "LR") -> DotGraph:
    """The graph as micrograd draws it: a box of data and grad per value, an ellipse per op.

    One edge per use: ``a * a`` has two. A gradient not reached is ``—``. The result is a
    ``graphviz.Digraph`` whose ``render`` and notebook picture need no native Graphviz.
    """
    from .dot_graph import DotGraph

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
