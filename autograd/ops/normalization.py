"""Normalisation: mean 0 and variance 1 over some axes, then a learned weight and bias."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import ErrorSample, Op, Sample


class LayerNormalization(Op):
    """Each row standardised: y = (a - mean) / √(var + eps) · weight + bias.

    Mean and variance are over the last axes, as many as ``weight`` has, whose shape is theirs.
    A constant row gives y = bias. (Ba, Kiros & Hinton 2016, "Layer normalization",
    equation 4.)
    """

    symbol, pattern = "layernorm", "layernorm({a}, {weight}, {bias})"
    analytic = True

    @staticmethod
    def forward(a, weight, bias, *, eps=1e-5):
        require_positive(eps)
        shape = np.shape(weight)
        if (
            not shape
            or 0 in shape
            or np.shape(a)[-len(shape) :] != shape
            or np.shape(bias) != shape
        ):
            raise ValueError("expected weight and bias of the shape of the last axes of a.")
        return standardized(a, last_axes(weight), eps)[0] * weight + bias

    @staticmethod
    def wrt_a(delta, out, a, weight, bias, *, eps=1e-5):
        return through_standardized(delta * weight, a, last_axes(weight), eps)

    @staticmethod
    def wrt_weight(delta, out, a, weight, bias, *, eps=1e-5):
        return delta * standardized(a, last_axes(weight), eps)[0]

    @staticmethod
    def wrt_bias(delta, out, a, weight, bias, *, eps=1e-5):
        return delta

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(51)
        cases: list[tuple[Any, ...]] = [
            ((3,), 1), ((2, 3), 1), ((2, 3), 2), ((4, 2), 1), ((2, 2, 3), 1), ((2, 2, 3), 2),
            ((0, 3), 1), ((1, 4), 1), ((2, 1), 1), ((1,), 1), ((1, 1, 2), 3), ((2, 1, 2), 2),
            ((3, 2), 1), ((2, 4), 1), ((0, 2, 2), 2), ((5,), 1),
        ]  # fmt: skip
        samples = []
        for k, (shape, axes) in enumerate(2 * cases):
            own = shape[len(shape) - axes :]
            inputs = (rng.normal(size=shape), rng.normal(size=own), rng.normal(size=own))
            samples.append(Sample(inputs, {"eps": (1e-3, 0.1)[k // len(cases)]}))
        constant, wide = np.full((2, 3), 0.5), rng.normal(size=(4, 6))
        weight, bias = rng.normal(size=(2, 3))
        samples.append(Sample((constant, weight, bias), {"eps": 0.5}))
        return [*samples, Sample((wide[::-2, ::2], weight, wide[::2, 0][:1].repeat(3)))]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a, w = np.ones((4, 3)), np.ones(3)
        shapes = "expected weight and bias of the shape of the last axes of a"
        wrong: list[tuple[Any, Any, Any, dict[str, Any], str]] = [
            (a, np.ones(4), np.ones(4), {}, rf"shape \(4, 3\).*shape \(4,\).*{shapes}"),
            (a, w, np.ones(2), {}, rf"shape \(2,\); {shapes}"),
            (a, w[:1], w[:1], {}, rf"shape \(1,\).*{shapes}"),
            (a, 1.0, 0.0, {}, shapes),
            (np.ones((4, 0)), np.ones(0), np.ones(0), {}, shapes),
            (a, w, w, {"eps": 0.0}, "eps=0.0; expected eps > 0"),
            (a, w, w, {"eps": -1.0}, "eps=-1.0; expected eps > 0"),
        ]
        return [
            ErrorSample((x, u, v), given, ValueError, f"layer_normalization got .*{message}")
            for x, u, v, given, message in wrong
        ] + list(super().error_samples())


class BatchNormalization(Op):
    """Each feature standardised over the batch: y = (a - mean) / √(var + eps) · weight + bias.

    ``(batch, features, *space)`` with ``weight`` and ``bias (features,)``; mean and (biased)
    variance are over all axes but the second. A constant feature gives y = bias, and no
    gradient below it beyond the finite 1/√eps. (Ioffe & Szegedy 2015, "Batch normalization",
    algorithm 1.)
    """

    symbol, pattern = "batchnorm", "batchnorm({a}, {weight}, {bias})"
    analytic = True

    @staticmethod
    def forward(a, weight, bias, *, eps=1e-5):
        require_positive(eps)
        shape = np.shape(a)
        if len(shape) < 2 or not np.shape(weight) == np.shape(bias) == shape[1:2]:
            raise ValueError(
                "expected a (batch, features, …) with weight and bias (features,), one per feature."
            )
        if a.size < 2 * shape[1]:
            raise ValueError("expected more than one element per feature: their variance is used.")
        x = standardized(a, feature_axes(a), eps)[0]
        return x * beside(weight, a) + beside(bias, a)

    @staticmethod
    def wrt_a(delta, out, a, weight, bias, *, eps=1e-5):
        return through_standardized(delta * beside(weight, a), a, feature_axes(a), eps)

    @staticmethod
    def wrt_weight(delta, out, a, weight, bias, *, eps=1e-5):
        axes = feature_axes(a)
        return (delta * standardized(a, axes, eps)[0]).sum(axis=axes)

    @staticmethod
    def wrt_bias(delta, out, a, weight, bias, *, eps=1e-5):
        return delta.sum(axis=feature_axes(a))

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(52)
        shapes: list[tuple[int, ...]] = [
            (4, 3), (2, 1), (3, 2), (5, 1), (2, 2), (6, 2), (2, 2, 3), (1, 2, 3), (3, 1, 2),
            (2, 3, 1), (1, 1, 4), (2, 2, 2, 2), (1, 2, 2, 2), (2, 1, 1, 2), (3, 2, 1, 1), (3, 4),
        ]  # fmt: skip
        samples = []
        for k, shape in enumerate(2 * shapes):
            inputs = (rng.normal(size=shape), rng.normal(size=shape[1]), rng.normal(size=shape[1]))
            samples.append(Sample(inputs, {"eps": (1e-3, 0.1)[k // len(shapes)]}))
        constant = np.stack([np.full(4, 0.5), rng.normal(size=4)], axis=1)
        wide, weight = rng.normal(size=(4, 6)), rng.normal(size=2)
        samples.append(Sample((constant, weight, weight[::-1]), {"eps": 0.5}))
        return [*samples, Sample((wide[::-1, ::3], weight, weight[::-1]), {"eps": 0.1})]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a, w = np.ones((4, 3)), np.ones(3)
        wrong: list[tuple[Any, Any, Any, dict[str, Any], str]] = [
            (
                a,
                np.ones(4),
                np.ones(4),
                {},
                r"shape \(4, 3\).*\(4,\).*expected a \(batch, features",
            ),
            (a, w, np.ones(2), {}, r"shape \(2,\); expected a \(batch, features"),
            (w, w, w, {}, r"shape \(3,\).*expected a \(batch, features"),
            (a[:1], w, w, {}, r"shape \(1, 3\).*expected more than one element per feature"),
            (a[:0], w, w, {}, r"shape \(0, 3\).*expected more than one element per feature"),
            (a, w, w, {"eps": 0.0}, "eps=0.0; expected eps > 0"),
        ]
        return [
            ErrorSample((x, u, v), given, ValueError, f"batch_normalization got .*{message}")
            for x, u, v, given, message in wrong
        ] + list(super().error_samples())


def standardized(a, axes, eps):
    """(a - mean) / √(var + eps) over ``axes``, and the √."""
    centred = a - a.mean(axis=axes, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=axes, keepdims=True) + eps)
    return centred / spread, spread


def through_standardized(delta, a, axes, eps):
    """∂J/∂a from ∂J/∂x, x = standardized a: (δ - mean δ - x · mean(δ x)) / √(var + eps).

    The mean and the variance depend on a as well: hence the two means, which are taken off.
    """
    x, spread = standardized(a, axes, eps)
    along = x * (delta * x).mean(axis=axes, keepdims=True)
    return (delta - delta.mean(axis=axes, keepdims=True) - along) / spread


def last_axes(weight):
    """The axes of the rows: the last ones, as many as the weight has."""
    return tuple(range(-weight.ndim, 0))


def feature_axes(a):
    """All axes but the second."""
    return (0, *range(2, a.ndim))


def beside(weight, a):
    """One number per feature, in a shape that lines up with the second axis of ``a``."""
    return weight.reshape(weight.shape + (1,) * (a.ndim - 2))


def require_positive(eps: float) -> None:
    """An error for an eps that would let a constant row divide by zero."""
    if not eps > 0:
        raise ValueError("expected eps > 0: it keeps the division finite where nothing varies.")
