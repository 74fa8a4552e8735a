"""Running sums and products along an axis, and the product, which is differentiated by them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from .base import ErrorSample, Op, Sample, apply, many, spread
from .joining import Concatenate
from .reductions import Reduction, restore_axes
from .shapes import Stack


def backwards(a, axis):
    """``a`` in reverse order along ``axis``."""
    return a[(slice(None),) * (axis % a.ndim) + (slice(None, None, -1),)]


def at(a, axis, place):
    """The slice of ``a`` at one place of ``axis``, or at a slice of places."""
    return a[(slice(None),) * (axis % a.ndim) + (place,)]


def product_before(a, axis):
    """At each place the product of the elements before it along ``axis``; 1 at the first."""
    shape = list(a.shape)
    shape[axis] = min(shape[axis], 1)
    factors = apply(Concatenate, np.ones(shape, a.dtype), at(a, axis, slice(0, -1)), axis=axis)
    return apply(Cumprod, factors, axis=axis)


def product_of_others(a, axis):
    """At each place the product of all other elements along ``axis``, without dividing."""
    after = backwards(product_before(backwards(a, axis), axis), axis)
    return product_before(a, axis) * after


class Cumulative(Op, abstract=True):
    """A running sum or product along ``axis``; over all elements, in order, for None."""

    analytic = True

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, column, cube, empty = spread((-2.0, 2.0))
        reversed_, fortran = many((-2.0, 2.0))[-2:]
        zeros = np.where(np.abs(matrix) < 1, 0.0, matrix)
        arrays = [scalar, one, vector, matrix, column, cube, empty, reversed_, fortran, zeros]
        samples = [Sample((a,)) for a in arrays]
        for a in arrays[1:]:
            samples += [Sample((a,), {"axis": 0}), Sample((a,), {"axis": -1})]
        last = [Sample((a,), {"axis": 1}) for a in (cube, empty.T, cube.transpose(2, 0, 1))]
        return samples + last

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        cases = [((3,), 1), ((2, 3), 2), ((2, 3), -3), ((2, 3, 1), 5), ((1,), -2)]
        message = cls.name + r" got .* with axis={0}; .*axis {0} is out of bounds"
        return [*super().error_samples()] + [
            ErrorSample((np.ones(shape),), {"axis": axis}, IndexError, message.format(axis))
            for shape, axis in cases
        ]


class Cumsum(Cumulative):
    """Running sum along an axis: y_k = a_1 + … + a_k. Back: the running sum from the end."""

    symbol = "cum Σ"
    numpy = (np.cumsum,)

    @staticmethod
    def forward(a, *, axis=None):
        return np.cumsum(a, axis=axis)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=None):
        along = 0 if axis is None else axis
        total = apply(Cumsum, backwards(delta, along), axis=along)
        return backwards(total, along).reshape(a.shape)


class Cumprod(Cumulative):
    """Running product along an axis: y_k = a_1 · … · a_k. Exact where elements are 0.

    With r_k = δ_k + a_(k+1) r_(k+1), the gradient of a_k is the product before it times r_k.
    Where no product is 0 that is the shorter (δ_k y_k + … + δ_n y_n) / a_k.
    """

    symbol = "cum Π"
    numpy = (np.cumprod,)

    @staticmethod
    def forward(a, *, axis=None):
        return np.cumprod(a, axis=axis)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=None):
        factors, along = (a.reshape(-1), 0) if axis is None else (a, axis)
        tiny = np.finfo(out.dtype).tiny
        if np.all(((out > tiny) | (out < -tiny)) & np.isfinite(out)):
            total = apply(Cumsum, backwards(delta * out, along), axis=along)
            return (backwards(total, along) / factors).reshape(a.shape)
        following = at(delta, along, -1)
        parts = [following]
        for place in range(delta.shape[along] - 1, 0, -1):
            following = at(delta, along, place - 1) + at(factors, along, place) * following
            parts.append(following)
        following = apply(Stack, *reversed(parts), axis=along)
        return (product_before(factors, along) * following).reshape(a.shape)


class Prod(Reduction):
    """Product over axes: y = Π a. Each factor gets the product of the others, zeros included."""

    analytic = True
    symbol, pattern = "Π", "Π({a})"
    numpy = (np.prod,)

    @staticmethod
    def forward(a, *, axis=None, keepdims=False):
        return a.prod(axis=axis, keepdims=keepdims)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=None, keepdims=False):
        if a.ndim == 0 or a.size == 0:
            return restore_axes(delta, a, axis, keepdims) * np.ones_like(a)
        reduced = list(normalize_axis_tuple(range(a.ndim) if axis is None else axis, a.ndim))
        # The axes of the product last, and as one.
        order = [k for k in range(a.ndim) if k not in reduced] + reduced
        moved = a.transpose(order)
        rows = moved.reshape(moved.shape[: a.ndim - len(reduced)] + (-1,))
        others = product_of_others(rows, -1).reshape(moved.shape)
        others = others.transpose([order.index(k) for k in range(a.ndim)])
        return restore_axes(delta, a, axis, keepdims) * others

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        _, _, vector, matrix, _, _, empty = spread((-2.0, 2.0))
        one_zero, two_zeros = vector.copy(), matrix.copy()
        one_zero[1] = two_zeros[0, 1] = two_zeros[1, 1] = 0.0
        zeros = [Sample((a,)) for a in (one_zero, two_zeros, np.zeros(3), np.zeros((1, 1)))]
        zeros += [Sample((two_zeros,), {"axis": k}) for k in (0, 1)]
        return [*super().samples(), *zeros, Sample((empty,)), Sample((empty,), {"axis": 0})]
