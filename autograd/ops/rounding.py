"""Rounding to whole numbers and what division leaves over, elementwise.

Rounded numbers stand still between their jumps: their gradient is 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import Binary, Sample, Unary, many
from .signs import nothing

WHOLE = tuple(float(k) for k in range(-4, 5))
HALVES = tuple(k + 0.5 for k in range(-4, 4))


class Floor(Unary):
    """Largest whole number not above: y = ⌊a⌋. Its gradient is 0."""

    kinks = WHOLE
    pattern = "⌊{a}⌋"
    numpy = (np.floor,)

    @staticmethod
    def forward(a):
        return np.floor(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return nothing(delta)


class Ceil(Unary):
    """Smallest whole number not below: y = ⌈a⌉. Its gradient is 0."""

    kinks = WHOLE
    pattern = "⌈{a}⌉"
    numpy = (np.ceil,)

    @staticmethod
    def forward(a):
        return np.ceil(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return nothing(delta)


class Trunc(Unary):
    """Whole part, rounded towards 0. Its gradient is 0."""

    kinks = WHOLE
    numpy = (np.trunc, np.fix)

    @staticmethod
    def forward(a):
        return np.trunc(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return nothing(delta)


class Rint(Unary):
    """Nearest whole number; halves go to the even one. Its gradient is 0."""

    kinks = HALVES
    numpy = (np.rint,)

    @staticmethod
    def forward(a):
        return np.rint(a)

    @staticmethod
    def wrt_a(delta, out, a):
        return nothing(delta)


class Round(Unary):
    """Rounded to ``decimals`` places; halves go to the even digit. Its gradient is 0."""

    numpy = (np.round, np.around)

    @staticmethod
    def forward(a, *, decimals=0):
        return np.round(a, decimals)

    @staticmethod
    def wrt_a(delta, out, a, *, decimals=0):
        return nothing(delta)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        samples = []
        for k, a in enumerate(many(cls.domain)):
            decimals = (0, 0, 1, -1)[k % 4]
            # From the middle between two jumps: 1.2 or 3.7 for whole numbers.
            middle = np.round(a, decimals) + 0.2 * 10.0**-decimals
            samples.append(Sample((middle,), {"decimals": decimals} if k % 2 else {}))
        return samples


class Division(Binary, abstract=True):
    """A division with a whole quotient; its samples have quotients away from whole numbers."""

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        samples = []
        for k, (a, b) in enumerate(sample.inputs for sample in super().samples()):
            sign = -1.0 if k % 3 == 0 else 1.0
            samples.append(Sample((np.floor(a) + 0.3, sign * np.exp2(np.sign(b)))))
        return samples


class FloorDivide(Division):
    """Whole quotient, rounded down: y = ⌊a / b⌋. Its gradients are 0."""

    symbol, pattern, precedence = "//", "{a} // {b}", 2
    numpy = (np.floor_divide,)

    @staticmethod
    def forward(a, b):
        return np.floor_divide(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        return nothing(delta)

    @staticmethod
    def wrt_b(delta, out, a, b):
        return nothing(delta)


class Remainder(Division):
    """What division leaves over, with the sign of b: y = a - b · ⌊a / b⌋."""

    symbol, pattern, precedence = "mod", "{a} mod {b}", 2
    numpy = (np.remainder,)

    @staticmethod
    def forward(a, b):
        return np.remainder(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        return delta

    @staticmethod
    def wrt_b(delta, out, a, b):
        return -delta * np.floor_divide(a, b)


class Fmod(Division):
    """What division leaves over, with the sign of a: y = a - b · trunc(a / b)."""

    numpy = (np.fmod,)

    @staticmethod
    def forward(a, b):
        return np.fmod(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        return delta

    @staticmethod
    def wrt_b(delta, out, a, b):
        # The quotient as the forward rule saw it: a / b itself may round up to a whole number.
        return -delta * np.rint((a - out) / b)
