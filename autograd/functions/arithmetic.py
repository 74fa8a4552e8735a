"""Arithmetic, elementwise, with broadcasting."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..value import Value, binary, unary


def add(a: Any, b: Any) -> Value:
    """Sum of two, elementwise: a + b."""
    return binary(ops.Add, a, b)


def subtract(a: Any, b: Any) -> Value:
    """Difference, elementwise: a - b."""
    return binary(ops.Subtract, a, b)


def multiply(a: Any, b: Any) -> Value:
    """Product, elementwise: a · b."""
    return binary(ops.Multiply, a, b)


def divide(a: Any, b: Any) -> Value:
    """Quotient, elementwise: a / b."""
    return binary(ops.Divide, a, b)


def power(a: Any, b: Any) -> Value:
    """Power, elementwise: a ** b. The derivative in a is 0 where b is 0."""
    return binary(ops.Power, a, b)


def negative(a: Any) -> Value:
    """Opposite: -a."""
    return unary(a, ops.Negative)
