"""Inverses, equations, determinants and decompositions, under the names of ``np.linalg``."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import ops
from ..node import data_of
from ..numpy_dispatch import spells
from ..value import Value, record, unary


class SlogdetResult(NamedTuple):
    """Sign of a determinant (a constant) and the logarithm of its absolute value."""

    sign: Value
    logabsdet: Value


class EighResult(NamedTuple):
    """Eigenvalues in ascending order, and the eigenvectors in columns."""

    eigenvalues: Value
    eigenvectors: Value


class SVDResult(NamedTuple):
    """A matrix as U · diag(S) · Vh."""

    U: Value
    S: Value
    Vh: Value


class LstsqResult(NamedTuple):
    """Least-squares solution, sums of squared residuals, rank, and singular values."""

    x: Value
    residuals: Value
    rank: int
    singular_values: Any


def inv(a: Any) -> Value:
    """Inverse of square matrices, ``(…, n, n)``; a ValueError names a singular one."""
    return unary(a, ops.Inv)


def solve(a: Any, b: Any) -> Value:
    """Solution y of a y = b, for a vector ``(n,)`` or columns ``(…, n, k)``."""
    return record(ops.Solve, (a, b))


def det(a: Any) -> Value:
    """Determinant, ``(…, n, n) -> (…,)``; its gradient exists for singular matrices too."""
    return unary(a, ops.Det)


@spells(np.linalg.slogdet)
def slogdet(a: Any) -> SlogdetResult:
    """Sign and logarithm of the determinant: det a = sign · e^logabsdet, without overflow.

    The sign is a constant: its derivative is 0 wherever it has one.
    """
    logarithm = unary(a, ops.Logabsdet)
    sign = np.linalg.slogdet(data_of(a))[0]
    return SlogdetResult(Value(sign, requires_grad=False), logarithm)


def logabsdet(a: Any) -> Value:
    """Logarithm of the determinant's absolute value, without overflow; -inf if it is 0."""
    return unary(a, ops.Logabsdet)


@spells(np.linalg.cholesky)
def cholesky(a: Any) -> Value:
    """Lower triangular factor L of positive definite matrices, L Lᵀ = a."""
    return unary(a, ops.Cholesky)


@spells(np.linalg.eigh)
def eigh(a: Any) -> EighResult:
    """Eigenvalues and eigenvectors of symmetric matrices: a = v diag(λ) vᵀ.

    Where eigenvalues coincide their vectors are not determined, and a gradient that arrives
    at them is an error; gradients of the eigenvalues are always right.
    """
    return EighResult(unary(a, ops.Eigvalsh), unary(a, ops.Eigenvectors))


@spells(np.linalg.eigvalsh)
def eigvalsh(a: Any) -> Value:
    """Eigenvalues of symmetric matrices, in ascending order: ``(…, n, n) -> (…, n)``."""
    return unary(a, ops.Eigvalsh)


@spells(np.linalg.svd)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Singular value decomposition: U, S and Vh with a = U diag(S) Vh.

    ``full_matrices=False`` gives ``(…, m, k)``, ``(…, k)``, ``(…, k, n)`` with k = min(m, n).
    The full form, NumPy's default, is for square matrices only: the further vectors of
    others are not determined by the matrix. With ``compute_uv=False`` only S is returned.
    """
    if not compute_uv:
        return unary(a, ops.Svdvals)
    shape = np.shape(data_of(a))
    if full_matrices and shape[-1:] != shape[-2:-1]:
        raise ValueError(
            f"svd() got shape {shape} with full_matrices=True; expected full_matrices=False for "
            f"matrices that are not square: their further vectors have no derivative."
        )
    left = unary(a, ops.LeftSingularVectors)
    return SVDResult(left, unary(a, ops.Svdvals), unary(a, ops.RightSingularVectors))


def svdvals(a: Any) -> Value:
    """Singular values, in descending order: ``(…, m, n) -> (…, min(m, n))``."""
    return unary(a, ops.Svdvals)


def pinv(a: Any) -> Value:
    """Pseudo-inverse, ``(…, m, n) -> (…, n, m)``; its gradient holds where the rank is constant."""
    return unary(a, ops.Pinv)


@spells(np.linalg.lstsq)
def lstsq(a: Any, b: Any) -> LstsqResult:
    """Least squares: the x that minimises ‖a x - b‖, with residuals, rank and singular values.

    ``a`` is ``(m, n)`` of full column rank, ``b`` is ``(m,)`` or ``(m, k)``. Gradients flow
    through x and the residuals (as in NumPy empty for m = n); rank and singular values are
    plain numbers.
    """
    solution = record(ops.Lstsq, (a, b))
    matrix = np.asarray(data_of(a))
    singular_values = np.linalg.svdvals(matrix)
    if matrix.shape[0] <= matrix.shape[1]:
        residuals = Value(np.zeros(0, solution.dtype), requires_grad=False)
    else:
        gap = record(ops.Subtract, (b, record(ops.Matmul, (a, solution))))
        gap = unary(gap, ops.Reshape, {"shape": (len(matrix), -1)})
        residuals = record(ops.Einsum, (gap, gap), {"subscripts": "ij,ij->j"})
    return LstsqResult(solution, residuals, matrix.shape[1], singular_values)


@spells(np.linalg.matrix_norm)
def matrix_norm(a: Any, ord: Any = "fro", keepdims: bool = False) -> Value:
    """Norm of matrices, over the last two axes: ``(…, m, n) -> (…,)``.

    ``ord``: ``"fro"`` (root of the sum of squares, gradient 0 at 0), ``"nuc"`` (sum of singular
    values), 2 and -2 (the largest and smallest of them), 1 and -1 (largest and smallest sum
    of absolute values of a column), inf and -inf (of a row).
    """
    if len(np.shape(data_of(a))) < 2:
        raise ValueError(
            f"matrix_norm() got shape {np.shape(data_of(a))}; expected matrices (…, rows, columns)."
        )
    if ord == "fro":
        return unary(a, ops.VectorNorm, {"axis": (-2, -1), "keepdims": keepdims})
    if ord in ("nuc", 2, -2):
        sizes = unary(a, ops.Svdvals)
    elif ord in (1, -1, np.inf, -np.inf):
        axis = -2 if abs(ord) == 1 else -1
        sizes = unary(unary(a, ops.Absolute), ops.Sum, {"axis": axis, "keepdims": False})
    else:
        raise ValueError(
            f"matrix_norm() got ord={ord!r}; expected 'fro', 'nuc', 2, -2, 1, -1, inf or -inf."
        )
    op = ops.Sum if ord == "nuc" else ops.Max if ord > 0 else ops.Min
    norm = unary(sizes, op, {"axis": -1, "keepdims": False})
    return unary(norm, ops.ExpandDims, {"axis": (-2, -1)}) if keepdims else norm
