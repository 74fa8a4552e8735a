"""Inverses of square matrices, linear equations and determinants.

Their derivatives are those of Giles 2008, "Collected matrix derivative results for forward
and reverse mode algorithmic differentiation". All take batches: ``(…, n, n)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import ErrorSample, Op, Sample, apply, bare
from .linear_algebra import transpose_last


class Inv(Op):
    """Inverse of square matrices: y = a⁻¹, ``(…, n, n) -> (…, n, n)``.

    ∂J/∂a = -yᵀ δ yᵀ (Giles 2008, section 2.2.3).
    """

    symbol, pattern = "inv", "inv({a})"
    numpy = (np.linalg.inv,)
    analytic = True

    @staticmethod
    def forward(a):
        require_square(a)
        try:
            return np.linalg.inv(a)
        except np.linalg.LinAlgError:
            raise ValueError(singular(a)) from None

    @staticmethod
    def wrt_a(delta, out, a):
        transposed = transpose_last(out)
        return -(transposed @ delta @ transposed)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return [Sample((a,)) for a in regular_matrices()]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*square_errors(cls), *singular_errors(cls), *super().error_samples()]


class Solve(Op):
    """Solution of linear equations: y with a y = b; y = a⁻¹ b without forming the inverse.

    ``(…, n, n)`` with a vector ``(n,)`` or columns ``(…, n, k)``; batches broadcast.
    With z = a⁻ᵀ δ: ∂J/∂b = z, ∂J/∂a = -z yᵀ (Giles 2008, section 2.3.1).
    """

    symbol, pattern = "solve", "solve({a}, {b})"
    numpy = (np.linalg.solve,)
    analytic = True

    @staticmethod
    def forward(a, b):
        require_square(a)
        require_rows(a, b)
        try:
            return np.linalg.solve(a, b)
        except np.linalg.LinAlgError:
            raise ValueError(singular(a)) from None

    @staticmethod
    def wrt_a(delta, out, a, b):
        if b.ndim > 1:
            return -(apply(Solve, transpose_last(a), delta) @ transpose_last(out))
        column = apply(Solve, transpose_last(a), np.expand_dims(delta, -1))
        return -(column * np.expand_dims(out, -2))

    @staticmethod
    def wrt_b(delta, out, a, b):
        if b.ndim > 1:
            return apply(Solve, transpose_last(a), delta)
        return apply(Solve, transpose_last(a), np.expand_dims(delta, -1))[..., 0]

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(31)
        samples = []
        for a in regular_matrices()[:18]:
            n = a.shape[-1]
            samples.append(Sample((a, rng.normal(size=n))))
            samples.append(Sample((a, rng.normal(size=(n, 2)))))
        a = regular_matrices()[1]
        batch = [rng.normal(size=(2, 3, 1)), rng.normal(size=(0, 3, 2))]
        batch.append(rng.normal(size=(3, 6))[:, ::-2])
        return [*samples, *(Sample((a, b)) for b in batch)]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a, b = 2 * np.eye(3), np.ones(3)
        wrong: list[tuple[Any, Any, str]] = [
            (a, np.ones(2), r"shape \(3, 3\).*shape \(2,\); expected .* of 3 elements"),
            (a, np.ones((2, 3)), r"expected .* \(…, 3, k\).*Did you mean b\.T\?"),
            (a, 1.0, "expected .* of 3 elements"),
            (np.ones((2, 3, 3)), np.ones((4, 3, 1)), r"expected batches that broadcast"),
            (np.ones((2, 3)), np.ones(2), r"shape \(2, 3\).*expected square matrices"),
            (np.zeros((3, 3)), b, "regular.*singular"),
        ]
        errors = [ErrorSample((x, y), {}, ValueError, f"solve got .*{m}") for x, y, m in wrong]
        return [*errors, *super().error_samples()]


class Det(Op):
    """Determinant: y = det a, ``(…, n, n) -> (…,)``.

    The derivative is the matrix of cofactors: y a⁻ᵀ (Giles 2008, section 2.2.4; Jacobi's
    formula). Where a is singular or nearly so, the cofactors are computed one by one, as
    determinants of minors, so that the gradient is exact there too (up to 32 rows; beyond, a
    singular matrix gets an error).
    """

    numpy = (np.linalg.det,)
    symbol, pattern = "det", "det({a})"
    analytic = True

    @staticmethod
    def forward(a):
        require_square(a)
        return np.linalg.det(a)

    @staticmethod
    def wrt_a(delta, out, a):
        if a.shape[-1] <= 32 and nearly_singular(bare(a)):
            return np.expand_dims(delta, (-1, -2)) * cofactors(a)
        return np.expand_dims(delta * out, (-1, -2)) * transpose_last(apply(Inv, a))

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        singular = [np.array([[1.0, 2.0], [2.0, 4.0]]), np.zeros((2, 2)), np.zeros((1, 1))]
        singular += [np.arange(9.0).reshape(3, 3), np.stack([np.eye(3), np.ones((3, 3))])]
        return [Sample((a,)) for a in regular_matrices() + singular]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*square_errors(cls), *super().error_samples()]


class Logabsdet(Op):
    """Logarithm of the determinant's absolute value: y = log |det a|, ``(…, n, n) -> (…,)``.

    ∂J/∂a = δ a⁻ᵀ (Giles 2008, section 2.2.4). It neither overflows nor underflows where the
    determinant would. A singular matrix gives -inf, and has no gradient: an error.
    """

    symbol, pattern = "log|det|", "log|det {a}|"

    @staticmethod
    def forward(a):
        require_square(a)
        return np.linalg.slogdet(a)[1]

    @staticmethod
    def wrt_a(delta, out, a):
        if np.any(np.isneginf(bare(out))):
            raise ValueError(f"the gradient of logabsdet: {singular(bare(a))}")
        return np.expand_dims(delta, (-1, -2)) * transpose_last(apply(Inv, a))

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return [Sample((a,)) for a in regular_matrices()]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*square_errors(cls), *super().error_samples()]


def require_matrices(a: Any) -> None:
    """An error for what is no matrix or batch of matrices, or of a type NumPy cannot decompose."""
    if np.ndim(a) < 2:
        raise ValueError("expected matrices (…, rows, columns), at least two axes.")
    if a.dtype == np.float16:
        raise ValueError("expected float32 or float64; use .astype('float32').")


def require_square(a: Any) -> None:
    """An error for what is no square matrix or batch of them."""
    if np.ndim(a) < 2 or a.shape[-1] != a.shape[-2]:
        raise ValueError("expected square matrices (…, n, n).")
    require_matrices(a)


def require_rows(a: Any, b: Any) -> None:
    """An error for right-hand sides that do not fit the equations."""
    n = a.shape[-1]
    shape = np.shape(b)
    if len(shape) < 2 and shape != (n,):
        raise ValueError(f"expected a right-hand side of {n} elements, or columns (…, {n}, k).")
    if len(shape) > 1 and shape[-2] != n:
        advice = " Did you mean b.T?" if len(shape) == 2 and shape[1] == n else ""
        raise ValueError(f"expected right-hand sides in columns, (…, {n}, k).{advice}")
    try:
        np.broadcast_shapes(a.shape[:-2], shape[:-2])
    except ValueError:
        raise ValueError("expected batches that broadcast: the axes before the last two.") from None


def singular(a: Any) -> str:
    """The message for a batch that holds a singular matrix, and which one it is."""
    ranks = np.linalg.matrix_rank(a)
    n = a.shape[-1]
    for place in np.ndindex(ranks.shape):
        if ranks[place] < n:
            which = f"the one at {place} is" if place else "it is"
            return (
                f"expected regular matrices; {which} singular, of rank {ranks[place]} with {n} "
                f"rows. Its pseudo-inverse exists (pinv), or add a small multiple of np.eye({n})."
            )
    return "expected regular matrices; one is singular up to rounding."


def nearly_singular(a: Any) -> bool:
    """True if in one of the matrices rounding would spoil the inverse."""
    try:
        inverse = np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return True
    condition = np.linalg.norm(a, axis=(-2, -1)) * np.linalg.norm(inverse, axis=(-2, -1))
    return bool(np.any(~(condition < 1e-2 / np.sqrt(np.finfo(a.dtype).eps))))


def cofactors(a):
    """Matrix of cofactors: (-1)^(i+j) times the determinant without row i and column j."""
    n = a.shape[-1]
    rows = np.array([[k for k in range(n) if k != i] for i in range(n)], dtype=int)
    signs = 1 - 2 * (np.add.outer(np.arange(n), np.arange(n)) % 2)
    minors = a[..., rows[:, None, :, None], rows[None, :, None, :]]
    return apply(Det, minors) * signs.astype(a.dtype)


def regular_matrices() -> list[Any]:
    """Sample matrices far from singular: single, batched, size 1, empty batch, odd strides."""
    rng = np.random.default_rng(30)
    shapes: list[tuple[int, ...]] = [(2, 2), (3, 3), (2, 3, 3), (1, 1), (2, 2, 2), (0, 3, 3)]
    shapes += [(4, 4), (3, 1, 1), (1, 2, 2), (2, 1, 2, 2)]
    matrices = []
    for k in range(30):
        shape = shapes[k % len(shapes)]
        signs = rng.choice([-1.0, 1.0], size=(*shape[:-1], 1))
        matrices.append(rng.uniform(-0.9, 0.9, shape) + 2 * signs * np.eye(shape[-1]))
    wide = rng.uniform(-0.9, 0.9, (6, 4)) + np.repeat(2 * np.eye(3), 2, axis=0) @ np.eye(3, 4)
    return [*matrices, wide[::2, 1::-1][:2], np.asfortranarray(matrices[1])]


def square_errors(op: type[Op]) -> list[ErrorSample]:
    """Wrong shapes for an op of one square matrix."""
    square = f"{op.name} got .*shape {{}}.*expected square matrices"
    wrong = [(np.ones(3), r"\(3,\)"), (np.ones((2, 3)), r"\(2, 3\)"), (2.0, r"\(\)")]
    wrong += [(np.ones((3, 3, 2)), r"\(3, 3, 2\)"), (np.ones((0, 2)), r"\(0, 2\)")]
    errors = [ErrorSample((a,), {}, ValueError, square.format(shape)) for a, shape in wrong]
    half = f"{op.name} got .*expected float32 or float64"
    return [*errors, ErrorSample((np.eye(2, dtype=np.float16),), {}, ValueError, half)]


def singular_errors(op: type[Op]) -> list[ErrorSample]:
    """Singular matrices, alone and in a batch."""
    batch = np.stack([np.eye(2), np.zeros((2, 2))])
    return [
        ErrorSample(
            (np.ones((2, 2)),), {}, ValueError, f"{op.name} got .*it is singular, of rank 1"
        ),
        ErrorSample((batch,), {}, ValueError, rf"{op.name} got .*the one at \(1,\) is singular"),
    ]
