"""Functions of one input, elementwise."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..value import Value, unary


def exp(a: Any) -> Value:
    """Exponential, elementwise."""
    return unary(a, ops.Exp)


def log(a: Any) -> Value:
    """Natural logarithm, elementwise; its gradient at 0 is infinite."""
    return unary(a, ops.Log)


def sqrt(a: Any) -> Value:
    """Square root, elementwise; its gradient at 0 is infinite."""
    return unary(a, ops.Sqrt)


def absolute(a: Any) -> Value:
    """Absolute value, elementwise; its gradient at 0 is 0."""
    return unary(a, ops.Absolute)


def tanh(a: Any) -> Value:
    """Hyperbolic tangent, elementwise."""
    return unary(a, ops.Tanh)


def sigmoid(a: Any) -> Value:
    """Logistic function 1 / (1 + e^(-a)), elementwise."""
    return unary(a, ops.Sigmoid)


def relu(a: Any) -> Value:
    """Rectifier max(0, a), elementwise; its gradient at 0 is 0."""
    return unary(a, ops.Relu)
