"""Neuron: the unit everything is built of, z = w·x + b and a = g(z)."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd import Value

from . import activations
from .initializers import initial_weight
from .inputs import as_count, as_features, as_generator, wrong_features
from .module import Module
from .saving.classes import savable


@savable
class Neuron(Module):
    """One unit: ``(n_in,) -> ()``, or a batch ``(batch, n_in) -> (batch,)``.

    ``label`` names the scope that its values w, b, z and a are drawn in.

    >>> gate = Neuron(2, "step", label="AND")
    >>> gate.weight.data, gate.bias.data = [1.0, 1.0], -1.5
    >>> print(gate([[0, 0], [0, 1], [1, 0], [1, 1]]).data)
    [0. 0. 0. 1.]
    """

    def __init__(
        self,
        n_in: int,
        activation: str | activations.Activation = "tanh",
        rng: int | np.random.Generator | None = None,
        label: str | None = None,
    ) -> None:
        self.inputs = as_count(n_in, "Neuron(n_in)")
        self.activation = activations.get(activation)
        self.label = "neuron" if label is None else label
        rng = as_generator(rng)
        self.weight = Value(initial_weight(n_in, 1, self.activation, rng)[0], label="w")
        self.bias = Value(0.0, label="b")

    def forward(self, x: Any) -> Value:
        """The activation a = g(w·x + b)."""
        x = as_features(x)
        if x.shape[-1:] != self.weight.shape:
            raise wrong_features(repr(self), x.shape, self.inputs)
        with autograd.scope(self.label):
            z = x @ self.weight + self.bias
            z.label = "z"
            a = self.activation(z)
            if a is not z:
                a.label = "a"
        return a

    def saved_settings(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"n_in": self.inputs, "activation": self.activation, "label": self.label}

    def __repr__(self) -> str:
        return f"Neuron({self.inputs} -> 1, {activations.name_of(self.activation)})"
