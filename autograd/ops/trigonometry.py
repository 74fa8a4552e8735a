"""Sine, cosine, tangent, their inverses, and degrees, elementwise."""

from __future__ import annotations

import math

import numpy as np

from .arithmetic import nowhere_zero
from .base import Binary, Unary
from .powers import direction


class Sin(Unary):
    """Sine: y = sin a, with a in radians."""

    analytic = True
    numpy = (np.sin,)

    @staticmethod
    def forward(a):
        return np.sin(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * np.cos(a)


class Cos(Unary):
    """Cosine: y = cos a, with a in radians."""

    analytic = True
    numpy = (np.cos,)

    @staticmethod
    def forward(a):
        return np.cos(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return -delta * np.sin(a)


class Tan(Unary):
    """Tangent: y = tan a, with a in radians."""

    analytic = True
    numpy = (np.tan,)
    domain = (-1.2, 1.2)

    @staticmethod
    def forward(a):
        return np.tan(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * (1 + out * out)


class Arcsin(Unary):
    """Inverse sine: y = arcsin a, in [-π/2, π/2]. At ±1 the gradient is infinite."""

    analytic = True
    numpy = (np.arcsin,)
    domain = (-0.9, 0.9)

    @staticmethod
    def forward(a):
        return np.arcsin(a)

    @staticmethod
    def wrt_a(delta, out, a):
        # (1 - a)(1 + a) keeps the digits that 1 - a² loses near ±1.
        return delta / np.sqrt((1 - a) * (1 + a))


class Arccos(Unary):
    """Inverse cosine: y = arccos a, in [0, π]. At ±1 the gradient is infinite."""

    analytic = True
    numpy = (np.arccos,)
    domain = (-0.9, 0.9)

    @staticmethod
    def forward(a):
        return np.arccos(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return -delta / np.sqrt((1 - a) * (1 + a))


class Arctan(Unary):
    """Inverse tangent: y = arctan a, in (-π/2, π/2)."""

    analytic = True
    numpy = (np.arctan,)

    @staticmethod
    def forward(a):
        return np.arctan(a)

    @staticmethod
    def wrt_a(delta, out, a):
        if np.any(np.absolute(a) > 100):
            # The same, where the square could overflow, in half precision from 256 on.
            length = np.hypot(a, 1)
            return delta / length / length
        return delta / (1 + a * a)


def some(length):
    """``length`` with 1 in place of 0, to divide by."""
    return length if nowhere_zero(length) else np.where(length == 0, 1.0, length)


class Arctan2(Binary):
    """Angle of the point (b, a) from the first axis: y = arctan(a / b), in [-π, π].

    At the origin, which has no angle, the gradient is 0.
    """

    numpy = (np.arctan2,)
    domain, domain_b = (-3.0, 3.0), (0.4, 3.0)

    @staticmethod
    def forward(a, b):
        return np.arctan2(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        length = np.hypot(a, b)
        return delta * direction(b, length) / some(length)

    @staticmethod
    def wrt_b(delta, out, a, b):
        length = np.hypot(a, b)
        return -delta * direction(a, length) / some(length)


class Radians(Unary):
    """Degrees as radians: y = a · π / 180."""

    numpy = (np.radians, np.deg2rad)

    @staticmethod
    def forward(a):
        return np.radians(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * (math.pi / 180)


class Degrees(Unary):
    """Radians as degrees: y = a · 180 / π."""

    numpy = (np.degrees, np.rad2deg)

    @staticmethod
    def forward(a):
        return np.degrees(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * (180 / math.pi)
