"""Layers without weights: Input, Activation, Dropout, Flatten, Reshape."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.modes import each_call

from . import activations
from .lazy_layer import LazyLayer, as_shape
from .saving.classes import savable
from .symbolic import Call, Shape, SymbolicTensor


@savable
class InputLayer(LazyLayer):
    """The place where data enters a model; ``Input`` makes it."""

    built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The inputs as they are."""
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The same shape."""
        return input_shape


def Input(shape: Any, name: str | None = None) -> SymbolicTensor:
    """The symbolic input of a model, for samples of this shape; the batch is left out.

    >>> Input(shape=(4,)).shape
    (None, 4)

    Raises:
        ValueError: a shape that holds anything but positive ints and None.
    """
    layer = InputLayer(name)
    layer.input_shape = layer.output_shape = as_shape(shape, "Input(shape)")
    outputs: SymbolicTensor = Call(layer, [], layer.output_shape).outputs
    return outputs


@savable
class Activation(LazyLayer):
    """An activation as a layer of its own: a = g(z), of the shape of z.

    >>> print(Activation("relu")(np.array([[-1.0, 2.0]])).data)
    [[0. 2.]]
    """

    def __init__(
        self,
        activation: str | activations.Activation,
        name: str | None = None,
        input_shape: Any = None,
    ) -> None:
        super().__init__(name, input_shape)
        self.activation = activations.get(activation)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """a = g(z)."""
        return self.activation(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The same shape."""
        return input_shape


@savable
class Dropout(LazyLayer):
    """In training, a share ``rate`` of the inputs set to 0 and the rest divided by 1 - rate.

    So the mean stays as it is; outside of training the inputs pass unchanged. Source: Srivastava
    et al. 2014. ``seed`` decides the masks; without one the model's seed does.

    >>> layer = Dropout(0.5, seed=0)
    >>> print(layer(np.ones(6), training=True), layer(np.ones(6)))
    [2. 0. 0. 0. 2. 2.] [1. 1. 1. 1. 1. 1.]

    Raises:
        ValueError: a rate outside of 0 <= rate < 1.
    """

    def __init__(
        self,
        rate: float,
        seed: int | np.random.Generator | None = None,
        name: str | None = None,
        input_shape: Any = None,
    ) -> None:
        super().__init__(name, input_shape, seed)
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1:
            raise ValueError(
                f"Dropout(rate) got {rate!r}; expected the share to drop, a number from 0 to "
                f"less than 1."
            )
        self.rate = float(rate)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """inputs ⊙ mask / (1 - rate) in training, the inputs otherwise."""
        if not training or self.rate == 0:
            return inputs
        shape, dtype = inputs.shape, inputs.dtype
        return inputs * each_call(lambda: self.mask(shape).astype(dtype), "mask")

    def mask(self, shape: Any) -> Any:
        """0 for what is dropped, 1 / (1 - rate) for what is kept; drawn anew at each call."""
        return (self.generator().random(shape) >= self.rate) / (1 - self.rate)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The same shape."""
        return input_shape


@savable
class Flatten(LazyLayer):
    """All axes but the batch in one: ``(batch, 8, 8, 3) -> (batch, 192)``.

    >>> Flatten()(np.zeros((2, 8, 8))).shape
    (2, 64)
    """

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The same numbers, one row per sample."""
        return inputs.reshape((inputs.shape[0], math.prod(inputs.shape[1:])))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """``(None, product of the rest)``."""
        rest = input_shape[1:]
        return (input_shape[0], None if None in rest else math.prod(rest))


@savable
class Reshape(LazyLayer):
    """Each sample in another shape; one length may be -1, which is what is left.

    >>> Reshape((8, 8, 1))(np.zeros((2, 64))).shape
    (2, 8, 8, 1)

    Raises:
        ValueError: samples with another number of elements.
    """

    def __init__(self, target_shape: Any, name: str | None = None, input_shape: Any = None) -> None:
        super().__init__(name, input_shape)
        whole: Any = (target_shape,) if isinstance(target_shape, int) else tuple(target_shape)
        as_shape([n for n in whole if n != -1], "Reshape(target_shape)")
        if whole.count(-1) > 1:
            raise ValueError(f"Reshape(target_shape) got {whole}; expected at most one -1.")
        self.target_shape: Shape = whole

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The same numbers in ``(batch, *target_shape)``."""
        return inputs.reshape((inputs.shape[0], *self.sample_shape(inputs.shape[1:])))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """``(None, *target_shape)``."""
        return (input_shape[0], *self.sample_shape(input_shape[1:]))

    def sample_shape(self, given: Any) -> Shape:
        """The target with -1 filled in, or the error for samples that do not fit."""
        if None in given:
            return tuple(None if n == -1 else n for n in self.target_shape)
        lengths: list[Any] = [n for n in self.target_shape if n != -1]
        size, known = math.prod(given), math.prod(lengths)
        if size != known if -1 not in self.target_shape else size % known:
            raise ValueError(
                f"{self!r} got samples of shape {tuple(given)}, {size} elements; expected as many "
                f"as in target_shape={self.target_shape}."
            )
        return tuple(size // known if n == -1 else n for n in self.target_shape)
