"""Products of matrices and vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import ErrorSample, Op, Sample, many


def transpose_last(a):
    """``a`` with its last two axes swapped: the matrix transpose, in every rank."""
    return a.swapaxes(-1, -2)


class Affine(Op):
    """A layer's net input: z = a Wᵀ + b, the lecture's z^l = W^l a^(l-1) + b^l.

    ``a`` is ``(inputs,)`` or a batch ``(…, inputs)``; ``weight`` is ``(units, inputs)``, ``bias``
    ``(units,)``. Its rules are the equations of back-propagation: δ W goes to the layer below,
    ∂J/∂W = δᵀ a, ∂J/∂b = δ (summed over the batch). Written with ``dot``, which for matrices is
    ``@`` to the last bit and takes half its time for those of a small layer.
    """

    symbol, pattern = "affine", "{a} @ {weight}ᵀ + {bias}"
    precedence = 1

    @staticmethod
    def forward(a, weight, bias):
        if not a.shape:
            raise ValueError("a scalar has no features")
        return a.dot(weight.T) + bias

    @staticmethod
    def wrt_a(delta, out, a, weight, bias):
        return delta.dot(weight)

    @staticmethod
    def wrt_weight(delta, out, a, weight, bias):
        if a.ndim == 2:
            return delta.T.dot(a)
        if a.ndim == 1:
            return np.expand_dims(delta, -1) * a
        return transpose_last(delta) @ a

    @staticmethod
    def wrt_bias(delta, out, a, weight, bias):
        return delta

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(4)
        shapes: list[tuple[int, ...]] = [
            (3,),
            (1,),
            (4, 3),
            (4, 1),
            (1, 3),
            (2, 4, 3),
            (0, 3),
            (0,),
        ]
        samples = []
        for a in shapes:
            for n in (1, 2, 5):
                x, weight = rng.normal(size=a), rng.normal(size=(n, a[-1]))
                samples.append(Sample((x, weight, rng.normal(size=n))))
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        odd = [
            (reversed_, fortran[:, :3]),
            (fortran, fortran[::-1]),
            (fortran.T, reversed_.T[:, ::-1]),
        ]
        odd += [
            (reversed_[0], reversed_),
            (fortran[:, 0], fortran.T),
            (np.ones((2, 0)), np.ones((3, 0))),
        ]
        for x, weight in odd:
            samples.append(Sample((x, weight, rng.normal(size=2 * len(weight))[::-2])))
        return samples

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        shapes: list[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], str]] = [
            ((3, 4), (2, 3), (2,), r"\(…, 3\), the number of inputs .*Did you mean x.T"),
            ((4, 5), (2, 3), (2,), r"\(…, 3\), the number of inputs"),
            ((4, 3), (3,), (3,), r"weight \(units, inputs\) and bias \(units,\)"),
            ((4, 3), (2, 3), (3,), r"weight \(units, inputs\) and bias \(units,\)"),
            ((), (2, 3), (2,), r"\(…, 3\), the number of inputs"),
        ]
        return [*super().error_samples()] + [
            ErrorSample(
                (np.ones(a)[()], np.ones(w), np.ones(b)), {}, ValueError, f"affine got .*{text}"
            )
            for a, w, b, text in shapes
        ]


class Matmul(Op):
    """Matrix product: y = a @ b, in every rank that NumPy allows."""

    symbol, pattern, precedence = "@", "{a} @ {b}", 2
    numpy = (np.matmul,)

    @staticmethod
    def forward(a, b):
        return np.matmul(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        if b.ndim == 1:
            return np.expand_dims(delta, -1) * b
        if a.ndim == 1:
            return np.matmul(b, np.expand_dims(delta, -1))[..., 0]
        return delta @ transpose_last(b)

    @staticmethod
    def wrt_b(delta, out, a, b):
        if a.ndim == 1 and b.ndim == 1:
            return delta * a
        if a.ndim == 1:
            return np.expand_dims(a, -1) * np.expand_dims(delta, -2)
        if b.ndim == 1:
            return np.matmul(transpose_last(a), np.expand_dims(delta, -1))[..., 0]
        return transpose_last(a) @ delta

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(2)
        shapes = [
            ((3,), (3,)), ((2, 3), (3,)), ((2,), (2, 3)), ((2, 3), (3, 4)), ((1, 1), (1, 1)),
            ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)),
            ((5, 1, 2, 3), (4, 3, 2)), ((5, 2, 3), (3,)), ((2,), (5, 2, 3)), ((0, 3), (3, 2)),
            ((1,), (1,)), ((1, 3), (3,)), ((2,), (2, 1)), ((1, 3), (3, 1)), ((3, 1), (1, 3)),
            ((0,), (0,)), ((2, 0), (0, 3)), ((2, 3), (3, 0)), ((1, 2, 3), (5, 3, 4)),
            ((5, 2, 3), (1, 3, 4)), ((4, 1, 1, 3), (2, 3, 1)), ((3,), (2, 4, 3, 2)), ((2, 0), (0,)),
            ((0,), (0, 2)),
        ]  # fmt: skip
        samples = [Sample((rng.normal(size=a), rng.normal(size=b))) for a, b in shapes]
        reversed_, fortran = many((-3.0, 3.0))[-2:]
        odd = [
            (reversed_, reversed_.T),
            (fortran, reversed_[:, 0].repeat(2)[:6]),
            (fortran.T, fortran),
        ]
        odd += [(reversed_[:, 1], reversed_), (fortran[0, ::-1], fortran[1, ::-1])]
        return samples + [Sample(pair) for pair in odd]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        cases: list[tuple[tuple[int, ...], tuple[int, ...], str]] = [
            ((2, 3), (2, 3), "Did you mean a @ b.T"), ((3, 2), (3, 4), "Did you mean a.T @ b"),
            ((3,), (4,), "equal inner lengths"), ((2, 3), (4, 5), "expected .*3"),
            ((), (3,), "at least one axis in both"),
            ((2, 2, 3), (5, 3, 2), "leading axes that broadcast"),
        ]  # fmt: skip
        return [*super().error_samples()] + [
            ErrorSample((np.ones(a)[()], np.ones(b)[()]), {}, ValueError, f"matmul got .*{text}")
            for a, b, text in cases
        ]
