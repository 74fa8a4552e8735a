"""Choosing between values, elementwise: by a condition, by size, by bounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..data import own_array
from .base import BROADCASTS, Binary, Op, Sample, draw, spread


class Where(Op):
    """Elements of a where the condition holds, of b elsewhere.

    The branch not taken gets the gradient 0, whatever its value or upstream gradient is.
    """

    elementwise = True
    numpy = (np.where,)

    @staticmethod
    def forward(a, b, *, condition):
        return np.where(condition, a, b)

    @staticmethod
    def wrt_a(delta, out, a, b, *, condition):
        return np.where(condition, delta, 0.0)

    @staticmethod
    def wrt_b(delta, out, a, b, *, condition):
        return np.where(condition, 0.0, delta)

    @classmethod
    def bind(cls, function, args, kwargs):
        if len(args) != 3 or kwargs:
            raise TypeError("np.where on Values expects np.where(condition, a, b).")
        condition = args[0].data if hasattr(args[0], "__record__") else args[0]
        return args[1:], {"condition": own_array(condition)}

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(8)
        scalar, _, vector, matrix, column, _, _ = spread((-3.0, 3.0))
        pairs = [(matrix, column), (vector, matrix), (scalar, matrix), (matrix, 2.0 * matrix)]
        pairs += [(scalar, 2.0), (column, scalar)]
        for a, b in BROADCASTS:
            pairs.append((draw(rng, (-3.0, 3.0), a), draw(rng, (-3.0, 3.0), b)))
        samples = [Sample(pair, {"condition": np.add(*pair) > 0}) for pair in pairs]
        # Conditions that broadcast, too: wider than the branches, narrower, all and none.
        conditions = [matrix > 0, column > 0, np.array(True), np.array(False)]
        return samples + [Sample((vector, scalar), {"condition": c}) for c in conditions]


def share(delta, tied, left):
    """``delta`` to the chosen input, half of it where the two are equal, 0 to one left aside."""
    return np.where(tied, delta / 2, np.where(left, 0.0, delta))


class Extreme(Binary, abstract=True):
    """The larger or the smaller of two; its samples keep the two apart."""

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        pairs = [sample.inputs for sample in super().samples()]
        return [Sample((np.rint(2 * a) / 2, np.rint(2 * b) / 2 + 0.25)) for a, b in pairs]


class Maximum(Extreme):
    """The larger of two: y = max(a, b). Equal inputs get half the gradient each.

    A NaN in either makes a NaN, which passes its gradient to both.
    """

    symbol, pattern = "max", "max({a}, {b})"
    numpy = (np.maximum,)

    @staticmethod
    def forward(a, b):
        return np.maximum(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        return share(delta, a == b, a < b)

    @staticmethod
    def wrt_b(delta, out, a, b):
        return share(delta, a == b, b < a)


class Minimum(Extreme):
    """The smaller of two: y = min(a, b). Equal inputs get half the gradient each.

    A NaN in either makes a NaN, which passes its gradient to both.
    """

    symbol, pattern = "min", "min({a}, {b})"
    numpy = (np.minimum,)

    @staticmethod
    def forward(a, b):
        return np.minimum(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        return share(delta, a == b, a > b)

    @staticmethod
    def wrt_b(delta, out, a, b):
        return share(delta, a == b, b > a)


class Fmax(Extreme):
    """The larger of two, or the one that is not NaN. Equal inputs get half the gradient each."""

    numpy = (np.fmax,)

    @staticmethod
    def forward(a, b):
        return np.fmax(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        return share(delta, a == b, (a < b) | np.isnan(a))

    @staticmethod
    def wrt_b(delta, out, a, b):
        return share(delta, a == b, (b < a) | np.isnan(b))


class Fmin(Extreme):
    """The smaller of two, or the one that is not NaN. Equal inputs get half the gradient each."""

    numpy = (np.fmin,)

    @staticmethod
    def forward(a, b):
        return np.fmin(a, b)

    @staticmethod
    def wrt_a(delta, out, a, b):
        return share(delta, a == b, (a > b) | np.isnan(a))

    @staticmethod
    def wrt_b(delta, out, a, b):
        return share(delta, a == b, (b > a) | np.isnan(b))


def bounds(low, high):
    """The bounds of a clip with infinities for None, no bound."""
    return (-np.inf if low is None else low), (np.inf if high is None else high)


class Clip(Op):
    """Kept between bounds: y = min(max(a, low), high). At a bound the gradient in a is 1.

    A bound gets the gradient of what lies beyond it, half of it if the two are equal. Where
    ``low`` exceeds ``high``, ``high`` wins.
    """

    elementwise = True
    numpy = (np.clip,)

    @staticmethod
    def forward(a, low, high):
        return np.clip(a, low, high)

    @staticmethod
    def wrt_a(delta, out, a, low, high):
        return np.where((a >= low) & (a <= high), delta, 0.0)

    @staticmethod
    def wrt_low(delta, out, a, low, high):
        below = a < low
        return np.where(
            below & (low < high), delta, np.where(below & (low == high), delta / 2, 0.0)
        )

    @staticmethod
    def wrt_high(delta, out, a, low, high):
        beyond = (a > high) | (low > high)
        return np.where(beyond, delta, np.where((a < low) & (low == high), delta / 2, 0.0))

    @classmethod
    def bind(cls, function, args, kwargs):
        names = {"a", "a_min", "a_max", "min", "max"}
        given = dict(zip(("a", "a_min", "a_max"), args, strict=False), **kwargs)
        unknown = sorted(key for key in given if key not in names and given[key] is not None)
        if unknown or len(args) > 3:
            raise TypeError(
                f"np.clip on Values got {', '.join(unknown) or 'out'}=; expected only the bounds."
            )
        low = given.get("min") if given.get("a_min") is None else given["a_min"]
        high = given.get("max") if given.get("a_max") is None else given["a_max"]
        return (given["a"], *bounds(low, high)), {}

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(9)
        samples = []
        for k, (first, second) in enumerate(BROADCASTS):
            a = np.rint(4 * draw(rng, (-3.0, 3.0), first)) / 4
            low = np.rint(draw(rng, (-2.0, 0.0), second)) + 0.125
            high = np.rint(draw(rng, (0.0, 2.0), second if k % 2 else ())) + 0.375
            samples.append(Sample((a, low, high)))
        for a in spread((-3.0, 3.0), seed=1):
            a = np.rint(4 * a) / 4
            samples += [Sample((a, -1.1, np.inf)), Sample((a, 1.1, -1.1))]
        return samples
