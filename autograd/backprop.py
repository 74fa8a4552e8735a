"""Back-propagation: the reverse sweep over the graph, one value at a time."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Any

from .data import as_data, ndarray
from .node import Node
from .staleness import check_current

#: Several threads may end their sweeps in the same leaf.
_accumulating = threading.Lock()


def run_backward(root: Node, gradient: Any = None) -> None:
    """The sweep from ``root``, run to its end."""
    for _ in sweep(root, seed(root, gradient)):
        pass


def seed(root: Node, gradient: Any = None) -> Any:
    """∂J/∂root to start from: 1 for a scalar, or the given gradient of the root's shape."""
    if not root.requires_grad:
        raise ValueError(
            f"backward() from {root.describe()}, which needs no gradient: it was computed from "
            f"constants, under no_grad(), or made with requires_grad=False."
        )
    if gradient is None:
        if root.shape != ():
            raise ValueError(
                f"backward() from {root.describe()} of shape {root.shape}; expected a scalar. "
                f"Reduce it first, for example .sum() or .mean(), or pass gradient= of that shape."
            )
        return root.dtype.type(1)
    data = gradient._data if isinstance(gradient, Node) else gradient
    data = as_data(data, root.dtype, what="backward(gradient=…)")
    if data.shape != root.shape:
        raise ValueError(
            f"backward(gradient=…) got shape {data.shape}; expected the shape of "
            f"{root.describe()}, {root.shape}."
        )
    return data


def sweep(root: Node, delta: Any) -> Iterator[Node]:
    """Back-propagation from ``root``, most recent value first; yields each one when done.

    A value's turn comes when everything computed from it has had its turn: then its delta
    = ∂J/∂value is complete. The rules of its op turn that into one contribution per input.
    """
    waiting = [root._order]
    pending = {root._order: (root, delta)}
    while waiting:
        order = heappop(waiting)
        value, delta = pending.pop(order)
        op = value.op
        if op is None:
            accumulate(value, delta)
            yield value
            continue
        value._grad = delta
        inputs, out, settings = value.inputs, value._data, value.settings
        if value._rare is not None:
            check_current(value, value)
        data = []
        for x in inputs:
            data.append(x._data if isinstance(x, Node) else x)
        index = 0
        for x in inputs:
            if isinstance(x, Node) and x.requires_grad:
                if (rare := x._rare) is not None and rare.changed < order:
                    check_current(x, value)
                if settings is None:
                    passed = op.rules[index](delta, out, *data)
                else:
                    passed = op.rules[index](delta, out, *data, **settings)
                goal = x._data
                if passed.__class__ is not goal.__class__ or (
                    passed.__class__ is ndarray
                    and (passed.shape != goal.shape or passed.dtype is not goal.dtype)
                ):
                    passed = fit(passed, goal)
                key = x._order
                if key in pending:
                    pending[key] = (x, pending[key][1] + passed)
                else:
                    pending[key] = (x, passed)
                    heappush(waiting, key)
            index += 1  # noqa: SIM113 (enumerate makes a tuple per edge)
        yield value


def fit(passed: Any, data: Any) -> Any:
    """A contribution in the shape and dtype of its value: broadcasting undone by summing."""
    if passed.shape != data.shape:
        passed = passed.sum(axis=broadcast_axes(passed.shape, data.shape))
        if passed.shape != data.shape:
            passed = passed.reshape(data.shape)
    if passed.dtype != data.dtype:
        passed = passed.astype(data.dtype)
    return passed if passed.shape else passed[()]


@functools.lru_cache(maxsize=4096)
def broadcast_axes(shape: tuple[int, ...], target: tuple[int, ...]) -> tuple[int, ...]:
    """The axes along which ``target`` was repeated to become ``shape``."""
    leading = len(shape) - len(target)
    axes = list(range(leading))
    for k, length in enumerate(target):
        if length == 1 and shape[leading + k] != 1:
            axes.append(leading + k)
    return tuple(axes)


def accumulate(leaf: Node, delta: Any) -> None:
    """Add this pass to the gradient of a leaf: ``grad += delta``, on memory of its own."""
    with _accumulating:
        leaf._grad = delta.copy() if leaf._grad is None else leaf._grad + delta
