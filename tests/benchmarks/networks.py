"""Workloads of networks: five epochs of an MLP on the digits, and a step of a small LeNet.

Each function builds what is timed and returns it as a call without arguments, which gives the
last loss; all start from the same weights and compute in float64 unless their name says so.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import Any

import numpy as np

BATCH, EPOCHS = 128, 5
UNITS = (64, 128, 64, 10)


def digits() -> tuple[np.ndarray, np.ndarray]:
    """The 1,797 handwritten digits of scikit-learn: rows of 64 numbers 0 … 1, and labels."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return x / 16.0, y


def glorot() -> list[np.ndarray]:
    """Weights ``(units, inputs)`` and zero biases of the MLP, in turn."""
    rng, weights = np.random.default_rng(0), []
    for inputs, units in itertools.pairwise(UNITS):
        limit = np.sqrt(6 / (inputs + units))
        weights += [rng.uniform(-limit, limit, (units, inputs)), np.zeros(units)]
    return weights


def epochs_numpy() -> Callable[[], Any]:
    """Epochs of 64-128-64-10 by hand in NumPy: shuffled, cross-entropy, Adam in place."""
    x, y = digits()
    weights = glorot()
    moments = [(np.zeros_like(w), np.zeros_like(w)) for w in weights]
    rng, t = np.random.default_rng(0), 0

    def step(a0: Any, labels: Any) -> float:
        nonlocal t
        W1, b1, W2, b2, W3, b3 = weights
        a1 = np.maximum(a0 @ W1.T + b1, 0)
        a2 = np.maximum(a1 @ W2.T + b2, 0)
        z3 = a2 @ W3.T + b3
        powers = np.exp(z3 - z3.max(axis=1, keepdims=True))
        p = powers / powers.sum(axis=1, keepdims=True)
        rows = np.arange(len(labels))
        loss = -np.log(p[rows, labels]).mean()
        delta3 = p
        delta3[rows, labels] -= 1
        delta3 /= len(labels)
        delta2 = (delta3 @ W3) * (a2 > 0)
        delta1 = (delta2 @ W2) * (a1 > 0)
        gradients = (
            delta1.T @ a0, delta1.sum(axis=0), delta2.T @ a1, delta2.sum(axis=0),
            delta3.T @ a2, delta3.sum(axis=0),
        )  # fmt: skip
        t += 1
        rate = 0.001 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        for w, g, (m, v) in zip(weights, gradients, moments, strict=True):
            m *= 0.9
            m += 0.1 * g
            v *= 0.999
            v += 0.001 * g * g
            w -= rate * m / (np.sqrt(v) + 1e-8)
        return float(loss)

    def epochs() -> float:
        for _ in range(EPOCHS):
            order, total = rng.permutation(len(x)), 0.0
            for start in range(0, len(x), BATCH):
                rows = order[start : start + BATCH]
                total += step(x[rows], y[rows]) * len(rows)
        return total / len(x)

    return epochs


def epochs_replayed() -> Callable[[], Any]:
    """The same epochs as ``fit`` of nn with ``jit_compile``."""
    return epochs_glassgrad(jit_compile=True)


def epochs_glassgrad(jit_compile: bool = False) -> Callable[[], Any]:
    """The same epochs as ``fit`` of nn."""
    import nn
    from nn.layers import Dense, Input

    x, y = digits()
    model = nn.Sequential(
        [Input(shape=(64,)), Dense(128, "relu"), Dense(64, "relu"), Dense(10)], seed=0
    )
    model.set_weights(glorot())
    loss = nn.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, jit_compile=jit_compile)

    def epochs() -> float:
        return model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0).history["loss"][-1]

    return epochs


def torch_mlp(dtype: Any) -> tuple[Any, Any, Any, Any]:
    """Model, optimizer, inputs and labels of PyTorch."""
    import torch

    torch.set_num_threads(1)
    x, y = digits()
    layers: list[Any] = []
    for inputs, units in itertools.pairwise(UNITS):
        layers += [torch.nn.Linear(inputs, units, dtype=dtype), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    with torch.no_grad():
        for parameter, w in zip(model.parameters(), glorot(), strict=True):
            parameter.copy_(torch.tensor(w))
    adam = torch.optim.Adam(model.parameters())
    return model, adam, torch.tensor(x, dtype=dtype), torch.tensor(y)


def epochs_torch(kind: str = "float64") -> Callable[[], Any]:
    """The same epochs in PyTorch, eager."""
    import torch

    model, adam, x, y = torch_mlp(getattr(torch, kind))
    loss_of, rng = torch.nn.CrossEntropyLoss(), torch.Generator().manual_seed(0)

    def epochs() -> float:
        for _ in range(EPOCHS):
            order, total = torch.randperm(len(x), generator=rng), 0.0
            for start in range(0, len(x), BATCH):
                rows = order[start : start + BATCH]
                adam.zero_grad()
                loss = loss_of(model(x[rows]), y[rows])
                loss.backward()
                adam.step()
                total += loss.item() * len(rows)
        return total / len(x)

    return epochs


def epochs_torch_float32() -> Callable[[], Any]:
    """The same in PyTorch's default, float32."""
    return epochs_torch("float32")


def epochs_keras() -> Callable[[], Any]:
    """The same epochs as ``fit`` of Keras on PyTorch, in its default, float32."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras
    import torch

    torch.set_num_threads(1)
    x, y = digits()
    dense = keras.layers.Dense
    model = keras.Sequential(
        [keras.Input((64,)), dense(128, "relu"), dense(64, "relu"), dense(10)]
    )  # fmt: skip
    model.set_weights([w.T for w in glorot()])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))

    def epochs() -> float:
        return model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0).history["loss"][-1]

    return epochs


def lenet_weights() -> list[np.ndarray]:
    """Kernels and matrices of the LeNet below, and zero biases, in turn."""
    rng, weights = np.random.default_rng(0), []
    for shape in ((6, 1, 3, 3), (16, 6, 3, 3), (84, 64), (10, 84)):
        weights += [rng.normal(size=shape) * np.sqrt(1 / np.prod(shape[1:])), np.zeros(shape[0])]
    return weights


def lenet_glassgrad() -> Callable[[], Any]:
    """A step of a LeNet on 128 digits 8×8: two convolutions, mean pooling, two dense layers."""
    import nn
    from nn.layers import AveragePooling2D, Conv2D, Dense, Flatten, Input

    x, y = digits()
    x, y = x[:BATCH].reshape(-1, 8, 8, 1), y[:BATCH]
    model = nn.Sequential(
        [
            Input(shape=(8, 8, 1)),
            Conv2D(6, 3, padding="same", activation="tanh"),
            AveragePooling2D(),
            Conv2D(16, 3, activation="tanh"),
            Flatten(),
            Dense(84, "tanh"),
            Dense(10),
        ],
        seed=0,
    )
    model.set_weights(lenet_weights())
    model.compile("adam", nn.losses.SparseCategoricalCrossentropy(from_logits=True))
    return lambda: model.train_on_batch(x, y)


def lenet_torch(kind: str = "float64") -> Callable[[], Any]:
    """The same step in PyTorch."""
    import torch

    torch.set_num_threads(1)
    dtype = getattr(torch, kind)
    x, y = digits()
    images = torch.tensor(x[:BATCH].reshape(-1, 1, 8, 8), dtype=dtype)
    labels, net = torch.tensor(y[:BATCH]), torch.nn
    model = net.Sequential(
        net.Conv2d(1, 6, 3, padding=1), net.Tanh(), net.AvgPool2d(2), net.Conv2d(6, 16, 3),
        net.Tanh(), net.Flatten(), net.Linear(64, 84), net.Tanh(), net.Linear(84, 10),
    ).to(dtype)  # fmt: skip
    weights = lenet_weights()
    # Its rows are channels first, ours channels last.
    weights[4] = weights[4].reshape(84, 2, 2, 16).transpose(0, 3, 1, 2).reshape(84, 64)
    with torch.no_grad():
        for parameter, w in zip(model.parameters(), weights, strict=True):
            parameter.copy_(torch.tensor(w))
    adam, loss_of = torch.optim.Adam(model.parameters()), net.CrossEntropyLoss()

    def step() -> float:
        adam.zero_grad()
        loss = loss_of(model(images), labels)
        loss.backward()
        adam.step()
        return loss.item()

    return step


def lenet_torch_float32() -> Callable[[], Any]:
    """The same in PyTorch's default, float32."""
    return lenet_torch("float32")
