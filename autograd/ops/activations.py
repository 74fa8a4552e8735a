"""Activation functions of networks, elementwise; none overflows, at infinity they have a limit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .base import ErrorSample, Sample, Unary, apply, avoid, many
from .error_function import Erfc


def tamed(a, limit):
    """``a`` with what lies beyond ±limit moved there: for factors that an exponential kills."""
    return a if np.all(np.absolute(a) <= limit) else np.clip(a, -limit, limit)


def plain_number(x: Any, what: str) -> float:
    """A setting of an op as a Python float; a Value would lose its gradient there."""
    if hasattr(x, "__record__"):
        raise TypeError(
            f"{what} got {x.describe()}, a Value, which would get no gradient; expected a number. "
            f"Use autograd.where(a > 0, …, …) to learn it."
        )
    try:
        return float(x)
    except (TypeError, ValueError):
        raise TypeError(f"{what} got {x!r}; expected a number.") from None


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
        return passed_where(a > 0, delta)


def passed_where(open_, delta):
    """``delta`` where ``open_``, elsewhere 0: np.where, several times as fast on random masks.

    np.where branches at each element, and half of its guesses are wrong. Here a mask of ones or
    zeros in all bits is laid over the numbers: infinity, NaN and the signs of zeros come through.
    """
    if type(delta) is not np.ndarray or delta.dtype != np.float64:
        return np.where(open_, delta, 0.0)
    bits = open_.astype(np.int64)
    np.negative(bits, out=bits)
    bits &= delta.view(np.int64)
    return bits.view(np.float64)


class WithSetting(Unary, abstract=True):
    """An activation with a setting: its samples try the default and the ``tried`` ones."""

    tried: tuple[dict[str, Any], ...] = ()

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        settings = [{}, *cls.tried]
        return [
            Sample((avoid(a, cls.kinks),), settings[k % len(settings)])
            for k, a in enumerate(many(cls.domain))
        ]


class LeakyRelu(WithSetting):
    """Rectifier with a leak: y = a for a > 0, else negative_slope · a; gradient at 0: the slope.

    Source: Maas, Hannun & Ng 2013, section 2.
    """

    kinks = (0.0,)
    symbol, pattern = "leaky ReLU", "leaky_relu({a})"
    tried = ({"negative_slope": 0.3}, {"negative_slope": 0.0})

    @staticmethod
    def forward(a, *, negative_slope=0.01):
        return np.where(a > 0, a, negative_slope * a)

    @staticmethod
    def wrt_a(delta, out, a, *, negative_slope=0.01):
        return np.where(a > 0, delta, negative_slope * delta)


class Elu(WithSetting):
    """Exponential linear unit: y = a for a > 0, else alpha · (e^a - 1). At 0 the gradient is alpha.

    Source: Clevert, Unterthiner & Hochreiter 2016.
    """

    kinks = (0.0,)
    symbol = "ELU"
    tried = ({"alpha": 0.5}, {"alpha": 2.0})

    @staticmethod
    def forward(a, *, alpha=1.0):
        return np.where(a > 0, a, alpha * np.expm1(np.minimum(a, 0)))

    @staticmethod
    def wrt_a(delta, out, a, *, alpha=1.0):
        # The exponent is 0 where it is not used: e^a of a large a would overflow.
        exponent = np.where(a > 0, 0.0, a)
        return np.where(a > 0, delta, delta * alpha * np.exp(exponent))


class Softplus(Unary):
    """Smooth rectifier: y = ln(1 + e^a), without overflow. Its derivative is σ(a)."""

    @staticmethod
    def forward(a):
        return np.maximum(a, 0) + np.log1p(np.exp(-np.absolute(a)))

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * apply(Sigmoid, a)


class Silu(Unary):
    """Sigmoid linear unit, also swish: y = a · σ(a); 0 at -inf.

    Source: Elfwing, Uchibe & Doya 2018; Ramachandran, Zoph & Le 2017.
    """

    symbol = "SiLU"

    @staticmethod
    def forward(a):
        return np.maximum(a, -800) * Sigmoid.forward(a)

    @staticmethod
    def wrt_a(delta, out, a):
        share = apply(Sigmoid, a)
        return delta * (share + tamed(a, 800) * share * (1 - share))


#: Beyond ±40 the tails of the normal distribution are 0 in double precision.
TAIL = 40


def normal_cdf(a):
    """Probability that a standard normal number is below ``a``: Φ(a), exact in both tails."""
    return apply(Erfc, a * -math.sqrt(0.5)) / 2


def normal_density(a):
    """Density of the standard normal distribution: φ(a) = e^(-a²/2) / √(2π)."""
    return np.exp(a * a * -0.5) * (1 / math.sqrt(2 * math.pi))


def gelu_tanh(a):
    """The tanh of GELU's approximation, tanh(√(2/π) · (a + 0.044715 · a³))."""
    return np.tanh(math.sqrt(2 / math.pi) * (a + 0.044715 * a * a * a))


class Gelu(WithSetting):
    """Gaussian error linear unit: y = a · Φ(a); 0 at -inf.

    ``approximate="tanh"`` gives ½ a · (1 + tanh(√(2/π) · (a + 0.044715 a³))) instead, within
    5e-4 of it. Source: Hendrycks & Gimpel 2016.
    """

    symbol = "GELU"
    tried = ({"approximate": "tanh"},)

    @staticmethod
    def forward(a, *, approximate="none"):
        if approximate not in ("none", "tanh"):
            raise ValueError(f"gelu got approximate={approximate!r}; expected 'none' or 'tanh'.")
        raised = np.maximum(a, -TAIL)
        if approximate == "tanh":
            return raised * 0.5 * (1 + gelu_tanh(tamed(a, TAIL)))
        return raised * normal_cdf(a)

    @staticmethod
    def wrt_a(delta, out, a, *, approximate="none"):
        near = tamed(a, TAIL)
        if approximate == "none":
            return delta * (normal_cdf(a) + near * normal_density(near))
        curve = gelu_tanh(near)
        inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * near * near)
        return delta * 0.5 * (1 + curve + near * (1 - curve * curve) * inner)

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        message = "gelu got approximate='exact'; expected 'none' or 'tanh'"
        wrong = ErrorSample((1.0,), {"approximate": "exact"}, ValueError, message)
        return [*super().error_samples(), wrong]
