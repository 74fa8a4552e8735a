"""Picking elements by index, and its reverse."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import ErrorSample, Op, Sample, apply, draw, many, spread


def is_basic(index) -> bool:
    """True for integers, slices, ``...`` and newaxis: no element is picked twice."""
    parts = index if isinstance(index, tuple) else (index,)
    for part in parts:
        if not (part is None or part is Ellipsis or isinstance(part, int | np.integer | slice)):
            return False
        if isinstance(part, bool):
            return False
    return True


def is_mask(index) -> bool:
    """True where only boolean arrays and basic parts pick: no element is picked twice."""
    parts = index if isinstance(index, tuple) else (index,)
    for part in parts:
        if not is_basic(part) and np.asarray(part).dtype.kind != "b":
            return False
    return True


def picked_axis(index, ndim):
    """Axis and positions where one array of integers picks along one axis, else None.

    That is ``a[positions]``, ``a[:, positions]``, ``a[..., positions]``.
    """
    parts = index if isinstance(index, tuple) else (index,)
    *before, last = parts or (None,)
    if not isinstance(last, list | np.ndarray) or np.asarray(last).dtype.kind not in "iu":
        return None
    if len(before) == 1 and before[0] is Ellipsis:
        return ndim - 1, np.asarray(last)
    for part in before:
        if not (isinstance(part, slice) and part == slice(None)):
            return None
    return len(before), np.asarray(last)


def add_along(out, axis, positions, a):
    """Add slices of ``a`` to ``out`` at positions along one axis; repeats add up."""
    length = out.shape[axis]
    if positions.min() < -length or positions.max() >= length:
        raise IndexError(f"a position is out of bounds for axis {axis}, of length {length}")
    positions = positions % length
    shape = out.shape[:axis] + positions.shape + out.shape[axis + 1 :]
    if a.shape != shape:
        a = np.broadcast_to(a, shape)
    if positions.size <= length and np.bincount(positions.ravel()).max() <= 1:
        out[(slice(None),) * axis + (positions,)] = a
        return
    # np.add.at is fast on one axis only: all elements in a row, as (before, axis, after).
    before, after = math.prod(out.shape[:axis]), math.prod(out.shape[axis + 1 :])
    rows = np.arange(before)[:, None] * length + positions.ravel()
    places = rows[:, :, None] * after + np.arange(after)
    np.add.at(out.reshape(-1), places.ravel(), a.ravel())


class Getitem(Op):
    """Elements picked by any NumPy index: y = a[index]."""

    analytic = True
    symbol, pattern = "[ ]", "{a}[…]"

    @staticmethod
    def forward(a, *, index):
        return a[index]

    @staticmethod
    def wrt_a(delta, out, a, *, index):
        return apply(Scatter, delta, index=index, shape=a.shape)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, _, cube, empty = spread((-3.0, 3.0))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        cases = [
            (vector, 1), (vector, -1), (vector, slice(None, None, -1)), (vector, slice(0, 0)),
            (vector, [2, 0]), (vector, np.array([0, 2, 2])), (vector, np.array([-1, 0, -1])),
            (vector, np.array([True, False, True])), (vector, np.array([[0, 1], [1, 1]])),
            (vector, np.array(1)), (vector, np.array([], dtype=int)), (vector, None),
            (scalar, ()), (scalar, None), (scalar, (Ellipsis, None)), (one, 0), (one, [0, 0, 0]),
            (matrix, (0, slice(1, 3))), (matrix, (Ellipsis, None, 0)), (matrix, matrix > 0),
            (matrix, matrix > 9), (matrix, ([True, False], slice(None, None, 2))),
            (matrix, (np.array([0, 1, 0]), np.array([2, 2, 2]))), (matrix, [1, 1, 0, 1]),
            (matrix, (slice(None), [2, 0])), (matrix, (np.array([[0], [1]]), np.array([0, 2]))),
            (matrix, (slice(None, None, -1), -1)), (matrix, ()), (matrix, Ellipsis),
            (cube, (slice(None, None, 2), 1)), (cube, (slice(None), np.array([0, 0]))),
            (cube, (Ellipsis, np.array([[2, 2], [0, 1]]))), (cube, (0, Ellipsis, [1, 1])),
            (cube, (np.array([3, 3]), None, np.array([1, 0]))), (cube, ([0, 0], slice(1), [1, 1])),
            (cube, cube[..., 0] > 0), (cube, (1, matrix > 0)), (empty, slice(None)),
            (empty, (slice(None), [0, 0])), (reversed_, [0, 2, 0]), (reversed_, (Ellipsis, -1)),
            (fortran, (slice(None), np.array([1, 5, 1]))), (fortran, slice(3, 0, -2)),
        ]  # fmt: skip
        return [Sample((a,), {"index": index}) for a, index in cases]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        message = r"getitem got a constant of shape \(2, 3\) with index=.*"
        cases = [
            (2, "index 2 is out of bounds for axis 0"), ((0, -4), "index -4 is out of bounds"),
            ((0, 0, 0), "too many indices"), (1.0, "only integers, slices"),
            ("text", "only integers, slices"), ([0, 5], "index 5 is out of bounds"),
            (np.ones(3, bool), "boolean index did not match"),
            (([0, 1], [0, 1, 2]), "could not be broadcast together"),
        ]  # fmt: skip
        return [*super().error_samples()] + [
            ErrorSample((np.ones((2, 3)),), {"index": index}, IndexError, message + text)
            for index, text in cases
        ]


class Scatter(Op):
    """Zeros with elements added at an index, the reverse of picking; repeats add up."""

    analytic = True

    @staticmethod
    def forward(a, *, index, shape):
        out = np.zeros(shape, dtype=a.dtype)
        if is_basic(index) or is_mask(index):
            out[index] = a
        elif out.ndim > 1 and a.size and (picked := picked_axis(index, out.ndim)) is not None:
            add_along(out, picked[0], picked[1], a)
        else:
            np.add.at(out, index, a)
        return out

    @staticmethod
    def wrt_a(delta, out, a, *, index, shape):
        return delta[index]

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(16)
        cases: list[tuple[Any, int]] = [
            (1, 6), (-2, 6), (slice(0, 6, 2), 6), (slice(None, None, -1), 3), (slice(2, 2), 4),
            ([4, 1, 1], 6), ([0, 0, 0], 1), ([], 3), ([[0, 1], [1, 2]], 4), ([-1, 3, 0], 4),
            ([True, False, True], 3), ([False, False], 2), (Ellipsis, 2), ((), 3), ([2, 0, 1], 3),
        ]  # fmt: skip
        samples = []
        for rest in ((), (2,), (3, 2)):
            for index, length in cases[: 15 if rest != (3, 2) else 6]:
                places = np.array(index, dtype=int) if index == [] else index
                shape = (length, *rest)
                a = draw(rng, (-3.0, 3.0), np.zeros(shape)[places].shape)
                samples.append(Sample((a,), {"index": places, "shape": shape}))
        return samples

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a, message = np.ones(2), r"scatter got a constant of shape \(2,\) with index=.*"
        return [
            *super().error_samples(),
            ErrorSample(
                (a,), {"index": [0, 3], "shape": (3,)}, IndexError, message + "out of bounds"
            ),
            ErrorSample((a,), {"index": 0, "shape": (3,)}, ValueError, message),
            ErrorSample((a,), {"index": [0, 1, 2], "shape": (3,)}, ValueError, message),
            ErrorSample((a,), {"index": [0, 1, 2], "shape": (4, 3)}, ValueError, message),
            ErrorSample((a,), {"index": (0, 0), "shape": (3,)}, IndexError, "too many indices"),
            ErrorSample((a,), {"index": [0, 9], "shape": (3, 2)}, IndexError, "out of bounds"),
        ]


def take_index(shape, indices, axis, mode="raise"):
    """The index that picks ``indices`` along ``axis``; "wrap" and "clip" mend those outside."""
    positions = np.array(indices)
    positions = positions.astype(np.intp) if positions.size == 0 else positions
    if positions.dtype.kind not in "iu":
        raise TypeError(f"take got indices of dtype {positions.dtype}; expected integers.")
    if not -len(shape) <= axis < len(shape):
        raise IndexError(f"take got shape {shape} with axis={axis}; expected an axis of it.")
    axis %= len(shape)
    if mode == "wrap":
        positions = positions % shape[axis]
    elif mode == "clip":
        positions = np.clip(positions, 0, shape[axis] - 1)
    elif mode != "raise":
        raise ValueError(f"take got mode={mode!r}; expected 'raise', 'wrap' or 'clip'.")
    return (slice(None),) * axis + (positions,)


def along_index(shape, indices, axis):
    """The index that picks in each row along ``axis`` the elements that ``indices`` names there."""
    positions = np.array(indices)
    if positions.dtype.kind not in "iu":
        raise TypeError(
            f"take_along_axis got indices of dtype {positions.dtype}; expected integers."
        )
    if positions.ndim != len(shape) or not -len(shape) <= axis < len(shape):
        raise ValueError(
            f"take_along_axis got shape {shape}, indices of shape {positions.shape} and "
            f"axis={axis}; expected equally many axes, and axis one of them."
        )
    index = []
    for k, length in enumerate(shape):
        along = [1] * len(shape)
        along[k] = -1
        index.append(positions if k == axis % len(shape) else np.arange(length).reshape(along))
    return tuple(index)
