"""Dense: the fully connected layer in Keras's spelling, with the lecture's weights inside."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

import autograd
from autograd import Value

from . import activations
from .inputs import as_count, wrong_features
from .saving.classes import savable
from .unit_layer import UnitLayer


@savable
class Dense(UnitLayer):
    """A fully connected layer: z^l = W^l a^(l-1) + b^l and a^l = g(z^l).

    ``(batch, features) -> (batch, units)``, or one sample ``(features,) -> (units,)``. ``weight``
    is ``(units, features)``, the transpose of Keras's kernel, made from the first input or from
    ``input_dim`` (the same as ``input_shape=(input_dim,)``). Initialisers are drawn from ``seed``,
    or from the seed of the model.

    >>> layer = Dense(4, activation="tanh", seed=0)
    >>> a = layer(np.ones((2, 3)))
    >>> a.shape, layer.weight.shape, layer.count_parameters()
    ((2, 4), (4, 3), 16)

    Raises:
        ValueError: inputs with another number of features than the first had.
    """

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        input_dim: int | None = None,
        input_shape: Any = None,
        name: str | None = None,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        self.units = as_count(units, "Dense(units)")
        if input_dim is not None:
            input_shape = (as_count(input_dim, "Dense(input_dim)"),)
        super().__init__(
            self.units, activation, use_bias,
            (kernel_initializer, kernel_regularizer, kernel_constraint),
            (bias_initializer, bias_regularizer, bias_constraint),
            input_shape, name, seed,
        )  # fmt: skip
        self._features: tuple[Any, ...] = ()

    def build(self, input_shape: Any) -> None:
        """Draw W ``(units, features)`` and b ``(units,)``."""
        features = self.features(input_shape)
        if self.units == 1 and self.activation is activations.softmax:
            warnings.warn(
                f"{self!r} has one unit and the activation softmax, whose output is always 1, so "
                f"that nothing is learnt; for a probability of one class use 'sigmoid'.",
                stacklevel=2,
            )
        self.make_weights((self.units, features))
        self._features = (features,)

    def features(self, input_shape: Any) -> int:
        """The length of the last axis, or the error that says what came instead."""
        if not isinstance(input_shape, tuple):
            raise ValueError(
                f"{self!r} got {len(input_shape)} inputs; expected one. Join them first, with "
                f"Concatenate() or Add()."
            )
        if len(input_shape) < 2 or input_shape[-1] is None:
            raise ValueError(
                f"{self!r} got inputs of shape {input_shape}; expected a last axis of known "
                f"length: (batch, features)."
            )
        return input_shape[-1]

    def call(self, inputs: Any, training: bool = False) -> Value:
        """The activations a^l; for a linear layer its net inputs z^l, with no node added."""
        if isinstance(inputs, (list, dict)) or inputs.shape[-1:] != self._features:
            raise self.wrong_inputs(inputs)
        return self.activated(autograd.affine(inputs, self.weight, self.bias))

    def wrong_inputs(self, inputs: Any) -> ValueError:
        """The error for inputs that are several, or whose features are not those of W."""
        if isinstance(inputs, list | dict):
            if len(inputs) == 1:
                return ValueError(f"{self!r} got a list of one array; expected the array itself.")
            return ValueError(f"{self!r} got {len(inputs)} inputs; expected one.")
        return wrong_features(repr(self), inputs.shape, self._features[0])

    def compute_output_shape(self, input_shape: Any) -> Any:
        """``(…, features) -> (…, units)``."""
        features = self.features(input_shape)
        if self.built and (features,) != self._features:
            raise wrong_features(repr(self), input_shape, self._features[0])
        return (*input_shape[:-1], self.units)

    def __repr__(self) -> str:
        return f"Dense({self.units}) {self.name!r}"
