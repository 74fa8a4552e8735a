"""A second engine to compare with: numbers that carry their derivatives forward.

It shares nothing with the first: no reverse sweep, no graph, one Python number at a time. A jet
is a number with its first derivatives by every variable it depends on, and its second ones by
pairs of leaves' variables. Arrays are NumPy arrays of jets: shapes and broadcasting are NumPy's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Variable = Hashable


@dataclass
class Jet:
    """A number; derivatives by leaves, by interior values, and by pairs of leaves.

    ``order`` tells how many derivatives are known: a gradient knows one less than what it is
    the gradient of.
    """

    value: float
    by_leaf: dict[Variable, float] = field(default_factory=dict)
    by_interior: dict[Variable, float] = field(default_factory=dict)
    by_pair: dict[tuple[Variable, Variable], float] = field(default_factory=dict)
    order: int = 2

    def __add__(self, other: Any) -> Jet:
        other = as_jet(other)
        return Jet(
            self.value + other.value,
            merged(self.by_leaf, 1.0, other.by_leaf, 1.0),
            merged(self.by_interior, 1.0, other.by_interior, 1.0),
            merged(self.by_pair, 1.0, other.by_pair, 1.0),
            min(self.order, other.order),
        )

    def __mul__(self, other: Any) -> Jet:
        other = as_jet(other)
        a, b = self.value, other.value
        pairs = merged(self.by_pair, b, other.by_pair, a)
        if min(self.order, other.order) >= 2:
            for i, slope in self.by_leaf.items():
                for j, other_slope in other.by_leaf.items():
                    for pair in ((i, j), (j, i)):
                        pairs[pair] = pairs.get(pair, 0.0) + slope * other_slope
        return Jet(
            a * b,
            merged(self.by_leaf, b, other.by_leaf, a),
            merged(self.by_interior, b, other.by_interior, a),
            pairs,
            min(self.order, other.order),
        )

    def through(self, value: float, slope: float, curvature: float) -> Jet:
        """f(self), given f, f' and f'' there."""
        pairs = {pair: slope * x for pair, x in self.by_pair.items()}
        if self.order >= 2:
            for i, first in self.by_leaf.items():
                for j, second in self.by_leaf.items():
                    pairs[i, j] = pairs.get((i, j), 0.0) + curvature * first * second
        return Jet(
            value,
            {k: slope * x for k, x in self.by_leaf.items()},
            {k: slope * x for k, x in self.by_interior.items()},
            pairs,
            self.order,
        )

    def named(self, variable: Variable) -> Jet:
        """The same number, which interior ``variable`` stands for from here on."""
        interior = {**self.by_interior, variable: 1.0}
        return Jet(self.value, self.by_leaf, interior, self.by_pair, self.order)

    def slope(self, variable: Variable) -> Jet:
        """Its derivative by a leaf's variable, as a jet that knows one derivative less."""
        by_leaf = {j: x for (i, j), x in self.by_pair.items() if i == variable}
        return Jet(self.by_leaf.get(variable, 0.0), by_leaf, order=self.order - 1)

    def renamed(self, name: Callable[[Variable], Variable]) -> Jet:
        """The same with other variables."""
        return Jet(
            self.value,
            {name(k): x for k, x in self.by_leaf.items()},
            {name(k): x for k, x in self.by_interior.items()},
            {(name(i), name(j)): x for (i, j), x in self.by_pair.items()},
            self.order,
        )


def merged(a: dict[Any, float], s: float, b: dict[Any, float], t: float) -> dict[Any, float]:
    """s · a + t · b, key by key."""
    found = {key: s * x for key, x in a.items()}
    for key, x in b.items():
        found[key] = found.get(key, 0.0) + t * x
    return found


def as_jet(x: Any) -> Jet:
    return x if isinstance(x, Jet) else Jet(float(x))


# Functions of arrays of jets


def each(function: Callable[..., Jet], *arrays: Any) -> Any:
    """``function`` of the elements, broadcast: an object array, 0-d ones included."""
    arrays = np.broadcast_arrays(*arrays)
    out = np.empty(arrays[0].shape, dtype=object)
    for place in np.ndindex(out.shape):
        out[place] = function(*(a[place] for a in arrays))
    return out


def constant(numbers: Any) -> Any:
    return each(as_jet, np.asarray(numbers, dtype=object))


def values_of(jets: Any) -> Any:
    return each(lambda jet: jet.value, jets).astype(float)


def tanh(a: Jet) -> Jet:
    y = math.tanh(a.value)
    return a.through(y, 1 - y * y, -2 * y * (1 - y * y))


def exp(a: Jet) -> Jet:
    y = math.exp(a.value)
    return a.through(y, y, y)


def sigmoid(a: Jet) -> Jet:
    y = 1 / (1 + math.exp(-a.value))
    return a.through(y, y * (1 - y), y * (1 - y) * (1 - 2 * y))


def sine(a: Jet) -> Jet:
    return a.through(math.sin(a.value), math.cos(a.value), -math.sin(a.value))


def reciprocal(a: Jet) -> Jet:
    return a.through(1 / a.value, -1 / a.value**2, 2 / a.value**3)


def total(jets: Any, axis: int | None = None) -> Any:
    """Sum over one axis, or over all elements."""
    if axis is None:
        whole = Jet(0.0)
        for place in np.ndindex(jets.shape):
            whole = whole + jets[place]
        return np.array(whole, dtype=object)
    parts = np.moveaxis(jets, axis, 0)
    whole = constant(np.zeros(parts.shape[1:]))
    for part in parts:
        whole = each(Jet.__add__, whole, np.asarray(part, dtype=object))
    return whole
