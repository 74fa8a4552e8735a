"""Reductions over axes: sum, mean, max."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import Op, Sample, apply, spread
from .shapes import BroadcastTo


def restore_axes(delta, a, axis, keepdims):
    """``delta`` with the axes over which ``a`` was reduced put back, with length 1."""
    if axis is None or keepdims or a.ndim == 0:
        return delta
    return np.expand_dims(delta, axis)


def count(shape, axis):
    """Number of elements that one output element is reduced from."""
    if axis is None:
        axis = range(len(shape))
    total = 1
    for k in axis if isinstance(axis, tuple | range) else (axis,):
        total *= shape[k]
    return total


class Reduction(Op, abstract=True):
    """A reduction ``y = f(a; axis, keepdims)``; ``axis`` is an int, a tuple or None (all)."""

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, column, cube, _ = spread((-3.0, 3.0))
        whole = [Sample((a,)) for a in (scalar, one, vector, matrix, cube)]
        return whole + [
            Sample((matrix,), {"axis": 0}),
            Sample((matrix,), {"axis": -1, "keepdims": True}),
            Sample((column,), {"axis": 1}),
            Sample((cube,), {"axis": (0, 2)}),
            Sample((cube,), {"axis": (-1, 0), "keepdims": True}),
            Sample((cube,), {"axis": None, "keepdims": True}),
            Sample((cube,), {"axis": ()}),
        ]


class Sum(Reduction):
    """Sum over axes: y = Σ a. Every summand gets the upstream gradient."""

    symbol, pattern = "Σ", "Σ({a})"
    numpy = (np.sum,)

    @staticmethod
    def forward(a, *, axis=None, keepdims=False):
        return a.sum(axis=axis, keepdims=keepdims)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=None, keepdims=False):
        return apply(BroadcastTo, restore_axes(delta, a, axis, keepdims), shape=a.shape)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        empty = np.zeros((0, 3))
        return [*super().samples(), Sample((empty,)), Sample((empty,), {"axis": 0})]


class Mean(Reduction):
    """Mean over axes: y = (1/n) Σ a. Every element gets its share of the upstream gradient."""

    numpy = (np.mean,)

    @staticmethod
    def forward(a, *, axis=None, keepdims=False):
        return a.mean(axis=axis, keepdims=keepdims)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=None, keepdims=False):
        share = restore_axes(delta, a, axis, keepdims) / count(a.shape, axis)
        return apply(BroadcastTo, share, shape=a.shape)


class Max(Reduction):
    """Largest element over axes: y = max a. Tied elements share the gradient equally."""

    numpy = (np.max, np.amax)

    @staticmethod
    def forward(a, *, axis=None, keepdims=False):
        return a.max(axis=axis, keepdims=keepdims)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=None, keepdims=False):
        largest = a == restore_axes(out, a, axis, keepdims)
        ties = np.sum(largest, axis=axis, keepdims=True)
        return restore_axes(delta, a, axis, keepdims) * (largest / ties)
