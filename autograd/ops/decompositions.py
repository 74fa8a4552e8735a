"""Decompositions of symmetric matrices: Cholesky, eigenvalues, eigenvectors.

They read the symmetric part (a + aᵀ)/2 of their input, where NumPy reads one triangle, so that
the gradient is symmetric as well; a matrix that is not symmetric is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import ErrorSample, Op, Sample, apply, bare
from .inverses import Solve, require_square, square_errors
from .linear_algebra import transpose_last


class Cholesky(Op):
    """Cholesky factor of positive definite matrices: lower triangular y with y yᵀ = a.

    ``(…, n, n) -> (…, n, n)``. With P = the lower triangle of yᵀ δ, its diagonal halved:
    ∂J/∂a = the symmetric part of y⁻ᵀ P y⁻¹ (Murray 2016, "Differentiation of the Cholesky
    decomposition", equation 10).
    """

    symbol, pattern = "cholesky", "cholesky({a})"

    @staticmethod
    def forward(a):
        require_symmetric(a)
        try:
            return np.linalg.cholesky(symmetric_part(a))
        except np.linalg.LinAlgError:
            raise ValueError(not_positive(a)) from None

    @staticmethod
    def wrt_a(delta, out, a):
        transposed = transpose_last(out)
        lower = (np.tri(out.shape[-1]) - np.eye(out.shape[-1]) / 2).astype(out.dtype)
        left = apply(Solve, transposed, (transposed @ delta) * lower)
        return symmetric_part(apply(Solve, transposed, transpose_last(left)))

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        samples = []
        for a in symmetric_matrices():
            samples.append(Sample((a @ transpose_last(a) / 4 + np.eye(a.shape[-1]),)))
        return samples

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        batch = np.stack([np.eye(2), np.diag([1.0, -3.0])])
        wrong = [
            (-np.eye(2), "expected positive definite.* smallest eigenvalue -1"),
            (batch, r"expected positive definite.* -3 in the one at \(1,\)"),
            (np.zeros((2, 2)), "expected positive definite.* smallest eigenvalue 0"),
        ]
        errors = [ErrorSample((a,), {}, ValueError, f"cholesky got .*{m}") for a, m in wrong]
        return [*errors, *symmetry_errors(cls), *super().error_samples()]


class Eigvalsh(Op):
    """Eigenvalues of symmetric matrices, in ascending order: ``(…, n, n) -> (…, n)``.

    ∂J/∂a = v diag(δ) vᵀ with the eigenvectors v (Giles 2008, section 3.1). Where eigenvalues
    coincide this is the gradient of every function that treats them alike (a sum, the norm).
    """

    symbol, pattern = "eigenvalues", "eigenvalues({a})"

    @staticmethod
    def forward(a):
        require_symmetric(a)
        return np.linalg.eigvalsh(symmetric_part(a))

    @staticmethod
    def wrt_a(delta, out, a):
        vectors = apply(Eigenvectors, a)
        return (vectors * np.expand_dims(delta, -2)) @ transpose_last(vectors)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return [Sample((a,)) for a in symmetric_matrices()]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*symmetry_errors(cls), *super().error_samples()]


class Eigenvectors(Op):
    """Eigenvectors of symmetric matrices, in columns of length 1: ``(…, n, n) -> (…, n, n)``.

    In the order of ascending eigenvalues λ, with the signs that LAPACK gives them.
    ∂J/∂a = v (F ∘ vᵀδ) vᵀ, F_ij = 1 / (λ_j - λ_i) (Giles 2008, section 3.1). Coinciding
    eigenvalues leave their vectors undetermined: a gradient that arrives at these is an error,
    one at the other vectors alone passes.

    That holds for functions that do not depend on the choice of the vectors, too. They have a
    gradient, but it cannot be told from δ: with v of a double eigenvalue, Σ G ∘ v vᵀ (a projector)
    and Σ G ∘ v diag(λ²) vᵀ (a square) send vectors the same δ up to a factor; the first needs 0
    from this pair, the second 2λ vᵀGv.
    """

    symbol, pattern = "eigenvectors", "eigenvectors({a})"

    @staticmethod
    def forward(a):
        require_symmetric(a)
        return np.linalg.eigh(symmetric_part(a))[1]

    @staticmethod
    def wrt_a(delta, out, a):
        transposed = transpose_last(out)
        inner = over_gaps(transposed @ delta, apply(Eigvalsh, a), "eigenvalues")
        return symmetric_part(out @ inner @ transposed)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return [Sample((a,)) for a in symmetric_matrices()]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*symmetry_errors(cls), *super().error_samples()]


def symmetric_part(a):
    """(a + aᵀ) / 2."""
    return (a + transpose_last(a)) / 2


def over_gaps(products, numbers, what):
    """F ∘ products, F_ij = 1 / (λ_j - λ_i) for the ``numbers`` λ; 0 on the diagonal.

    Where two numbers coincide the products must be 0, else there is no such gradient.
    """
    gaps = np.expand_dims(numbers, -2) - np.expand_dims(numbers, -1)
    plain = bare(numbers)
    scale = np.max(np.abs(plain), axis=-1, initial=0.0)[..., None, None]
    alike = np.abs(bare(gaps)) <= 8 * np.finfo(plain.dtype).eps * scale
    apart = products / np.where(alike, 1.0, gaps)
    size = np.abs(bare(products))
    lost = alike & ~np.eye(plain.shape[-1], dtype=bool)
    if np.any(size[lost] > 1e-8 * np.max(size, initial=0.0)):
        raise ValueError(
            f"a gradient arrives at vectors whose {what} coincide; these vectors are not "
            f"determined and have no derivative. Expected distinct {what}, or a function of the "
            f"{what} alone. Where the result does not depend on the choice of the vectors, write "
            f"it without them (with matmul, solve, inv), or set the {what} apart: add a small "
            f"np.diag(np.arange(n)) first."
        )
    return np.where(alike, 0.0, apart)


def require_symmetric(a: Any) -> None:
    """An error for matrices that are not square, or differ from their transpose.

    What differs by less than a tenth (rounding, the steps of a numeric check) passes.
    """
    require_square(a)
    with np.errstate(invalid="ignore"):
        gap = np.nan_to_num(np.abs(a - transpose_last(a)), posinf=0.0)
    if np.any(gap > 0.1 * np.max(np.abs(a), axis=(-2, -1), keepdims=True, initial=0.0)):
        *batch, i, j = (int(k) for k in np.unravel_index(np.argmax(gap), gap.shape))
        there, across = a[(*batch, i, j)], a[(*batch, j, i)]
        raise ValueError(
            f"expected symmetric matrices; the elements {(*batch, i, j)} and {(*batch, j, i)} are "
            f"{there:.6g} and {across:.6g}. Did you mean (a + a.T) / 2?"
        )


def not_positive(a: Any) -> str:
    """The message for a batch in which a matrix is not positive definite."""
    smallest = np.linalg.eigvalsh(symmetric_part(a))[..., 0]
    place = tuple(int(k) for k in np.unravel_index(np.argmin(smallest), smallest.shape))
    which = f" in the one at {place}" if place else ""
    return (
        f"expected positive definite matrices; got a smallest eigenvalue "
        f"{smallest[place]:.6g}{which}. Adding a multiple of the identity matrix mends that."
    )


def symmetric_matrices() -> list[Any]:
    """Sample matrices, symmetric, their eigenvalues at least 0.3 apart."""
    rng = np.random.default_rng(4)  # no sign of a vector is on the brink
    shapes: list[tuple[int, ...]] = [(2, 2), (3, 3), (2, 3, 3), (1, 1), (2, 2, 2), (0, 2, 2)]
    shapes += [(4, 4), (3, 1, 1), (1, 2, 2), (2, 1, 2, 2)]
    matrices = []
    for k in range(30):
        shape = shapes[k % len(shapes)]
        vectors = np.linalg.qr(rng.normal(size=shape))[0]
        steps = rng.uniform(0.3, 1.0, size=(*shape[:-2], 1, shape[-1]))
        matrices.append(
            symmetric_part((vectors * (np.cumsum(steps, -1) - 1)) @ vectors.swapaxes(-1, -2))
        )
    cube = matrices[2]
    return [*matrices, matrices[1][::-1, ::-1], np.asfortranarray(cube), matrices[6][::2, ::2]]


def symmetry_errors(op: type[Op]) -> list[ErrorSample]:
    """Matrices that are not square, or not symmetric."""
    lopsided = np.stack([np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]])])
    where = r"the elements \(1, 0, 1\) and \(1, 1, 0\) are 2 and 3"
    message = f"{op.name} got .*expected symmetric matrices; {where}"
    return [*square_errors(op), ErrorSample((lopsided,), {}, ValueError, message)]
