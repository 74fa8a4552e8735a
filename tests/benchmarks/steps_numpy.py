"""The problems by hand in NumPy: what an engine is measured against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import problems
from problems import RATE


def network(name: str) -> Callable[[], Any]:
    """One training step of a fully connected network."""
    kind = problems.NETWORKS[name]
    x, y = problems.network_data(kind)
    weights = problems.network_weights(kind)
    rows, last = np.arange(kind.batch), len(weights) // 2 - 1

    def step() -> float:
        a = [x]
        for k in range(last + 1):
            z = a[-1] @ weights[2 * k].T + weights[2 * k + 1]
            if k < last:
                z = np.maximum(z, 0) if kind.classes else np.tanh(z)
            a.append(z)
        if kind.classes:
            shifted = np.exp(z - z.max(axis=1, keepdims=True))
            delta = shifted / shifted.sum(axis=1, keepdims=True)
            loss = -np.log(delta[rows, y]).mean()
            delta[rows, y] -= 1
            delta /= kind.batch
        else:
            error = z - y
            loss = np.mean(error * error)
            delta = 2 * error / error.size
        for k in range(last, -1, -1):
            W, b = weights[2 * k], weights[2 * k + 1]
            gradients = delta.T @ a[k], delta.sum(axis=0)
            if k:
                delta = (delta @ W) * ((a[k] > 0) if kind.classes else (1 - a[k] * a[k]))
            W -= RATE * gradients[0]
            b -= RATE * gradients[1]
        return float(loss)

    return step


def products(name: str) -> Callable[[], Any]:
    """Only the matrix products of the step: the limit that BLAS sets."""
    kind = problems.NETWORKS[name]
    x, _ = problems.network_data(kind)
    weights = problems.network_weights(kind)[::2]
    rng = np.random.default_rng(0)
    a = [x, *[rng.normal(size=(kind.batch, units)) for units in kind.sizes[1:]]]
    outs = [np.empty_like(part) for part in a]
    gradients = [np.empty_like(W) for W in weights]

    def step() -> float:
        for k, W in enumerate(weights):
            np.dot(a[k], W.T, outs[k + 1])
        for k, W in enumerate(weights):
            np.dot(a[k + 1].T, a[k], gradients[k])
            if k:
                np.dot(a[k + 1], W, outs[k])
        return 0.0

    return step


def elementwise(name: str) -> Callable[[], Any]:
    """tanh(a · x + b), round after round, forward and back."""
    x, a, b = problems.elementwise(problems.ELEMENTWISE[name])

    def step() -> float:
        outs = [x]
        for _ in range(problems.ROUNDS):
            outs.append(np.tanh(outs[-1] * a + b))
        delta, grad_a, grad_b = np.ones_like(x), np.zeros_like(x), np.zeros_like(x)
        for k in range(problems.ROUNDS, 0, -1):
            delta = delta * (1 - outs[k] * outs[k])
            grad_a += delta * outs[k - 1]
            grad_b += delta
            delta = delta * a
        return float(outs[-1].sum())

    return step


STEPS = {
    "NumPy by hand": {
        **dict.fromkeys(problems.NETWORKS, network),
        **dict.fromkeys(problems.ELEMENTWISE, elementwise),
    },
    "matrix products alone": dict.fromkeys(problems.NETWORKS, products),
}  # fmt: skip
