"""Comparison: two states of graphs of one shape, node by node, on one layout."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd.node import Node
from autograd.tracing import State, Trace

from .. import notation
from .diagram import Diagram, DiagramEdge, DiagramNode
from .graph_view import diagram

#: Nodes whose change is at least this share of the largest one are highlighted.
LARGE = 0.5


@dataclass(frozen=True)
class Comparison:
    """``before`` and ``after`` as they are, and ``difference``: both numbers in each box."""

    before: Diagram
    after: Diagram
    difference: Diagram


def compare_states(one: Any, two: Any, **options: Any) -> Comparison:
    """The two states of ``compare`` as diagrams with the same nodes and edges.

    Raises:
        TypeError: neither a Value, nor a trace whose function returned one, nor a state of such.
        ValueError: the graphs differ in shape; the message names the first difference.
    """
    before, after = _diagram_of(one, options), _diagram_of(two, options)
    _check_alike(before, after)
    pairs = list(zip(before.nodes, after.nodes, strict=True))
    values = [_difference(a.data, b.data) for a, b in pairs]
    gradients = [_difference(a.grad, b.grad) for a, b in pairs]
    largest = max([size(x) for x in (*values, *gradients)], default=0.0)
    nodes = [
        _merged(a, b, value, gradient, largest)
        for (a, b), value, gradient in zip(pairs, values, gradients, strict=True)
    ]
    edges = [_merged_edge(a, b) for a, b in zip(_uses(before), _uses(after), strict=True)]
    edges += [edge for edge in after.edges if edge.kind != "forward"]
    changed = sum(1 for node in nodes if node.changed)
    note = f"{changed} of {len(nodes)} boxes differ"
    title = f"{before.title}, before → after"
    whole = replace(after, title=title, nodes=tuple(nodes), edges=tuple(edges), note=note)
    return Comparison(before, after, whole)


def _diagram_of(given: Any, options: dict[str, Any]) -> Diagram:
    if isinstance(given, Node):
        return diagram(given, **options)
    state = given.last if isinstance(given, Trace) else given
    if not isinstance(state, State):
        raise TypeError(
            f"compare() got {type(given).__name__}; expected a Value, a trace, or a state of a "
            f"trace such as trace.at(5)."
        )
    root = state.trace.result
    if not isinstance(root, Node):
        raise TypeError(
            "compare() got a trace whose function returned no Value; expected one that returns "
            "the loss, as in autograd.trace(lambda: …; return J)."
        )
    return diagram(root, at=state, **options)


def _check_alike(before: Diagram, after: Diagram) -> None:
    if len(before.nodes) != len(after.nodes):
        raise ValueError(
            f"compare() got graphs of {len(before.nodes)} and {len(after.nodes)} boxes; expected "
            f"two of one shape, such as the same loss before and after a step."
        )
    for a, b in zip(before.nodes, after.nodes, strict=True):
        if (a.op, a.kind) != (b.op, b.kind):
            raise ValueError(
                f"compare() got {a.name} = {a.form or a.kind} on one side and {b.name} = "
                f"{b.form or b.kind} on the other; expected graphs of one shape."
            )
    uses = [[(edge.source, edge.target, edge.slot) for edge in _uses(d)] for d in (before, after)]
    if uses[0] != uses[1]:
        raise ValueError(
            "compare() got graphs whose values are used in different places; expected graphs of "
            "one shape."
        )


def _uses(shown: Diagram) -> list[DiagramEdge]:
    """The edges that every state has; arrows back come and go."""
    return [edge for edge in shown.edges if edge.kind == "forward"]


def _difference(a: Any, b: Any) -> Any:
    """b − a where both are there and of one shape; else None."""
    if a is None or b is None or np.shape(a) != np.shape(b):
        return None
    return np.asarray(b, dtype=float) - np.asarray(a, dtype=float)


def size(difference: Any) -> float:
    """The largest change among the elements; 0 where there is none."""
    if difference is None or np.size(difference) == 0:
        return 0.0
    largest = float(np.abs(difference).max())
    return largest if np.isfinite(largest) else 0.0


def _merged(
    a: DiagramNode, b: DiagramNode, value: Any, gradient: Any, largest: float
) -> DiagramNode:
    parts = []
    if size(value):
        parts.append(f"value {_change(value)}")
    if size(gradient):
        parts.append(f"gradient {_change(gradient)}")
    if (a.state, a.gradient == "—") != (b.state, b.gradient == "—"):
        parts.append(f"gradient {a.state} → {b.state}")
    biggest = max(size(value), size(gradient))
    mark = " (large)" if largest and biggest >= LARGE * largest else ""
    return replace(
        b,
        value=_arrow(a.value, b.value),
        gradient=_arrow(a.gradient, b.gradient),
        changed=", ".join(parts) + mark if parts else "",
        heatmaps=(),
    )


def _change(difference: Any) -> str:
    if np.ndim(difference) == 0:
        number = notation.number(difference, 3)
        return number if number.startswith("−") else f"+{number}"
    return f"up to {notation.number(size(difference), 3)}"


def _arrow(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _merged_edge(a: DiagramEdge, b: DiagramEdge) -> DiagramEdge:
    if a.text == b.text:
        return b
    kept = f"{b.symbol or a.symbol}: {_last(a.text)} → {_last(b.text)}"
    return replace(b, text=kept if (b.symbol or a.symbol) else f"{a.text} → {b.text}")


def _last(text: str) -> str:
    return text.rpartition(" = ")[2] if text else notation.NOT_REACHED
