"""Layers: units side by side that read the same inputs.

Here stands the layer of known size; those that are built from their first input have files of
their own and are found here too, so that ``from nn.layers import Dense`` works as in Keras.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd import Value

from . import activations
from .convolution_layers import Conv1D as Conv1D
from .convolution_layers import Conv2D as Conv2D
from .core_layers import Activation as Activation
from .core_layers import Dropout as Dropout
from .core_layers import Flatten as Flatten
from .core_layers import Input as Input
from .core_layers import InputLayer as InputLayer
from .core_layers import Reshape as Reshape
from .dense import Dense as Dense
from .embedding_layer import Embedding as Embedding
from .initializers import initial_weight
from .inputs import ARRAYS, as_count, as_features, as_generator, wrong_features
from .labels import layer_label
from .lazy_layer import LazyLayer as LazyLayer
from .merging_layers import Add as Add
from .merging_layers import Concatenate as Concatenate
from .merging_layers import Multiply as Multiply
from .merging_layers import Subtract as Subtract
from .module import Module
from .normalization_layers import BatchNormalization as BatchNormalization
from .normalization_layers import LayerNormalization as LayerNormalization
from .pooling_layers import AveragePool as AveragePool
from .pooling_layers import AveragePooling1D as AveragePooling1D
from .pooling_layers import AveragePooling2D as AveragePooling2D
from .pooling_layers import AvgPool1D as AvgPool1D
from .pooling_layers import AvgPool2D as AvgPool2D
from .pooling_layers import GlobalAveragePooling1D as GlobalAveragePooling1D
from .pooling_layers import GlobalAveragePooling2D as GlobalAveragePooling2D
from .pooling_layers import GlobalMaxPooling1D as GlobalMaxPooling1D
from .pooling_layers import GlobalMaxPooling2D as GlobalMaxPooling2D
from .pooling_layers import MaxPool as MaxPool
from .pooling_layers import MaxPool1D as MaxPool1D
from .pooling_layers import MaxPool2D as MaxPool2D
from .pooling_layers import MaxPooling1D as MaxPooling1D
from .pooling_layers import MaxPooling2D as MaxPooling2D
from .recurrent_layers import GRU as GRU
from .recurrent_layers import LSTM as LSTM
from .recurrent_layers import SimpleRNN as SimpleRNN
from .saving.classes import savable


@savable
class Layer(Module):
    """A fully connected layer: z^l = W^l a^(l-1) + b^l and a^l = g(z^l).

    ``(batch, n_in) -> (batch, n_out)``, or one sample ``(n_in,) -> (n_out,)``. ``weight`` is
    ``(units, inputs)``, ``bias`` ``(units,)``. ``number`` is l: it is written above the labels of
    the layer's values and names their scope.

    >>> layer = Layer(3, 4, "tanh", rng=0, number=1)
    >>> a = layer(np.ones((2, 3)))
    >>> a.shape, a.label, a.inputs[0].label, layer.weight.label, a.scope.path
    ((2, 4), 'a¹', 'z¹', 'W¹', 'layer 1')
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        activation: str | activations.Activation = "linear",
        rng: int | np.random.Generator | None = None,
        number: int | None = None,
    ) -> None:
        self.inputs, self.units = as_count(n_in, "Layer(n_in)"), as_count(n_out, "Layer(n_out)")
        self.activation = activations.get(activation)
        self.number = number
        self.name = "layer" if number is None else f"layer {number}"
        weight = initial_weight(self.inputs, self.units, self.activation, as_generator(rng))
        self.weight = Value(weight, label=layer_label("W", number))
        self.bias = Value(np.zeros(self.units), label=layer_label("b", number))
        self._features = (self.inputs,)
        self._z_label, self._a_label = layer_label("z", number), layer_label("a", number)

    def forward(self, x: Any) -> Value:
        """The activations a^l; for a linear layer its net inputs z^l, with no node added."""
        if not isinstance(x, ARRAYS):
            x = as_features(x)
        with autograd.scope(self.name):
            try:
                z = autograd.affine(x, self.weight, self.bias)
            except ValueError:
                if x.shape[-1:] == self._features:
                    raise
                raise wrong_features(
                    f"Layer({self.inputs} -> {self.units})", x.shape, self.inputs
                ) from None
            z.label = self._z_label
            a = self.activation(z)
            if a is not z:
                a.label = self._a_label
        return a

    def saved_settings(self) -> dict[str, Any]:
        """The constructor's arguments."""
        settings = {"activation": self.activation, "number": self.number}
        return {"n_in": self.inputs, "n_out": self.units, **settings}

    def __repr__(self) -> str:
        return f"Layer({self.inputs} -> {self.units}, {activations.name_of(self.activation)})"
