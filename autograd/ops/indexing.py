"""Picking elements by index, and its reverse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import Op, Sample, apply, spread


def is_basic(index) -> bool:
    """True for integers, slices, ``...`` and newaxis: no element is picked twice."""
    parts = index if isinstance(index, tuple) else (index,)
    for part in parts:
        if not (part is None or part is Ellipsis or isinstance(part, int | np.integer | slice)):
            return False
        if isinstance(part, bool):
            return False
    return True


class Getitem(Op):
    """Elements picked by any NumPy index: y = a[index]."""

    symbol, pattern = "[ ]", "{a}[…]"

    @staticmethod
    def forward(a, *, index):
        return a[index]

    @staticmethod
    def wrt_a(delta, out, a, *, index):
        return apply(Scatter, delta, index=index, shape=a.shape)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        _, _, vector, matrix, _, cube, _ = spread((-3.0, 3.0))
        mask = matrix > 0
        cases = [
            (vector, 1), (vector, -1), (vector, slice(None, None, -1)), (matrix, (0, slice(1, 3))),
            (matrix, (Ellipsis, None, 0)), (cube, (slice(None, None, 2), 1)), (matrix, mask),
            (vector, np.array([0, 2, 2])), (matrix, (np.array([0, 1, 0]), np.array([2, 2, 2]))),
            (cube, (slice(None), np.array([0, 0]))), (vector, slice(0, 0)), (vector, [2, 0]),
        ]  # fmt: skip
        return [Sample((a,), {"index": index}) for a, index in cases]


class Scatter(Op):
    """Zeros with elements added at an index, the reverse of picking; repeats add up."""

    @staticmethod
    def forward(a, *, index, shape):
        out = np.zeros(shape, dtype=a.dtype)
        if is_basic(index):
            out[index] = a
        else:
            np.add.at(out, index, a)
        return out

    @staticmethod
    def wrt_a(delta, out, a, *, index, shape):
        return delta[index]

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, _, vector, _, _, _, _ = spread((-3.0, 3.0))
        cases = [(scalar, 1), (vector, slice(0, 6, 2)), (vector, np.array([4, 1, 1]))]
        return [Sample((a,), {"index": index, "shape": (6,)}) for a, index in cases]
