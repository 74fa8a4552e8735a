"""The workloads: what is timed, each as a function that builds a step to be called again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import problems


def median_seconds(step: Callable[[], object], rounds: int) -> list[float]:
    """Seconds of each of ``rounds`` calls, after two to warm up."""
    step(), step()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return times


def small_data(batch: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (batch, 2) and targets (batch, 1)."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(batch, 2)), rng.normal(size=(batch, 1))


def mlp_numpy() -> Callable[[], float]:
    """One training step of a 2-16-16-1 tanh MLP, batch 32, written by hand in NumPy."""
    x, y = small_data()
    rng = np.random.default_rng(1)
    w1, b1 = rng.normal(size=(16, 2)) * 0.5, np.zeros(16)
    w2, b2 = rng.normal(size=(16, 16)) * 0.25, np.zeros(16)
    w3, b3 = rng.normal(size=(1, 16)) * 0.25, np.zeros(1)

    def step() -> float:
        a1 = np.tanh(x @ w1.T + b1)
        a2 = np.tanh(a1 @ w2.T + b2)
        out = a2 @ w3.T + b3
        error = out - y
        loss = np.mean(error * error)
        delta3 = 2 * error / error.size
        delta2 = (delta3 @ w3) * (1 - a2 * a2)
        delta1 = (delta2 @ w2) * (1 - a1 * a1)
        updates = (
            (w3, delta3.T @ a2), (b3, delta3.sum(axis=0)),
            (w2, delta2.T @ a1), (b2, delta2.sum(axis=0)),
            (w1, delta1.T @ x), (b1, delta1.sum(axis=0)),
        )  # fmt: skip
        for parameter, gradient in updates:
            parameter -= 0.05 * gradient
        return float(loss)

    return step


def mlp_glassgrad() -> Callable[[], float]:
    """The same step with the engine, eager: nn.MLP, nn.mse, backward, SGD."""
    import nn

    x, y = small_data()
    model = nn.MLP(2, [16, 16, 1], activation="tanh", seed=1)
    optimizer = nn.SGD(model.parameters(), learning_rate=0.05)

    def step() -> float:
        loss = nn.mse(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def moons() -> tuple[list[list[float]], list[float]]:
    """100 samples of two half circles, labels -1 and 1."""
    rng = np.random.default_rng(0)
    angle = np.linspace(0, np.pi, 50)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    points = np.concatenate([upper, lower]) + rng.normal(scale=0.1, size=(100, 2))
    return points.tolist(), [-1.0] * 50 + [1.0] * 50


def moons_step(value: type, model: Callable, parameters: list) -> Callable[[], float]:
    """One training step of micrograd's two-moons demo: hinge loss and L2, scalar by scalar."""
    points, labels = moons()

    def step() -> float:
        scores = [model([value(x) for x in row]) for row in points]
        losses = [(1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        for p in parameters:
            p.data -= 0.05 * p.grad
        return float(loss.data)

    return step


def moons_glassgrad() -> Callable[[], float]:
    """The two-moons step, every weight and every intermediate its own scalar Value."""
    from autograd import Value

    model = moons_model()
    return moons_step(Value, model, model.parameters())


def moons_model() -> Any:
    """The MLP of scalars, with the weights that micrograd is given, too."""
    import nn

    model = nn.unroll(nn.MLP(2, [16, 16, 1], activation="relu", seed=1))
    numbers = iter(problems.moons_weights())
    for layer in model.layers:
        for row, b in zip(layer.weights, layer.biases, strict=True):
            for parameter in (*row, b):
                parameter.data = next(numbers)
    return model


def moons_micrograd() -> Callable[[], float]:
    """The two-moons step with the micrograd package."""
    from micrograd.engine import Value
    from micrograd.nn import MLP

    model = MLP(2, [16, 16, 1])
    for parameter, number in zip(model.parameters(), problems.moons_weights(), strict=True):
        parameter.data = number
    return moons_step(Value, model, model.parameters())


def chain(length: int) -> float:
    """Seconds per op of a chain of scalar products: built, differentiated and freed."""
    from autograd import Value

    y = Value(1.0)
    start = time.perf_counter()
    for _ in range(length):
        y = y * 1.0000001
    y.backward()
    del y
    return (time.perf_counter() - start) / length


def chain_memory(length: int) -> float:
    """Peak bytes per node of such a chain, its backward pass included."""
    import tracemalloc

    from autograd import Value

    y = Value(1.0)
    tracemalloc.start()
    for _ in range(length):
        y = y * 1.0000001
    y.backward()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / length
