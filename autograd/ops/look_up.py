"""Dropout and the look-up of embeddings: ops whose settings choose what passes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import ErrorSample, Op, Sample, apply, many
from .indexing import Scatter


class Dropout(Op):
    """Some elements dropped, the others scaled up: y = a / (1 - rate) where ``mask``, else 0.

    The mask is drawn before and kept as a setting, so that what was dropped can be looked at
    and is the same on the way back. (Srivastava et al. 2014, scaled in training.)
    """

    pattern = "dropout({a})"
    analytic = True

    @staticmethod
    def forward(a, *, mask, rate):
        if not 0 <= rate <= 1:
            raise ValueError("expected a rate from 0 to 1.")
        if np.shape(mask) != np.shape(a) or np.asarray(mask).dtype != bool:
            raise ValueError(f"expected a boolean mask of shape {np.shape(a)}.")
        return np.where(mask, a, 0.0) * scale_of_kept(rate)

    @staticmethod
    def wrt_a(delta, out, a, *, mask, rate):
        return np.where(mask, delta, 0.0) * scale_of_kept(rate)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(53)
        rates = (0.5, 0.2, 0.75, 0.0, 1.0)
        samples = []
        for k, a in enumerate(many((-3.0, 3.0))):
            rate = rates[k % len(rates)]
            mask = np.asarray(rng.random(np.shape(a)) >= rate)
            samples.append(Sample((a,), {"mask": mask, "rate": rate}))
        return samples

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a, mask = np.ones((4, 2)), np.ones((4, 2), bool)
        wrong: list[tuple[dict[str, Any], str]] = [
            ({"mask": mask, "rate": -0.1}, "rate=-0.1; expected a rate from 0 to 1"),
            ({"mask": mask, "rate": 1.5}, "rate=1.5; expected a rate from 0 to 1"),
            ({"mask": mask, "rate": float("nan")}, "rate=nan; expected a rate from 0 to 1"),
            ({"mask": mask[0], "rate": 0.5}, r"expected a boolean mask of shape \(4, 2\)"),
            ({"mask": mask * 1.0, "rate": 0.5}, r"expected a boolean mask of shape \(4, 2\)"),
        ]
        errors = [ErrorSample((a,), given, ValueError, f"dropout got .*{m}") for given, m in wrong]
        return [*errors, *super().error_samples()]


class Embedding(Op):
    """Rows of a table, looked up by number: y[…, :] = weight[indices[…], :].

    ``weight (rows, features)`` and integer ``indices (…)`` give ``(…, features)``. A row that
    is looked up twice gets the sum of both gradients.
    """

    pattern = "embedding({weight})"
    analytic = True

    @staticmethod
    def forward(weight, *, indices):
        require_indices(weight, indices)
        return weight[indices]

    @staticmethod
    def wrt_weight(delta, out, weight, *, indices):
        return apply(Scatter, delta, index=indices, shape=weight.shape)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(54)
        indices = [[0], [1, 0], [1, 1, 0], [[0, 1], [1, 1]], [], 1, [[1]], [0, 0, 0], [1, 0, 1]]
        tables: list[tuple[int, ...]] = [(2, 3), (3, 1), (4, 2), (2, 2)]
        samples = []
        for shape in tables:
            for index in indices:
                given = {"indices": np.asarray(index, dtype=np.intp)}
                samples.append(Sample((rng.normal(size=shape),), given))
        strided = rng.normal(size=(4, 6))[::-1, ::2]
        return [*samples, Sample((strided,), {"indices": np.array([3, 0, 3, 2])})]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        weight = np.ones((4, 2))
        wrong: list[tuple[Any, Any, str]] = [
            (weight, np.array([0, 4]), r"expected indices 0 … 3, one per row .*; got 4 at \(1,\)"),
            (weight, np.array([[0, 1], [-1, 2]]), r"expected indices 0 … 3.*; got -1 at \(1, 0\)"),
            (weight, np.array(7), r"expected indices 0 … 3.*; got 7\."),
            (weight, np.array([0.0, 1.0]), "expected integer indices; got dtype float64"),
            (weight, np.array([True]), "expected integer indices; got dtype bool"),
            (np.ones(4), np.array([0]), r"shape \(4,\).*expected a table \(rows, features\)"),
        ]
        return [
            ErrorSample((w,), {"indices": index}, ValueError, f"(?s)embedding got .*{message}")
            for w, index, message in wrong
        ] + list(super().error_samples())


def scale_of_kept(rate: float) -> float:
    """What kept elements are multiplied by, so that the mean stays; 0 where none is kept."""
    return 1 / (1 - rate) if rate < 1 else 0.0


def require_indices(weight: Any, indices: Any) -> None:
    """An error for indices that are no integers, or lie outside the table."""
    if np.ndim(weight) != 2:
        raise ValueError("expected a table (rows, features).")
    if indices.dtype.kind not in "iu":
        raise ValueError(f"expected integer indices; got dtype {indices.dtype}.")
    outside = (indices < 0) | (indices >= len(weight))
    if np.any(outside):
        place = tuple(int(k) for k in np.argwhere(outside)[0])
        where = f" at {place}" if place else ""
        raise ValueError(
            f"expected indices 0 … {len(weight) - 1}, one per row of the table; got "
            f"{indices[place]}{where}."
        )
