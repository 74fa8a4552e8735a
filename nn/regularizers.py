"""Regularizers: what large weights add to the loss, so that the model stays simple."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import Value

from .lookup import of_name_or_class
from .schedules import rate


class L1L2:
    """Size of weights: l1 · Σ |w| + l2 · Σ w²; Keras's form, without a factor ½.

    L1 (Tibshirani 1996) draws weights to exactly 0, L2 (Hoerl & Kennard 1970) keeps them small.

    >>> regularizer = L1L2(l1=0.5, l2=0.1)
    >>> print(regularizer(Value([1.0, -2.0])).data, regularizer.gradient([1.0, -2.0]))
    2.0 [ 0.7 -0.9]

    Raises:
        ValueError: a factor that is negative or not finite.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        name = type(self).__name__
        self.l1, self.l2 = rate(l1, f"{name}(l1)"), rate(l2, f"{name}(l2)")

    def __call__(self, weights: Any) -> Value:
        """The addend of the loss, a scalar that is recorded."""
        terms = []
        if self.l1:
            terms.append(self.l1 * autograd.sum(autograd.abs(weights)))
        if self.l2:
            terms.append(self.l2 * autograd.sum(autograd.square(weights)))
        if not terms:
            return 0.0 * autograd.sum(weights)
        return terms[0] if len(terms) == 1 else terms[0] + terms[1]

    def gradient(self, weights: Any) -> Any:
        """Its gradient, l1 · sign(w) + 2 · l2 · w, in plain numbers; sign(0) is 0."""
        numbers = weights.data if isinstance(weights, Value) else np.asarray(weights)
        return self.l1 * np.sign(numbers) + 2 * self.l2 * numbers

    def settings(self) -> dict[str, float]:
        """The constructor's arguments."""
        return {"l1": self.l1, "l2": self.l2}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={x}' for k, x in self.settings().items())})"


class L1(L1L2):
    """Sum of absolute weights, l1 · Σ |w|; the gradient at w = 0 is 0."""

    def __init__(self, l1: float = 0.01) -> None:
        super().__init__(l1=l1)

    def settings(self) -> dict[str, float]:
        """The factor."""
        return {"l1": self.l1}


class L2(L1L2):
    """Sum of squared weights, l2 · Σ w², whose gradient is 2 · l2 · w.

    In SGD it is the same as ``weight_decay`` = 2 · l2.
    """

    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)

    def settings(self) -> dict[str, float]:
        """The factor."""
        return {"l2": self.l2}


#: Keras's short names of the classes.
l1, l2, l1_l2 = L1, L2, L1L2

#: The regularizers by name, with Keras's factors of 0.01.
REGULARIZERS: dict[str, Callable[[], L1L2]] = {
    "l1": L1,
    "l2": L2,
    "l1_l2": lambda: L1L2(0.01, 0.01),
}


def get(regularizer: str | Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    """The regularizer of that name; a function of the weights, or None for none, as it is.

    >>> get("l2")
    L2(l2=0.01)

    Raises:
        ValueError: no regularizer has that name.
        TypeError: neither a name nor a function.
    """
    if regularizer is None:
        return None
    other = ", a function of the weights, or None"
    found: Callable[[Any], Any] = of_name_or_class(
        "regularizer", regularizer, REGULARIZERS, L1L2, other
    )
    return found
