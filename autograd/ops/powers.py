"""Squares, roots and the reciprocal, elementwise. The general power stands in `arithmetic`."""

from __future__ import annotations

import numpy as np

from .arithmetic import nowhere_zero
from .base import Binary, Unary


class Square(Unary):
    """Square: y = a²."""

    analytic = True
    symbol, pattern, precedence = "²", "{a}²", 4
    numpy = (np.square,)

    @staticmethod
    def forward(a):
        return np.square(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * 2 * a


class Sqrt(Unary):
    """Square root: y = √a. At 0 the gradient is infinite."""

    analytic = True
    pattern = "√({a})"
    numpy = (np.sqrt,)
    domain = (0.2, 4.0)

    @staticmethod
    def forward(a):
        return np.sqrt(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta / (2 * out)


class Cbrt(Unary):
    """Cube root, of negative numbers too: y = ∛a. At 0 the gradient is infinite."""

    symbol, pattern = "∛", "∛({a})"
    numpy = (np.cbrt,)
    kinks = (-0.15, 0.0, 0.15)

    @staticmethod
    def forward(a):
        return np.cbrt(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta / (3 * (out * out))


class Reciprocal(Unary):
    """Reciprocal: y = 1 / a."""

    analytic = True
    symbol, pattern, precedence = "1/", "1 / {a}", 2
    numpy = (np.reciprocal,)
    domain = (0.3, 3.0)

    @staticmethod
    def forward(a):
        return np.reciprocal(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return -delta * (out * out)


def direction(a, length):
    """Share of ``a`` in the length of its vector, in [-1, 1]: a cosine.

    It is 0 where the length is 0, and ±1 for an infinite ``a``.
    """
    if np.all(np.isfinite(length)) and nowhere_zero(length):
        return a / length
    endless = np.isinf(a)
    finite = np.where(endless, 0.0, a)
    return np.where(endless, np.sign(a), finite / np.where(length == 0, np.inf, length))


class Hypot(Binary):
    """Length of the vector (a, b): y = √(a² + b²), without overflow. At (0, 0) the gradient is 0.

    Each derivative is the share of its input in the length: the cosine and the sine.
    """

    numpy = (np.hypot,)
    domain, domain_b = (-3.0, 3.0), (0.4, 3.0)

    @staticmethod
    def forward(a, b):
        return np.hypot(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        return delta * direction(a, out)

    @staticmethod
    def wrt_b(delta, out, a, b):
        return delta * direction(b, out)
