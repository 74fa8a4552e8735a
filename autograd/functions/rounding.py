"""Signs, steps, rounding and remainders, elementwise. What jumps has the gradient 0."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..value import Value, binary, unary


def absolute(a: Any) -> Value:
    """Absolute value; its gradient at 0 is 0."""
    return unary(a, ops.Absolute)


def abs(a: Any) -> Value:
    """Absolute value: another name of ``absolute``."""
    return unary(a, ops.Absolute)


def positive(a: Any) -> Value:
    """The number itself: +a."""
    return unary(a, ops.Positive)


def sign(a: Any) -> Value:
    """Sign: -1, 0 or 1; gradient 0."""
    return unary(a, ops.Sign)


def copysign(a: Any, b: Any) -> Value:
    """The size of a with the sign of b; gradient 0 in b."""
    return binary(ops.Copysign, a, b)


def heaviside(a: Any, b: Any) -> Value:
    """Unit step: 0 for a < 0, b for a = 0, 1 for a > 0; gradient 0 in a."""
    return binary(ops.Heaviside, a, b)


def step(a: Any) -> Value:
    """The perceptron's threshold: 1 if a > 0 else 0; gradient 0."""
    return unary(a, ops.Step)


def floor(a: Any) -> Value:
    """Largest whole number not above; gradient 0."""
    return unary(a, ops.Floor)


def ceil(a: Any) -> Value:
    """Smallest whole number not below; gradient 0."""
    return unary(a, ops.Ceil)


def trunc(a: Any) -> Value:
    """Whole part, rounded towards 0; gradient 0."""
    return unary(a, ops.Trunc)


def rint(a: Any) -> Value:
    """Nearest whole number, halves to the even one; gradient 0."""
    return unary(a, ops.Rint)


def round(a: Any, decimals: int = 0) -> Value:
    """Rounded to ``decimals`` places, halves to the even digit; gradient 0."""
    return unary(a, ops.Round, {"decimals": decimals})


def floor_divide(a: Any, b: Any) -> Value:
    """Whole quotient, rounded down: a // b; gradients 0."""
    return binary(ops.FloorDivide, a, b)


def remainder(a: Any, b: Any) -> Value:
    """What division leaves over, with the sign of b: a % b."""
    return binary(ops.Remainder, a, b)


def mod(a: Any, b: Any) -> Value:
    """What division leaves over, with the sign of b: another name of ``remainder``."""
    return binary(ops.Remainder, a, b)


def fmod(a: Any, b: Any) -> Value:
    """What division leaves over, with the sign of a."""
    return binary(ops.Fmod, a, b)
