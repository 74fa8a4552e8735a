"""Optimizers: how parameters move along their gradients.

All keep their numbers where they can be looked at: ``slots`` (running averages, one array per
parameter), ``steps``, ``parameter_steps``. Argument names are Keras's; formulas, the place of
epsilon and the meaning of ``weight_decay`` are PyTorch's, as each class says. What they share
is in `optimizer`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.modes import each_call
from autograd.parameters import descend

from . import schedules as schedules
from .lookup import named
from .optimizer import Optimizer as Optimizer
from .optimizer import Parameters, Rate, fraction
from .schedules import rate


class SGD(Optimizer):
    """Gradient descent, w ← w - α ∂J/∂w; stochastic when J is the loss of a mini-batch.

    With momentum μ: v ← μ v + g, w ← w - α v; with ``nesterov`` w ← w - α (g + μ v).
    Source: Sutskever, Martens, Dahl & Hinton 2013, in the form of PyTorch, where α multiplies
    the velocity; in Keras it is part of the velocity, which differs while α changes.
    ``weight_decay`` λ adds λ w to the gradient.

    >>> from autograd import Value
    >>> w = Value(3.0)
    >>> optimizer = SGD([w], learning_rate=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> print(w.data)
    2.4

    Raises:
        TypeError: parameters that are not Values.
        ValueError: no parameters, or a learning rate that is negative or not finite.
    """

    setting_names = ("momentum", "nesterov")

    def __init__(
        self,
        parameters: Parameters = None,
        learning_rate: Rate | None = None,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        clipvalue: float | None = None,
        clipnorm: float | None = None,
        global_clipnorm: float | None = None,
    ) -> None:
        self.momentum, self.nesterov = fraction(momentum, "SGD(momentum)"), bool(nesterov)
        if nesterov and not momentum:
            raise ValueError("SGD() got nesterov=True without momentum; expected a momentum > 0.")
        super().__init__(
            parameters, learning_rate, 0.01, weight_decay, clipvalue, clipnorm, global_clipnorm
        )

    @staticmethod
    def slots_for(settings: dict[str, Any]) -> dict[str, float]:
        """A velocity, if there is momentum."""
        return {"velocity": 0.0} if settings["momentum"] else {}

    def _change(self, k: int, grad: Any, learning_rate: float) -> Any:
        change = self._buffer(k, grad)
        if not self.momentum:
            return np.multiply(grad, learning_rate, out=change)
        velocity = self._running("velocity", k)
        velocity *= self.momentum
        velocity += grad
        if not self.nesterov:
            return np.multiply(velocity, learning_rate, out=change)
        np.multiply(velocity, self.momentum, out=change)
        change += grad
        change *= learning_rate
        return change


class RMSprop(Optimizer):
    """Gradients over their running size: s ← ρ s + (1-ρ) g², w ← w - α g / (√s + ε).

    With ``centered`` the size is √(s - m²), m the running mean of g; with momentum μ the
    quotient is gathered first: b ← μ b + g / (√s + ε), w ← w - α b.
    Source: Tieleman & Hinton 2012, lecture 6e; ``centered``: Graves 2013, equation 38. Defaults
    are Keras's (PyTorch: α = 0.01, ρ = 0.99), but ε = 1e-8 is added to the root as in PyTorch;
    Keras has 1e-7 under it. ``weight_decay`` λ adds λ w to the gradient.
    """

    setting_names = ("rho", "momentum", "epsilon", "centered")

    def __init__(
        self,
        parameters: Parameters = None,
        learning_rate: Rate | None = None,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-8,
        centered: bool = False,
        weight_decay: float = 0.0,
        clipvalue: float | None = None,
        clipnorm: float | None = None,
        global_clipnorm: float | None = None,
    ) -> None:
        self.rho, self.momentum = (
            fraction(rho, "RMSprop(rho)"),
            fraction(momentum, "RMSprop(momentum)"),
        )
        self.epsilon, self.centered = rate(epsilon, "RMSprop(epsilon)"), bool(centered)
        super().__init__(
            parameters, learning_rate, 0.001, weight_decay, clipvalue, clipnorm, global_clipnorm
        )

    @staticmethod
    def slots_for(settings: dict[str, Any]) -> dict[str, float]:
        """The running square; the running mean if centered; the gathered steps for momentum."""
        slots = {"square": 0.0}
        if settings["centered"]:
            slots["mean"] = 0.0
        if settings["momentum"]:
            slots["velocity"] = 0.0
        return slots

    def _change(self, k: int, grad: Any, learning_rate: float) -> Any:
        change, square = self._buffer(k, grad), self._running("square", k)
        running_square(square, grad, self.rho, change)
        if self.centered:
            mean = self._running("mean", k)
            mean *= self.rho
            mean += np.multiply(grad, 1 - self.rho, out=change)
            # Rounding may leave a difference of about -1e-17.
            np.maximum(square - mean * mean, 0, out=change)
            np.sqrt(change, out=change)
        else:
            np.sqrt(square, out=change)
        change += self.epsilon
        np.divide(grad, change, out=change)
        if self.momentum:
            velocity = self._running("velocity", k)
            velocity *= self.momentum
            velocity += change
            return np.multiply(velocity, learning_rate, out=change)
        change *= learning_rate
        return change


class Adagrad(Optimizer):
    """Gradients over the size of all so far: s ← s + g², w ← w - α g / (√s + ε).

    Source: Duchi, Hazan & Singer 2011, figure 1 (diagonal). Defaults and formula are PyTorch's:
    s starts at 0 and ε = 1e-10; in Keras s starts at 0.1, and ε = 1e-7 stands under the root.
    ``weight_decay`` λ adds λ w to the gradient.
    """

    setting_names = ("initial_accumulator_value", "epsilon")

    def __init__(
        self,
        parameters: Parameters = None,
        learning_rate: Rate | None = None,
        initial_accumulator_value: float = 0.0,
        epsilon: float = 1e-10,
        weight_decay: float = 0.0,
        clipvalue: float | None = None,
        clipnorm: float | None = None,
        global_clipnorm: float | None = None,
    ) -> None:
        self.initial_accumulator_value = rate(
            initial_accumulator_value, "Adagrad(initial_accumulator_value)"
        )
        self.epsilon = rate(epsilon, "Adagrad(epsilon)")
        super().__init__(
            parameters, learning_rate, 0.01, weight_decay, clipvalue, clipnorm, global_clipnorm
        )

    @staticmethod
    def slots_for(settings: dict[str, Any]) -> dict[str, float]:
        """The sum of squares."""
        return {"square": settings["initial_accumulator_value"]}

    def _change(self, k: int, grad: Any, learning_rate: float) -> Any:
        change, square = self._buffer(k, grad), self._running("square", k)
        square += np.multiply(grad, grad, out=change)
        np.sqrt(square, out=change)
        change += self.epsilon
        np.divide(grad, change, out=change)
        change *= learning_rate
        return change


class _Moments(Optimizer):
    """What Adam and AdamW share: running mean m and square v of the gradient, freed of bias."""

    setting_names = ("beta_1", "beta_2", "epsilon")

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: Rate | None,
        beta_1: float,
        beta_2: float,
        epsilon: float,
        *shared: Any,
    ) -> None:
        name = type(self).__name__
        self.beta_1 = fraction(beta_1, f"{name}(beta_1)")
        self.beta_2 = fraction(beta_2, f"{name}(beta_2)")
        self.epsilon = rate(epsilon, f"{name}(epsilon)")
        super().__init__(parameters, learning_rate, 0.001, *shared)

    @staticmethod
    def slots_for(settings: dict[str, Any]) -> dict[str, float]:
        """The running mean and the running square."""
        return {"m": 0.0, "v": 0.0}

    def _change(self, k: int, grad: Any, learning_rate: float) -> Any:
        change = self._buffer(k, grad)
        m, v = self._running("m", k), self._running("v", k)
        m *= self.beta_1
        m += np.multiply(grad, 1 - self.beta_1, out=change)
        running_square(v, grad, self.beta_2, change)
        root = each_call(lambda: math.sqrt(1 - self.beta_2 ** self._move(k)))
        np.sqrt(v, out=change)
        # √(v / (1-β₂^t)) + ε, with the root of the bias taken out of it: one pass less.
        change += self.epsilon * root
        np.divide(m, change, out=change)
        change *= learning_rate * root / each_call(lambda: 1 - self.beta_1 ** self._move(k))
        return change

    def _move(self, k: int) -> int:
        """The number t of the move that parameter ``k`` is about to make, from 1."""
        return self.parameter_steps[k] + 1


class Adam(_Moments):
    """m ← β₁ m + (1-β₁) g, v ← β₂ v + (1-β₂) g², w ← w - α m̂ / (√v̂ + ε).

    m̂ = m / (1-β₁^t) and v̂ = v / (1-β₂^t), t the number of the parameter's own moves.
    Source: Kingma & Ba 2015, algorithm 1, whose ε = 1e-8 and its place outside the root are
    PyTorch's too; Keras adds 1e-7 before the bias of v is removed. ``weight_decay`` λ adds λ w
    to the gradient; for decay that m and v do not see, take AdamW.

    >>> from autograd import Value
    >>> w = Value(3.0)
    >>> optimizer = Adam([w], learning_rate=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> round(w.item(), 6), optimizer.slots["m"][0].round(3)
    (2.9, np.float64(0.6))
    """

    def __init__(
        self,
        parameters: Parameters = None,
        learning_rate: Rate | None = None,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
        clipvalue: float | None = None,
        clipnorm: float | None = None,
        global_clipnorm: float | None = None,
    ) -> None:
        shared = (weight_decay, clipvalue, clipnorm, global_clipnorm)
        super().__init__(parameters, learning_rate, beta_1, beta_2, epsilon, *shared)


class AdamW(_Moments):
    """Adam with the weights decayed apart from the gradient: w ← (1 - α λ) w, then Adam's step.

    Source: Loshchilov & Hutter 2019, algorithm 2. The default λ = 0.01 is PyTorch's; Keras has
    0.004.
    """

    def __init__(
        self,
        parameters: Parameters = None,
        learning_rate: Rate | None = None,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
        clipvalue: float | None = None,
        clipnorm: float | None = None,
        global_clipnorm: float | None = None,
    ) -> None:
        shared = (weight_decay, clipvalue, clipnorm, global_clipnorm)
        super().__init__(parameters, learning_rate, beta_1, beta_2, epsilon, *shared)

    def _descend(self, gradients: list[Any] | None, learning_rate: float) -> list[int]:
        keep = 1 - learning_rate * self.weight_decay if self.weight_decay else None
        return descend(self.parameters, self._change, learning_rate, keep, gradients)


def running_square(square: Any, grad: Any, keep: float, buffer: Any) -> None:
    """Running average of g², in place: s ← keep · s + (1 - keep) · g²."""
    square *= keep
    np.multiply(grad, grad, out=buffer)
    buffer *= 1 - keep
    square += buffer


#: The optimizers by the names that Keras knows them under; the case does not matter.
OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adagrad": Adagrad,
    "adam": Adam,
    "adamw": AdamW,
}


def get(optimizer: str | Optimizer | type[Optimizer]) -> Optimizer:
    """The optimizer of that name, new and still without parameters; one given is taken as it is.

    >>> get("adam")
    Adam(no parameters yet, learning_rate=0.001)

    Raises:
        ValueError: no optimizer has that name.
        TypeError: neither a name nor an optimizer.
    """
    if isinstance(optimizer, Optimizer):
        return optimizer
    if isinstance(optimizer, type) and issubclass(optimizer, Optimizer):
        return optimizer()  # type: ignore[call-arg]
    other = " or an optimizer such as SGD(learning_rate=0.1)"
    made: Optimizer = named("optimizer", optimizer, OPTIMIZERS, other)()
    return made
