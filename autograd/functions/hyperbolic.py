"""Hyperbolic functions and their inverses, elementwise."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..value import Value, unary


def sinh(a: Any) -> Value:
    """Hyperbolic sine."""
    return unary(a, ops.Sinh)


def cosh(a: Any) -> Value:
    """Hyperbolic cosine."""
    return unary(a, ops.Cosh)


def tanh(a: Any) -> Value:
    """Hyperbolic tangent, in (-1, 1)."""
    return unary(a, ops.Tanh)


def arcsinh(a: Any) -> Value:
    """Inverse hyperbolic sine."""
    return unary(a, ops.Arcsinh)


def arccosh(a: Any) -> Value:
    """Inverse hyperbolic cosine of a number from 1 on; its gradient at 1 is infinite."""
    return unary(a, ops.Arccosh)


def arctanh(a: Any) -> Value:
    """Inverse hyperbolic tangent; its gradient at ±1 is infinite."""
    return unary(a, ops.Arctanh)
