"""Arithmetic, elementwise, with broadcasting: + - * / ** and the sign."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import Binary, Sample, Unary


class Add(Binary):
    """Sum of two: y = a + b. Passes the upstream gradient on to both."""

    symbol, pattern, precedence = "+", "{a} + {b}", 1
    analytic = True
    numpy = (np.add,)

    @staticmethod
    def forward(a, b):
        return a + b

    @staticmethod
    def wrt_a(delta, out, a, b):
        return delta

    @staticmethod
    def wrt_b(delta, out, a, b):
        return delta


class Subtract(Binary):
    """Difference: y = a - b."""

    symbol, pattern, precedence = "-", "{a} - {b}", 1
    analytic = True
    numpy = (np.subtract,)

    @staticmethod
    def forward(a, b):
        return a - b

    @staticmethod
    def wrt_a(delta, out, a, b):
        return delta

    @staticmethod
    def wrt_b(delta, out, a, b):
        return -delta


class Multiply(Binary):
    """Product, elementwise: y = a · b. Each input is the local derivative of the other."""

    symbol, pattern, precedence = "*", "{a} * {b}", 2
    analytic = True
    numpy = (np.multiply,)

    @staticmethod
    def forward(a, b):
        return a * b

    @staticmethod
    def wrt_a(delta, out, a, b):
        return delta * b

    @staticmethod
    def wrt_b(delta, out, a, b):
        return delta * a


class Divide(Binary):
    """Quotient, elementwise: y = a / b."""

    symbol, pattern, precedence = "/", "{a} / {b}", 2
    analytic = True
    numpy = (np.divide,)
    domain_b = (0.5, 3.0)

    @staticmethod
    def forward(a, b):
        return a / b

    @staticmethod
    def wrt_a(delta, out, a, b):
        return delta / b

    @staticmethod
    def wrt_b(delta, out, a, b):
        return -delta * out / b


def nowhere_zero(b) -> bool:
    """True if no element of ``b`` is 0."""
    return b != 0 if isinstance(b, int | float) else bool(np.all(b != 0))


class Power(Binary):
    """Power, elementwise: y = a ** b.

    Where b is 0 the derivative in a is 0, at a = 0 too. The derivative in b is
    y · log(a); it is 0 at a = 0 (for b >= 0) and NaN for a negative base.
    """

    symbol, pattern, precedence = "**", "{a} ** {b}", 4
    analytic = True
    numpy = (np.power, np.float_power)
    domain, domain_b = (0.5, 3.0), (-2.0, 2.0)

    @staticmethod
    def forward(a, b):
        return a**b

    @staticmethod
    def wrt_a(delta, out, a, b):
        lowered = b - 1 if nowhere_zero(b) else np.where(b == 0, 0.0, b - 1)
        return delta * b * a**lowered

    @staticmethod
    def wrt_b(delta, out, a, b):
        flat = (a == 0) & (b >= 0)
        # Ones in the precision of the result, which may be higher than that of the base.
        base = np.where(flat, np.ones_like(out), np.where(a < 0, np.nan, a))
        return delta * out * np.log(base)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        negative = np.array([-2.0, -0.5, 1.5])
        return [*super().samples(), Sample((negative, 2)), Sample((negative, 3.0))] + [
            Sample((negative, -1)),
            Sample((negative, 0)),
            Sample((0.0, 0)),
        ]


class Negative(Unary):
    """Opposite: y = -a."""

    symbol, pattern, precedence = "-", "-{a}", 3
    analytic = True
    numpy = (np.negative,)

    @staticmethod
    def forward(a):
        return -a

    @staticmethod
    def wrt_a(delta, out, a):
        return -delta
