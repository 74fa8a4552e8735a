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
    last = len(weights) // 2 - 1

    def step() -> float:
        a = [x]
        for k in range(last + 1):
            z = a[-1] @ weights[2 * k].T + weights[2 * k + 1]
            if k < last:
                z = np.maximum(z, 0) if kind.classes else np.tanh(z)
            a.append(z)
        if kind.classes:
            loss, delta = cross_entropy(z, y)
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


def cross_entropy(z: Any, y: Any) -> tuple[float, Any]:
    """Mean cross-entropy of class labels from logits, and its derivative by them."""
    rows = np.arange(len(y))
    shifted = np.exp(z - z.max(axis=1, keepdims=True))
    delta = shifted / shifted.sum(axis=1, keepdims=True)
    loss = -np.log(delta[rows, y]).mean()
    delta[rows, y] -= 1
    delta /= len(y)
    return float(loss), delta


def columns(x: Any) -> Any:
    """The 3×3 windows of padded images ``(batch, channels, side, side)``, a row for each."""
    batch, channels, side, _ = x.shape
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(batch * side * side, channels * 9)


def convolve(x: Any, K: Any, c: Any) -> tuple[Any, Any]:
    """tanh of a convolution, ``(batch, kernels, side, side)``, and the windows."""
    batch, _, side, _ = x.shape
    seen = columns(x)
    z = seen @ K.reshape(len(K), -1).T + c
    return np.tanh(z).reshape(batch, side, side, len(K)).transpose(0, 3, 1, 2), seen


def convolve_back(delta: Any, K: Any, seen: Any, inputs: bool) -> tuple[Any, Any, Any]:
    """Derivatives of a convolution by kernels, biases and, where asked for, its inputs."""
    batch, kernels, side, _ = delta.shape
    rows = delta.transpose(0, 2, 3, 1).reshape(-1, kernels)
    grad_K, grad_c = (rows.T @ seen).reshape(K.shape), rows.sum(axis=0)
    if not inputs:
        return grad_K, grad_c, None
    spread = (rows @ K.reshape(kernels, -1)).reshape(batch, side, side, -1, 3, 3)
    padded = np.zeros((batch, K.shape[1], side + 2, side + 2))
    for i in range(3):
        for j in range(3):
            part = spread[:, :, :, :, i, j].transpose(0, 3, 1, 2)
            padded[:, :, i : i + side, j : j + side] += part
    return grad_K, grad_c, padded[:, :, 1:-1, 1:-1]


def pool(a: Any) -> tuple[Any, Any]:
    """The largest of each 2×2 square, and where it is; ties share equally."""
    batch, channels, side, _ = a.shape
    squares = a.reshape(batch, channels, side // 2, 2, side // 2, 2)
    largest = squares.max(axis=(3, 5), keepdims=True)
    where = squares == largest
    return largest.reshape(batch, channels, side // 2, side // 2), where


def pool_back(delta: Any, where: Any) -> Any:
    """Derivatives by what was pooled."""
    batch, channels, half, _, _, _ = where.shape
    spread = delta.reshape(batch, channels, half, 1, half, 1) * where
    return spread.reshape(batch, channels, 2 * half, 2 * half)


def lenet(name: str) -> Callable[[], Any]:
    """Two convolutions with pools as matrix products, and a layer of classes."""
    x, y, weights = problems.lenet(problems.LENETS[name])
    K1, c1, K2, c2, W, b = weights

    def step() -> float:
        a1, seen1 = convolve(x, K1, c1)
        p1, where1 = pool(a1)
        a2, seen2 = convolve(p1, K2, c2)
        p2, where2 = pool(a2)
        flat = p2.reshape(len(x), -1)
        loss, delta = cross_entropy(flat @ W.T + b, y)
        grad_W, grad_b = delta.T @ flat, delta.sum(axis=0)
        delta2 = pool_back((delta @ W).reshape(p2.shape), where2) * (1 - a2 * a2)
        grad_K2, grad_c2, delta1 = convolve_back(delta2, K2, seen2, True)
        delta1 = pool_back(delta1, where1) * (1 - a1 * a1)
        grad_K1, grad_c1, _ = convolve_back(delta1, K1, seen1, False)
        gradients = (grad_K1, grad_c1, grad_K2, grad_c2, grad_W, grad_b)
        for w, g in zip(weights, gradients, strict=True):
            w -= RATE * g
        return loss

    return step


def elman(name: str) -> Callable[[], Any]:
    """A recurrent net whose last state gives the answer, and backpropagation through time."""
    x, y, weights = problems.elman()
    W, U, b, V, c = weights

    def step() -> float:
        states = [np.zeros((16, problems.STATE))]
        for t in range(problems.TIME):
            states.append(np.tanh(x[t] @ W.T + b + states[-1] @ U.T))
        error = states[-1] @ V.T + c - y
        delta = 2 * error / error.size
        grad_W, grad_U, grad_b = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
        grad_V, grad_c = delta.T @ states[-1], delta.sum(axis=0)
        delta = delta @ V
        for t in range(problems.TIME - 1, -1, -1):
            delta = delta * (1 - states[t + 1] * states[t + 1])
            grad_W += delta.T @ x[t]
            grad_U += delta.T @ states[t]
            grad_b += delta.sum(axis=0)
            delta = delta @ U
        gradients = (grad_W, grad_U, grad_b, grad_V, grad_c)
        for w, g in zip(weights, gradients, strict=True):
            w -= RATE * g
        return float(np.mean(error * error))

    return step


def chain(name: str) -> Callable[[], Any]:
    """A chain of products in a loop over numbers, and the derivative by its start."""
    factor = np.float64(problems.CHAIN_FACTOR)

    def step() -> float:
        values = [np.float64(1.0)]
        for _ in range(problems.CHAIN_LENGTH):
            values.append(values[-1] * factor)
        deltas = [np.float64(1.0)]
        for _ in range(problems.CHAIN_LENGTH):
            deltas.append(deltas[-1] * factor)
        return float(deltas[-1])

    return step


def hessian(name: str) -> Callable[[], Any]:
    """The second derivatives of Rosenbrock's function by hand: three diagonals."""
    x = problems.POINT

    def step() -> float:
        H = np.diag(-400.0 * x[:-1], 1)
        H += H.T
        diagonal = np.full(len(x), 200.0)
        diagonal[0] = 0.0
        diagonal[:-1] += 1200.0 * x[:-1] ** 2 - 400.0 * x[1:] + 2.0
        H[np.diag_indices(len(x))] = diagonal
        return float(H.sum())

    return step


STEPS = {
    "NumPy by hand": {
        **dict.fromkeys(problems.NETWORKS, network), **dict.fromkeys(problems.LENETS, lenet),
        **dict.fromkeys(problems.ELEMENTWISE, elementwise), problems.ELMAN: elman,
        problems.HESSIAN: hessian, problems.CHAIN: chain,
    },
    "matrix products alone": dict.fromkeys(problems.NETWORKS, products),
}  # fmt: skip
