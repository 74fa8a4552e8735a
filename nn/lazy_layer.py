"""LazyLayer: a layer as models use it, named, and built when its first input shows its shape.

It is what Keras calls ``Layer``; in nn that name is taken by the fully connected layer of known
size. A new layer says three things: ``build(input_shape)`` makes the weights, ``call(inputs,
training)`` computes, and ``compute_output_shape(input_shape)``, which may be left out.
"""

from __future__ import annotations

import functools
import inspect
import re
import threading
from collections import Counter
from typing import Any, Self

import numpy as np

import autograd
from autograd import Value

from . import constraints, initializers, regularizers
from .inputs import ARRAYS, as_features, as_generator
from .module import Module
from .symbolic import Shape, connect, holds_symbols, mapped


class _Thread(threading.local):
    training = False
    depth = 0


#: Whether the layers that run now are being trained, and how deep they are nested.
running = _Thread()


class LazyLayer(Module):
    """A layer whose weights are made for the first input it meets; the base of Keras-like layers.

    >>> class Scale(LazyLayer):
    ...     def build(self, input_shape):
    ...         self.factor = Value(np.ones(input_shape[-1]), label="factor")
    ...
    ...     def call(self, inputs):
    ...         return inputs * self.factor
    >>> layer = Scale()
    >>> layer.built, layer(np.ones((5, 3))).shape, layer.built, layer.count_parameters()
    (False, (5, 3), True, 3)

    ``seed`` decides the weights; without one the model's seed does, and outside of a model every
    run draws others.
    """

    #: True where the layer has a net input z = W a + b: the model numbers these l = 1 … L.
    numbered = False
    #: True where a scope of the layer's name is opened around its values.
    scoped = True

    # Defaults on the class, so that a subclass may leave out super().__init__().
    built = False
    number: int | None = None
    rng: np.random.Generator | None = None
    input_shape: Shape | None = None
    output_shape: Any = None
    _name: str | None = None
    _trainable = True
    #: By name of a weight: its regularizer, its constraint, and whether it is trained at all.
    _weight_rules: dict[str, tuple[Any, Any, bool]] = {}  # noqa: RUF012 (replaced, never written to)

    def __init__(
        self,
        name: str | None = None,
        input_shape: Any = None,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        if name is not None and not isinstance(name, str):
            raise TypeError(
                f"{type(self).__name__}(name) got {name!r} of type {type(name).__name__}; "
                f"expected a str."
            )
        self._name = name
        if input_shape is not None:
            self.input_shape = as_shape(input_shape, f"{type(self).__name__}(input_shape)")
        if seed is not None:
            self.rng = as_generator(seed)

    # -- what a layer says

    def build(self, input_shape: Any) -> None:
        """Make the weights for inputs of this shape, ``(None, features)``; None is the batch."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The outputs for these inputs; every layer says how. ``training`` may be left out."""
        raise NotImplementedError(
            f"{type(self).__name__} has no call(); define 'def call(self, inputs): …' in it, "
            f"which is what a call of the layer runs."
        )

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the outputs for inputs of this shape, found by a run on zeros."""
        zeros = mapped(lambda shape: np.zeros([1 if n is None else n for n in shape]), input_shape)
        with autograd.no_grad():
            outputs = self(zeros, training=False)
        return mapped(lambda value: (None, *np.shape(value)[1:]), outputs)

    def add_weight(
        self,
        name: str,
        shape: tuple[int, ...],
        initializer: Any = "glorot_uniform",
        regularizer: Any = None,
        constraint: Any = None,
        trainable: bool = True,
    ) -> Value:
        """A new weight, which becomes the attribute ``name``; for use in ``build``.

        It is labelled with its name, drawn from the layer's ``generator``, and in training the
        regularizer adds its size to the loss, and each step ends with the constraint. One that is
        not ``trainable``, such as a running mean, is saved and counted apart.
        """
        value = Value(initializers.get(initializer)(shape, self.generator()), label=name)
        value.requires_grad = bool(trainable)
        limits = (regularizers.get(regularizer), constraints.get(constraint))
        self._weight_rules = {**self._weight_rules, name: (*limits, bool(trainable))}
        setattr(self, name, value)
        return value

    def penalty(self) -> list[Any]:
        """What the layer adds to the loss: here the sizes of regularized weights; scalars."""
        terms = []
        for name, (regularizer, _, _) in self._weight_rules.items():
            if regularizer is not None:
                terms.append(regularizer(getattr(self, name)))
        return terms

    def weight_rules(self) -> list[tuple[Any, Any, bool]]:
        """Regularizer, constraint and whether it is trained, of each weight from add_weight."""
        return list(self._weight_rules.values())

    def constrain(self) -> None:
        """Put the weights back into the bounds of their constraints, as after each step."""
        for name, (_, constraint, _) in self._weight_rules.items():
            if constraint is not None:
                value = getattr(self, name)
                value.data = constraint(value.data)

    def relabel(self) -> None:
        """Name the weights in the lecture's notation; called when ``number`` is known."""

    # -- what a layer does

    def __call__(self, inputs: Any, training: bool | None = None) -> Any:
        if self.output_shape is not None and self.built and isinstance(inputs, ARRAYS):
            return self._run(inputs, training)
        if holds_symbols(inputs):
            return connect(self, inputs)
        if not isinstance(inputs, ARRAYS):
            inputs = as_inputs(inputs)
        first = self.output_shape is None
        if not self.built:
            self.ensure_built(shapes_of(inputs))
        outputs = self._run(inputs, training)
        if first:
            if outputs is None:
                raise TypeError(f"{self!r}.call() returned None; expected its outputs: return …")
            self.output_shape = shapes_of(outputs)
        return outputs

    def forward(self, *inputs: Any) -> Any:
        """The outputs, as ``call`` computes them."""
        return self.call(*inputs)

    def _run(self, inputs: Any, training: bool | None) -> Any:
        if training is None and running.depth:
            with autograd.scope(self.name):
                return self._call(inputs)
        previous = running.training
        running.training = previous if training is None else bool(training)
        running.depth += 1
        try:
            if not self.scoped and running.depth == 1:
                return self._call(inputs)
            with autograd.scope(self.name):
                return self._call(inputs)
        finally:
            running.training = previous
            running.depth -= 1

    def _call(self, inputs: Any) -> Any:
        kind: Any = type(self)
        if takes_training(kind):
            return self.call(inputs, training=running.training)
        return self.call(inputs)

    def ensure_built(self, input_shape: Any) -> None:
        """Make the weights unless they are there."""
        if self.built:
            return
        adopt(self)
        self.build(input_shape)
        self.built = True
        adopt(self)
        self.relabel()
        if not self._trainable:
            self.trainable = False

    def generator(self) -> np.random.Generator:
        """The source of this layer's random numbers: from its seed, or from its model's."""
        if self.rng is None:
            self.rng = np.random.default_rng()
        return self.rng

    # -- names and weights

    @property
    def name(self) -> str:
        """The name given, or the one that the model gave: ``dense_1`` for its first Dense."""
        return self._name or snake_case(type(self).__name__)

    @name.setter
    def name(self, name: str) -> None:
        self._name = name

    @property
    def trainable(self) -> bool:
        """False for a frozen layer: training leaves its weights alone."""
        return self._trainable

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        for layer in [self, *layers_under(self)]:
            layer._trainable = bool(trainable)
            for name, value in own_weights(layer).items():
                _, _, ever = layer._weight_rules.get(name, (None, None, True))
                value.requires_grad = bool(trainable) and ever

    @property
    def weights(self) -> list[Value]:
        """All weights, frozen ones too, in order of assignment."""
        return [value for _, value in self.named_weights()]

    def count_params(self) -> int:
        """How many numbers all weights hold, those that are not trained too: Keras's count."""
        return sum(value.size for value in self.weights)

    def get_weights(self) -> list[Any]:
        """Copies of all weights as arrays."""
        return [np.array(value.data) for value in self.weights]

    def set_weights(self, weights: Any) -> Self:
        """This layer or model, with these arrays as its weights; all of them or none.

        Raises:
            ValueError: another number of arrays, or other shapes; nothing is changed then.
        """
        own = self.named_weights()
        arrays = [np.asarray(array) for array in weights]
        given = [array.shape for array in arrays]
        if given != [value.shape for _, value in own]:
            expected = ", ".join(f"{path} {value.shape}" for path, value in own) or "none"
            hint = "" if self.built else " It has no weights before its first input: call it once."
            raise ValueError(
                f"{self.name!r}.set_weights() got arrays of shapes {given}; expected {expected}."
                f"{hint}"
            )
        for (_, value), array in zip(own, arrays, strict=True):
            value.data = array.astype(value.dtype)[()]
        return self

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r})"


@functools.cache
def takes_training(layer: Any) -> bool:
    """True if the layer's ``call`` has a parameter called training."""
    parameters = inspect.signature(layer.call).parameters
    return "training" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def snake_case(name: str) -> str:
    """``max_pool`` for ``MaxPool``: how layers of that class are called.

    >>> snake_case("SimpleRNN"), snake_case("LayerNormalization"), snake_case("Conv2D")
    ('simple_rnn', 'layer_normalization', 'conv2d')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[0-9])(?=[A-Z][a-z])", "_", name).lower()


def as_shape(shape: Any, what: str) -> Shape:
    """``(None, 3)`` for 3 or ``(3,)``: the shape of one sample with the batch put in front."""
    whole = (shape,) if isinstance(shape, int | np.integer) else shape
    if isinstance(whole, list | tuple) and all(_is_length(n) for n in whole):
        return (None, *(None if n is None else int(n) for n in whole))
    raise ValueError(
        f"{what} got {shape!r}; expected the shape of one sample, such as (3,) for 3 features: "
        f"positive ints, without the batch."
    )


def _is_length(n: Any) -> bool:
    whole = isinstance(n, int | np.integer) and not isinstance(n, bool)
    return n is None or (whole and n > 0)


def as_inputs(inputs: Any) -> Any:
    """One Value or array, or a list or dict of them where several inputs are meant.

    A list means several inputs if each element is a Value or array of two axes or more;
    otherwise it is one input, given as nested lists.
    """
    if isinstance(inputs, dict):
        return {key: as_features(part) for key, part in inputs.items()}
    several = isinstance(inputs, list | tuple) and len(inputs) > 0
    if several and all(isinstance(part, ARRAYS) and part.ndim > 1 for part in inputs):
        return list(inputs)
    return as_features(inputs)


def shapes_of(inputs: Any) -> Any:
    """The shapes with None for the batch; one sample ``(features,)`` counts as a batch of one."""

    def shape_of(x: Any) -> Shape:
        shape = np.shape(x.data if isinstance(x, Value) else x)
        return (None, *(shape[1:] if len(shape) > 1 else shape))

    return mapped(shape_of, inputs)


def direct_layers(item: Any) -> list[LazyLayer]:
    """The layers in the attributes of a layer or model, and in lists, tuples and dicts there."""
    found: dict[LazyLayer, None] = {}
    waiting = list(vars(item).values())[::-1]
    while waiting:
        part = waiting.pop()
        if isinstance(part, LazyLayer):
            found[part] = None
        elif isinstance(part, list | tuple):
            waiting += part[::-1]
        elif isinstance(part, dict):
            waiting += list(part.values())[::-1]
    found.pop(item, None)
    return list(found)


def layers_under(item: Any) -> list[LazyLayer]:
    """All layers inside a layer or model, at every depth, each once, in order."""
    found: dict[LazyLayer, None] = {}
    waiting = direct_layers(item)[::-1]
    while waiting:
        layer = waiting.pop()
        if layer not in found:
            found[layer] = None
            waiting += direct_layers(layer)[::-1]
    return list(found)


def own_weights(layer: LazyLayer) -> dict[str, Value]:
    """The weights that are attributes of the layer itself, by name."""
    return {name: v for name, v in vars(layer).items() if isinstance(v, Value) and v.op is None}


def adopt(owner: LazyLayer) -> None:
    """Give the layers inside names, the numbers l = 1 … L and sources of random numbers.

    Raises:
        ValueError: two layers were given the same name.
    """
    children = direct_layers(owner)
    taken = Counter(layer._name for layer in children if layer._name)
    for name, times in taken.items():
        if times > 1:
            raise ValueError(
                f"{owner.name!r} got {times} layers named {name!r}; expected another name for "
                f"each, since weights and summary go by it."
            )
    counts: Counter[str] = Counter()
    for layer in children:
        if layer._name is None:
            layer._name = free_name(snake_case(type(layer).__name__), counts, taken)
    inside = layers_under(owner)
    _number(inside)
    for layer in inside:
        if layer.rng is None and owner.rng is not None:
            layer.rng = owner.rng.spawn(1)[0]


def free_name(kind: str, counts: Counter[str], taken: Any) -> str:
    """The next of ``dense_1``, ``dense_2``, … that is not taken."""
    counts[kind] += 1
    while f"{kind}_{counts[kind]}" in taken:
        counts[kind] += 1
    return f"{kind}_{counts[kind]}"


def _number(layers: list[LazyLayer]) -> None:
    last = 0
    for layer in layers:
        if layer.numbered:
            if layer.number is None:
                layer.number = last + 1
                layer.relabel()
            last = max(last, layer.number)
