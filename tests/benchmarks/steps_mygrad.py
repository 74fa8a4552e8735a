"""The problems in MyGrad, which has no second derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mygrad as mg
import numpy as np
import problems
from mygrad.nnet.layers import conv_nd, max_pool
from mygrad.nnet.losses import softmax_crossentropy
from problems import RATE


def stepper(loss: Callable[[], Any], parameters: list[Any]) -> Callable[[], Any]:
    """Loss, backward, and an update by hand."""

    def step() -> float:
        J = loss()
        J.backward()
        for p in parameters:
            p.data -= RATE * p.grad
            p.null_grad()
        return float(J)

    return step


def network(name: str) -> Callable[[], Any]:
    """A fully connected network in MyGrad."""
    kind = problems.NETWORKS[name]
    x, y = problems.network_data(kind)
    parameters = [mg.tensor(w) for w in problems.network_weights(kind)]

    def loss() -> Any:
        a = mg.tensor(x, constant=True)
        for k in range(0, len(parameters), 2):
            a = a @ parameters[k].T + parameters[k + 1]
            if k < len(parameters) - 2:
                a = mg.maximum(a, 0) if kind.classes else mg.tanh(a)
        return softmax_crossentropy(a, y) if kind.classes else mg.mean((a - y) ** 2)

    return stepper(loss, parameters)


def lenet(name: str) -> Callable[[], Any]:
    """Two convolutions with pools, and a layer of classes."""
    x, y, weights = problems.lenet(problems.LENETS[name])
    K1, c1, K2, c2, W, b = parameters = [mg.tensor(w) for w in weights]

    def convolved(a: Any, K: Any, c: Any) -> Any:
        z = conv_nd(a, K, stride=1, padding=1) + c.reshape(-1, 1, 1)
        return max_pool(mg.tanh(z), (2, 2), 2)

    def loss() -> Any:
        a = convolved(convolved(x, K1, c1), K2, c2)
        return softmax_crossentropy(a.reshape(len(x), -1) @ W.T + b, y)

    return stepper(loss, parameters)


def elman(name: str) -> Callable[[], Any]:
    """A recurrent net whose last state gives the answer."""
    x, y, weights = problems.elman()
    W, U, b, V, c = parameters = [mg.tensor(w) for w in weights]

    def loss() -> Any:
        state = np.zeros((16, problems.STATE))
        for t in range(problems.TIME):
            state = mg.tanh(x[t] @ W.T + b + state @ U.T)
        return mg.mean((state @ V.T + c - y) ** 2)

    return stepper(loss, parameters)


def elementwise(name: str) -> Callable[[], Any]:
    """tanh(a · x + b), round after round."""
    leaves = [mg.tensor(v) for v in problems.elementwise(problems.ELEMENTWISE[name])]

    def step() -> float:
        y = leaves[0]
        for _ in range(problems.ROUNDS):
            y = mg.tanh(y * leaves[1] + leaves[2])
        J = y.sum()
        J.backward()
        for leaf in leaves:
            leaf.null_grad()
        return float(J)

    return step


def chain(name: str) -> Callable[[], Any]:
    """A chain of products, built, differentiated and freed; the derivative by its start."""

    def step() -> float:
        start = y = mg.tensor(1.0)
        for _ in range(problems.CHAIN_LENGTH):
            y = y * problems.CHAIN_FACTOR
        y.backward()
        return float(start.grad)

    return step


STEPS = {
    "MyGrad": {
        **dict.fromkeys(problems.NETWORKS, network), **dict.fromkeys(problems.LENETS, lenet),
        **dict.fromkeys(problems.ELEMENTWISE, elementwise), problems.ELMAN: elman,
        problems.CHAIN: chain,
    },
}  # fmt: skip
