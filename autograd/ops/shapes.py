"""Changes of shape: the elements stay, their places change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import Op, Sample, spread


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
        return [Sample((a,), {"dtype": np.dtype(np.float64)}) for a in spread((-3.0, 3.0))]


class Reshape(Op):
    """The same elements in another shape: y = a.reshape(shape)."""

    numpy = (np.reshape,)

    @staticmethod
    def forward(a, *, shape):
        return a.reshape(shape)

    @staticmethod
    def wrt_a(delta, out, a, *, shape):
        return delta.reshape(a.shape)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, _, matrix, _, cube, empty = spread((-3.0, 3.0))
        cases = [(scalar, (1, 1)), (one, ()), (matrix, (3, 2)), (matrix, -1)]
        cases += [(cube, (4, -1)), (empty, (3, 0))]
        return [Sample((a,), {"shape": shape}) for a, shape in cases]


class Transpose(Op):
    """Axes in another order: y = aᵀ; ``axes=None`` reverses them."""

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
        plain = [Sample((a,)) for a in (scalar, one, vector, matrix, column, cube, empty)]
        return [*plain, Sample((cube,), {"axes": (1, 2, 0)}), Sample((cube,), {"axes": (-1, 0, 1)})]


class Swapaxes(Op):
    """Two axes exchanged: y = a.swapaxes(axis1, axis2)."""

    numpy = (np.swapaxes,)

    @staticmethod
    def forward(a, *, axis1, axis2):
        return a.swapaxes(axis1, axis2)

    @staticmethod
    def wrt_a(delta, out, a, *, axis1, axis2):
        return delta.swapaxes(axis1, axis2)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        _, _, _, matrix, column, cube, _ = spread((-3.0, 3.0))
        cases = [(matrix, 0, 1), (column, -1, -2), (cube, 0, 2), (cube, 1, 1)]
        return [Sample((a,), {"axis1": i, "axis2": j}) for a, i, j in cases]


class ExpandDims(Op):
    """Axes of length 1 inserted at ``axis``."""

    numpy = (np.expand_dims,)

    @staticmethod
    def forward(a, *, axis):
        return np.expand_dims(a, axis)

    @staticmethod
    def wrt_a(delta, out, a, *, axis):
        return delta.reshape(a.shape)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, _, _, empty = spread((-3.0, 3.0))
        cases = [(scalar, 0), (one, -1), (vector, 0), (vector, (0, 2)), (matrix, 1), (empty, 0)]
        return [Sample((a,), {"axis": axis}) for a, axis in cases]


class BroadcastTo(Op):
    """Repeated to a larger shape without copying: y = broadcast(a). Back: summed again."""

    numpy = (np.broadcast_to,)

    @staticmethod
    def forward(a, *, shape):
        if a.ndim == 0:
            # What np.broadcast_to gives, ten times faster: one number seen at every place.
            return np.ndarray(shape, a.dtype, a, 0, (0,) * len(shape))
        return np.broadcast_to(a, shape)

    @staticmethod
    def wrt_a(delta, out, a, *, shape):
        return delta

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        scalar, one, vector, matrix, column, _, _ = spread((-3.0, 3.0))
        cases = [
            (scalar, (2, 3)),
            (one, (4,)),
            (vector, (2, 3)),
            (column, (2, 3)),
            (matrix, (2, 3)),
        ]
        return [Sample((a,), {"shape": shape}) for a, shape in cases]


class Stack(Op):
    """Inputs of one shape laid side by side along a new axis."""

    variadic = True
    numpy = (np.stack,)

    @staticmethod
    def forward(*inputs, axis=0):
        return np.stack(inputs, axis=axis)

    @staticmethod
    def wrt_input(delta, out, *inputs, index, axis=0):
        place = [slice(None)] * out.ndim
        place[axis] = index
        return delta[tuple(place)]

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(3)
        cases = [((), 3, 0), ((3,), 2, 0), ((3,), 2, 1), ((2, 3), 4, -1), ((2,), 1, 0)]
        return [
            Sample(tuple(np.asarray(rng.normal(size=shape))[()] for _ in range(n)), {"axis": axis})
            for shape, n, axis in cases
        ]
