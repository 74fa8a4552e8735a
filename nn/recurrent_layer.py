"""RecurrentLayer: a layer that reads a sequence step by step and remembers; what all share.

The steps are ordinary ops, so that the graph shows the net unrolled through time, one scope per
step. A layer says two things: its weights' rows (``gates``) and ``step``.
"""

from __future__ import annotations

import functools
from typing import Any, ClassVar

import numpy as np

import autograd
from autograd import Value
from autograd.modes import each_call

from . import activations, constraints, initializers, regularizers
from .inputs import as_count
from .labels import layer_label
from .lazy_layer import LazyLayer
from .schedules import rate


class RecurrentLayer(LazyLayer):
    """Units that read ``(batch, time, features)`` and their own state of the step before.

    Arguments and defaults are Keras's. The result is the last state, ``(batch, units)``, or with
    ``return_sequences`` those of all steps, ``(batch, time, units)``; with ``return_state`` a list
    of it and the last states. ``go_backwards`` reads from the last step to the first.
    ``initial_state`` of a call is an array or Value ``(batch, units)``, or one per state; zeros
    unless given. ``dropout`` and ``recurrent_dropout`` drop shares of the inputs and of the state,
    with one mask for all steps of a call. Weights are ``(gates · units, features)`` and ``(gates
    · units, units)``, as in PyTorch, and the transpose of Keras's.
    """

    numbered = True
    #: How many blocks of ``units`` rows the weights have, and how the states are called.
    gates: ClassVar[int] = 1
    states: ClassVar[tuple[str, ...]] = ("a",)

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        input_shape: Any = None,
        name: str | None = None,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        super().__init__(name, input_shape, seed)
        kind = type(self).__name__
        self.units = as_count(units, f"{kind}(units)")
        self.activation = activations.get("linear" if activation is None else activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = self.share(dropout, f"{kind}(dropout)")
        self.recurrent_dropout = self.share(recurrent_dropout, f"{kind}(recurrent_dropout)")
        self.return_sequences, self.return_state = bool(return_sequences), bool(return_state)
        self.go_backwards = bool(go_backwards)
        self.weight: Any = None
        self.recurrent_weight: Any = None
        self.bias: Any = None
        self._features: int | None = None

    # -- weights

    def build(self, input_shape: Any) -> None:
        """Draw W for the features, U for the state, and b."""
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        self._features = self.features(shape)
        rows = self.gates * self.units
        self.add_weight(
            "weight", (rows, self._features), self.kernel_initializer, self.kernel_regularizer,
            self.kernel_constraint,
        )  # fmt: skip
        self.add_weight(
            "recurrent_weight", (rows, self.units), self.recurrent_initializer,
            self.recurrent_regularizer, self.recurrent_constraint,
        )  # fmt: skip
        self.bias = np.zeros(rows)
        if self.use_bias:
            self.make_bias("bias")

    def make_bias(self, name: str) -> None:
        """Draw a bias for all gates."""
        self.add_weight(
            name, (self.gates * self.units,), self.bias_initializer, self.bias_regularizer,
            self.bias_constraint,
        )  # fmt: skip

    def relabel(self) -> None:
        """W^l, U^l and b^l, where the model has numbered the layer."""
        named = {"W": self.weight, "U": self.recurrent_weight, "b": self.bias}
        for letter, value in named.items():
            if isinstance(value, Value):
                value.label = layer_label(letter, self.number)

    # -- through time

    def __call__(self, inputs: Any, training: bool | None = None, initial_state: Any = None) -> Any:
        if initial_state is not None:
            states = initial_state if isinstance(initial_state, list | tuple) else [initial_state]
            inputs = [inputs, *states]
        return super().__call__(inputs, training)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The states, step by step: the last, or all, and on demand the last of each kind."""
        x, state = self.begin(inputs)
        drop, drop_state = self.masks(x, training)
        order = range(x.shape[1])
        outputs = []
        for step, t in enumerate(reversed(order) if self.go_backwards else order, 1):
            with autograd.scope(f"step {step}"):
                x_t = x[:, t] if drop is None else x[:, t] * drop
                if drop_state is not None:
                    state = [state[0] * drop_state, *state[1:]]
                state = self.step(x_t, state, f"({step})")
            outputs.append(state[0])
        result = autograd.stack(outputs, axis=1) if self.return_sequences else state[0]
        return [result, *state] if self.return_state else result

    def step(self, x: Any, state: list[Any], suffix: str) -> list[Any]:
        """The states after one step, from its inputs and the states before; the output first.

        ``suffix`` marks the labels of the step's values: ``(3)`` in the third.
        """
        raise NotImplementedError(f"{type(self).__name__} has no step().")

    def begin(self, inputs: Any) -> tuple[Any, list[Any]]:
        """The sequence and the first states, which are zeros unless they are given."""
        x, *given = inputs if isinstance(inputs, list) else [inputs]
        self.features(x.shape)
        shape = (x.shape[0], self.units)
        if not given:
            return x, [np.zeros(shape, self.weight.dtype) for _ in self.states]
        if len(given) != len(self.states) or any(s.shape != shape for s in given):
            shapes = ", ".join(str(s.shape) for s in given)
            raise ValueError(
                f"{self!r} got initial_state of shape {shapes}; expected {len(self.states)} of "
                f"shape {shape}."
            )
        return x, given

    def masks(self, x: Any, training: bool) -> tuple[Any, Any]:
        """What inputs and states are multiplied by in every step of this call, or None."""
        found: list[Any] = []
        for share, length in ((self.dropout, x.shape[2]), (self.recurrent_dropout, self.units)):
            draw = functools.partial(self.mask, share, (x.shape[0], length))
            found.append(each_call(draw, "mask") if training and share else None)
        return found[0], found[1]

    def mask(self, share: float, shape: tuple[int, int]) -> Any:
        """0 for what is dropped, 1 / (1 - share) for what is kept; drawn anew at each call."""
        return (self.generator().random(shape) >= share) / (1 - share)

    # -- shapes

    def features(self, shape: Any) -> int:
        """The length of the last axis, or the error that says what came instead."""
        fits = isinstance(shape, tuple) and len(shape) == 3 and shape[-1] is not None
        if fits and self._features in (None, shape[-1]) and shape[1] != 0:
            return shape[-1]
        hint = ""
        if isinstance(shape, tuple) and len(shape) == 2:
            hint = " Did you mean x[..., None], one feature per step, or x[None], one sample?"
        raise ValueError(
            f"{self!r} got x of shape {shape}; expected (batch, time, "
            f"{self._features or 'features'}).{hint}"
        )

    def compute_output_shape(self, input_shape: Any) -> Any:
        """``(batch, units)`` or ``(batch, time, units)``; and the states, if they are returned."""
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        self.features(shape)
        last = (shape[0], self.units)
        result = (shape[0], shape[1], self.units) if self.return_sequences else last
        return [result, *(last for _ in self.states)] if self.return_state else result

    @staticmethod
    def share(given: float, what: str) -> float:
        """A share to drop, from 0 to less than 1."""
        if rate(given, what) >= 1:
            raise ValueError(f"{what} got {given}; expected a share from 0 to less than 1.")
        return float(given)

    def labelled(self, value: Any, letter: str, suffix: str) -> Any:
        """``value`` with the label ``letter``, the layer's number above and the step behind."""
        if isinstance(value, Value):
            value.label = layer_label(letter, self.number) + suffix
        return value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.units}) {self.name!r}"
