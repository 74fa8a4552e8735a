"""Constraints: what weights are put back to after each step, such as a largest length.

Weights have the lecture's layout, ``(units, inputs)`` or ``(units, inputs, *kernel)``: by default
a length is that of one unit's incoming weights, over all axes but the first. It is what Keras's
``axis=0`` means for its transposed kernels. A bias, with its one axis, is taken as a whole.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from .lookup import of_name_or_class
from .schedules import rate

#: Keeps a length of 0 from dividing by zero; Keras's.
EPSILON = 1e-7


class Constraint(ABC):
    """Weights put back into their bounds: ``constraint(array)``, an array of the same shape."""

    @abstractmethod
    def __call__(self, weights: Any) -> Any:
        """The nearest weights, in the constraint's sense, that keep it."""

    def settings(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return dict(vars(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={x}' for k, x in self.settings().items())})"


class NonNeg(Constraint):
    """Weights below 0 become 0."""

    def __call__(self, weights: Any) -> Any:
        return np.maximum(weights, 0)


class MaxNorm(Constraint):
    """Lengths above ``max_value`` are scaled down to it. Srivastava et al. 2014, section 5.1.

    >>> print(MaxNorm(1.0)(np.array([[3.0, 4.0], [0.1, 0.0]])).round(6))
    [[0.6 0.8]
     [0.1 0. ]]
    """

    def __init__(self, max_value: float = 2.0, axis: Any = None) -> None:
        self.max_value, self.axis = rate(max_value, "MaxNorm(max_value)"), axis

    def __call__(self, weights: Any) -> Any:
        length = lengths(weights, self.axis)
        return weights * (np.clip(length, 0, self.max_value) / (EPSILON + length))


class UnitNorm(Constraint):
    """Lengths become 1."""

    def __init__(self, axis: Any = None) -> None:
        self.axis = axis

    def __call__(self, weights: Any) -> Any:
        return weights / (EPSILON + lengths(weights, self.axis))


class MinMaxNorm(Constraint):
    """Lengths are moved into [min_value, max_value], by the share ``rate`` of the way.

    Raises:
        ValueError: min_value above max_value, or a rate outside of 0 to 1.
    """

    def __init__(
        self,
        min_value: float = 0.0,
        max_value: float = 1.0,
        rate: float = 1.0,
        axis: Any = None,
    ) -> None:
        if not 0 <= min_value <= max_value:
            raise ValueError(
                f"MinMaxNorm() got min_value={min_value} and max_value={max_value}; expected "
                f"0 <= min_value <= max_value."
            )
        if not 0 <= rate <= 1:
            raise ValueError(f"MinMaxNorm() got rate={rate}; expected a share from 0 to 1.")
        self.min_value, self.max_value = float(min_value), float(max_value)
        self.rate, self.axis = float(rate), axis

    def __call__(self, weights: Any) -> Any:
        length = lengths(weights, self.axis)
        inside = np.clip(length, self.min_value, self.max_value)
        wanted = self.rate * inside + (1 - self.rate) * length
        return weights * (wanted / (EPSILON + length))


def lengths(weights: Any, axis: Any) -> Any:
    """√(Σ w²) over ``axis``, which stays with length 1; None is all axes but the first."""
    if axis is None:
        axis = tuple(range(1, weights.ndim)) if weights.ndim > 1 else 0
    axis = tuple(axis) if isinstance(axis, list) else axis
    return np.sqrt(np.sum(np.square(weights), axis=axis, keepdims=True))


#: The constraints by Keras's names.
CONSTRAINTS: dict[str, type[Constraint]] = {
    "max_norm": MaxNorm,
    "non_neg": NonNeg,
    "unit_norm": UnitNorm,
    "min_max_norm": MinMaxNorm,
}


def get(constraint: Any) -> Callable[[Any], Any] | None:
    """The constraint of that name; a function of an array, or None for none, as it is.

    >>> get("max_norm")
    MaxNorm(max_value=2.0, axis=None)

    Raises:
        ValueError: no constraint has that name.
        TypeError: neither a name nor a function.
    """
    if constraint is None:
        return None
    other = ", a function of the weights, or None"
    found: Callable[[Any], Any] = of_name_or_class(
        "constraint", constraint, CONSTRAINTS, Constraint, other
    )
    return found
