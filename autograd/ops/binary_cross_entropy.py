"""Cross-entropy of two classes, computed from logits for the sake of stability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .activations import Sigmoid
from .base import ErrorSample, Op, Sample, apply, many


class BinaryCrossEntropyWithLogits(Op):
    """Mean cross-entropy of two classes from logits: y = -(1/n) Σ t log p + (1-t) log(1-p).

    p is the sigmoid of the logit ``a``; ``target`` t, of the same shape, lies in [0, 1]. It is
    computed as (1/n) Σ max(a, 0) - a t + log(1 + e^-|a|), which does not overflow. The
    derivative is the lecture's δ^L: (p - t) / n.
    """

    symbol, pattern = "cross-entropy", "cross_entropy({a}, {target})"

    @staticmethod
    def forward(a, target):
        if np.shape(a) != np.shape(target) or np.size(a) == 0:
            raise ValueError("expected logits and targets of one shape, at least one element.")
        outside = ~((target >= 0) & (target <= 1))
        if np.any(outside):
            first = np.extract(outside, target)[0]
            raise ValueError(f"expected targets from 0 to 1; got {first:g}.")
        return np.mean(np.maximum(a, 0) - a * target + np.log1p(np.exp(-np.abs(a))))

    @staticmethod
    def wrt_a(delta, out, a, target):
        return delta / a.size * (apply(Sigmoid, a) - target)

    @staticmethod
    def wrt_target(delta, out, a, target):
        return -delta / a.size * a

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        logits = [a for a in many((-3.0, 3.0)) if np.size(a)]
        targets = [a for a in many((0.1, 0.9), seed=100) if np.size(a)]
        pairs = [*zip(logits, targets, strict=True)]
        pairs += [(20 * a, t) for a, t in pairs[:6]]
        return [Sample(pair) for pair in pairs]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a, shapes = np.ones(3), "expected logits and targets of one shape"
        wrong: list[tuple[Any, Any, str]] = [
            (a, np.ones((3, 1)), rf"shape \(3,\).*shape \(3, 1\); {shapes}"),
            (a, 1.0, shapes),
            (a[:0], a[:0], shapes + ", at least one element"),
            (a, np.array([1.0, -1.0, 1.0]), "expected targets from 0 to 1; got -1"),
            (a, np.array([1.0, 0.0, 2.5]), "expected targets from 0 to 1; got 2.5"),
            (a, np.array([1.0, 0.0, np.nan]), "expected targets from 0 to 1; got nan"),
        ]
        return [
            ErrorSample((x, t), {}, ValueError, f"binary_cross_entropy_with_logits got .*{message}")
            for x, t, message in wrong
        ] + list(super().error_samples())
