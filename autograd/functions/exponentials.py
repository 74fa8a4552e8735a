"""Exponentials and logarithms, elementwise."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..value import Value, binary, unary


def exp(a: Any) -> Value:
    """Exponential: e^a."""
    return unary(a, ops.Exp)


def exp2(a: Any) -> Value:
    """Power of two: 2^a."""
    return unary(a, ops.Exp2)


def expm1(a: Any) -> Value:
    """Exponential less one, e^a - 1, exact near a = 0."""
    return unary(a, ops.Expm1)


def log(a: Any) -> Value:
    """Natural logarithm; its gradient at 0 is infinite."""
    return unary(a, ops.Log)


def log2(a: Any) -> Value:
    """Logarithm to base 2; its gradient at 0 is infinite."""
    return unary(a, ops.Log2)


def log10(a: Any) -> Value:
    """Logarithm to base 10; its gradient at 0 is infinite."""
    return unary(a, ops.Log10)


def log1p(a: Any) -> Value:
    """Logarithm of one more, ln(1 + a), exact near a = 0."""
    return unary(a, ops.Log1p)


def logaddexp(a: Any, b: Any) -> Value:
    """Logarithm of a sum of exponentials, ln(e^a + e^b), without overflow."""
    return binary(ops.Logaddexp, a, b)


def logaddexp2(a: Any, b: Any) -> Value:
    """Logarithm to base 2 of a sum of powers, log₂(2^a + 2^b), without overflow."""
    return binary(ops.Logaddexp2, a, b)
