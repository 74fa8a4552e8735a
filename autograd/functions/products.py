"""Products of arrays of any rank: what NumPy spells dot, inner, outer, einsum, kron, …"""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from .. import ops
from ..node import Node
from ..numpy_dispatch import spells
from ..ops.products import contraction, dot_product
from ..value import Value, binary, record, unary

#: The sign of a permutation of three axes: ε_ijk = 1, -1, or 0 where two are equal.
PERMUTATIONS = np.zeros((3, 3, 3))
PERMUTATIONS[[0, 1, 2], [1, 2, 0], [2, 0, 1]] = 1.0
PERMUTATIONS[[0, 1, 2], [2, 0, 1], [1, 2, 0]] = -1.0


def einsum(subscripts: str, *operands: Any) -> Value:
    """Sum of products over named indices, Einstein's notation: ``einsum("ij,jk->ik", a, b)``.

    As in NumPy: repeated indices, an ellipsis, an implicit output, any number of operands.
    """
    if not isinstance(subscripts, str):
        raise TypeError(
            f"einsum() got {type(subscripts).__name__} first; expected the indices as one string: "
            f"einsum('ij,jk->ik', a, b)."
        )
    if not operands:
        raise ValueError(f"einsum() got no operands for {subscripts!r}; expected at least one.")
    return record(ops.Einsum, operands, {"subscripts": subscripts})


@spells(np.dot)
def dot(a: Any, b: Any) -> Value:
    """Sum of products over the last axis of a and the last but one (or only) axis of b.

    For vectors the scalar product, for matrices the matrix product; scalars multiply.
    """
    op, settings = dot_product(_shape(a), _shape(b))
    return record(op, (a, b), settings)


@spells(np.vdot)
def vdot(a: Any, b: Any) -> Value:
    """Sum of the products of all elements, in order; shapes may differ, sizes not."""
    a, b = unary(a, ops.Reshape, {"shape": (-1,)}), unary(b, ops.Reshape, {"shape": (-1,)})
    return binary(ops.Matmul, a, b)


@spells(np.inner)
def inner(a: Any, b: Any) -> Value:
    """Sum of products over the last axes of both: ``(…, n)`` and ``(…, n)``; scalars multiply."""
    shapes = _shape(a), _shape(b)
    if () in shapes:
        return binary(ops.Multiply, a, b)
    if len(shapes[0]) == len(shapes[1]) == 1:
        return binary(ops.Matmul, a, b)
    return record(ops.Einsum, (a, b), {"subscripts": contraction("inner", *shapes, [-1], [-1])})


def known(*names: str) -> list[Any]:
    """The NumPy functions of these names that the installed NumPy has."""
    return [getattr(np, name) for name in names if hasattr(np, name)]


@spells(*known("vecdot"))
def vecdot(x1: Any, x2: Any) -> Value:
    """Scalar products of vectors along the last axis: ``(…, n), (…, n) -> (…)``."""
    return record(ops.Einsum, (x1, x2), {"subscripts": "...i,...i->..."})


@spells(*known("matvec"))
def matvec(x1: Any, x2: Any) -> Value:
    """Matrices times vectors: ``(…, m, n), (…, n) -> (…, m)``."""
    return record(ops.Einsum, (x1, x2), {"subscripts": "...ij,...j->...i"})


@spells(*known("vecmat"))
def vecmat(x1: Any, x2: Any) -> Value:
    """Vectors times matrices: ``(…, n), (…, n, m) -> (…, m)``."""
    return record(ops.Einsum, (x1, x2), {"subscripts": "...i,...ij->...j"})


@spells(np.outer, np.linalg.outer)
def outer(a: Any, b: Any) -> Value:
    """Product of each element of a with each of b: ``(n,), (m,) -> (n, m)``; both flattened."""
    if _ndim(a) != 1:
        a = unary(a, ops.Reshape, {"shape": (-1,)})
    if _ndim(b) != 1:
        b = unary(b, ops.Reshape, {"shape": (-1,)})
    return record(ops.Einsum, (a, b), {"subscripts": "i,j->ij"})


@spells(np.tensordot, np.linalg.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Value:
    """Sum of products over pairs of axes: the last ``axes`` of a with the first ones of b.

    Or ``axes`` is a pair: the axes of a, and those of b, in the same order.
    """
    shapes = _shape(a), _shape(b)
    ranks = len(shapes[0]), len(shapes[1])
    if isinstance(axes, int | np.integer):
        count = int(axes)
        pairs = list(range(ranks[0] - count, ranks[0])), list(range(count))
    else:
        first, second = axes
        pairs = list(np.atleast_1d(first)), list(np.atleast_1d(second))
    for rank, chosen in zip(ranks, pairs, strict=True):
        outside = any(not -rank <= k < rank for k in chosen)
        if len(pairs[0]) != len(pairs[1]) or outside:
            raise ValueError(
                f"tensordot() got axes={axes!r} for arrays of {ranks[0]} and {ranks[1]} axes; "
                f"expected a number of axes that both have, or as many axes of a as of b."
            )
    return record(ops.Einsum, (a, b), {"subscripts": contraction("tensordot", *shapes, *pairs)})


@spells(np.kron)
def kron(a: Any, b: Any) -> Value:
    """Kronecker product: each element of a replaced by that element times b."""
    shapes = _shape(a), _shape(b)
    ndim = max(len(shape) for shape in shapes)
    shape_a, shape_b = ((1,) * (ndim - len(shape)) + shape for shape in shapes)
    a = unary(a, ops.Reshape, {"shape": shape_a})
    b = unary(b, ops.Reshape, {"shape": shape_b})
    letters = string.ascii_letters
    first, second = letters[:ndim], letters[ndim : 2 * ndim]
    woven = "".join(i + j for i, j in zip(first, second, strict=True))
    product = record(ops.Einsum, (a, b), {"subscripts": f"{first},{second}->{woven}"})
    shape = tuple(n * m for n, m in zip(shape_a, shape_b, strict=True))
    return unary(product, ops.Reshape, {"shape": shape})


@spells(np.cross, np.linalg.cross)
def cross(a: Any, b: Any) -> Value:
    """Vector product of vectors in space, ``(…, 3), (…, 3) -> (…, 3)``; the rest broadcasts."""
    shapes = _shape(a), _shape(b)
    if shapes[0][-1:] != (3,) or shapes[1][-1:] != (3,):
        raise ValueError(
            f"cross() got shapes {shapes[0]} and {shapes[1]}; expected vectors of three elements "
            f"in the last axis of both."
        )
    dtype = np.result_type(*(x.dtype for x in (a, b) if isinstance(x, Node | np.ndarray)))
    signs = PERMUTATIONS.astype(dtype if dtype.kind == "f" else float)
    return record(ops.Einsum, (signs, a, b), {"subscripts": "ijk,...j,...k->...i"})


@spells(np.linalg.matrix_power)
def matrix_power(a: Any, n: int) -> Value:
    """Product of n copies of a square matrix, by repeated squaring; n < 0 powers its inverse."""
    shape = _shape(a)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError(f"matrix_power() got shape {shape}; expected square matrices (…, n, n).")
    if not isinstance(n, int | np.integer) or isinstance(n, bool):
        raise TypeError(f"matrix_power() got the power {n!r}; expected an integer.")
    if n == 0:
        dtype = a.dtype if isinstance(a, Node) else float
        identity = np.broadcast_to(np.eye(shape[-1], dtype=dtype), shape)
        return Value(identity, requires_grad=False)
    square = unary(a, ops.Inv) if n < 0 else a
    result, left = None, abs(int(n))
    while left:
        if left % 2:
            result = square if result is None else binary(ops.Matmul, result, square)
        left //= 2
        if left:
            square = binary(ops.Matmul, square, square)
    return result if isinstance(result, Value) else Value(result, requires_grad=False)


def _shape(x: Any) -> tuple[int, ...]:
    return x.shape if isinstance(x, Node) else np.shape(x)


def _ndim(x: Any) -> int:
    return len(_shape(x))
