"""Functions of one input, elementwise: exp, log, sqrt, abs and the activations."""

from __future__ import annotations

import numpy as np

from .base import Unary


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


class Sigmoid(Unary):
    """Logistic function: y = 1 / (1 + e^(-a)), in (0, 1); no overflow at either end."""

    symbol, pattern = "σ", "σ({a})"

    @staticmethod
    def forward(a):
        small = np.exp(-np.absolute(a))
        return np.where(a >= 0, 1 / (1 + small), small / (1 + small))

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * out * (1 - out)


class Relu(Unary):
    """Rectifier: y = max(0, a). At 0 the gradient is 0; a dead unit passes nothing."""

    kinks = (0.0,)
    symbol = "ReLU"
    pattern = "ReLU({a})"

    @staticmethod
    def forward(a):
        return np.maximum(a, 0)

    @staticmethod
    def wrt_a(delta, out, a):
        return np.where(a > 0, delta, 0.0)
