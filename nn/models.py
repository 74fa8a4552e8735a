"""Models: layers put together.

Here stands the MLP; ``Sequential`` and ``Model`` have files of their own and are found here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Value

from . import activations
from .inputs import as_count, as_generator
from .layers import Layer
from .model import Model as Model
from .module import Module
from .saving.classes import savable
from .saving.model_file import load as load_model  # noqa: F401 - Keras's name for it
from .sequential import Sequential as Sequential


@savable
class MLP(Module):
    """A multi-layer perceptron: fully connected layers, each reading the one before.

    ``(batch, n_in) -> (batch, units[-1])``; one sample ``(n_in,) -> (units[-1],)``, and a scalar
    where the last layer has one unit. ``activation`` is that of the hidden layers, ``output``
    that of the last. Inputs are arrays, Values, lists of numbers or of Values.

    >>> model = MLP(3, [4, 4, 1], seed=0)
    >>> model
    MLP(3 -> 4 -> 4 -> 1: relu, relu, linear; 41 parameters)
    >>> model([2.0, 3.0, -1.0]).shape, model(np.ones((5, 3))).shape
    ((), (5, 1))
    """

    def __init__(
        self,
        n_in: int,
        units: Sequence[int],
        activation: str | activations.Activation = "relu",
        output: str | activations.Activation = "linear",
        seed: int | np.random.Generator | None = None,
    ) -> None:
        widths = [as_count(n_in, "MLP(n_in)"), *_as_units(units)]
        rng, last = as_generator(seed), len(widths) - 1
        self.layers = []
        for number in range(1, last + 1):
            inputs, count = widths[number - 1], widths[number]
            kind = output if number == last else activation
            self.layers.append(Layer(inputs, count, kind, rng=rng, number=number))

    def forward(self, x: Any) -> Value:
        """The prediction ŷ = a^L."""
        for layer in self.layers:
            x = layer(x)
        if x.shape == (1,):
            x = x[0]
            x.label = "ŷ"
        return x

    def saved_settings(self) -> dict[str, Any]:
        """The constructor's arguments, as the layers say them."""
        hidden = {layer.activation for layer in self.layers[:-1]} or {self.layers[-1].activation}
        if len(hidden) > 1:
            raise TypeError("an MLP whose hidden layers differ in activation")
        return {
            "n_in": self.layers[0].inputs,
            "units": [layer.units for layer in self.layers],
            "activation": hidden.pop(),
            "output": self.layers[-1].activation,
        }

    def __repr__(self) -> str:
        widths = [self.layers[0].inputs] + [layer.units for layer in self.layers]
        names = [activations.name_of(layer.activation) for layer in self.layers]
        return (
            f"MLP({' -> '.join(map(str, widths))}: {', '.join(names)}; "
            f"{self.count_parameters()} parameters)"
        )


def _as_units(units: Any) -> list[int]:
    if isinstance(units, str) or not hasattr(units, "__iter__"):
        raise TypeError(
            f"MLP(units) got {units!r} of type {type(units).__name__}; expected a list with the "
            f"number of units of each layer, such as [4, 4, 1]."
        )
    counts = [as_count(count, "MLP(units)") for count in units]
    if not counts:
        raise ValueError(
            "MLP(units) got an empty list; expected the number of units of each layer, "
            "the output layer last, such as [4, 4, 1]."
        )
    return counts
