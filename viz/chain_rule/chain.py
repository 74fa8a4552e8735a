"""Chain: the chain rule as a formula, by running rule after rule on Formulas, root to value."""

from __future__ import annotations

import numpy as np

from autograd.graph import Edge, Graph
from autograd.node import Node

from .formula import Formula
from .local_derivative import run_rule
from .names import Names

#: Ops on the way from a root to a value that one formula is still readable for.
LONGEST = 6


def chain_formula(root: Node, value: Node, names: Names) -> str:
    """∂root/∂value as a formula; "" where more than one path, or a long one, leads there.

    For a root that is not a scalar the factor that multiplies ∂J/∂root, where that is all
    that the op does (elementwise ops).
    """
    path = only_path(root, value)
    if path is None or len(path) > LONGEST:
        return ""
    if root.shape != () and not all(e.target.op and e.target.op.elementwise for e in path):
        return ""
    delta = Formula("1", np.ones(root.shape, root.dtype)[()], number=1.0)
    try:
        with np.errstate(all="ignore"):
            for edge in path:
                value = edge.target
                # Operands without a label are written out, three ops deep.
                terms = names.terms(value, depth=3)
                delta = run_rule(value, edge.slot, delta, terms, names[value])
    except Exception:
        return ""
    return delta.text


def only_path(root: Node, value: Node) -> list[Edge] | None:
    """The edges from ``root`` down to ``value`` if there is one path only; else None."""
    reaching = reaches(root, value)
    path, at = [], root
    while at is not value:
        steps = [
            Edge(x, at, slot)
            for slot, x in enumerate(at.inputs)
            if isinstance(x, Node) and x in reaching
        ]
        if len(steps) != 1:
            return None
        path.append(steps[0])
        at = steps[0].source
    return path


def reaches(root: Node, value: Node) -> set[Node]:
    """The values between ``value`` and ``root``, both included: those computed from it."""
    found = {value}
    for node in Graph(root):
        if any(isinstance(x, Node) and x in found for x in node.inputs):
            found.add(node)
    return found
