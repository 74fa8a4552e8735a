"""Symbolic tensors: what ``Input`` gives and layers pass on when a model is drawn, not computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Lengths of the axes; None where any length will do, as on the axis of the batch.
Shape = tuple[int | None, ...]


class SymbolicTensor:
    """The place of an array in a model: its shape, and the call of a layer that will make it.

    It holds no numbers. ``shape`` is ``(None, features)``: None is the batch.
    """

    __slots__ = ("call", "position", "shape")

    def __init__(self, shape: Shape, call: Call, position: int) -> None:
        self.shape = shape
        self.call = call
        self.position = position

    @property
    def name(self) -> str:
        """The name of the layer that makes it."""
        return self.call.layer.name

    def __len__(self) -> int:
        raise TypeError(f"len() of {self!r}, whose batch has no length yet; use .shape[1:].")

    def __iter__(self) -> Any:
        raise TypeError(f"iteration over {self!r}, which holds no numbers; expected a layer on it.")

    def __bool__(self) -> bool:
        raise TypeError(
            f"truth of {self!r}, which holds no numbers; a model made of Input(...) cannot branch "
            f"on data. Write a subclass of nn.Model with call(self, inputs)."
        )

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError(
            f"arithmetic on {self!r}, which holds no numbers; expected a layer on it: "
            f"Add()([a, b]), Multiply()([a, b]), Concatenate()([a, b]), Activation('tanh')(a), or "
            f"a subclass of nn.Model with call(self, inputs)."
        )

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __truediv__ = __rtruediv__ = __matmul__ = __rmatmul__ = __pow__ = __rpow__ = _refuse
    __neg__ = __getitem__ = __array_ufunc__ = __array_function__ = _refuse

    def __repr__(self) -> str:
        return f"SymbolicTensor(shape={self.shape}, made by {self.name!r})"


class Call:
    """One use of a layer: what it reads (one symbolic tensor, a list or a dict) and what it makes.

    A shared layer has one Call per use.
    """

    __slots__ = ("inputs", "layer", "outputs")

    def __init__(self, layer: Any, inputs: Any, output_shape: Any) -> None:
        self.layer = layer
        self.inputs = inputs
        position = iter(range(len(parts(output_shape))))
        self.outputs = mapped(lambda s: SymbolicTensor(s, self, next(position)), output_shape)


def connect(layer: Any, inputs: Any) -> Any:
    """The symbolic outputs of ``layer`` on symbolic inputs; nothing is computed.

    Raises:
        TypeError: some inputs are symbolic and some hold numbers.
    """
    for part in parts(inputs):
        if not isinstance(part, SymbolicTensor):
            raise TypeError(
                f"{layer.name!r} got a symbolic tensor together with a {type(part).__name__}; "
                f"expected all inputs from Input(...), or all of them numbers."
            )
    shapes = mapped(lambda part: part.shape, inputs)
    shape = layer.compute_output_shape(shapes)
    if layer.output_shape is None:
        layer.output_shape = shape
    return Call(layer, inputs, shape).outputs


def is_shape(x: Any) -> bool:
    """True for one shape, such as ``(None, 3)``; False for a list or dict of them."""
    return isinstance(x, tuple) and all(part is None or isinstance(part, int) for part in x)


def mapped(function: Callable[[Any], Any], structure: Any) -> Any:
    """``structure`` (one thing, a list, a tuple or a dict) with each part replaced."""
    if is_shape(structure) or not isinstance(structure, list | tuple | dict):
        return function(structure)
    if isinstance(structure, dict):
        return {key: function(part) for key, part in structure.items()}
    return [function(part) for part in structure]


def parts(structure: Any) -> list[Any]:
    """The parts of a structure in order: of one thing, itself."""
    found: list[Any] = []
    mapped(found.append, structure)
    return found


def holds_symbols(inputs: Any) -> bool:
    """True if the inputs, or some of them, are symbolic."""
    if isinstance(inputs, SymbolicTensor):
        return True
    if isinstance(inputs, list | tuple):
        return any(isinstance(part, SymbolicTensor) for part in inputs)
    return isinstance(inputs, dict) and holds_symbols(list(inputs.values()))
