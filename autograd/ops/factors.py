"""Matrices of any shape: singular values and vectors, the pseudo-inverse, least squares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import ErrorSample, Op, Sample, apply, bare
from .decompositions import over_gaps
from .inverses import require_matrices
from .linear_algebra import transpose_last


class Svdvals(Op):
    """Singular values, in descending order: ``(…, m, n) -> (…, min(m, n))``.

    ∂J/∂a = u diag(δ) vᵀ with the singular vectors (Giles 2008, section 3.2).
    """

    symbol, pattern = "σ", "σ({a})"
    numpy = (np.linalg.svdvals,)

    @staticmethod
    def forward(a):
        require_matrices(a)
        return np.linalg.svdvals(a)

    @staticmethod
    def wrt_a(delta, out, a):
        scaled = apply(LeftSingularVectors, a) * np.expand_dims(delta, -2)
        return scaled @ apply(RightSingularVectors, a)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return [Sample((a,)) for a in full_rank_matrices()]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*matrix_errors(cls), *super().error_samples()]


class LeftSingularVectors(Op):
    """Left singular vectors, in columns: u of a = u diag(s) vᵀ, ``(…, m, n) -> (…, m, k)``.

    k = min(m, n); signs as LAPACK gives them. The derivative is that of Townsend 2016,
    "Differentiating the singular value decomposition". Singular values that coincide, or are 0,
    leave their vectors undetermined: a gradient that arrives at these is an error.
    """

    symbol, pattern = "u", "u({a})"

    @staticmethod
    def forward(a):
        require_matrices(a)
        return np.linalg.svd(a, full_matrices=False)[0]

    @staticmethod
    def wrt_a(delta, out, a):
        s, vh = apply(Svdvals, a), apply(RightSingularVectors, a)
        inner = rotations(transpose_last(out) @ delta, s) * np.expand_dims(s, -2)
        passed = out @ inner
        if out.shape[-2] > out.shape[-1]:
            passed = passed + out_of_span(delta, out, s)
        return passed @ vh

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return [Sample((a,)) for a in full_rank_matrices()]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*matrix_errors(cls), *super().error_samples()]


class RightSingularVectors(Op):
    """Right singular vectors, in rows: vᵀ of a = u diag(s) vᵀ, ``(…, m, n) -> (…, k, n)``.

    k = min(m, n); signs as LAPACK gives them. The derivative is the mirror image of that of
    the left ones.
    """

    symbol, pattern = "vᵀ", "vᵀ({a})"

    @staticmethod
    def forward(a):
        require_matrices(a)
        return np.linalg.svd(a, full_matrices=False)[2]

    @staticmethod
    def wrt_a(delta, out, a):
        s, u = apply(Svdvals, a), apply(LeftSingularVectors, a)
        inner = rotations(out @ transpose_last(delta), s) * np.expand_dims(s, -1)
        passed = inner @ out
        if out.shape[-1] > out.shape[-2]:
            passed = passed + transpose_last(
                out_of_span(transpose_last(delta), transpose_last(out), s)
            )
        return u @ passed

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return [Sample((a,)) for a in full_rank_matrices()]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*matrix_errors(cls), *super().error_samples()]


class Pinv(Op):
    """Pseudo-inverse (Moore and Penrose): y = a⁺, ``(…, m, n) -> (…, n, m)``.

    The derivative is that of Golub & Pereyra 1973, "The differentiation of pseudo-inverses
    …", theorem 4.3; it holds where the rank does not change.
    """

    symbol, pattern = "pinv", "pinv({a})"
    numpy = (np.linalg.pinv,)

    @staticmethod
    def forward(a):
        require_matrices(a)
        return np.linalg.pinv(a)

    @staticmethod
    def wrt_a(delta, out, a):
        turned, across = transpose_last(out), transpose_last(delta)
        passed = -(turned @ delta @ turned)
        beside = across @ out @ turned
        beneath = turned @ out @ across
        return passed + (beside - a @ (out @ beside)) + (beneath - (beneath @ out) @ a)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return [Sample((a,)) for a in full_rank_matrices()]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*matrix_errors(cls), *super().error_samples()]


class Lstsq(Op):
    """Least-squares solution: the y that minimises ‖a y - b‖₂, for a of full column rank.

    ``(m, n)`` with ``(m,) -> (n,)`` or ``(m, k) -> (n, k)``. With z = (aᵀa)⁻¹ δ, computed from
    the pseudo-inverse, and the residual r = b - a y: ∂J/∂b = a z, ∂J/∂a = r zᵀ - a z yᵀ
    (from the normal equations aᵀa y = aᵀb).
    """

    symbol, pattern = "lstsq", "lstsq({a}, {b})"

    @staticmethod
    def forward(a, b):
        if np.ndim(a) != 2 or np.ndim(b) not in (1, 2) or len(b) != len(a):
            raise ValueError("expected a matrix (m, n) and (m,) or (m, k): as many rows as it has.")
        require_matrices(a)
        solution, _, rank, _ = np.linalg.lstsq(a, b)
        if rank < a.shape[1]:
            raise ValueError(
                f"expected full column rank; the {a.shape[1]} columns have rank {rank}, so that "
                f"many solutions are equally good. autograd.pinv(a) @ b is the shortest of them."
            )
        return solution

    @staticmethod
    def wrt_a(delta, out, a, b):
        z = apply(Pinv, a) @ (transpose_last(apply(Pinv, a)) @ delta)
        residual, image = b - a @ out, a @ z
        if b.ndim == 1:
            return np.expand_dims(residual, -1) * z - np.expand_dims(image, -1) * out
        return residual @ transpose_last(z) - image @ transpose_last(out)

    @staticmethod
    def wrt_b(delta, out, a, b):
        return transpose_last(apply(Pinv, a)) @ delta

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(34)
        samples = []
        for a in full_rank_matrices():
            if a.ndim == 2 and a.shape[0] >= a.shape[1]:
                samples.append(Sample((a, rng.normal(size=len(a)))))
                samples.append(Sample((a, rng.normal(size=(len(a), 2)))))
        return [*samples, Sample((samples[0].inputs[0], np.ones((len(samples[0].inputs[0]), 0))))]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a = np.arange(6.0).reshape(3, 2)
        wrong: list[tuple[Any, Any, str]] = [
            (a, np.ones(2), r"shape \(3, 2\).*shape \(2,\); expected a matrix \(m, n\)"),
            (a, 1.0, r"expected a matrix \(m, n\)"),
            (np.ones(3), np.ones(3), r"shape \(3,\).*expected a matrix"),
            (a[None], np.ones(3), r"expected a matrix \(m, n\)"),
            (np.ones((3, 2)), np.ones(3), "full column rank; the 2 columns have rank 1"),
            (a.T, np.ones(2), "full column rank; the 3 columns have rank 2"),
        ]
        errors = [ErrorSample((x, y), {}, ValueError, f"lstsq got .*{m}") for x, y, m in wrong]
        return [*errors, *super().error_samples()]


def rotations(projected, s):
    """F ∘ (p - pᵀ), F_ij = 1 / (s_j² - s_i²): how the upstream gradient turns the vectors."""
    turned = over_gaps(projected, s * s, "singular values")
    return turned + transpose_last(turned)


def out_of_span(delta, vectors, s):
    """(1 - v vᵀ) δ / s for vectors in columns: what turns them out of the space they span.

    Where s is 0 the vector is not determined: then no gradient may arrive there.
    """
    outside = delta - vectors @ (transpose_last(vectors) @ delta)
    none = is_zero(bare(s))
    size = np.abs(bare(outside)).max(axis=-2, initial=0.0)
    if np.any(size[none] > 1e-8 * np.max(size, initial=0.0)):
        raise ValueError(
            "a gradient arrives at singular vectors of the singular value 0; these vectors are not "
            "determined and have no derivative. Expected a matrix of full rank."
        )
    divisor = np.expand_dims(np.where(none, 1.0, s), -2)
    return np.where(np.expand_dims(none, -2), 0.0, outside / divisor)


def is_zero(s):
    """True where a singular value is 0 up to rounding."""
    return s <= 8 * np.finfo(s.dtype).eps * np.max(s, axis=-1, keepdims=True, initial=0.0)


def full_rank_matrices() -> list[Any]:
    """Sample matrices with singular values at least 0.3 apart and from 0, tall and wide."""
    rng = np.random.default_rng(33)
    shapes: list[tuple[int, ...]] = [(3, 2), (2, 2), (2, 3), (2, 3, 2), (1, 1), (4, 1), (1, 3)]
    shapes += [(3, 3), (0, 3, 2), (4, 3), (2, 1, 2, 2), (3, 2), (2, 2, 3)]
    matrices = []
    for k in range(34):
        shape = shapes[k % len(shapes)]
        left, _, right = np.linalg.svd(rng.normal(size=shape), full_matrices=False)
        steps = rng.uniform(0.3, 0.8, size=(*shape[:-2], 1, min(shape[-2:])))
        matrices.append((left * np.cumsum(steps, -1)[..., ::-1]) @ right)
    return [*matrices, matrices[0][::-1, ::-1], np.asfortranarray(matrices[3])]


def matrix_errors(op: type[Op]) -> list[ErrorSample]:
    """Inputs that are no matrices."""
    wrong = [(np.ones(3), r"\(3,\)"), (2.0, r"\(\)"), (np.ones(0), r"\(0,\)")]
    message = f"{op.name} got .*shape {{}}; expected matrices"
    errors = [ErrorSample((a,), {}, ValueError, message.format(shape)) for a, shape in wrong]
    half = f"{op.name} got .*expected float32 or float64"
    return [*errors, ErrorSample((np.ones((2, 3), np.float16),), {}, ValueError, half)]
