"""Choosing between values, elementwise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import Op, Sample, spread


class Where(Op):
    """Elements of a where the condition holds, of b elsewhere.

    The branch not taken gets the gradient 0, whatever its value or upstream gradient is.
    """

    elementwise = True
    numpy = (np.where,)

    @staticmethod
    def forward(a, b, *, condition):
        return np.where(condition, a, b)

    @staticmethod
    def wrt_a(delta, out, a, b, *, condition):
        return np.where(condition, delta, 0.0)

    @staticmethod
    def wrt_b(delta, out, a, b, *, condition):
        return np.where(condition, 0.0, delta)

    @classmethod
    def bind(cls, function, args, kwargs):
        if len(args) != 3 or kwargs:
            raise TypeError("np.where on Values expects np.where(condition, a, b).")
        condition = args[0].data if hasattr(args[0], "__record__") else args[0]
        return args[1:], {"condition": np.array(condition)}

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, _, vector, matrix, column, _, _ = spread((-3.0, 3.0))
        pairs = [(matrix, column), (vector, matrix), (scalar, matrix), (matrix, 2.0 * matrix)]
        pairs += [(scalar, 2.0), (column, scalar)]
        return [Sample(pair, {"condition": np.add(*pair) > 0}) for pair in pairs]
