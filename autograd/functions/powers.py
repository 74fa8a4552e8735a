"""Squares, roots, the reciprocal and lengths, elementwise."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..value import Value, binary, unary


def square(a: Any) -> Value:
    """Square: a²."""
    return unary(a, ops.Square)


def sqrt(a: Any) -> Value:
    """Square root; its gradient at 0 is infinite."""
    return unary(a, ops.Sqrt)


def cbrt(a: Any) -> Value:
    """Cube root, of negative numbers too; its gradient at 0 is infinite."""
    return unary(a, ops.Cbrt)


def reciprocal(a: Any) -> Value:
    """Reciprocal: 1 / a."""
    return unary(a, ops.Reciprocal)


def hypot(a: Any, b: Any) -> Value:
    """Length of the vector (a, b), √(a² + b²), without overflow; its gradient at (0, 0) is 0."""
    return binary(ops.Hypot, a, b)


def float_power(a: Any, b: Any) -> Value:
    """Power, elementwise: a ** b, under the name of NumPy's function for floating exponents."""
    return binary(ops.Power, a, b)
