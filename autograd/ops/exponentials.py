"""Exponentials and logarithms, elementwise, of any base, and the logarithms of sums of them."""

from __future__ import annotations

import math

import numpy as np

from .activations import Sigmoid
from .base import Binary, Unary, apply

LN2, LN10 = math.log(2), math.log(10)


class Exp(Unary):
    """Exponential: y = e^a. It is its own derivative."""

    analytic = True
    numpy = (np.exp,)

    @staticmethod
    def forward(a):
        return np.exp(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * out


class Exp2(Unary):
    """Power of two: y = 2^a."""

    analytic = True
    symbol, pattern = "2^", "exp2({a})"
    numpy = (np.exp2,)

    @staticmethod
    def forward(a):
        return np.exp2(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * out * LN2


class Expm1(Unary):
    """Exponential less one: y = e^a - 1, exact to the last digits near a = 0."""

    analytic = True
    numpy = (np.expm1,)

    @staticmethod
    def forward(a):
        return np.expm1(a)

    @staticmethod
    def wrt_a(delta, out, a):
        # Not out + 1, which loses all digits where e^a is tiny.
        return delta * np.exp(a)


class Log(Unary):
    """Natural logarithm: y = ln a. At 0 the gradient is infinite."""

    analytic = True
    numpy = (np.log,)
    domain = (0.2, 4.0)

    @staticmethod
    def forward(a):
        return np.log(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta / a


class Log2(Unary):
    """Logarithm to base 2: y = log₂ a. At 0 the gradient is infinite."""

    analytic = True
    numpy = (np.log2,)
    domain = (0.2, 4.0)

    @staticmethod
    def forward(a):
        return np.log2(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta / (a * LN2)


class Log10(Unary):
    """Logarithm to base 10: y = log₁₀ a. At 0 the gradient is infinite."""

    analytic = True
    numpy = (np.log10,)
    domain = (0.2, 4.0)

    @staticmethod
    def forward(a):
        return np.log10(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta / (a * LN10)


class Log1p(Unary):
    """Logarithm of one more: y = ln(1 + a), exact to the last digits near a = 0."""

    analytic = True
    numpy = (np.log1p,)
    domain = (-0.8, 3.0)

    @staticmethod
    def forward(a):
        return np.log1p(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta / (1 + a)


def difference(a, b):
    """a - b, and 0 where both are the same infinity."""
    same = (a == b) & np.isinf(a)
    if np.any(same):
        return np.where(same, 0.0, a) - np.where(same, 0.0, b)
    return a - b


class Logaddexp(Binary):
    """Logarithm of a sum of exponentials: y = ln(e^a + e^b), without overflow.

    The two derivatives are the shares of the sum, σ(a - b) and σ(b - a): ½ each where both
    inputs are the same infinity.
    """

    numpy = (np.logaddexp,)

    @staticmethod
    def forward(a, b):
        return np.logaddexp(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        return delta * apply(Sigmoid, difference(a, b))

    @staticmethod
    def wrt_b(delta, out, a, b):
        return delta * apply(Sigmoid, difference(b, a))


class Logaddexp2(Binary):
    """Logarithm to base 2 of a sum of powers: y = log₂(2^a + 2^b), without overflow."""

    numpy = (np.logaddexp2,)

    @staticmethod
    def forward(a, b):
        return np.logaddexp2(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        return delta * apply(Sigmoid, difference(a, b) * LN2)

    @staticmethod
    def wrt_b(delta, out, a, b):
        return delta * apply(Sigmoid, difference(b, a) * LN2)
