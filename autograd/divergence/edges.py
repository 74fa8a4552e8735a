"""The search for the first wrong edge, whoever wrote the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..node import Node
from .learner import LearnerEngine
from .own import first_wrong_edge
from .result import Divergence


def first_divergence(
    loss: Any,
    check: str = "finite-difference",
    inputs: Callable[[Any], Any] | None = None,
    forward: Callable[[Any], Any] | None = None,
) -> Divergence | None:
    """The first edge on which back-propagation from ``loss`` is wrong; None if all are right.

    Each contribution is compared with a finite difference of the one op that it goes through, in
    the order of the sweep, so that the first mistake is named and not what follows from it.

    ``loss`` is a Value, or an object of a learner's own class with ``data``, ``grad``,
    ``_backward`` and its operands in ``inputs`` or, as in micrograd, ``_prev``. Such a graph is
    driven value by value, then once more by its own ``backward()``. All its gradients are set.
    What an op computes is found from the method that made ``_backward``, or from ``_op``;
    ``inputs(value)`` and ``forward(value)``, which returns a function and its operands, may say it.

    >>> class Number:
    ...     def __init__(self, data, inputs=()):
    ...         self.data, self.grad, self.inputs = data, 0.0, inputs
    ...         self._backward = lambda: None
    ...     def __mul__(self, other):
    ...         out = Number(self.data * other.data, (self, other))
    ...         def _backward():
    ...             self.grad += other.data * out.grad
    ...             other.grad += self.data
    ...         out._backward = _backward
    ...         return out
    >>> a, b = Number(3.0), Number(2.0)
    >>> found = first_divergence(a * b * b)
    >>> found.kind, found.step, found.before, round(found.expected), found.got
    ('no_upstream', 2, 6.0, 12, 9.0)

    Raises:
        TypeError: the object has not what it takes to drive it.
        ValueError: nothing was computed, so nothing can be checked.
    """
    if check != "finite-difference":
        raise ValueError(f"first_divergence() got check={check!r}; expected 'finite-difference'.")
    if isinstance(loss, Node):
        return first_wrong_edge(loss)
    return LearnerEngine(loss, inputs, forward).first_wrong_edge()
