"""The problems that all engines of the comparison are given: sizes, data, first weights."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np

RATE = 0.05
#: Steps of the recurrent net, and units of its state.
TIME, STATE = 50, 32


class Network(NamedTuple):
    """A fully connected network with its batch: tanh and MSE, or ReLU and cross-entropy."""

    sizes: tuple[int, ...]
    batch: int
    classes: bool


NETWORKS = {
    "MLP 2-16-16-1, batch 32": Network((2, 16, 16, 1), 32, False),
    "digits 64-128-64-10, batch 128": Network((64, 128, 64, 10), 128, True),
    "MLP 784-512-512-10, batch 512": Network((784, 512, 512, 10), 512, True),
}
LENETS = {"LeNet 8x8, batch 32": 8, "LeNet 28x28, batch 32": 28}
ELMAN = f"Elman net, {TIME} steps, batch 16"
MOONS = "two moons, 65,614 scalars"
CHAIN_LENGTH, CHAIN_FACTOR = 1_000_000, 1.0000001
CHAIN = f"chain of {CHAIN_LENGTH:,}"
HESSIAN = "Hessian of Rosenbrock, 100 variables"
ELEMENTWISE = {f"1,000 elementwise ops on {n:,}": n for n in (10, 1000, 1_000_000)}


def network_data(network: Network) -> tuple[Any, Any]:
    """Inputs and targets: numbers, or class labels."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(network.batch, network.sizes[0]))
    if network.classes:
        return x, rng.integers(0, network.sizes[-1], network.batch)
    return x, rng.normal(size=(network.batch, network.sizes[-1]))


def network_weights(network: Network) -> list[Any]:
    """Weights ``(units, inputs)`` and biases in turn."""
    rng, weights = np.random.default_rng(1), []
    for inputs, units in itertools.pairwise(network.sizes):
        weights += [rng.normal(size=(units, inputs)) / np.sqrt(inputs), np.zeros(units)]
    return weights


def lenet(side: int) -> tuple[Any, Any, list[Any]]:
    """Images, labels, and weights: 6 and 16 kernels of 3×3, pools of 2, then 10 classes."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(32, 1, side, side)), rng.integers(0, 10, 32)
    last = 16 * (side // 4) ** 2
    shapes = [(6, 1, 3, 3), (6,), (16, 6, 3, 3), (16,), (10, last), (10,)]
    return x, y, [rng.normal(size=shape) * 0.1 for shape in shapes]


def elman() -> tuple[Any, Any, list[Any]]:
    """A sequence ``(time, batch, 8)``, targets, and weights of input, state and output."""
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(TIME, 16, 8)), rng.normal(size=(16, 1))
    shapes = [(STATE, 8), (STATE, STATE), (STATE,), (1, STATE), (1,)]
    return x, y, [rng.normal(size=shape) * 0.2 for shape in shapes]


def moons_weights() -> list[float]:
    """Weights and bias of each unit in turn, of the layers 2-16-16-1: the order of micrograd."""
    rng, numbers = np.random.default_rng(5), []
    for inputs, units in itertools.pairwise((2, 16, 16, 1)):
        for _ in range(units):
            numbers += [*rng.uniform(-1.0, 1.0, inputs).tolist(), 0.0]
    return numbers


def elementwise(size: int) -> tuple[Any, Any, Any]:
    """x, a, b of 1,000 ops: 333 rounds of tanh(a · x + b), and a sum."""
    rng = np.random.default_rng(4)
    return rng.normal(size=size), rng.uniform(0.5, 1.0, size), rng.normal(size=size)


ROUNDS = 333
POINT = np.linspace(-1.0, 1.5, 100)
#: All problems, in the order of the table.
PROBLEMS = [*NETWORKS, *LENETS, ELMAN, MOONS, CHAIN, *ELEMENTWISE, HESSIAN]
