"""Ops of neural networks that are computed as one for the sake of stability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import ErrorSample, Op, Sample, apply, draw, many, spread


def row_samples() -> list[Sample]:
    """Arrays normalised along every axis, with large numbers and odd strides."""
    _, one, vector, matrix, column, cube, empty = spread((-3.0, 3.0))
    reversed_, fortran = many((-3.0, 3.0))[-2:]
    large = np.array([[1000.0, 1000.5, 999.0], [-1000.0, -999.5, -1001.0]])
    arrays = [one, vector, matrix, column, cube, empty, reversed_, fortran, large, large[::-1, 1:]]
    samples = [Sample((a,)) for a in arrays]
    for a in arrays:
        samples.append(Sample((a,), {"axis": -1}))
        if a.shape[0]:
            samples.append(Sample((a,), {"axis": 0}))
    return [*samples, Sample((cube,), {"axis": 1}), Sample((cube,), {"axis": -2})]


def row_errors(name: str) -> list[ErrorSample]:
    """Axes that an array does not have, and an axis without elements."""
    message = name + r" got .* with axis={0}; .*axis {0} is out of bounds"
    samples = [
        ErrorSample((np.ones((2, 3)),), {"axis": axis}, IndexError, message.format(axis))
        for axis in (2, -3, 5)
    ]
    samples.append(ErrorSample((np.ones(3),), {"axis": 1}, IndexError, message.format(1)))
    samples.append(
        ErrorSample((np.ones((2, 0)),), {"axis": 1}, ValueError, f"{name} got .*zero-size")
    )
    return samples


class Softmax(Op):
    """Normalised exponentials along ``axis``: y = e^a / Σ e^a; sums to 1, no overflow."""

    @staticmethod
    def forward(a, *, axis=-1):
        powers = np.exp(a - a.max(axis=axis, keepdims=True))
        return powers / powers.sum(axis=axis, keepdims=True)

    @staticmethod
    def wrt_a(delta, out, a, *, axis=-1):
        return out * (delta - np.sum(delta * out, axis=axis, keepdims=True))

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return row_samples()

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*super().error_samples(), *row_errors(cls.name)]


class LogSoftmax(Op):
    """Logarithm of the softmax along ``axis``: y = a - log Σ e^a, without overflow."""

    @staticmethod
    def forward(a, *, axis=-1):
        shifted = a - a.max(axis=axis, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))

    @staticmethod
    def wrt_a(delta, out, a, *, axis=-1):
        return delta - np.exp(out) * np.sum(delta, axis=axis, keepdims=True)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return row_samples()

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        return [*super().error_samples(), *row_errors(cls.name)]


class MeanSquaredError(Op):
    """Mean of squared differences over all elements: y = (1/n) Σ (a - b)².

    ``a`` and ``b`` have the same shape. The derivative in the prediction a is the lecture's
    ∂J/∂ŷ = 2(ŷ - y) / n.
    """

    symbol, pattern = "MSE", "mean(({a} - {b})²)"

    @staticmethod
    def forward(a, b):
        if a.shape != b.shape:
            raise ValueError("prediction and target differ in shape")
        if not a.size:
            raise ValueError("expected at least one element: the mean of none is undefined.")
        error = a - b
        return mean(error * error)

    @staticmethod
    def wrt_a(delta, out, a, b):
        return (2 / a.size * delta) * (a - b)

    @staticmethod
    def wrt_b(delta, out, a, b):
        return (2 / b.size * delta) * (b - a)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(5)
        shapes: list[tuple[int, ...]] = [(), (1,), (4,), (3, 2), (3, 1), (1, 1), (1, 3), (4, 2, 3)]
        samples = []
        for shape in shapes * 3:
            samples.append(Sample(tuple(draw(rng, (-3.0, 3.0), shape) for _ in range(2))))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        odd = [(reversed_, fortran[:, ::2]), (fortran, fortran[::-1]), (fortran.T, fortran.T[::-1])]
        odd += [
            (reversed_[0], reversed_[1]),
            (fortran[:, 1], fortran[:, 0]),
            (reversed_, -reversed_),
        ]
        return samples + [Sample(pair) for pair in odd]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        cases: list[tuple[tuple[int, ...], tuple[int, ...], str]] = [
            ((4, 1), (4,), r"Did you mean .reshape\(4, 1\) on the second"),
            ((4,), (4, 1), r"Did you mean .reshape\(4, 1\) on the first"),
            ((2, 3), (3, 2), "nothing broadcasts"), ((2, 3), (3,), "nothing broadcasts"),
            ((2, 3), (), "expected equal shapes"), ((0, 3), (0, 3), "at least one element"),
        ]  # fmt: skip
        return [*super().error_samples()] + [
            ErrorSample(
                (np.ones(a)[()], np.ones(b)[()]), {}, ValueError, f"{cls.name} got .*{text}"
            )
            for a, b, text in cases
        ]


def mean(a):
    """Mean of all elements: ``a.mean()`` to the bit, for few of them in half its time.

    Of float16 NumPy adds up in float32, lest the sum overflows.
    """
    return a.mean() if a.dtype.itemsize < 4 else np.add.reduce(a, axis=None) / a.size


class SoftmaxCrossEntropy(Op):
    """Mean cross-entropy of class labels from logits: y = -(1/n) Σ_i log softmax(a_i)[label_i].

    ``a`` is ``(classes,)`` with one label or ``(batch, classes)`` with ``(batch,)`` labels.
    The derivative is the lecture's δ^L: (ŷ - one-hot label) / n.
    """

    symbol = "cross-entropy"
    pattern = "cross_entropy({a})"

    @staticmethod
    def forward(a, *, labels):
        require_labels(labels, a.shape[-1])
        shifted = a - a.max(axis=-1, keepdims=True)
        total = np.exp(shifted).sum(axis=-1, keepdims=True)[..., 0]
        return (np.log(total) - pick(shifted, labels)).sum() / labels.size

    @staticmethod
    def wrt_a(delta, out, a, *, labels):
        one_hot = np.arange(a.shape[-1]) == labels[..., None]
        return (delta / labels.size) * (apply(Softmax, a) - one_hot)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(6)
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        shapes: list[tuple[int, ...]] = [(1,), (3,), (5,), (1, 1), (1, 4), (2, 3), (4, 2), (6, 3)]
        arrays = [draw(rng, (-3.0, 3.0), shape) for shape in shapes * 3]
        arrays += [reversed_, fortran, fortran.T, reversed_[::-1, 1:], fortran[0, ::-1]]
        arrays += [100 * fortran, np.array([1000.0, 1000.5, 999.0])]
        samples = []
        for a in arrays:
            labels = rng.integers(0, a.shape[-1], size=a.shape[:-1])
            samples.append(Sample((a,), {"labels": np.asarray(labels)}))
        return samples

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        cases: list[tuple[Any, type[Exception], str]] = [
            (np.array([0, 3]), IndexError, "index 3 is out of bounds"),
            (np.array([-4, 0]), ValueError, "expected labels 0 … 2; -4 would count from the end"),
            (np.array([-1, 0]), ValueError, "expected labels 0 … 2; -1 would count from the end"),
            (np.zeros(0, int), ValueError, "expected at least one row"),
            (np.array([0, 1, 2]), IndexError, "shape mismatch"),
            (np.array([0.5, 1.0]), IndexError, "integer"),
            (np.array(5), ValueError, "same number of dimensions"),
        ]
        return [*super().error_samples()] + [
            ErrorSample((np.ones((2, 3)),), {"labels": labels}, error, f"{cls.name} got .*{text}")
            for labels, error, text in cases
        ]


def require_labels(labels, classes):
    """An error if there are no labels, or if one is negative, which would count from the end."""
    if not labels.size:
        raise ValueError("expected at least one row: the mean of none is undefined.")
    # Read without a sign, what is below 0 is larger than any number of classes.
    if labels.dtype == np.intp and labels.view(np.uintp).max() < classes:
        return
    if labels.min() < 0:
        raise ValueError(
            f"expected labels 0 … {classes - 1}; {labels.min()} would count from the end."
        )


def pick(rows, labels):
    """The element of each row that its label names."""
    if rows.ndim == 2 and labels.ndim == 1:
        return rows[np.arange(len(rows)), labels]
    return np.take_along_axis(rows, np.expand_dims(labels, -1), axis=-1)[..., 0]
