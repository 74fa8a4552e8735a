"""Signs, elementwise: the absolute value, the sign itself, and steps at zero."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import Binary, Sample, Unary, avoid


def nothing(delta):
    """Zeros in the shape of ``delta``, also where that is infinite or NaN."""
    return np.where(False, delta, 0.0)


class Absolute(Unary):
    """Absolute value: y = |a|. At 0 the gradient is 0."""

    kinks = (0.0,)
    symbol, pattern = "abs", "|{a}|"
    numpy = (np.absolute, np.fabs)

    @staticmethod
    def forward(a):
        return np.absolute(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * np.sign(a)


class Positive(Unary):
    """The number itself: y = +a."""

    analytic = True
    symbol, pattern, precedence = "+", "+{a}", 3
    numpy = (np.positive, np.conjugate)

    @staticmethod
    def forward(a):
        return +a

    @staticmethod
    def wrt_a(delta, out, a):
        return delta


class Sign(Unary):
    """Sign: y = -1, 0 or 1. Its gradient is 0 everywhere."""

    kinks = (0.0,)
    numpy = (np.sign,)

    @staticmethod
    def forward(a):
        return np.sign(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return nothing(delta)


class AtSigns(Binary, abstract=True):
    """An op of two inputs that jumps where either is 0: its samples keep away from there."""

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        pairs = [sample.inputs for sample in super().samples()]
        return [Sample((avoid(a, (0.0,)), avoid(b, (0.0,)))) for a, b in pairs]


class Copysign(AtSigns):
    """The size of a with the sign of b: y = ±|a|. The gradient in a is 0 at a = 0; in b it is 0."""

    numpy = (np.copysign,)

    @staticmethod
    def forward(a, b):
        return np.copysign(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        return delta * np.sign(a) * np.copysign(1.0, b)

    @staticmethod
    def wrt_b(delta, out, a, b):
        return nothing(delta)


class Heaviside(AtSigns):
    """Unit step: y = 0 for a < 0, b for a = 0, 1 for a > 0. In a the gradient is 0."""

    numpy = (np.heaviside,)

    @staticmethod
    def forward(a, b):
        return np.heaviside(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        return nothing(delta)

    @staticmethod
    def wrt_b(delta, out, a, b):
        return np.where(a == 0, delta, 0.0)


class Step(Unary):
    """The perceptron's threshold: y = 1 if a > 0 else 0. Its gradient is 0 everywhere."""

    kinks = (0.0,)

    @staticmethod
    def forward(a):
        return np.heaviside(a, 0)

    @staticmethod
    def wrt_a(delta, out, a):
        return nothing(delta)
