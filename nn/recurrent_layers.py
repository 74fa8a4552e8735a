"""Recurrent layers: SimpleRNN (Elman 1990), LSTM and GRU."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd import Value

from . import activations
from .labels import layer_label
from .recurrent_layer import RecurrentLayer
from .saving.classes import savable


@savable
class SimpleRNN(RecurrentLayer):
    """Elman's network: z(t) = W x(t) + U a(t-1) + b and a(t) = g(z(t)).

    Elman 1990, "Finding structure in time": the state a(t-1) is his context units.

    >>> layer = SimpleRNN(3, seed=0)
    >>> layer(np.ones((2, 5, 4))).shape, layer.weight.shape, layer.count_parameters()
    ((2, 3), (3, 4), 24)
    """

    def step(self, x: Any, state: list[Any], suffix: str) -> list[Any]:
        """One state a(t)."""
        read = autograd.affine(x, self.weight, self.bias)
        z = self.labelled(autograd.affine(state[0], self.recurrent_weight, read), "z", suffix)
        return [self.labelled(self.activation(z), "z" if self.linear else "a", suffix)]

    @property
    def linear(self) -> bool:
        """True where a(t) is z(t) itself."""
        return self.activation is activations.linear


class GatedLayer(RecurrentLayer):
    """A recurrent layer with gates, whose values from 0 to 1 decide what is kept."""

    recurrent_activation: activations.Activation

    def block(self, z: Any, number: int) -> Any:
        """The columns of gate ``number``, counted from 0."""
        return z[:, number * self.units : (number + 1) * self.units]


@savable
class LSTM(GatedLayer):
    """Long short-term memory: a cell c(t) that gates write to, forget and read.

    With i, f, o = σ(W x(t) + U a(t-1) + b) of their rows and c̃ = g(…): c(t) = f ⊙ c(t-1) + i ⊙ c̃
    and a(t) = o ⊙ g(c(t)). Rows are in the order i, f, c̃, o. The states are a and c. With
    ``unit_forget_bias`` the bias of f starts at 1 (Gers, Schmidhuber & Cummins 2000).
    Source: Hochreiter & Schmidhuber 1997.

    >>> layer = LSTM(3, return_sequences=True, seed=0)
    >>> layer(np.ones((2, 5, 4))).shape, layer.count_parameters()
    ((2, 5, 3), 96)
    """

    gates = 4
    states = ("a", "c")

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None = "tanh",
        recurrent_activation: str | activations.Activation | None = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
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
        super().__init__(
            units, activation, use_bias, kernel_initializer, recurrent_initializer,
            bias_initializer, kernel_regularizer, recurrent_regularizer, bias_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint, dropout, recurrent_dropout,
            return_sequences, return_state, go_backwards, input_shape, name, seed,
        )  # fmt: skip
        gate = "linear" if recurrent_activation is None else recurrent_activation
        self.recurrent_activation = activations.get(gate)
        self.unit_forget_bias = bool(unit_forget_bias)

    def make_bias(self, name: str) -> None:
        """Draw b, with 1 for the gate that forgets."""
        super().make_bias(name)
        if self.unit_forget_bias:
            start = np.array(self.bias.data)
            start[self.units : 2 * self.units] = 1
            self.bias = Value(start)

    def step(self, x: Any, state: list[Any], suffix: str) -> list[Any]:
        """The states a(t) and c(t)."""
        a, c = state
        read = autograd.affine(x, self.weight, self.bias)
        z = self.labelled(autograd.affine(a, self.recurrent_weight, read), "z", suffix)
        i = self.labelled(self.recurrent_activation(self.block(z, 0)), "i", suffix)
        f = self.labelled(self.recurrent_activation(self.block(z, 1)), "f", suffix)
        new = self.labelled(self.activation(self.block(z, 2)), "c̃", suffix)
        o = self.labelled(self.recurrent_activation(self.block(z, 3)), "o", suffix)
        c = self.labelled(f * c + i * new, "c", suffix)
        return [self.labelled(o * self.activation(c), "a", suffix), c]


@savable
class GRU(GatedLayer):
    """Gated recurrent unit: z decides how much of the state stays, r what the new part sees.

    z, r = σ(W x(t) + U a(t-1) + b); ã = g(W x(t) + b + r ⊙ (U a(t-1) + b′)) of their rows, in this
    order; a(t) = z ⊙ a(t-1) + (1 - z) ⊙ ã. With ``reset_after=False`` it is U (r ⊙ a(t-1)) instead,
    and there is no second bias b′. Source: Cho et al. 2014, reset before; after: Keras, PyTorch.

    >>> layer = GRU(3, seed=0)
    >>> layer(np.ones((2, 5, 4))).shape, layer.count_parameters()
    ((2, 3), 81)
    """

    gates = 3

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None = "tanh",
        recurrent_activation: str | activations.Activation | None = "sigmoid",
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
        reset_after: bool = True,
        input_shape: Any = None,
        name: str | None = None,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        super().__init__(
            units, activation, use_bias, kernel_initializer, recurrent_initializer,
            bias_initializer, kernel_regularizer, recurrent_regularizer, bias_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint, dropout, recurrent_dropout,
            return_sequences, return_state, go_backwards, input_shape, name, seed,
        )  # fmt: skip
        gate = "linear" if recurrent_activation is None else recurrent_activation
        self.recurrent_activation = activations.get(gate)
        self.reset_after = bool(reset_after)
        self.recurrent_bias: Any = None

    def build(self, input_shape: Any) -> None:
        """Draw W, U, b and, if the reset comes after, b′."""
        super().build(input_shape)
        self.recurrent_bias = np.zeros(self.gates * self.units)
        if self.use_bias and self.reset_after:
            self.make_bias("recurrent_bias")

    def relabel(self) -> None:
        """W^l, U^l, b^l and b′^l."""
        super().relabel()
        if isinstance(self.recurrent_bias, Value):
            self.recurrent_bias.label = layer_label("b′", self.number)

    def step(self, x: Any, state: list[Any], suffix: str) -> list[Any]:
        """One state a(t)."""
        a = state[0]
        read = self.labelled(autograd.affine(x, self.weight, self.bias), "z", suffix)
        if self.reset_after:
            kept = autograd.affine(a, self.recurrent_weight, self.recurrent_bias)
        else:
            kept = autograd.affine(a, self.recurrent_weight[: 2 * self.units], 0.0)
        z = self.recurrent_activation(self.block(read, 0) + self.block(kept, 0))
        r = self.recurrent_activation(self.block(read, 1) + self.block(kept, 1))
        self.labelled(z, "update", suffix)
        self.labelled(r, "reset", suffix)
        if self.reset_after:
            seen = r * self.block(kept, 2)
        else:
            seen = autograd.affine(r * a, self.recurrent_weight[2 * self.units :], 0.0)
        new = self.labelled(self.activation(self.block(read, 2) + seen), "ã", suffix)
        return [self.labelled(z * a + (1 - z) * new, "a", suffix)]
