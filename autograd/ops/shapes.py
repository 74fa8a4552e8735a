"""Changes of shape: the elements stay, their places change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import ErrorSample, Op, Sample, draw, many, spread


class Astype(Op):
    """The same elements in another floating type, in memory of their own."""

    @staticmethod
    def forward(a, *, dtype):
        return a.astype(dtype)

    @staticmethod
    def wrt_a(delta, out, a, *, dtype):
        return delta.astype(a.dtype)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return [Sample((a,), {"dtype": np.dtype(np.float64)}) for a in many((-3.0, 3.0))]


class Reshape(Op):
    """The same elements in another shape: y = a.reshape(shape)."""

    analytic = True
    numpy = (np.reshape,)

    @staticmethod
    def forward(a, *, shape):
        return a.reshape(shape)

    @staticmethod
    def wrt_a(delta, out, a, *, shape):
        return delta.reshape(a.shape)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, column, cube, empty = spread((-3.0, 3.0))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        cases = [
            (scalar, (1, 1)), (scalar, ()), (scalar, -1), (scalar, (1,)), (one, ()), (one, (1, 1)),
            (vector, (3, 1)), (vector, (1, -1)), (vector, 3), (matrix, (3, 2)), (matrix, -1),
            (matrix, (6,)), (matrix, (1, 2, 3)), (matrix, (2, 1, 3)), (matrix, (-1, 2)),
            (column, (1, 2)), (column, (2,)), (column, 2), (cube, (4, -1)), (cube, (24,)),
            (cube, (3, 2, 4)), (cube, (2, 2, 2, 3)), (cube, (1, 4, 1, 6)), (empty, (3, 0)),
            (empty, -1), (empty, (0,)), (empty, (2, 0, 5)), (reversed_, (3, 4)), (reversed_, -1),
            (reversed_, (2, 2, -1)), (fortran, (6, 4)), (fortran, (24,)), (fortran.T, (4, 6)),
        ]  # fmt: skip
        return [Sample((a,), {"shape": shape}) for a, shape in cases]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        message = r"reshape got a constant of shape \(2, 3\) with shape="
        cases: list[tuple[object, str]] = [
            ((2, 2), "cannot reshape array of size 6"), ((), "cannot reshape"),
            (5, "cannot reshape"), ((-1, 4), "cannot reshape"),
            ((-1, -1), "can only specify one unknown dimension"),
        ]  # fmt: skip
        return [*super().error_samples()] + [
            ErrorSample((np.ones((2, 3)),), {"shape": shape}, ValueError, f"{message}.*{text}")
            for shape, text in cases
        ]


class Transpose(Op):
    """Axes in another order: y = aᵀ; ``axes=None`` reverses them."""

    analytic = True
    symbol, pattern = "T", "{a}ᵀ"
    numpy = (np.transpose,)

    @staticmethod
    def forward(a, *, axes=None):
        return a.transpose(axes)

    @staticmethod
    def wrt_a(delta, out, a, *, axes=None):
        if axes is None:
            return delta.transpose()
        return delta.transpose([int(k) for k in np.argsort([k % a.ndim for k in axes])])

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, column, cube, empty = spread((-3.0, 3.0))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        arrays = [scalar, one, vector, matrix, column, cube, empty, reversed_, fortran]
        arrays += [cube[::-1, :, ::2], cube.swapaxes(0, 1), empty.T]
        samples = [Sample((a,)) for a in arrays] + [Sample((matrix,), {"axes": None})]
        for a in (matrix, column, empty, reversed_, fortran):
            samples += [Sample((a,), {"axes": axes}) for axes in ((1, 0), (0, -1))]
        orders = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0), (-1, 0, 1)]
        samples += [Sample((cube,), {"axes": axes}) for axes in orders]
        return [*samples, Sample((vector,), {"axes": (0,)}), Sample((one,), {"axes": (-1,)})]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        message = r"transpose got a constant of shape \(2, 3\) with axes=.*"
        cases: list[tuple[object, type[Exception], str]] = [
            ((0,), ValueError, "axes don't match array"), ((0, 1, 2), ValueError, "don't match"),
            ((0, 0), ValueError, "repeated axis"), ((0, 2), IndexError, "out of bounds"),
            ((-3, 0), IndexError, "out of bounds"),
        ]  # fmt: skip
        return [*super().error_samples()] + [
            ErrorSample((np.ones((2, 3)),), {"axes": axes}, error, message + text)
            for axes, error, text in cases
        ]


class Swapaxes(Op):
    """Two axes exchanged: y = a.swapaxes(axis1, axis2)."""

    analytic = True
    numpy = (np.swapaxes,)

    @staticmethod
    def forward(a, *, axis1, axis2):
        return a.swapaxes(axis1, axis2)

    @staticmethod
    def wrt_a(delta, out, a, *, axis1, axis2):
        return delta.swapaxes(axis1, axis2)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        _, one, vector, matrix, column, cube, empty = spread((-3.0, 3.0))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        cases = [(one, 0, 0), (vector, 0, -1)]
        for a in (matrix, column, empty, reversed_, fortran):
            cases += [(a, 0, 1), (a, -1, -2), (a, 1, 1), (a, 1, 0)]
        cases += [(cube, i, j) for i in (0, 1, -1) for j in (0, 1, 2)]
        return [Sample((a,), {"axis1": i, "axis2": j}) for a, i, j in cases]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        message = (
            r"swapaxes got a constant of shape \(2, 3\) with .*axis{}: axis {} is out of bounds"
        )
        cases = [(0, 2, 2), (0, -3, 2), (2, 0, 1), (-3, 1, 1), (5, 5, 1)]
        return [*super().error_samples()] + [
            ErrorSample(
                (np.ones((2, 3)),), {"axis1": i, "axis2": j}, IndexError,
                message.format(which, (i, j)[which - 1]),
            )
            for i, j, which in cases
        ]  # fmt: skip


class ExpandDims(Op):
    """Axes of length 1 inserted at ``axis``."""

    analytic = True
    numpy = (np.expand_dims,)

    @staticmethod
    def forward(a, *, axis):
        return np.expand_dims(a, axis)

    @staticmethod
    def wrt_a(delta, out, a, *, axis):
        return delta.reshape(a.shape)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, column, cube, empty = spread((-3.0, 3.0))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        cases = [(scalar, 0), (scalar, (0, 1)), (vector, (0, 2)), (matrix, (0, -1)), (cube, (1, 3))]
        for a in (one, vector, matrix, column, cube, empty, reversed_, fortran):
            cases += [(a, 0), (a, -1), (a, 1), (a, (0, 1))]
        return [Sample((a,), {"axis": axis}) for a, axis in cases]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        message = r"expand_dims got a constant of shape \(2, 3\) with .*"
        cases: list[tuple[object, type[Exception], str]] = [
            (3, IndexError, "axis 3 is out of bounds"), (-4, IndexError, "axis -4 is out of"),
            ((0, 0), ValueError, "repeated axis"), ((0, 4), IndexError, "axis 4 is out of bounds"),
            ((1, -3), ValueError, "repeated axis"),
        ]  # fmt: skip
        return [*super().error_samples()] + [
            ErrorSample((np.ones((2, 3)),), {"axis": axis}, error, message + text)
            for axis, error, text in cases
        ]


class BroadcastTo(Op):
    """Repeated to a larger shape without copying: y = broadcast(a). Back: summed again."""

    analytic = True
    numpy = (np.broadcast_to,)

    @staticmethod
    def forward(a, *, shape):
        if isinstance(a, np.generic):
            # What np.broadcast_to gives, ten times faster: one number seen at every place.
            return np.ndarray(shape, a.dtype, a, 0, (0,) * len(shape))
        return np.broadcast_to(a, shape)

    @staticmethod
    def wrt_a(delta, out, a, *, shape):
        return delta

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, column, cube, empty = spread((-3.0, 3.0))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        cases = [
            (scalar, ()), (scalar, (1,)), (scalar, (3,)), (scalar, (2, 3)), (scalar, (0,)),
            (scalar, (4, 1, 2)), (one, (1,)), (one, (4,)), (one, (2, 1)), (one, (2, 3)), (one, 3),
            (one, (0,)), (vector, (3,)), (vector, (1, 3)), (vector, (2, 3)), (vector, (4, 2, 3)),
            (vector, (0, 3)), (column, (2, 1)), (column, (2, 3)), (column, (4, 2, 1)),
            (column, (4, 2, 3)), (column, (2, 0)), (matrix, (2, 3)), (matrix, (1, 2, 3)),
            (matrix, (4, 2, 3)), (cube, (4, 2, 3)), (cube, (2, 4, 2, 3)), (empty, (0, 3)),
            (empty, (2, 0, 3)), (reversed_, (4, 3)), (reversed_, (2, 4, 3)), (fortran, (3, 4, 6)),
            (vector[::-1], (2, 3)), (column[::-1], (2, 4)),
        ]  # fmt: skip
        return [Sample((a,), {"shape": shape}) for a, shape in cases]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        shapes = [(3, 2), (3,), (2,), (2, 6), (2, 3, 1)]
        message = r"broadcast_to got .* of shape \(2, 3\) with shape=.*(broadcast|more dimensions)"
        return [*super().error_samples()] + [
            ErrorSample((np.ones((2, 3)),), {"shape": shape}, ValueError, message)
            for shape in shapes
        ]


class Stack(Op):
    """Inputs of one shape laid side by side along a new axis."""

    analytic = True
    variadic = True
    numpy = (np.stack,)

    @staticmethod
    def forward(*inputs, axis=0):
        return np.stack(inputs, axis=axis)

    @staticmethod
    def wrt_inputs(delta, out, *inputs, axis=0):
        before = (slice(None),) * (axis % out.ndim)
        pieces = []
        for place in range(len(inputs)):
            pieces.append(delta[(*before, place)])
        return pieces

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(3)
        cases: list[tuple[tuple[int, ...], int, int]] = [
            ((), n, k) for n in (1, 2, 3) for k in (0, -1)
        ]
        shapes: list[tuple[int, ...]] = [(3,), (1,), (2, 3), (2, 1), (4, 2, 3), (0, 3)]
        for shape in shapes:
            cases += [(shape, 2, 0), (shape, 3, -1), (shape, 1, 1), (shape, 4, -2)]
        samples = []
        for shape, n, axis in cases:
            arrays = tuple(draw(rng, (-3.0, 3.0), shape) for _ in range(n))
            samples.append(Sample(arrays, {"axis": axis}))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        for axis in (0, 1, 2):
            samples.append(Sample((reversed_, reversed_[::-1]), {"axis": axis}))
            samples.append(Sample((fortran, fortran[:, ::-1]), {"axis": axis}))
        return samples

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a, unequal = np.ones((2, 3)), "all input arrays must have the same shape"
        others: list[tuple[int, ...]] = [(3, 2), (2, 1), (3,), ()]
        more = [
            ErrorSample((a, np.ones(other)[()]), {}, ValueError, f"stack got .*{unequal}")
            for other in others
        ]
        more.append(
            ErrorSample((a, a), {"axis": 3}, IndexError, "stack got .*axis 3 is out of bounds")
        )
        return [*super().error_samples(), *more]
