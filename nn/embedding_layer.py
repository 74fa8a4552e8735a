"""Embedding: a table with a learned vector for each of a vocabulary's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd.modes import whole_call

from . import constraints, initializers, regularizers
from .inputs import as_count, as_numbers
from .lazy_layer import LazyLayer
from .saving.classes import savable


@savable
class Embedding(LazyLayer):
    """Rows of a table, looked up: ``(batch, length)`` whole numbers -> ``(batch, length, dim)``.

    ``weight`` is ``(input_dim, output_dim)``. There are no masks: ``mask_zero`` must stay False.

    >>> layer = Embedding(10, 4, seed=0)
    >>> y = layer(np.array([[1, 2, 1]]))
    >>> y.shape, bool((y.data[0, 0] == y.data[0, 2]).all()), layer.count_parameters()
    ((1, 3, 4), True, 40)

    Raises:
        ValueError: numbers that are not whole, or outside 0 … input_dim - 1.
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        input_shape: Any = None,
        name: str | None = None,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        super().__init__(name, input_shape, seed)
        self.input_dim = as_count(input_dim, "Embedding(input_dim)")
        self.output_dim = as_count(output_dim, "Embedding(output_dim)")
        if mask_zero:
            raise ValueError(
                "Embedding() got mask_zero=True; expected False: layers here know no masks. Cut "
                "or pad the sequences to equal length, and let the model learn the padding."
            )
        self.mask_zero = False
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.weight: Any = None

    def build(self, input_shape: Any) -> None:
        """Draw the table."""
        self.add_weight(
            "weight", (self.input_dim, self.output_dim), self.embeddings_initializer,
            self.embeddings_regularizer, self.embeddings_constraint,
        )  # fmt: skip

    def relabel(self) -> None:
        """E, for the table."""
        self.weight.label = "E"

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The row of each number."""
        if isinstance(inputs, list | dict):
            raise ValueError(f"{self!r} got {len(inputs)} inputs; expected one.")
        numbers = whole_call(as_indices, repr(self), as_numbers(inputs), self.input_dim)
        return autograd.embedding(self.weight, numbers)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """``(batch, …) -> (batch, …, output_dim)``."""
        if not isinstance(input_shape, tuple):
            raise ValueError(f"{self!r} got {len(input_shape)} inputs; expected one.")
        return (*input_shape, self.output_dim)

    def __repr__(self) -> str:
        return f"Embedding({self.input_dim}, {self.output_dim}) {self.name!r}"


def as_indices(layer, numbers, rows):
    """The numbers as ints, or the error that says which one is none, or out of range."""
    whole = numbers.dtype.kind in "iu" or (numbers == np.floor(numbers))
    wrong = ~(np.asarray(whole) & (numbers >= 0) & (numbers < rows))
    if wrong.any():
        place = tuple(int(k) for k in np.argwhere(wrong)[0])
        raise ValueError(
            f"{layer} got {numbers[place]} at {place}; expected whole numbers 0 … {rows - 1}, one "
            f"per row of the table."
        )
    return numbers.astype(np.intp)
