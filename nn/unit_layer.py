"""UnitLayer: what layers of units share, from Dense to convolutions."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Value

from . import activations, constraints, initializers, regularizers
from .labels import layer_label
from .lazy_layer import LazyLayer


class UnitLayer(LazyLayer):
    """Units with weights W^l and b^l, a net input z^l and an activation a^l = g(z^l).

    The base of Dense and of convolutions, which say what shape W has and how z comes about.
    ``kernel`` and ``bias`` are the initializer, the regularizer and the constraint of each.
    """

    numbered = True

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None,
        use_bias: bool,
        kernel: tuple[Any, Any, Any],
        bias: tuple[Any, Any, Any],
        input_shape: Any,
        name: str | None,
        seed: int | np.random.Generator | None,
    ) -> None:
        super().__init__(name, input_shape, seed)
        self._units = units
        self.activation = activations.get("linear" if activation is None else activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel[0])
        self.bias_initializer = initializers.get(bias[0])
        self.kernel_regularizer = regularizers.get(kernel[1])
        self.bias_regularizer = regularizers.get(bias[1])
        self.kernel_constraint = constraints.get(kernel[2])
        self.bias_constraint = constraints.get(bias[2])
        self.weight: Any = None
        self.bias: Any = None
        self._z_label, self._a_label = "z", "a"

    def make_weights(self, shape: tuple[int, ...]) -> None:
        """Draw W of this shape, whose first axis is the units, and b ``(units,)``."""
        self.add_weight(
            "weight", shape, self.kernel_initializer, self.kernel_regularizer,
            self.kernel_constraint,
        )  # fmt: skip
        self.bias = np.zeros(self._units)
        if self.use_bias:
            self.add_weight(
                "bias", (self._units,), self.bias_initializer, self.bias_regularizer,
                self.bias_constraint,
            )  # fmt: skip

    def activated(self, z: Value) -> Value:
        """a^l from z^l, both labelled; for a linear layer z^l itself, with no node added."""
        z.label = self._z_label
        a = self.activation(z)
        if a is not z:
            if not isinstance(a, Value):
                raise TypeError(
                    f"{self!r} has an activation that returned {type(a).__name__}; expected a "
                    f"Value computed from z, such as np.tanh(z) or z.tanh()."
                )
            a.label = self._a_label
        return a

    def relabel(self) -> None:
        """W^l, b^l, z^l and a^l, where the model has numbered the layer."""
        self._z_label, self._a_label = layer_label("z", self.number), layer_label("a", self.number)
        for letter, value in (("W", self.weight), ("b", self.bias)):
            if isinstance(value, Value):
                value.label = layer_label(letter, self.number)
