"""Layers that join several inputs into one: Add, Subtract, Multiply, Concatenate."""

from __future__ import annotations

from typing import Any

import autograd

from .lazy_layer import LazyLayer
from .saving.classes import savable


class Merging(LazyLayer):
    """A layer that reads a list of two inputs or more; the base of those below."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The inputs joined from left to right, two at a time."""
        inputs = self.several(inputs)
        result = inputs[0]
        for other in inputs[1:]:
            if other.shape != result.shape:
                raise self.unequal([x.shape for x in inputs])
            result = self.join(result, other)
        return result

    def join(self, a: Any, b: Any) -> Any:
        """Two inputs joined into one; every subclass says how."""
        raise NotImplementedError(f"{type(self).__name__} has no join().")

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The common shape of the inputs."""
        shapes = self.several(input_shape)
        if any(shape != shapes[0] for shape in shapes):
            raise self.unequal(shapes)
        return shapes[0]

    def several(self, inputs: Any) -> Any:
        """The inputs as a list of two or more, or the error that says what came."""
        if isinstance(inputs, list) and len(inputs) > 1:
            return inputs
        raise ValueError(
            f"{type(self).__name__} {self.name!r} got one input; expected a list of two or more: "
            f"{type(self).__name__}()([a, b])."
        )

    def unequal(self, shapes: Any) -> ValueError:
        """The error for inputs that differ in shape."""
        return ValueError(
            f"{type(self).__name__} {self.name!r} got inputs of shapes "
            f"{', '.join(map(str, shapes))}; expected equal shapes."
        )


@savable
class Add(Merging):
    """Sum of the inputs, elementwise: y = a + b + …, as in a residual connection."""

    def join(self, a: Any, b: Any) -> Any:
        """a + b."""
        return a + b


@savable
class Subtract(Merging):
    """Difference of two inputs, elementwise: y = a - b."""

    def join(self, a: Any, b: Any) -> Any:
        """a - b."""
        return a - b

    def several(self, inputs: Any) -> Any:
        """Exactly two inputs."""
        if len(super().several(inputs)) != 2:
            raise ValueError(f"Subtract {self.name!r} got {len(inputs)} inputs; expected two.")
        return inputs


@savable
class Multiply(Merging):
    """Product of the inputs, elementwise: y = a ⊙ b ⊙ …."""

    def join(self, a: Any, b: Any) -> Any:
        """a ⊙ b."""
        return a * b


@savable
class Concatenate(Merging):
    """The inputs side by side along ``axis``: ``(batch, 3)`` and ``(batch, 2) -> (batch, 5)``."""

    def __init__(self, axis: int = -1, name: str | None = None) -> None:
        super().__init__(name)
        if isinstance(axis, bool) or not isinstance(axis, int) or axis == 0:
            raise ValueError(
                f"Concatenate(axis) got {axis!r}; expected an int other than 0, the batch's axis."
            )
        self.axis = axis

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The inputs side by side."""
        self.compute_output_shape([x.shape for x in self.several(inputs)])
        return autograd.concatenate(inputs, axis=self.axis)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the first, with the lengths along the axis added up."""
        shapes = [list(shape) for shape in self.several(input_shape)]
        lengths = []
        for shape in shapes:
            if len(shape) != len(shapes[0]) or not -len(shape) < self.axis < len(shape):
                raise self.unequal(input_shape)
            lengths.append(shape[self.axis])
            shape[self.axis] = None
            if shape != shapes[0]:
                raise self.unequal(input_shape)
        shapes[0][self.axis] = None if None in lengths else sum(lengths)
        return tuple(shapes[0])

    def unequal(self, shapes: Any) -> ValueError:
        """The error for inputs that do not fit side by side."""
        return ValueError(
            f"Concatenate {self.name!r} got inputs of shapes {', '.join(map(str, shapes))}; "
            f"expected equal shapes but for axis {self.axis}."
        )
