"""Activation functions of networks, and the error function, elementwise."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..ops.activations import plain_number
from ..value import Value, unary


def sigmoid(a: Any) -> Value:
    """Logistic function 1 / (1 + e^(-a)), in (0, 1)."""
    return unary(a, ops.Sigmoid)


def relu(a: Any) -> Value:
    """Rectifier max(0, a); its gradient at 0 is 0."""
    return unary(a, ops.Relu)


def leaky_relu(a: Any, negative_slope: float = 0.01) -> Value:
    """Rectifier with a leak: a for a > 0, else negative_slope · a; gradient at 0: the slope."""
    slope = plain_number(negative_slope, "leaky_relu(negative_slope=…)")
    return unary(a, ops.LeakyRelu, {"negative_slope": slope})


def elu(a: Any, alpha: float = 1.0) -> Value:
    """Exponential linear unit: a for a > 0, else alpha · (e^a - 1)."""
    return unary(a, ops.Elu, {"alpha": plain_number(alpha, "elu(alpha=…)")})


def gelu(a: Any, approximate: str = "none") -> Value:
    """Gaussian error linear unit a · Φ(a); ``approximate="tanh"`` gives the usual approximation."""
    return unary(a, ops.Gelu, {"approximate": approximate})


def silu(a: Any) -> Value:
    """Sigmoid linear unit, also swish: a · σ(a)."""
    return unary(a, ops.Silu)


def softplus(a: Any) -> Value:
    """Smooth rectifier ln(1 + e^a), without overflow."""
    return unary(a, ops.Softplus)


def erf(a: Any) -> Value:
    """Error function: 2/√π · ∫₀ᵃ e^(-t²) dt, in (-1, 1)."""
    return unary(a, ops.Erf)


def erfc(a: Any) -> Value:
    """Complement of the error function, 1 - erf a, exact where erf is near 1."""
    return unary(a, ops.Erfc)
