"""Ops of neural networks that are computed as one for the sake of stability."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import Op, Sample, apply, spread


class Softmax(Op):
    """Normalised exponentials along ``axis``: y = e^a / Σ e^a; sums to 1, no overflow."""

    @staticmethod
    def forward(a, *, axis=-1):
        powers = np.exp(a - np.max(a, axis=axis, keepdims=True))
        return powers / np.sum(powers, axis=axis, keepdims=True)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=-1):
        return out * (delta - np.sum(delta * out, axis=axis, keepdims=True))

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        _, one, vector, matrix, column, cube, _ = spread((-3.0, 3.0))
        plain = [Sample((a,)) for a in (one, vector, matrix, column, cube)]
        return [*plain, Sample((matrix,), {"axis": 0}), Sample((cube,), {"axis": 1})]


class LogSoftmax(Op):
    """Logarithm of the softmax along ``axis``: y = a - log Σ e^a, without overflow."""

    @staticmethod
    def forward(a, *, axis=-1):
        shifted = a - np.max(a, axis=axis, keepdims=True)
        return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))

    @staticmethod
    def wrt_a(delta, out, a, *, axis=-1):
        return delta - np.exp(out) * np.sum(delta, axis=axis, keepdims=True)

    samples = Softmax.samples


class MeanSquaredError(Op):
    """Mean of squared differences over all elements: y = (1/n) Σ (a - b)².

    ``a`` and ``b`` have the same shape. The derivative in the prediction a is the lecture's
    ∂J/∂ŷ = 2(ŷ - y) / n.
    """

    symbol, pattern = "MSE", "mean(({a} - {b})²)"

    @staticmethod
    def forward(a, b):
        if np.shape(a) != np.shape(b):
            raise ValueError("prediction and target differ in shape")
        error = a - b
        return (error * error).mean()

    @staticmethod
    def wrt_a(delta, out, a, b):
        return (2 / a.size * delta) * (a - b)

    @staticmethod
    def wrt_b(delta, out, a, b):
        return (2 / b.size * delta) * (b - a)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(5)
        shapes = [(), (1,), (4,), (3, 2), (3, 1)]
        return [
            Sample(tuple(np.asarray(rng.normal(size=shape))[()] for _ in range(2)))
            for shape in shapes
        ]


class SoftmaxCrossEntropy(Op):
    """Mean cross-entropy of class labels from logits: y = -(1/n) Σ_i log softmax(a_i)[label_i].

    ``a`` is ``(classes,)`` with one label or ``(batch, classes)`` with ``(batch,)`` labels.
    The derivative is the lecture's δ^L: (ŷ - one-hot label) / n.
    """

    symbol = "cross-entropy"
    pattern = "cross_entropy({a})"

    @staticmethod
    def forward(a, *, labels):
        picked = pick(LogSoftmax.forward(a), labels)
        return -np.mean(picked)

    @staticmethod
    def wrt_a(delta, out, a, *, labels):
        one_hot = np.arange(a.shape[-1]) == np.expand_dims(labels, -1)
        return delta * (apply(Softmax, a) - one_hot) / np.size(labels)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        _, _, vector, matrix, _, _, _ = spread((-3.0, 3.0))
        return [
            Sample((vector,), {"labels": np.array(1)}),
            Sample((matrix,), {"labels": np.array([2, 0])}),
            Sample((2 * matrix,), {"labels": np.array([1, 1])}),
        ]


def pick(rows, labels):
    """The element of each row that its label names."""
    return np.take_along_axis(rows, np.expand_dims(labels, -1), axis=-1)
