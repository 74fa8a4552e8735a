"""Samples: functions, data and central differences that probes are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def linear(z: Any) -> Any:
    """z."""
    return z


def tanh(z: Any) -> Any:
    """tanh(z)."""
    return np.tanh(z)


def tanh_prime(z: Any) -> Any:
    """1 − tanh²(z)."""
    return 1 - np.tanh(z) ** 2


def sigmoid(z: Any) -> Any:
    """1/(1 + e^(−z)), also for large z."""
    half = np.tanh(np.asarray(z) / 2)
    return (1 + half) / 2


def sigmoid_prime(z: Any) -> Any:
    """a(1 − a), a = σ(z)."""
    a = sigmoid(z)
    return a * (1 - a)


def square(z: Any) -> Any:
    """z²: no real activation, but one whose g' at z and at a are far apart."""
    return z * z


def square_prime(z: Any) -> Any:
    """2z."""
    return 2 * z


def central_differences(f: Callable[[Any], Any], w: Any, h: float = 1e-6) -> Any:
    """∂f/∂w, one element at a time: (f(w + h) − f(w − h)) / 2h."""
    w = np.array(w, dtype=float)
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        above, below = w.copy(), w.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = (float(f(above[()])) - float(f(below[()]))) / (2 * h)
    return gradient[()]


def gate_table(name: str) -> tuple[Any, Any]:
    """Truth table of AND, OR or XOR: inputs 0 and 1, answers ±1."""
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    ones = X.sum(axis=1)
    true = {"AND": ones == 2, "OR": ones >= 1, "XOR": ones == 1}[name]
    return X, np.where(true, 1.0, -1.0)


def playground_points(name: str, seed: int, samples: int = 200) -> tuple[Any, Any]:
    """Points of the playground's set circle, xor, gauss or spiral, without noise; labels ±1."""
    from nn.playground import GENERATORS

    return GENERATORS[name](samples, 0.0, np.random.default_rng(seed))


def relu(z: Any) -> Any:
    """max(0, z)."""
    return np.maximum(0.0, z)


def relu_prime(z: Any) -> Any:
    """1 where z > 0, else 0."""
    return np.where(np.asarray(z) > 0, 1.0, 0.0)
