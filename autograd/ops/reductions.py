"""Reductions over axes: sum, mean, max, min, and the logarithm of a sum of exponentials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import ErrorSample, Op, Sample, apply, draw, many, spread
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
        total *= shape[k] if shape else 1
    return total


def quotient(delta, out):
    """``delta / out``, and 0 where ``out`` is 0: the gradient at the tip of a cone."""
    zero = out == 0
    return np.where(zero, 0.0, delta / np.where(zero, 1.0, out))


class Reduction(Op, abstract=True):
    """A reduction ``y = f(a; axis, keepdims)``; ``axis`` is an int, a tuple or None (all)."""

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return reduction_samples()

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a = np.ones((2, 3))
        given = rf"{cls.name} got a constant of shape \(2, 3\) with .*"
        return [
            *super().error_samples(),
            ErrorSample((a,), {"axis": 2}, IndexError, given + "axis 2 is out of bounds"),
            ErrorSample((a,), {"axis": -3}, IndexError, given + "axis -3 is out of bounds"),
            ErrorSample((a,), {"axis": (0, 2)}, IndexError, given + "axis 2 is out of bounds"),
            ErrorSample((a,), {"axis": (1, 1)}, ValueError, given + "(duplicate|repeated) .*axis"),
            ErrorSample((a,), {"axis": (0, -2)}, ValueError, given + "(duplicate|repeated) .*axis"),
        ]


def reduction_samples(domain: tuple[float, float] = (-3.0, 3.0)) -> list[Sample]:
    """Arrays of ``domain`` reduced over every kind of axis, kept and not, with odd strides."""
    scalar, one, vector, matrix, column, cube, empty = spread(domain)
    reversed_, fortran = many(domain)[-2:]
    cases: list[tuple[Any, dict[str, Any]]] = []
    for a in (scalar, one, vector, matrix, column, cube, reversed_, fortran):
        cases += [(a, {}), (a, {"axis": None, "keepdims": True})]
    for a in (one, vector, column, matrix, cube, reversed_, fortran):
        cases += [(a, {"axis": 0}), (a, {"axis": -1, "keepdims": True})]
    cases += [
        (scalar, {"axis": ()}), (vector, {"axis": (0,)}), (column, {"axis": 1}),
        (cube, {"axis": 1}), (cube, {"axis": (0, 2)}), (cube, {"axis": (-1, 0), "keepdims": True}),
        (cube, {"axis": (2, 1)}), (cube.transpose(2, 0, 1), {"axis": (0, 1)}),
        (reversed_.T, {"axis": (1, 0)}), (empty, {"axis": 1}), (empty, {"axis": -1}),
    ]  # fmt: skip
    return [Sample((a,), settings) for a, settings in cases]


class Sum(Reduction):
    """Sum over axes: y = Σ a. Every summand gets the upstream gradient."""

    analytic = True
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

    analytic = True
    numpy = (np.mean,)

    @staticmethod
    def forward(a, *, axis=None, keepdims=False):
        return a.mean(axis=axis, keepdims=keepdims)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=None, keepdims=False):
        share = restore_axes(delta, a, axis, keepdims) / count(a.shape, axis)
        return apply(BroadcastTo, share, shape=a.shape)


class Extremum(Reduction, abstract=True):
    """The largest or smallest element; samples have no ties."""

    @staticmethod
    def wrt_a(delta, out, a, *, axis=None, keepdims=False):
        # A NaN is what NumPy picks wherever there is one.
        picked = (a == restore_axes(out, a, axis, keepdims)) | np.isnan(a)
        ties = np.sum(picked, axis=axis, keepdims=True)
        return restore_axes(delta, a, axis, keepdims) * (picked / ties)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(11)
        several = draw(rng, (-3.0, 3.0), (3, 4, 2))
        more = [{"axis": k, "keepdims": keep} for k in (0, 1, 2) for keep in (False, True)]
        return [*super().samples(), *(Sample((several,), settings) for settings in more)]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        empty, message = np.zeros((0, 3)), r"got a constant of shape \(0, 3\).*no identity"
        return [
            *super().error_samples(),
            ErrorSample((empty,), {}, ValueError, f"{cls.name} {message}"),
            ErrorSample((empty,), {"axis": 0}, ValueError, f"{cls.name} {message}"),
        ]


class Max(Extremum):
    """Largest element over axes: y = max a. Tied elements share the gradient equally."""

    numpy = (np.max, np.amax)

    @staticmethod
    def forward(a, *, axis=None, keepdims=False):
        return a.max(axis=axis, keepdims=keepdims)


class Min(Extremum):
    """Smallest element over axes: y = min a. Tied elements share the gradient equally."""

    numpy = (np.min, np.amin)

    @staticmethod
    def forward(a, *, axis=None, keepdims=False):
        return a.min(axis=axis, keepdims=keepdims)


class Logsumexp(Reduction):
    """Logarithm of a sum of exponentials over axes: y = ln Σ e^a, without overflow.

    Each element's gradient is its share e^a / Σ e^a, the softmax. Where all are -inf, and
    over no elements at all, y is -inf and the gradient 0; where some are +inf, those get it.
    """

    analytic = True
    symbol, pattern = "ln Σ e", "ln Σ exp({a})"

    @staticmethod
    def forward(a, *, axis=None, keepdims=False):
        largest = np.max(a.real, axis=axis, keepdims=True, initial=-np.inf)
        shift = np.where(np.isfinite(largest), largest, 0)
        with np.errstate(divide="ignore", over="ignore"):  # ln 0 is the -inf that is meant
            total = np.sum(np.exp(a - shift), axis=axis, keepdims=True)
            out = np.log(total) + shift
        if keepdims:
            return out
        return out.reshape(()) if axis is None or a.ndim == 0 else np.squeeze(out, axis=axis)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=None, keepdims=False):
        out = restore_axes(out, a, axis, keepdims)
        infinite = np.isinf(out)
        difference = a - np.where(infinite, 0.0, out)
        limit = np.where(a == np.inf, 0.0, -np.inf)
        weight = np.exp(np.where(infinite, limit, difference))
        return restore_axes(delta, a, axis, keepdims) * weight

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        large = np.array([[1000.0, 1000.5, 999.0], [-1000.0, -999.5, -1001.0]])
        extra = [Sample((large,)), Sample((large,), {"axis": 1})]
        return [*super().samples(), *extra, Sample((np.zeros((0, 3)),), {"axis": -1})]
