"""Diagonals and triangles of matrices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import ErrorSample, Op, Sample, apply, draw, many, spread
from .indexing import Scatter


def diagonal_places(rows, columns, offset):
    """Places of the diagonal ``offset`` in a matrix that is laid out row by row."""
    row = np.arange(max(-offset, 0), rows)
    column = np.arange(max(offset, 0), columns)
    n = min(len(row), len(column))
    return row[:n] * columns + column[:n]


class Diagonal(Op):
    """The diagonal of the matrices in the axes ``axis1`` and ``axis2``, as a last axis.

    ``offset`` counts to the right of the main diagonal. Back: onto the diagonal, 0 beside it.
    """

    analytic = True
    symbol = "diag"
    numpy = (np.diagonal,)

    @staticmethod
    def forward(a, *, offset=0, axis1=0, axis2=1):
        return np.diagonal(a, offset, axis1, axis2)

    @staticmethod
    def wrt_a(delta, out, a, *, offset=0, axis1=0, axis2=1):
        axis1, axis2 = axis1 % a.ndim, axis2 % a.ndim
        rows, columns = a.shape[axis1], a.shape[axis2]
        places = diagonal_places(rows, columns, offset)
        others = out.shape[:-1]
        flat = apply(Scatter, delta, index=(..., places), shape=(*others, rows * columns))
        matrices = flat.reshape((*others, rows, columns))
        # The axes came last; they go back to where they were.
        order = [k for k in range(a.ndim) if k not in (axis1, axis2)] + [axis1, axis2]
        return matrices.transpose([order.index(k) for k in range(a.ndim)])

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(15)
        _, _, _, matrix, column, cube, empty = spread((-3.0, 3.0))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        square = draw(rng, (-3.0, 3.0), (3, 3))
        samples = [Sample((a,)) for a in (matrix, column, cube, empty, reversed_, fortran, square)]
        for a in (matrix, square, column, cube, fortran):
            samples += [Sample((a,), {"offset": offset}) for offset in (1, -1, 2)]
        axes = [(0, 2), (2, 0), (1, 2), (-1, -2), (2, 1), (1, 0), (-3, -1)]
        samples += [Sample((cube,), {"axis1": i, "axis2": j}) for i, j in axes]
        last = [{"offset": -1, "axis1": 1, "axis2": 2}, {"offset": 1, "axis1": -1, "axis2": 0}]
        return samples + [Sample((cube,), settings) for settings in last]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a, message = np.ones((2, 3)), r"diagonal got a constant of shape \(2, 3\).*"
        return [
            *super().error_samples(),
            ErrorSample((np.ones(3),), {}, ValueError, "diagonal got .*at least two dimensions"),
            ErrorSample((np.float64(1),), {}, ValueError, "diagonal got .*at least two dimensions"),
            ErrorSample((a,), {"axis1": 2}, IndexError, message + "axis1: axis 2 is out of bounds"),
            ErrorSample((a,), {"axis2": -3}, IndexError, message + "axis2: axis -3 is out of"),
            ErrorSample(
                (a,), {"axis1": 1}, ValueError, message + "axis1 and axis2 cannot be the same"
            ),
        ]


class Diag(Op):
    """The matrix with the vector ``a`` on its diagonal ``k`` and 0 beside it.

    `autograd.diag` of a matrix picks its diagonal: it records a `Diagonal`.
    """

    analytic = True
    symbol = "diag"
    numpy = (np.diag,)

    @staticmethod
    def forward(a, *, k=0):
        if a.ndim != 1:
            raise ValueError("expected a vector, or a matrix: one axis or two.")
        return np.diag(a, k)

    @staticmethod
    def wrt_a(delta, out, a, *, k=0):
        return apply(Diagonal, delta, offset=k)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        vectors = [draw(np.random.default_rng(n), (-3.0, 3.0), (n,)) for n in (0, 1, 2, 3, 5)]
        vectors.append(many((-3.0, 3.0))[-2][:, 0])
        return [Sample((a,), {"k": k}) for a in vectors for k in (0, 1, -1, 2, -3)] + [
            Sample((a,)) for a in vectors
        ]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        shapes: list[tuple[int, ...]] = [(), (1, 2, 3), (0, 3, 1), (1, 1, 1), (2, 2, 2, 2)]
        return [*super().error_samples()] + [
            ErrorSample((np.ones(shape)[()],), {}, ValueError, "diag got .*expected a vector")
            for shape in shapes
        ]


class Triangle(Op, abstract=True):
    """A matrix with one side of the diagonal ``k`` set to 0."""

    analytic = True

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        _, _, vector, matrix, column, cube, empty = spread((-3.0, 3.0))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        arrays = [matrix, column, cube, empty, reversed_, fortran, reversed_.T, vector]
        samples = [Sample((a,), {"k": k}) for a in arrays for k in (-1, 0, 1)]
        return samples + [Sample((a,)) for a in arrays] + [Sample((cube,), {"k": 5})]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [
            *super().error_samples(),
            ErrorSample(
                (np.float64(1),), {}, ValueError, f"{cls.name} got .*expected at least one axis"
            ),
        ]


class Triu(Triangle):
    """Upper triangle: elements left of the diagonal ``k`` set to 0."""

    numpy = (np.triu,)

    @staticmethod
    def forward(a, *, k=0):
        if a.ndim == 0:
            raise ValueError("expected at least one axis.")
        return np.triu(a, k)

    @staticmethod
    def wrt_a(delta, out, a, *, k=0):
        return np.triu(delta, k)


class Tril(Triangle):
    """Lower triangle: elements right of the diagonal ``k`` set to 0."""

    numpy = (np.tril,)

    @staticmethod
    def forward(a, *, k=0):
        if a.ndim == 0:
            raise ValueError("expected at least one axis.")
        return np.tril(a, k)

    @staticmethod
    def wrt_a(delta, out, a, *, k=0):
        return np.tril(delta, k)
