"""Hyperbolic functions and their inverses, elementwise."""

from __future__ import annotations

import numpy as np

from .base import Unary


class Sinh(Unary):
    """Hyperbolic sine: y = (e^a - e^(-a)) / 2."""

    analytic = True
    numpy = (np.sinh,)

    @staticmethod
    def forward(a):
        return np.sinh(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * np.cosh(a)


class Cosh(Unary):
    """Hyperbolic cosine: y = (e^a + e^(-a)) / 2."""

    analytic = True
    numpy = (np.cosh,)

    @staticmethod
    def forward(a):
        return np.cosh(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * np.sinh(a)


class Tanh(Unary):
    """Hyperbolic tangent: y = tanh(a), in (-1, 1), zero-centred; saturates at both ends."""

    analytic = True
    numpy = (np.tanh,)

    @staticmethod
    def forward(a):
        return np.tanh(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * (1 - out * out)


class Arcsinh(Unary):
    """Inverse hyperbolic sine: y = ln(a + √(a² + 1))."""

    analytic = True
    numpy = (np.arcsinh,)

    @staticmethod
    def forward(a):
        return np.arcsinh(a)

    @staticmethod
    def wrt_a(delta, out, a):
        # √(a² + 1), without overflow.
        return delta / np.hypot(a, 1)


class Arccosh(Unary):
    """Inverse hyperbolic cosine: y = ln(a + √(a² - 1)). At 1 the gradient is infinite."""

    analytic = True
    numpy = (np.arccosh,)
    domain = (1.3, 4.0)

    @staticmethod
    def forward(a):
        return np.arccosh(a)

    @staticmethod
    def wrt_a(delta, out, a):
        # √(a² - 1), without overflow and without losing digits near 1.
        return delta / (np.sqrt(a - 1) * np.sqrt(a + 1))


class Arctanh(Unary):
    """Inverse hyperbolic tangent: y = ½ ln((1 + a) / (1 - a)). At ±1 the gradient is infinite."""

    analytic = True
    numpy = (np.arctanh,)
    domain = (-0.8, 0.8)

    @staticmethod
    def forward(a):
        return np.arctanh(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta / ((1 - a) * (1 + a))
