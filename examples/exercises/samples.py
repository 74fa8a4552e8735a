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


def gauss(seed: int, samples: int = 200) -> tuple[Any, Any]:
    """Two clouds of points around (2, 2) and (−2, −2), labelled ±1."""
    rng = np.random.default_rng(seed)
    y = np.repeat([1.0, -1.0], samples // 2)
    return y[:, None] * 2 + rng.normal(size=(samples, 2)) * 0.7, y


def xor_points(seed: int, samples: int = 200) -> tuple[Any, Any]:
    """Points of a square, +1 where both coordinates have one sign, with a gap at the axes."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-5, 5, size=(samples, 2))
    X = X + 0.3 * np.sign(X)
    return X, np.where(X[:, 0] * X[:, 1] >= 0, 1.0, -1.0)


def circle(seed: int, samples: int = 200) -> tuple[Any, Any]:
    """A disc, +1, in a ring, −1."""
    rng = np.random.default_rng(seed)
    y = np.repeat([1.0, -1.0], samples // 2)
    radius = np.where(y > 0, rng.uniform(0, 2.5, samples), rng.uniform(3.5, 5, samples))
    angle = rng.uniform(0, 2 * np.pi, samples)
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]), y


def spiral(seed: int, samples: int = 200) -> tuple[Any, Any]:
    """Two arms around each other, ±1."""
    half = samples // 2
    t = np.arange(half) / half
    arms = []
    for turn in (0.0, np.pi):
        angle, radius = 1.75 * t * 2 * np.pi + turn, 5 * t
        arms.append(np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]))
    return np.concatenate(arms), np.repeat([1.0, -1.0], half)


def relu(z: Any) -> Any:
    """max(0, z)."""
    return np.maximum(0.0, z)


def relu_prime(z: Any) -> Any:
    """1 where z > 0, else 0."""
    return np.where(np.asarray(z) > 0, 1.0, 0.0)
