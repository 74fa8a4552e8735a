"""Measures of spread and size over axes: variance, standard deviation, vector norms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from .base import ErrorSample, Sample, many, spread
from .reductions import Reduction, count, quotient, reduction_samples, restore_axes


def degrees_of_freedom(shape, axis, ddof):
    """What the squared deviations are divided by, n - ddof; refused where none are left."""
    if shape and axis is not None:
        axis = normalize_axis_tuple(axis, len(shape))
    n = count(shape, axis)
    if not n - ddof > 0:
        raise ValueError(
            f"expected more than {ddof} elements per result, the degrees of freedom that ddof "
            f"takes away; each is computed from {n}."
        )
    return n - ddof


class Spread(Reduction, abstract=True):
    """A reduction with ``ddof``: the sum of squares is divided by n - ddof."""

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        _, _, vector, matrix, _, cube, empty = spread((-3.0, 3.0), seed=20)
        reversed_ = many((-3.0, 3.0))[-2]
        cases: list[tuple[Any, dict[str, Any]]] = [
            (vector, {"ddof": 1}), (matrix, {"ddof": 1}), (matrix, {"axis": 1, "ddof": 2}),
            (cube, {"axis": (0, 2), "ddof": 1, "keepdims": True}), (cube, {"axis": 0, "ddof": 0.5}),
            (reversed_, {"axis": 0, "ddof": 1}), (empty, {"axis": 1, "ddof": 1}),
        ]  # fmt: skip
        return [*super().samples(), *(Sample((a,), settings) for a, settings in cases)]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        message = "expected more than {} elements per result.*each is computed from {}"
        cases = [(np.ones(1), {"ddof": 1}, 1, 1), (np.ones((2, 3)), {"axis": 0, "ddof": 2}, 2, 2)]
        cases.append((np.ones((2, 0)), {"axis": 1}, 0, 0))
        return super().error_samples() + [  # type: ignore[operator]
            ErrorSample((a,), settings, ValueError, f"{cls.name} got .*{message.format(ddof, n)}")
            for a, settings, ddof, n in cases
        ]


class Var(Spread):
    """Variance over axes: y = Σ (a - mean)² / (n - ddof)."""

    numpy = (np.var,)

    @staticmethod
    def forward(a, *, axis=None, ddof=0, keepdims=False):
        degrees_of_freedom(a.shape, axis, ddof)
        return a.var(axis=axis, ddof=ddof, keepdims=keepdims)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=None, ddof=0, keepdims=False):
        factor = 2 / degrees_of_freedom(a.shape, axis, ddof)
        deviation = a - a.mean(axis=axis, keepdims=True)
        return factor * restore_axes(delta, a, axis, keepdims) * deviation


class Std(Spread):
    """Standard deviation over axes: y = √(Σ (a - mean)² / (n - ddof)); of a constant, gradient 0.

    Elements that are all equal count as a constant even where rounding of their mean leaves
    y slightly above 0.
    """

    numpy = (np.std,)

    @staticmethod
    def forward(a, *, axis=None, ddof=0, keepdims=False):
        degrees_of_freedom(a.shape, axis, ddof)
        return a.std(axis=axis, ddof=ddof, keepdims=keepdims)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=None, ddof=0, keepdims=False):
        factor = 1 / degrees_of_freedom(a.shape, axis, ddof)
        mean = a.mean(axis=axis, keepdims=True)
        unequal = np.any(a != np.max(a, axis=axis, keepdims=True), axis=axis, keepdims=True)
        upstream = restore_axes(delta, a, axis, keepdims)
        slope = quotient(factor * upstream, restore_axes(out, a, axis, keepdims))
        return np.where(unequal, slope, 0.0) * (a - mean)


class VectorNorm(Reduction):
    """Length of the vectors along axes: y = (Σ |a|^p)^(1/p) for ``ord`` = p > 0; max |a| for inf.

    At the vector 0 the gradient is 0. Elements tied for the largest (inf) or smallest (-inf)
    share it equally; elements that are 0 get none.
    """

    symbol, pattern = "‖ ‖", "‖{a}‖"
    numpy = (np.linalg.vector_norm,)

    @staticmethod
    def forward(a, *, axis=None, keepdims=False, ord=2):
        if not isinstance(ord, int | float | np.number) or not (ord > 0 or ord == -np.inf):
            raise ValueError(f"expected ord to be a number above 0, inf or -inf; not {ord!r}.")
        return np.linalg.vector_norm(a, axis=axis, keepdims=keepdims, ord=ord)  # type: ignore[arg-type]

    @staticmethod
    def wrt_a(delta, out, a, *, axis=None, keepdims=False, ord=2):
        upstream = restore_axes(delta, a, axis, keepdims)
        out = restore_axes(out, a, axis, keepdims)
        if ord == 2:
            return quotient(upstream, out) * a
        if ord == 1:
            return upstream * np.sign(a)
        if abs(ord) == np.inf:
            picked = np.absolute(a) == out
            return upstream * np.sign(a) * (picked / np.sum(picked, axis=axis, keepdims=True))
        # (|a| / y)^(p-1) sign(a), without powers that overflow
        zero = a == 0
        ratio = quotient(np.where(zero, 1.0, np.absolute(a)), out)
        return upstream * np.where(zero, 0.0, np.sign(a) * ratio ** (ord - 1))

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        orders = (1, np.inf, 3, 2.5, 4, -np.inf, 1.5)
        samples = reduction_samples((0.5, 3.0)) + reduction_samples((-3.0, -0.5))[10:]
        for k, (inputs, settings) in enumerate(samples):
            order = orders[k % len(orders)]
            if k % 3 and not (inputs[0].size == 0 and abs(order) == np.inf):
                samples[k] = Sample(inputs, {**settings, "ord": order})
        return samples

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        message = "vector_norm got .*expected ord to be a number above 0, inf or -inf; not "
        return super().error_samples() + [  # type: ignore[operator]
            ErrorSample((np.ones(3),), {"ord": order}, ValueError, message + repr(order))
            for order in (0, -1, "fro", None)
        ]
