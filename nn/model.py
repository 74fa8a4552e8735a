"""Model: layers put together, functional (``Model(inputs, outputs)``) or as a subclass."""

from __future__ import annotations

from typing import Any

import numpy as np

from .fit import Fitting
from .functional import LayerGraph
from .lazy_layer import LazyLayer, direct_layers
from .saving.classes import savable
from .saving.model_file import save
from .summary import summary_table


@savable
class Model(Fitting, LazyLayer):
    """A network that can be compiled, fitted, evaluated and asked to predict.

    Functional: symbolic inputs and the outputs that layers made of them, each one, a list or a
    dict. A layer that is called twice is shared.

    >>> from nn.core_layers import Input
    >>> from nn.dense import Dense
    >>> inputs = Input(shape=(4,))
    >>> outputs = Dense(1)(Dense(3, activation="relu")(inputs))
    >>> model = Model(inputs, outputs, seed=0)
    >>> model(np.ones((5, 4))).shape, model.count_parameters()
    ((5, 1), 19)

    As a subclass: layers are made in ``__init__``, and ``call(self, inputs)`` or ``call(self,
    inputs, training=False)`` uses them; weights come with the first input.

    ``seed`` decides the weights, the masks of Dropout and the order of the rows in ``fit``: equal
    seeds give equal numbers. There is no global seed.
    """

    scoped = False

    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        name: str | None = None,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        super().__init__(name, seed=seed)
        if (inputs is None) != (outputs is None):
            missing = "inputs" if inputs is None else "outputs"
            raise TypeError(
                f"Model() got no {missing}; expected Model(inputs, outputs), or neither in a "
                f"subclass that defines call(self, inputs)."
            )
        self._graph: LayerGraph | None = None
        if inputs is not None:
            self._graph = LayerGraph(inputs, outputs)
            self.layers = self._graph.layers()
            self.ensure_built(None)

    @property
    def layers(self) -> list[LazyLayer]:
        """The layers in order; of a subclass, those that its attributes hold."""
        found = vars(self).get("layers")
        return direct_layers(self) if found is None else found

    @layers.setter
    def layers(self, layers: Any) -> None:
        vars(self)["layers"] = layers

    @property
    def layer_graph(self) -> LayerGraph | None:
        """Which layer reads what, for a functional model; None for others."""
        return vars(self).get("_graph")

    def build(self, input_shape: Any) -> None:
        """The weights of a functional model; a subclass makes them with its first input."""
        if self.layer_graph is not None:
            self.layer_graph.build()

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The outputs for these inputs."""
        if self.layer_graph is None:
            raise NotImplementedError(
                f"{type(self).__name__} has no call(); define 'def call(self, inputs): …' in it, "
                f"or make it of Model(inputs, outputs)."
            )
        return self.layer_graph.run(inputs)

    def get_layer(self, name: str | None = None, index: int | None = None) -> LazyLayer:
        """The layer of that name, or the one at that index of ``layers``.

        Raises:
            ValueError: there is none.
            TypeError: both are given, or neither.
        """
        if (name is None) == (index is None):
            raise TypeError(
                f"get_layer() got name={name!r} and index={index!r}; expected one of them, such "
                f"as get_layer('dense') or get_layer(index=-1)."
            )
        if index is not None:
            if -len(self.layers) <= index < len(self.layers):
                return self.layers[index]
            raise ValueError(
                f"{self.name!r} has {len(self.layers)} layers, none with index {index}; expected "
                f"0 to {len(self.layers) - 1}."
            )
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = ", ".join(repr(layer.name) for layer in self.layers)
        raise ValueError(f"{self.name!r} has no layer {name!r}; expected one of {names}.")

    def save(self, path: Any, compiled: bool = True, allow_nonfinite: bool = False) -> None:
        """Write architecture, weights and state of training to a ``.safetensors`` file.

        ``nn.load(path)`` gives the model back; see `saving.model_file`.
        """
        save(self, path, compiled, allow_nonfinite)

    def summary(self) -> None:
        """Print a table of the layers: output shape, parameters, what each reads; and the sums."""
        print(summary_table(self))

    def __repr__(self) -> str:
        size = f"{self.count_parameters()} parameters" if self.built else "not built yet"
        return f"{type(self).__name__}({self.name!r}: {len(self.layers)} layers, {size})"
