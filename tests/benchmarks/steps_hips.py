"""The problems in HIPS autograd, a package that is also called autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
import problems
from autograd.scipy.special import logsumexp
from problems import RATE

import autograd


def stepper(loss: Callable[[Any], Any], weights: list[Any]) -> Callable[[], Any]:
    """Loss and gradients by value_and_grad, and an update by hand."""
    run = autograd.value_and_grad(loss)

    def step() -> float:
        J, gradients = run(weights)
        for w, g in zip(weights, gradients, strict=True):
            w -= RATE * g
        return float(J)

    return step


def cross_entropy(z: Any, y: Any) -> Any:
    """Mean cross-entropy of class labels from logits."""
    return anp.mean(logsumexp(z, axis=1) - z[np.arange(len(y)), y])


def network(name: str) -> Callable[[], Any]:
    """A fully connected network."""
    kind = problems.NETWORKS[name]
    x, y = problems.network_data(kind)

    def loss(weights: Any) -> Any:
        a = x
        for k in range(0, len(weights), 2):
            a = anp.dot(a, weights[k].T) + weights[k + 1]
            if k < len(weights) - 2:
                a = anp.maximum(a, 0) if kind.classes else anp.tanh(a)
        return cross_entropy(a, y) if kind.classes else anp.mean((a - y) ** 2)

    return stepper(loss, problems.network_weights(kind))


def lenet(name: str) -> Callable[[], Any]:
    """Two convolutions, as sums of products of shifted images, with pools; a layer of classes."""
    x, y, weights = problems.lenet(problems.LENETS[name])

    def convolved(a: Any, K: Any, c: Any) -> Any:
        batch, _, side, _ = a.shape
        padded = anp.pad(a, ((0, 0), (0, 0), (1, 1), (1, 1)), "constant")
        parts = [padded[:, :, i : i + side, j : j + side] for i in range(3) for j in range(3)]
        seen = anp.transpose(anp.stack(parts, axis=2), (0, 3, 4, 1, 2))
        seen = seen.reshape((batch * side * side, -1))
        z = anp.tanh(anp.dot(seen, K.reshape((len(K), -1)).T) + c)
        squares = z.reshape((batch, side // 2, 2, side // 2, 2, len(K)))
        return anp.transpose(anp.max(anp.max(squares, axis=4), axis=2), (0, 3, 1, 2))

    def loss(weights: Any) -> Any:
        K1, c1, K2, c2, W, b = weights
        a = convolved(convolved(x, K1, c1), K2, c2)
        return cross_entropy(anp.dot(a.reshape((len(x), -1)), W.T) + b, y)

    return stepper(loss, weights)


def elman(name: str) -> Callable[[], Any]:
    """A recurrent net whose last state gives the answer."""
    x, y, weights = problems.elman()

    def loss(weights: Any) -> Any:
        W, U, b, V, c = weights
        state = np.zeros((16, problems.STATE))
        for t in range(problems.TIME):
            state = anp.tanh(anp.dot(x[t], W.T) + b + anp.dot(state, U.T))
        return anp.mean((anp.dot(state, V.T) + c - y) ** 2)

    return stepper(loss, weights)


def elementwise(name: str) -> Callable[[], Any]:
    """tanh(a · x + b), round after round."""
    leaves = problems.elementwise(problems.ELEMENTWISE[name])

    def loss(leaves: Any) -> Any:
        x, a, b = leaves
        y = x
        for _ in range(problems.ROUNDS):
            y = anp.tanh(y * a + b)
        return anp.sum(y)

    run = autograd.value_and_grad(loss)
    return lambda: float(run(leaves)[0])


def hessian(name: str) -> Callable[[], Any]:
    """All second derivatives of Rosenbrock's function."""

    def rosenbrock(x: Any) -> Any:
        return anp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)

    run = autograd.hessian(rosenbrock)
    return lambda: float(run(problems.POINT).sum())


def chain(name: str) -> Callable[[], Any]:
    """A chain of products, built, differentiated and freed; the derivative by its start."""

    def last(start: Any) -> Any:
        y = start
        for _ in range(problems.CHAIN_LENGTH):
            y = y * problems.CHAIN_FACTOR
        return y

    run = autograd.grad(last)
    return lambda: float(run(1.0))


STEPS = {
    "HIPS autograd": {
        **dict.fromkeys(problems.NETWORKS, network), **dict.fromkeys(problems.LENETS, lenet),
        **dict.fromkeys(problems.ELEMENTWISE, elementwise), problems.ELMAN: elman,
        problems.HESSIAN: hessian, problems.CHAIN: chain,
    },
}  # fmt: skip
