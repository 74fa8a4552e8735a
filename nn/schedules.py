"""Schedules: the learning rate as a function of the number of steps taken, step -> rate.

An optimizer takes a number or one of these; a function of the step count of your own serves too.
The names and formulas are Keras's.
"""

from __future__ import annotations

import bisect
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any


class Schedule(ABC):
    """A learning rate that depends on the number of steps taken before, counted from 0."""

    @abstractmethod
    def __call__(self, step: int) -> float:
        """The learning rate of that step."""

    def settings(self) -> dict[str, Any]:
        """The constructor's arguments: numbers, booleans and lists of numbers."""
        return dict(vars(self))

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={setting}" for name, setting in self.settings().items())
        return f"{type(self).__name__}({settings})"


class Constant(Schedule):
    """The same rate at each step.

    >>> Constant(0.1)(1000)
    0.1
    """

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = rate(learning_rate, "Constant(learning_rate)")

    def __call__(self, step: int) -> float:
        return self.learning_rate


class StepDecay(Schedule):
    """rate · drop^⌊step / every⌋: multiplied by ``drop`` after each ``every`` steps.

    PyTorch's StepLR.

    >>> [StepDecay(1.0, every=10, drop=0.5)(step) for step in (0, 9, 10, 25)]
    [1.0, 1.0, 0.5, 0.25]
    """

    def __init__(self, initial_learning_rate: float, every: int, drop: float = 0.1) -> None:
        self.initial_learning_rate = rate(initial_learning_rate, "StepDecay()")
        self.every = positive(every, "StepDecay(every)")
        self.drop = positive(drop, "StepDecay(drop)")

    def __call__(self, step: int) -> float:
        return self.initial_learning_rate * self.drop ** (step // self.every)


class ExponentialDecay(Schedule):
    """rate · decay_rate^(step / decay_steps); with ``staircase`` the exponent is a whole number.

    >>> ExponentialDecay(1.0, decay_steps=10, decay_rate=0.25)(5)
    0.5
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
    ) -> None:
        self.initial_learning_rate = rate(initial_learning_rate, "ExponentialDecay()")
        self.decay_steps = positive(decay_steps, "ExponentialDecay(decay_steps)")
        self.decay_rate = positive(decay_rate, "ExponentialDecay(decay_rate)")
        self.staircase = bool(staircase)

    def __call__(self, step: int) -> float:
        exponent = step / self.decay_steps
        if self.staircase:
            exponent = math.floor(exponent)
        return self.initial_learning_rate * self.decay_rate**exponent


class InverseTimeDecay(Schedule):
    """rate / (1 + decay_rate · step / decay_steps).

    >>> InverseTimeDecay(1.0, decay_steps=10, decay_rate=1.0)(30)
    0.25
    """

    def __init__(self, initial_learning_rate: float, decay_steps: int, decay_rate: float) -> None:
        self.initial_learning_rate = rate(initial_learning_rate, "InverseTimeDecay()")
        self.decay_steps = positive(decay_steps, "InverseTimeDecay(decay_steps)")
        self.decay_rate = positive(decay_rate, "InverseTimeDecay(decay_rate)")

    def __call__(self, step: int) -> float:
        return self.initial_learning_rate / (1 + self.decay_rate * step / self.decay_steps)


class CosineDecay(Schedule):
    """From the rate down to alpha · rate along half a cosine, in ``decay_steps`` steps.

    rate · ((1 - alpha) · (1 + cos(π · step / decay_steps)) / 2 + alpha), constant afterwards.
    Source: Loshchilov & Hutter 2017, equation 5, without restarts.

    >>> [round(CosineDecay(1.0, decay_steps=10)(step), 3) for step in (0, 5, 10, 99)]
    [1.0, 0.5, 0.0, 0.0]
    """

    def __init__(self, initial_learning_rate: float, decay_steps: int, alpha: float = 0.0) -> None:
        self.initial_learning_rate = rate(initial_learning_rate, "CosineDecay()")
        self.decay_steps = positive(decay_steps, "CosineDecay(decay_steps)")
        self.alpha = rate(alpha, "CosineDecay(alpha)")

    def __call__(self, step: int) -> float:
        share = min(step, self.decay_steps) / self.decay_steps
        cosine = (1 + math.cos(math.pi * share)) / 2
        return self.initial_learning_rate * ((1 - self.alpha) * cosine + self.alpha)


class PiecewiseConstantDecay(Schedule):
    """values[k] up to and including step boundaries[k], the last value beyond all boundaries.

    >>> schedule = PiecewiseConstantDecay([100, 200], [1.0, 0.5, 0.1])
    >>> [schedule(step) for step in (0, 100, 101, 200, 201)]
    [1.0, 1.0, 0.5, 0.5, 0.1]
    """

    def __init__(self, boundaries: Sequence[int], values: Sequence[float]) -> None:
        self.boundaries = list(boundaries)
        self.values = [rate(value, "PiecewiseConstantDecay(values)") for value in values]
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(
                f"PiecewiseConstantDecay() got {len(self.boundaries)} boundaries and "
                f"{len(self.values)} values; expected one value more than boundaries."
            )
        if any(b <= a for a, b in zip(self.boundaries, self.boundaries[1:], strict=False)):
            raise ValueError(
                f"PiecewiseConstantDecay() got boundaries {self.boundaries}; expected them in "
                f"ascending order."
            )

    def __call__(self, step: int) -> float:
        return self.values[bisect.bisect_left(self.boundaries, step)]


#: The schedules, by class name.
SCHEDULES: dict[str, type[Schedule]] = {
    kind.__name__: kind
    for kind in (
        Constant,
        StepDecay,
        ExponentialDecay,
        InverseTimeDecay,
        CosineDecay,
        PiecewiseConstantDecay,
    )
}


def rate(number: Any, what: str) -> float:
    """``number`` as a finite float >= 0, or the error that says what ``what`` got instead."""
    try:
        if not 0 <= number < math.inf:
            raise ValueError(f"{what} got {number}; expected a finite number >= 0.")
        return float(number)
    except TypeError:
        raise TypeError(
            f"{what} got {number!r} of type {type(number).__name__}; expected a finite number >= 0."
        ) from None


def positive(number: Any, what: str) -> Any:
    """``number``, if it is finite and positive, or the error that says what ``what`` got."""
    if rate(number, what) == 0:
        raise ValueError(f"{what} got {number}; expected a number > 0.")
    return number
