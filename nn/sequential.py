"""Sequential: a model that is a stack of layers, each reading the one before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .core_layers import InputLayer
from .functional import check_input
from .lazy_layer import LazyLayer, adopt, as_shape
from .model import Model
from .saving.classes import savable
from .symbolic import Shape, SymbolicTensor


@savable
class Sequential(Model):
    """Layers in a row, given as a list or by ``add``.

    The weights are made when the shape of the inputs is known: from ``Input(shape=…)`` in front,
    from ``input_dim`` or ``input_shape`` of the first layer, or from the first data.

    >>> from nn.dense import Dense
    >>> model = Sequential(seed=0)
    >>> model.add(Dense(3, activation="relu", input_dim=4))
    >>> model.add(Dense(1))
    >>> model.count_parameters(), model(np.ones((5, 4))).shape
    (19, (5, 1))

    Raises:
        TypeError: something that is no layer.
        ValueError: a layer added twice, or an Input that is not the first.
    """

    def __init__(
        self,
        layers: Iterable[Any] | None = None,
        name: str | None = None,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        super().__init__(name=name, seed=seed)
        self.layers: list[LazyLayer] = []
        #: The shape of the inputs that Input, or the first layer, was given; None if neither was.
        self._declared: Shape | None = None
        for layer in layers if layers is not None else []:
            self.add(layer)

    def add(self, layer: Any) -> None:
        """Put a layer on top."""
        if isinstance(layer, SymbolicTensor):
            layer = layer.call.layer
        self._check(layer)
        if isinstance(layer, InputLayer):
            self._declare(layer.input_shape)
            return
        if not self.layers and self.input_shape is None:
            self._declare(layer.input_shape)
        self.layers.append(layer)
        adopt(self)
        if self.built:
            self.output_shape = self._extend(layer, self.output_shape)
        elif self.input_shape is not None:
            self.ensure_built(self.input_shape)

    def pop(self) -> LazyLayer:
        """The layer on top, taken away.

        Raises:
            ValueError: there is none.
        """
        if not self.layers:
            raise ValueError(f"{self.name!r}.pop() found no layer; expected at least one.")
        layer = self.layers.pop()
        self.output_shape = self.layers[-1].output_shape if self.layers else self.input_shape
        return layer

    def build(self, input_shape: Any) -> None:
        """The weights of all layers, from the first to the last; also ``build(input_shape)``."""
        if isinstance(input_shape, dict) or any(isinstance(n, tuple) for n in input_shape):
            raise ValueError(
                f"{self.name!r} got {len(input_shape)} inputs in a {type(input_shape).__name__}; "
                f"expected one array. For several inputs use Model(inputs, outputs)."
            )
        shape = self.input_shape = as_shape(input_shape[1:], "Sequential.build(input_shape)")
        adopt(self)
        for layer in self.layers:
            shape = self._extend(layer, shape)
        self.output_shape = shape
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The inputs, handed through all layers.

        Raises:
            ValueError: they are not of the shape that was declared.
        """
        if self._declared is not None and hasattr(inputs, "shape"):
            check_input(repr(self.name), self._declared, inputs.shape)
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape that the last layer gives."""
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def _declare(self, shape: Any) -> None:
        self.input_shape = self._declared = shape

    def _extend(self, layer: LazyLayer, shape: Any) -> Any:
        layer.ensure_built(shape)
        layer.output_shape = layer.compute_output_shape(shape)
        return layer.output_shape

    def _check(self, layer: Any) -> None:
        if not isinstance(layer, LazyLayer):
            got = f"the class {layer.__name__}" if isinstance(layer, type) else type(layer).__name__
            hint = f" Did you mean {layer.__name__}(…)?" if isinstance(layer, type) else ""
            raise TypeError(
                f"{self.name!r}.add() got {got}; expected a layer such as Dense(3) or "
                f"Input(shape=(4,)).{hint}"
            )
        if layer in self.layers:
            raise ValueError(
                f"{self.name!r}.add() got {layer!r} a second time; expected a new layer. To share "
                f"a layer, use Model(inputs, outputs)."
            )
        if isinstance(layer, InputLayer) and self.layers:
            raise ValueError(f"{self.name!r}.add() got an Input after a layer; expected it first.")
