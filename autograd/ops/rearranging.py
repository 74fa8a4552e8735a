"""Elements in another order along their axes: flipped, rolled, sorted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import ErrorSample, Op, Sample, draw, many, spread
from .indexing import along_index


def axis_errors(op: type[Op], **settings: Any) -> list[ErrorSample]:
    """Axes that an array of shape ``(2, 3)`` does not have, as error samples of ``op``."""
    message = op.name + r" got a constant of shape \(2, 3\) with .*axis {} is out of bounds"
    return [
        ErrorSample(
            (np.ones((2, 3)),), {**settings, "axis": axis}, IndexError, message.format(axis)
        )
        for axis in (2, -3, 7, -9, 3)
    ]


class Flip(Op):
    """Elements in reverse order along ``axis``: an int, a tuple, or None for every axis."""

    analytic = True
    numpy = (np.flip,)

    @staticmethod
    def forward(a, *, axis=None):
        return np.flip(a, axis)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=None):
        return np.flip(delta, axis)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, column, cube, empty = spread((-3.0, 3.0))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        arrays = [scalar, one, vector, matrix, column, cube, empty, reversed_, fortran]
        samples = [Sample((a,)) for a in arrays]
        for a in arrays[1:]:
            samples += [Sample((a,), {"axis": 0}), Sample((a,), {"axis": -1})]
        axes: list[Any] = [(0, 1), (2, 0), (-1, 1), (), (0, 1, 2), 1]
        return samples + [Sample((cube,), {"axis": axis}) for axis in axes]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*super().error_samples(), *axis_errors(cls)]


class Roll(Op):
    """Elements shifted along ``axis``, what leaves at the end entering at the start.

    For ``axis=None`` they are shifted as one row, and keep their shape.
    """

    analytic = True
    numpy = (np.roll,)

    @staticmethod
    def forward(a, *, shift, axis=None):
        return np.roll(a, shift, axis)

    @staticmethod
    def wrt_a(delta, out, a, *, shift, axis=None):
        if np.ndim(shift) == 0:
            return np.roll(delta, -shift, axis)
        return np.roll(delta, tuple(-k for k in shift), axis)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, column, cube, empty = spread((-3.0, 3.0))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        arrays = [scalar, one, vector, matrix, column, cube, empty, reversed_, fortran]
        samples = [Sample((a,), {"shift": shift}) for a in arrays for shift in (1, -4)]
        for a in arrays[1:]:
            samples += [
                Sample((a,), {"shift": 2, "axis": 0}),
                Sample((a,), {"shift": 1, "axis": -1}),
            ]
        axes: list[Any] = [((1, 2), (0, 2)), ((1, -1), (-1, 0)), (1, (0, 1)), ((1, 2), 2), (0, 1)]
        return samples + [Sample((cube,), {"shift": k, "axis": axis}) for k, axis in axes]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*super().error_samples(), *axis_errors(cls, shift=1)]


class Sort(Op):
    """Elements in ascending order along ``axis``; for None, of all of them in one row.

    Each element takes the gradient of the place that it went to; tied ones keep their order.
    """

    numpy = (np.sort,)

    @staticmethod
    def forward(a, *, axis=-1):
        return np.sort(a, axis=axis)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=-1):
        if axis is None:
            places = np.argsort(np.argsort(a, axis=None, kind="stable"))
            return delta[places].reshape(a.shape)
        places = np.argsort(np.argsort(a, axis=axis, kind="stable"), axis=axis)
        return delta[along_index(a.shape, places, axis)]

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, column, cube, empty = spread((-3.0, 3.0), seed=2)
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        long = draw(np.random.default_rng(14), (-3.0, 3.0), (9, 4))
        arrays = [one, vector, matrix, column, cube, empty, reversed_, fortran, long]
        samples = [Sample((a,)) for a in arrays] + [Sample((scalar,), {"axis": None})]
        for a in arrays:
            samples += [Sample((a,), {"axis": 0}), Sample((a,), {"axis": None})]
        cases = [(cube, 1), (cube, -2), (long.T, 1), (long[::-2], 0)]
        return samples + [Sample((a,), {"axis": axis}) for a, axis in cases]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*super().error_samples(), *axis_errors(cls)]
