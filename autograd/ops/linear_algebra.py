"""Products of matrices and vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import Op, Sample


def transpose_last(a):
    """``a`` with its last two axes swapped: the matrix transpose, in every rank."""
    return a.swapaxes(-1, -2)


class Affine(Op):
    """A layer's net input: z = a Wᵀ + b, the lecture's z^l = W^l a^(l-1) + b^l.

    ``a`` is ``(inputs,)`` or a batch ``(…, inputs)``; ``weight`` is ``(units, inputs)``, ``bias``
    ``(units,)``. Its rules are the equations of back-propagation: δ W goes to the layer below,
    ∂J/∂W = δᵀ a, ∂J/∂b = δ (summed over the batch).
    """

    symbol, pattern = "affine", "{a} @ {weight}ᵀ + {bias}"
    precedence = 1

    @staticmethod
    def forward(a, weight, bias):
        return a @ weight.T + bias

    @staticmethod
    def wrt_a(delta, out, a, weight, bias):
        return delta @ weight

    @staticmethod
    def wrt_weight(delta, out, a, weight, bias):
        if a.ndim == 2:
            return delta.T @ a
        if a.ndim == 1:
            return np.expand_dims(delta, -1) * a
        return transpose_last(delta) @ a

    @staticmethod
    def wrt_bias(delta, out, a, weight, bias):
        return delta

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(4)
        cases = [((3,), 2), ((4, 3), 2), ((4, 1), 1), ((2, 4, 3), 5), ((0, 3), 2)]
        return [
            Sample((rng.normal(size=a), rng.normal(size=(n, a[-1])), rng.normal(size=n)))
            for a, n in cases
        ]


class Matmul(Op):
    """Matrix product: y = a @ b, in every rank that NumPy allows."""

    symbol, pattern, precedence = "@", "{a} @ {b}", 2
    numpy = (np.matmul,)

    @staticmethod
    def forward(a, b):
        return np.matmul(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        if b.ndim == 1:
            return np.expand_dims(delta, -1) * b
        if a.ndim == 1:
            return np.matmul(b, np.expand_dims(delta, -1))[..., 0]
        return delta @ transpose_last(b)

    @staticmethod
    def wrt_b(delta, out, a, b):
        if a.ndim == 1 and b.ndim == 1:
            return delta * a
        if a.ndim == 1:
            return np.expand_dims(a, -1) * np.expand_dims(delta, -2)
        if b.ndim == 1:
            return np.matmul(transpose_last(a), np.expand_dims(delta, -1))[..., 0]
        return transpose_last(a) @ delta

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(2)
        shapes = [
            ((3,), (3,)), ((2, 3), (3,)), ((2,), (2, 3)), ((2, 3), (3, 4)), ((1, 1), (1, 1)),
            ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)),
            ((5, 1, 2, 3), (4, 3, 2)), ((5, 2, 3), (3,)), ((2,), (5, 2, 3)), ((0, 3), (3, 2)),
        ]  # fmt: skip
        return [Sample((rng.normal(size=a), rng.normal(size=b))) for a, b in shapes]
