"""Sine, cosine, tangent, their inverses, and degrees, elementwise."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..value import Value, binary, unary


def sin(a: Any) -> Value:
    """Sine of an angle in radians."""
    return unary(a, ops.Sin)


def cos(a: Any) -> Value:
    """Cosine of an angle in radians."""
    return unary(a, ops.Cos)


def tan(a: Any) -> Value:
    """Tangent of an angle in radians."""
    return unary(a, ops.Tan)


def arcsin(a: Any) -> Value:
    """Inverse sine, in [-π/2, π/2]; its gradient at ±1 is infinite."""
    return unary(a, ops.Arcsin)


def arccos(a: Any) -> Value:
    """Inverse cosine, in [0, π]; its gradient at ±1 is infinite."""
    return unary(a, ops.Arccos)


def arctan(a: Any) -> Value:
    """Inverse tangent, in (-π/2, π/2)."""
    return unary(a, ops.Arctan)


def arctan2(a: Any, b: Any) -> Value:
    """Angle of the point (b, a) from the first axis, in [-π, π]; gradient 0 at the origin."""
    return binary(ops.Arctan2, a, b)


def radians(a: Any) -> Value:
    """Degrees as radians."""
    return unary(a, ops.Radians)


def degrees(a: Any) -> Value:
    """Radians as degrees."""
    return unary(a, ops.Degrees)


def deg2rad(a: Any) -> Value:
    """Degrees as radians."""
    return unary(a, ops.Radians)


def rad2deg(a: Any) -> Value:
    """Radians as degrees."""
    return unary(a, ops.Degrees)
