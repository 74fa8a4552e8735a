"""Arrays made longer: joined end to end, repeated, tiled, padded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import ErrorSample, Op, Sample, apply, draw, many, spread
from .indexing import Scatter


class Concatenate(Op):
    """Inputs laid end to end along an existing axis; for ``axis=None`` all elements in a row.

    Each input gets the piece of the upstream gradient that lies where it lay.
    """

    analytic = True
    variadic = True
    symbol = "concat"
    numpy = (np.concatenate,)

    @staticmethod
    def forward(*inputs, axis=0):
        return np.concatenate(inputs, axis=axis)

    @staticmethod
    def wrt_inputs(delta, out, *inputs, axis=0):
        before = (slice(None),) * (0 if axis is None else axis % out.ndim)
        pieces, start = [], 0
        for x in inputs:
            end = start + (x.size if axis is None else x.shape[axis])
            piece = delta[(*before, slice(start, end))]
            pieces.append(piece.reshape(x.shape) if axis is None else piece)
            start = end
        return pieces

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(13)
        cases: list[tuple[list[tuple[int, ...]], int | None]] = [
            ([(3,)], 0), ([(3,), (2,)], 0), ([(1,), (1,), (1,)], -1), ([(0,), (3,)], 0),
            ([(2, 3), (2, 3)], 0), ([(2, 3), (2, 3)], 1), ([(2, 3), (1, 3)], -2),
            ([(2, 3), (2, 1), (2, 2)], -1), ([(2, 3), (0, 3)], 0), ([(2, 0), (2, 2)], 1),
            ([(4, 2, 3), (1, 2, 3)], 0), ([(4, 2, 3), (4, 1, 3)], 1), ([(4, 2, 3), (4, 2, 1)], 2),
            ([(0, 3), (0, 3)], 0), ([(1, 1), (1, 1)], 1), ([(), ()], None), ([(), (2,)], None),
            ([(2, 3), (2,)], None), ([(0,), (2, 1)], None), ([(2, 2), (3, 3), (1,)], None),
            ([(2,)] * 5, 0), ([(1, 2)] * 4, -1), ([(2, 1)] * 3, 0), ([(3, 2), (3, 2)], None),
        ]  # fmt: skip
        samples = []
        for shapes, axis in cases:
            arrays = tuple(draw(rng, (-3.0, 3.0), shape) for shape in shapes)
            samples.append(Sample(arrays, {"axis": axis}))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        for axis in (0, 1, None):
            samples.append(Sample((reversed_, reversed_[:, ::-1]), {"axis": axis}))
            samples.append(Sample((fortran, fortran[::-1]), {"axis": axis}))
        return samples

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a, b, c = np.ones((2, 3)), np.ones((3, 2)), np.ones(3)
        shapes = r"concatenate got .*\(2, 3\) and .*\(3, 2\) .*must match exactly"
        return [
            *super().error_samples(),
            ErrorSample((a, b), {"axis": 0}, ValueError, shapes),
            ErrorSample((a, b), {"axis": 1}, ValueError, shapes),
            ErrorSample((a, c), {"axis": 0}, ValueError, "same number of dimensions"),
            ErrorSample((a, a), {"axis": 2}, IndexError, "axis 2 is out of bounds"),
            ErrorSample(
                (np.float64(1), np.float64(2)), {"axis": 0}, ValueError, "zero-dimensional"
            ),
        ]


class Repeat(Op):
    """Each element repeated: y = a_1 … a_1, a_2 … a_2, …, along an axis or (None) of them all.

    ``repeats`` is one number, or one for each place. Back: the copies' gradients are summed.
    """

    analytic = True
    numpy = (np.repeat,)

    @staticmethod
    def forward(a, *, repeats, axis=None):
        return np.repeat(a, repeats, axis)

    @staticmethod
    def wrt_a(delta, out, a, *, repeats, axis=None):
        shape = (a.size,) if axis is None else a.shape
        axis = 0 if axis is None else axis % a.ndim
        if np.ndim(repeats) == 0:
            split = (*shape[: axis + 1], int(repeats), *shape[axis + 1 :])
            return delta.reshape(split).sum(axis=axis + 1).reshape(a.shape)
        places = np.repeat(np.arange(shape[axis]), repeats)
        index = (slice(None),) * axis + (places,)
        return apply(Scatter, delta, index=index, shape=shape).reshape(a.shape)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, column, cube, empty = spread((-3.0, 3.0))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        samples = []
        for a in (scalar, one, vector, matrix, column, cube, empty, reversed_, fortran):
            samples += [Sample((a,), {"repeats": 2}), Sample((a,), {"repeats": 3, "axis": None})]
        for a in (one, vector, matrix, cube, empty, reversed_):
            samples.append(Sample((a,), {"repeats": 2, "axis": -1}))
            counts = tuple(range(a.shape[0]))[::-1]
            samples.append(Sample((a,), {"repeats": counts, "axis": 0}))
        samples.append(Sample((matrix,), {"repeats": (2, 0, 1, 3, 1, 0)}))
        return [*samples, Sample((cube,), {"repeats": 0, "axis": 1})]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a = np.ones((2, 3))
        cases: list[tuple[dict, type[Exception], str]] = [
            ({"repeats": 2, "axis": 2}, IndexError, "axis 2 is out of bounds"),
            ({"repeats": 2, "axis": -3}, IndexError, "axis -3 is out of bounds"),
            ({"repeats": -1}, ValueError, "negative"),
            ({"repeats": (1, 2, 3), "axis": 0}, ValueError, "broadcast"),
            ({"repeats": (1, 2)}, ValueError, "broadcast"),
        ]
        message = r"repeat got a constant of shape \(2, 3\) with repeats=.*"
        more = [ErrorSample((a,), given, kind, message + text) for given, kind, text in cases]
        return [*super().error_samples(), *more]


class Tile(Op):
    """The whole array repeated ``reps`` times along each axis, like tiles on a floor."""

    analytic = True
    numpy = (np.tile,)

    @staticmethod
    def forward(a, *, reps):
        return np.tile(a, reps)

    @staticmethod
    def wrt_a(delta, out, a, *, reps):
        reps = tuple(reps) if np.ndim(reps) else (reps,)
        reps = (1,) * (out.ndim - len(reps)) + reps
        shape = (1,) * (out.ndim - a.ndim) + a.shape
        split: list[int] = []
        for times, length in zip(reps, shape, strict=True):
            split += [int(times), length]
        return delta.reshape(split).sum(axis=tuple(range(0, len(split), 2))).reshape(a.shape)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, column, cube, empty = spread((-3.0, 3.0))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        samples = []
        for a in (scalar, one, vector, matrix, column, cube, empty, reversed_, fortran):
            samples += [Sample((a,), {"reps": reps}) for reps in (2, (3,), (2, 3))]
        cases = [(vector, (2, 1, 2)), (matrix, (1, 1)), (cube, (2, 1, 1)), (cube, (1, 2)),
                 (column, (1, 4)), (matrix, 0), (scalar, ()), (cube, (2, 1, 1, 2))]  # fmt: skip
        return samples + [Sample((a,), {"reps": reps}) for a, reps in cases]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        message = r"tile got a constant of shape \(2, 3\) with reps=.*"
        cases = [-1, (2, -1), (-2, -3, 1), (1, 1, -1), (-1, 2)]
        return [*super().error_samples()] + [
            ErrorSample((np.ones((2, 3)),), {"reps": reps}, ValueError, message) for reps in cases
        ]


#: Modes of padding: by a constant, or by which elements of the array itself.
PAD_MODES = ("constant", "edge", "reflect", "symmetric", "wrap")


class Pad(Op):
    """The array with a border: of ``constant_values``, or of its own elements.

    ``mode`` is "constant", "edge" (the last element again), "reflect" (mirrored at it),
    "symmetric" (mirrored behind it) or "wrap" (from the other end). Elements that appear in the
    border as well collect the gradients of all their places.
    """

    analytic = True
    numpy = (np.pad,)

    @staticmethod
    def forward(a, *, pad_width, mode="constant", constant_values=0.0):
        if mode == "constant":
            return np.pad(a, pad_width, mode, constant_values=constant_values)
        if mode not in PAD_MODES:
            raise ValueError(f"expected mode to be one of {', '.join(PAD_MODES)}; not {mode!r}.")
        return np.pad(a, pad_width, mode)

    @staticmethod
    def wrt_a(delta, out, a, *, pad_width, mode="constant", constant_values=0.0):
        widths = np.broadcast_to(np.asarray(pad_width), (a.ndim, 2)).tolist()
        if mode == "constant":
            inner = []
            for (before, _), length in zip(widths, a.shape, strict=True):
                inner.append(slice(before, before + length))
            return delta[tuple(inner)]
        shape = list(out.shape)
        for axis, width in enumerate(widths):
            if any(width):
                places = np.pad(np.arange(a.shape[axis]), width, mode)
                shape[axis] = a.shape[axis]
                index = (slice(None),) * axis + (places,)
                delta = apply(Scatter, delta, index=index, shape=tuple(shape))
        return delta

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, column, cube, empty = spread((-3.0, 3.0))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        samples = [Sample((scalar,), {"pad_width": 2}), Sample((one,), {"pad_width": ((0, 3),)})]
        samples.append(Sample((empty,), {"pad_width": ((1, 1), (0, 2)), "constant_values": 2.0}))
        for mode in PAD_MODES:
            cases = [
                (vector, 1), (vector, ((2, 1),)), (matrix, ((1, 0), (0, 2))), (matrix, (1, 2)),
                (cube, ((0, 0), (1, 1), (2, 0))), (reversed_, 1), (column, ((1, 1), (0, 0))),
            ]  # fmt: skip
            for a, width in cases:
                samples.append(Sample((a,), {"pad_width": width, "mode": mode}))
        for values in (1.5, (1.0, 2.0), ((1.0, 2.0), (3.0, 4.0))):
            settings = {"pad_width": 1, "mode": "constant", "constant_values": values}
            samples.append(Sample((fortran,), settings))
        # Wider than the array itself: the border repeats it more than once.
        far = [Sample((vector,), {"pad_width": 7, "mode": mode}) for mode in PAD_MODES]
        return [*samples, *far]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a = np.ones((2, 3))
        message = r"pad got a constant of shape \(2, 3\) with pad_width=.*"
        cases: list[tuple[dict[str, Any], str]] = []
        for mode in ("linear_ramp", "mean", "median", "maximum", "empty"):
            expected = f"expected mode to be one of .*not '{mode}'"
            cases.append(({"pad_width": 1, "mode": mode}, expected))
        cases += [({"pad_width": -1}, "negative"), ({"pad_width": ((1, 1),) * 3}, "broadcast")]
        more = [ErrorSample((a,), given, ValueError, message + text) for given, text in cases]
        return [*super().error_samples(), *more]
