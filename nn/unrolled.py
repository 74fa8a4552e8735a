"""The same network in scalars: every weight and every intermediate result a Value of its own.

This is the form in which each path of the chain rule can be followed with a finger, and the
form that micrograd's networks have.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd import Value

from . import activations
from .core_layers import Dropout
from .dense import Dense
from .labels import unit_label, weight_label
from .layers import Layer
from .models import MLP
from .module import Module
from .sequential import Sequential


class UnrolledLayer(Module):
    """A Layer in scalars: ``weights[i][r]`` leads to unit i from input r, ``biases[i]`` to unit i.

    A list of ``inputs`` numbers or scalar Values gives the list of the units' activations.
    """

    def __init__(self, layer: Layer | Dense) -> None:
        number, self.name = layer.number, layer.name
        self.units: int = layer.weight.shape[0]
        self.inputs: int = layer.weight.shape[1]
        biases = layer.bias.data if isinstance(layer.bias, Value) else None
        self.activation = layer.activation
        self.weights: list[list[Value]] = []
        self.biases: list[Value] = []
        self._labels = []
        for i, row in enumerate(layer.weight.data, start=1):
            self.weights.append(
                [Value(w, label=weight_label(number, i, r)) for r, w in enumerate(row, start=1)]
            )
            if biases is not None:
                self.biases.append(Value(biases[i - 1], label=unit_label("b", number, i)))
            self._labels.append((unit_label("z", number, i), unit_label("a", number, i)))

    def forward(self, inputs: Any) -> list[Value]:
        """The activations of the units, in order."""
        with autograd.scope(self.name):
            net_inputs = []
            for i, weights in enumerate(self.weights):
                z = weights[0] * inputs[0]
                for r in range(1, self.inputs):
                    z = z + weights[r] * inputs[r]
                if self.biases:
                    z = z + self.biases[i]
                z.label = self._labels[i][0]
                net_inputs.append(z)
            return self.activate(net_inputs)

    def activate(self, net_inputs: list[Value]) -> list[Value]:
        """a = g(z) for each unit; softmax looks at all of them together."""
        g = self.activation
        if g is activations.linear:
            return net_inputs
        if g is activations.softmax:
            return self.normalise(net_inputs)
        outputs = []
        for z, label in zip(net_inputs, self._labels, strict=True):
            a = g(z)
            a.label = label[1]
            outputs.append(a)
        return outputs

    def normalise(self, net_inputs: list[Value]) -> list[Value]:
        """Softmax: e^z of each unit over the sum of all; shifted by the largest z, for range."""
        largest = max(float(z.data) for z in net_inputs)
        powers = []
        for z in net_inputs:
            powers.append((z - largest).exp())
        total = powers[0]
        for power in powers[1:]:
            total = total + power
        outputs = []
        for power, label in zip(powers, self._labels, strict=True):
            a = power / total
            a.label = label[1]
            outputs.append(a)
        return outputs

    def __repr__(self) -> str:
        name = activations.name_of(self.activation)
        return f"UnrolledLayer({self.inputs} -> {self.units}, {name})"


class Unrolled(Module):
    """A network in scalars, for one sample at a time: what ``unroll`` returns.

    A list of numbers gives the list of outputs, or the one output where there is one unit.
    """

    def __init__(self, layers: list[Layer] | list[Dense]) -> None:
        self.layers = [UnrolledLayer(layer) for layer in layers]

    def forward(self, inputs: Any) -> Any:
        """The prediction ŷ for one sample."""
        values = self._sample(inputs)
        for layer in self.layers:
            values = layer.forward(values)
        return values[0] if len(values) == 1 else values

    def _sample(self, inputs: Any) -> list[Any]:
        shape = np.shape(inputs.data) if isinstance(inputs, Value) else None
        values = [inputs] if shape == () else list(inputs)
        expected = self.layers[0].inputs
        if len(values) == expected and all(np.ndim(x) == 0 for x in values):
            return values
        depth = max((np.ndim(x) for x in values), default=0)
        given = f"{len(values)} rows" if depth else f"{len(values)} inputs"
        raise ValueError(
            f"{self!r} got {given}; expected one sample of {expected} numbers. "
            f"For a batch, call it once per row, or use the model it was unrolled from."
        )

    def __repr__(self) -> str:
        widths = [self.layers[0].inputs] + [layer.units for layer in self.layers]
        return f"Unrolled({' -> '.join(map(str, widths))}; {self.count_parameters()} parameters)"


def unroll(model: MLP | Layer | Dense | Sequential) -> Unrolled:
    """The same network with every weight its own scalar Value, labelled as in the lecture.

    A Sequential may hold Dense layers, and Dropout, which does nothing outside of training. The
    weights are copied: training one of the two does not change the other.

    >>> net = unroll(MLP(2, [3, 1], activation="tanh", seed=0))
    >>> net.layers[0].weights[1][0].label, net.layers[0].biases[1].label
    ('w¹₂₁', 'b¹₂')
    >>> net([1.0, 2.0]).shape
    ()

    Raises:
        TypeError: for anything else, and for a Sequential with other layers.
        ValueError: for layers that have no weights yet.
    """
    if isinstance(model, Layer):
        return Unrolled([model])
    if isinstance(model, MLP):
        return Unrolled(model.layers)
    if isinstance(model, Dense):
        return Unrolled([with_weights(model)])
    if isinstance(model, Sequential):
        return Unrolled(dense_layers(model))
    raise TypeError(
        f"unroll() got a {type(model).__name__}; expected an MLP, a Layer, a Dense or a Sequential."
    )


def dense_layers(model: Sequential) -> list[Dense]:
    """The Dense layers of a stack that computes with nothing else."""
    layers = []
    for layer in model.layers:
        if isinstance(layer, Dense):
            layers.append(layer)
        elif not isinstance(layer, Dropout):
            raise TypeError(
                f"unroll() got a Sequential with {layer!r}; expected Dense layers only, with their "
                f"activations inside: Dense(3, activation='tanh')."
            )
    if not layers:
        raise TypeError("unroll() got a Sequential without layers; expected at least one Dense.")
    return [with_weights(layer) for layer in layers]


def with_weights(layer: Dense) -> Dense:
    """The layer, or the error for one that is not built yet."""
    if layer.weight is None:
        raise ValueError(
            f"unroll() got {layer!r}, which has no weights before its first input; call the model "
            f"once, or give it Input(shape=…)."
        )
    return layer
