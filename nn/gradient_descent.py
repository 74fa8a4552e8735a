"""Gradient descent, as the lecture writes it: follow -∇f until it is short enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import autograd

from .inputs import as_count, as_numbers
from .schedules import rate


class Descent(NamedTuple):
    """The path of a gradient descent: x_k, f(x_k) and ‖∇f(x_k)‖ for k = 0 … steps.

    ``converged`` says that the last norm was within the tolerance. ``rose`` lists the steps k
    with f(x_k) > f(x_(k-1)), for which α was too large; ``stood`` those that left f as it was.
    """

    points: list[Any]
    values: list[float]
    gradient_norms: list[float]
    converged: bool
    steps: int
    rose: list[int]
    stood: list[int]

    @property
    def x(self) -> Any:
        """The last point."""
        return self.points[-1]

    def report(self) -> str:
        """One sentence on how it went, and on α where α was the trouble."""
        text = "converged" if self.converged else "not converged"
        text += f" after {self.steps} steps: f = {self.values[-1]:.6g}, "
        text += f"‖∇f‖ = {self.gradient_norms[-1]:.3g}."
        if self.rose:
            text += f" f rose in {len(self.rose)} of them, first in step {self.rose[0]}: "
            text += "α was too large there."
        elif self.stood and not self.converged:
            text += f" f did not fall from step {self.stood[0]} on: try another α."
        return text


def gradient_descent(
    f: Callable[[Any], Any],
    x0: Any,
    learning_rate: float,
    tolerance: float = 1e-6,
    max_steps: int = 10_000,
) -> Descent:
    """The path of x_(k+1) = x_k - α ∇f(x_k), which ends where ‖∇f(x_k)‖ <= ε.

    ``f`` takes a Value of the shape of ``x0`` and returns a scalar Value. The descent also ends
    after ``max_steps`` steps, or when x, f or ∇f is no longer finite. ``x0`` is not changed.
    Source: the lecture's algorithm of gradient descent.

    >>> descent = gradient_descent(lambda w: (w - 3) ** 2, 0.0, learning_rate=0.1)
    >>> print(descent.report())
    converged after 70 steps: f = 2.43692e-13, ‖∇f‖ = 9.87e-07.
    >>> print(gradient_descent(lambda w: (w - 3) ** 2, 0.0, 1.1, max_steps=5).report())
    not converged after 5 steps: f = 55.7256, ‖∇f‖ = 14.9. f rose in 5 of them, first in step 1: \
α was too large there.

    Raises:
        TypeError: f is no function, or does not return a Value.
        ValueError: α or ε negative or not finite; f(x) not a scalar.
    """
    if not callable(f):
        raise TypeError(f"gradient_descent(f) got {f!r}; expected a function of one Value.")
    alpha = rate(learning_rate, "gradient_descent(learning_rate)")
    epsilon = rate(tolerance, "gradient_descent(tolerance)")
    max_steps = as_count(max_steps, "gradient_descent(max_steps)")
    value_and_grad = autograd.value_and_grad(f)
    x = autograd.Value(as_numbers(x0)).data
    points, values, norms = [], [], []
    # A descent that diverges ends in an overflow; it is reported, not warned of.
    with np.errstate(over="ignore", invalid="ignore"):
        while True:
            value, gradient = value_and_grad(x)
            points.append(x)
            values.append(float(value))
            norms.append(float(np.linalg.norm(gradient)))
            finite = np.isfinite(values[-1]) and np.isfinite(norms[-1])
            if norms[-1] <= epsilon or not finite or len(points) > max_steps:
                break
            x = x - alpha * gradient
    rose, stood = [], []
    for k in range(1, len(values)):
        if values[k] > values[k - 1]:
            rose.append(k)
        elif values[k] == values[k - 1]:
            stood.append(k)
    return Descent(points, values, norms, norms[-1] <= epsilon, len(points) - 1, rose, stood)
