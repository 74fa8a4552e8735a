"""Models for the exercise on training: networks on the exercises' own engine."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np


class ColumnsModel:
    """The network of exercise 21, fed with one column per input: ``(samples, inputs)`` rows in.

    Its single output goes through tanh, as labels ±1 want it.
    """

    def __init__(self, network: Any) -> None:
        self.network = network

    def __call__(self, X: Any) -> Any:
        """ŷ, one number per sample."""
        return self.network(list(np.asarray(X, dtype=float).T))[0].tanh()

    def parameters(self) -> list[Any]:
        """The network's parameters."""
        return self.network.parameters()


def columns_model(names: Any, sizes: list[int], seed: int) -> ColumnsModel:
    """A network of exercise 21 from a fixed start."""
    return ColumnsModel(names.MLP(sizes, np.random.default_rng(seed)))


class ArrayModel:
    """The same kind of network with one matrix of weights per layer: exercise 20 at work."""

    def __init__(self, names: Any, sizes: list[int], seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.Value = names.Value
        self.weights, self.biases = [], []
        for inputs, units in pairwise(sizes):
            W = rng.normal(size=(inputs, units)) / np.sqrt(inputs)
            self.weights.append(names.Value(W))
            self.biases.append(names.Value(np.zeros(units)))

    def __call__(self, X: Any) -> Any:
        """ŷ of shape (samples, 1)."""
        a = self.Value(np.asarray(X, dtype=float))
        for W, b in zip(self.weights, self.biases, strict=True):
            a = (a @ W + b).tanh()
        return a

    def parameters(self) -> list[Any]:
        """All weights, then all biases."""
        return [*self.weights, *self.biases]
