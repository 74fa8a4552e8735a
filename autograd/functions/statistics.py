"""Averages, spread and size over axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ops
from ..numpy_dispatch import spells
from ..ops.axes import checked_axes
from ..value import Value, binary, unary
from .shapes import operand


def var(a: Any, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Value:
    """Variance over ``axis``: squared deviations from the mean, divided by n - ``ddof``."""
    return unary(a, ops.Var, {"axis": axis, "ddof": ddof, "keepdims": keepdims})


def std(a: Any, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Value:
    """Standard deviation over ``axis``; the gradient of a constant is 0."""
    return unary(a, ops.Std, {"axis": axis, "ddof": ddof, "keepdims": keepdims})


@spells(np.ptp)
def ptp(a: Any, axis: Any = None, keepdims: bool = False) -> Value:
    """Largest less smallest element over ``axis``."""
    settings = {"axis": axis, "keepdims": keepdims}
    return binary(ops.Subtract, unary(a, ops.Max, settings), unary(a, ops.Min, settings))


@spells(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, keepdims: bool = False) -> Value:
    """Weighted mean over ``axis``, Σ w a / Σ w; the plain mean without ``weights``.

    Weights, which may be a Value, have the shape of ``a``, or are one for each place of ``axis``.
    """
    if weights is None:
        return unary(a, ops.Mean, {"axis": axis, "keepdims": keepdims})
    a, weights = operand(a, "average"), operand(weights, "average")
    if weights.shape != a.shape:
        if not isinstance(axis, int | np.integer) or weights.shape != (
            a.shape[checked_axes("average", axis, a.shape)[0]],
        ):
            raise ValueError(
                f"average got shape {a.shape} and weights of shape {weights.shape} with "
                f"axis={axis!r}; expected weights of the same shape, or one for each place of axis."
            )
        column = [1] * a.ndim
        column[axis] = -1
        weights = unary(weights, ops.Reshape, {"shape": tuple(column)})
    settings = {"axis": axis, "keepdims": keepdims}
    total, scale = (
        unary(binary(ops.Multiply, a, weights), ops.Sum, settings),
        unary(weights, ops.Sum, settings),
    )
    if np.any(scale.data == 0):
        raise ZeroDivisionError("average got weights whose sum is 0; expected another sum.")
    return binary(ops.Divide, total, scale)


def vector_norm(x: Any, axis: Any = None, keepdims: bool = False, ord: float = 2) -> Value:
    """Length of the vectors along ``axis``, (Σ |x|^p)^(1/p) with p = ``ord``; max |x| for inf.

    For None all elements count as one vector. The gradient at the vector 0 is 0.
    """
    return unary(x, ops.VectorNorm, {"axis": axis, "keepdims": keepdims, "ord": ord})


@spells(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Value:
    """Norm of vectors or, over two axes with an ``ord``, of matrices, as np.linalg.norm.

    Without ``ord`` it is the root of the sum of squares of all elements. Orders of vectors: a
    number above 0, inf, -inf. Orders of matrices: "fro"; 1, inf, -1, -inf, the largest or
    smallest sum of absolute values over columns (1) or rows (inf); "nuc", 2 and -2, the sum,
    the largest and the smallest of the singular values.
    """
    x = operand(x, "norm")
    axes = checked_axes("norm", range(x.ndim) if axis is None else axis, x.shape)
    if ord is None or len(axes) == 1:
        order = 2 if ord is None else ord
        return unary(x, ops.VectorNorm, {"axis": axis, "keepdims": keepdims, "ord": order})
    if len(axes) != 2:
        raise ValueError(
            f"norm got shape {x.shape} with axis={axis!r} and ord={ord!r}; expected one axis for a "
            f"vector norm or two for a matrix norm."
        )
    if ord == "fro":
        return unary(x, ops.VectorNorm, {"axis": axes, "keepdims": keepdims, "ord": 2})
    if ord not in (1, -1, np.inf, -np.inf, "nuc", 2, -2):
        raise ValueError(
            f"norm of matrices got ord={ord!r}; expected None, 'fro', 'nuc', 1, -1, 2, -2, inf or "
            f"-inf."
        )
    if ord in ("nuc", 2, -2):
        order = [k for k in range(x.ndim) if k not in axes] + list(axes)
        sizes = unary(unary(x, ops.Transpose, {"axes": tuple(order)}), ops.Svdvals)
        op = ops.Sum if ord == "nuc" else ops.Max if ord > 0 else ops.Min
        total = unary(sizes, op, {"axis": -1, "keepdims": False})
        return unary(total, ops.ExpandDims, {"axis": axes}) if keepdims else total
    within, over = axes if abs(ord) == 1 else axes[::-1]
    sums = unary(unary(x, ops.Absolute), ops.Sum, {"axis": within, "keepdims": True})
    largest = unary(sums, ops.Max if ord > 0 else ops.Min, {"axis": over, "keepdims": True})
    if keepdims:
        return largest
    shape = tuple([n for k, n in enumerate(largest.shape) if k not in axes])
    return unary(largest, ops.Reshape, {"shape": shape})
