"""Optimizer: what the methods share. Parameters, learning rate, clipping, state."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import Value
from autograd.modes import after_call, each_call, running, whole_call
from autograd.parameters import descend, forget_gradients, gradients_of

from .clipping import clip_by_global_norm, clip_by_norm, clip_by_value
from .optimizer_state import checked_state, described_rate
from .schedules import positive, rate

#: A learning rate: a number, or a function of the number of steps taken.
Rate = float | Callable[[int], float]
#: What an optimizer moves; Keras's first argument, the learning rate, may stand in its place.
Parameters = Iterable[Value] | Rate | None


class Optimizer:
    """What all optimizers share: parameters, learning rate, weight decay, clipping and state.

    ``parameters`` are those of a model; without them the optimizer waits for ``build``, which a
    model's ``fit`` calls. As in Keras, a number in their place is the learning rate.
    ``clipvalue``, ``clipnorm`` or ``global_clipnorm`` (one of them) clips the gradients before
    the step; ``.grad`` keeps what the backward pass found.
    """

    #: The numbers that make the method, apart from those that all methods have.
    setting_names: tuple[str, ...] = ()

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: Rate | None,
        default_rate: float,
        weight_decay: float,
        clipvalue: float | None,
        clipnorm: float | None,
        global_clipnorm: float | None,
    ) -> None:
        name = self.name = type(self).__name__
        if parameters is not None and not isinstance(parameters, Iterable):
            if learning_rate is not None:
                raise TypeError(
                    f"{name}() got parameters of type {type(parameters).__name__}; expected "
                    f"Values: model.parameters()."
                )
            parameters, learning_rate = None, parameters
        self.learning_rate = default_rate if learning_rate is None else learning_rate
        self.weight_decay = rate(weight_decay, f"{name}(weight_decay)")
        limits = {"clipvalue": clipvalue, "clipnorm": clipnorm, "global_clipnorm": global_clipnorm}
        given = [limit for limit in limits if limits[limit] is not None]
        if len(given) > 1:
            raise ValueError(f"{name}() got {' and '.join(given)}; expected one of them at most.")
        for limit in given:
            positive(limits[limit], f"{name}({limit})")
        self.clipvalue, self.clipnorm, self.global_clipnorm = clipvalue, clipnorm, global_clipnorm
        self.parameters: list[Value] = []
        #: Running arrays by name, one per parameter.
        self.slots: dict[str, list[Any]] = {}
        #: Number of calls of ``step``, and for each parameter the number of its moves.
        self.steps = 0
        self.parameter_steps: list[int] = []
        self._buffers: list[Any] = []
        if parameters is not None:
            self.build(parameters)

    @property
    def learning_rate(self) -> Rate:
        """The learning rate: a number, or a schedule step -> number. It may be assigned."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, new: Any) -> None:
        if not callable(new):
            if not isinstance(new, int | float | np.number) or isinstance(new, bool):
                raise TypeError(
                    f"{self.name}() got learning_rate={new!r} of type {type(new).__name__}; "
                    f"expected a finite number >= 0, or a schedule."
                )
            if not 0 <= new < math.inf:
                raise ValueError(
                    f"{self.name}() got learning_rate={new}; expected a finite number >= 0."
                )
        self._learning_rate = new

    def current_rate(self) -> float:
        """The learning rate of the next step, as a number."""
        if not callable(self._learning_rate):
            return float(self._learning_rate)
        return rate(self._learning_rate(self.steps), f"{self.name}: the schedule's learning rate")

    def build(self, parameters: Iterable[Value]) -> None:
        """Take these parameters, with zeros as their state; a second call must name the same.

        Raises:
            TypeError: parameters that are not Values.
            ValueError: no parameters, one of them twice, or others than before.
        """
        parameters = list(parameters)
        if not parameters:
            raise ValueError(
                f"{self.name}() got no parameters; expected at least one: model.parameters(). "
                f"Weights with trainable=False are not among them, nor those of a layer that waits "
                f"for its first input."
            )
        for value in parameters:
            if not isinstance(value, Value):
                raise TypeError(
                    f"{self.name}() got a parameter of type {type(value).__name__}; expected "
                    f"Values: model.parameters()."
                )
        identities = [id(value) for value in parameters]
        if len(set(identities)) < len(identities):
            raise ValueError(f"{self.name}() got a parameter twice; it would move twice a step.")
        if self.parameters:
            if identities != [id(value) for value in self.parameters]:
                raise ValueError(
                    f"{self.name}.build() got other parameters than before, whose state it "
                    f"keeps; expected the same ones. Make a new optimizer for another model; "
                    f"after a layer was added or frozen, compile the model again with one."
                )
            return
        self.parameters, self.parameter_steps = parameters, [0] * len(parameters)
        self._buffers = [None] * len(parameters)
        for name, start in self.slots_for(self.settings()).items():
            self.slots[name] = [np.full(v.shape, start, v.dtype) for v in parameters]

    @staticmethod
    def slots_for(settings: dict[str, Any]) -> dict[str, float]:
        """The running arrays that a parameter needs under these settings, and their first value."""
        return {}

    def step(self) -> None:
        """Move every parameter against its gradient; one without a gradient stays."""
        if not self.parameters:
            raise ValueError(
                f"{self.name}.step() came before the optimizer had parameters; give it "
                f"model.parameters(), or call build(model.parameters())."
            )
        learning_rate = each_call(self.current_rate, "learning_rate")
        resting = self._descend(self._clipped_gradients(), learning_rate)
        after_call(lambda: self._count(resting))

    def _descend(self, gradients: list[Any] | None, learning_rate: float) -> list[int]:
        """Move the parameters that have a gradient; the numbers of those that have none."""
        change = self._decayed_change if self.weight_decay else self._change
        return descend(self.parameters, change, learning_rate, gradients=gradients)

    def _count(self, resting: list[int]) -> None:
        """Count a step, and the moves of all parameters but these."""
        self.steps += 1
        counts = self.parameter_steps = [count + 1 for count in self.parameter_steps]
        for k in resting:
            counts[k] -= 1

    def _decayed_change(self, k: int, grad: Any, learning_rate: float) -> Any:
        """What parameter ``k`` loses, with the weight decay as a part of its gradient."""
        decayed = grad + self.weight_decay * self.parameters[k].data
        return self._change(k, decayed, learning_rate)

    def _change(self, k: int, grad: Any, learning_rate: float) -> Any:
        """What parameter ``k`` loses; its running arrays are brought up to date."""
        raise NotImplementedError

    def _clipped_gradients(self) -> list[Any] | None:
        """The gradients, clipped, as new arrays; None without clipping."""
        if self.clipvalue is not None:
            return whole_call(clip_by_value, gradients_of(self.parameters), self.clipvalue)
        if self.clipnorm is not None:
            return whole_call(clip_by_norm, gradients_of(self.parameters), self.clipnorm)
        if self.global_clipnorm is not None:
            gradients = gradients_of(self.parameters)
            return whole_call(clip_by_global_norm, gradients, self.global_clipnorm)
        return None

    def _running(self, name: str, k: int) -> Any:
        """The running array ``name`` of parameter ``k``, which is written into in place."""
        return running(self.slots[name], k, name)

    def _buffer(self, k: int, grad: Any) -> Any:
        """An array of the gradient's shape to compute in, kept for parameter ``k``.

        A parameter and its gradient keep their shape and dtype.
        """
        if type(grad) is not np.ndarray:  # a number, or traced
            return np.empty_like(grad)
        buffer = self._buffers[k]
        if buffer is None:
            buffer = self._buffers[k] = np.empty_like(grad)
        return buffer

    def zero_grad(self) -> None:
        """Forget the gradients, before the next backward pass adds to them."""
        forget_gradients(self.parameters)

    def settings(self) -> dict[str, Any]:
        """The constructor's arguments but the parameters: numbers, booleans, None.

        A schedule is a dict of its name and settings; a function of your own is None.
        """
        names = (*self.setting_names, "weight_decay", "clipvalue", "clipnorm", "global_clipnorm")
        described = described_rate(self._learning_rate)
        return {"learning_rate": described, **{name: getattr(self, name) for name in names}}

    def state_dict(self) -> dict[str, Any]:
        """All that a later run needs to go on: plain numbers, and copies of the arrays by name.

        ``arrays`` has entries such as ``m/0``: the slot and the number of the parameter.
        """
        return {
            "name": self.name,
            "settings": self.settings(),
            "steps": self.steps,
            "parameter_steps": list(self.parameter_steps),
            "arrays": {
                f"{name}/{k}": array.copy()
                for name, arrays in self.slots.items()
                for k, array in enumerate(arrays)
            },
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where ``state_dict`` left off: settings, step counts and arrays are those.

        The optimizer has its parameters already. All or nothing: what does not fit is refused
        before anything is changed. A schedule that was a function of your own stays as it is here.

        Raises:
            ValueError: another optimizer, missing or unknown entries, or wrong shapes.
        """
        settings, steps, parameter_steps, slots = checked_state(self, state)
        for name, setting in settings.items():
            setattr(self, name, setting)
        self.steps, self.parameter_steps, self.slots = steps, parameter_steps, slots

    def __repr__(self) -> str:
        waiting = "no parameters yet"
        count = f"{len(self.parameters)} parameters" if self.parameters else waiting
        return f"{self.name}({count}, learning_rate={self.learning_rate})"


def fraction(number: Any, what: str) -> float:
    """``number`` as a float in [0, 1), or the error that says what ``what`` got instead."""
    number = rate(number, what)
    if number >= 1:
        raise ValueError(f"{what} got {number}; expected a number from 0 up to, not with, 1.")
    return number
