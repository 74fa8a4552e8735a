"""The problems in tinygrad, jitted, float64 on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import problems
from problems import RATE
from tinygrad import Tensor, TinyJit, dtypes


def stepper(loss: Callable[[], Any], parameters: list[Any]) -> Callable[[], Any]:
    """Loss, gradients and update in one jitted function."""

    @TinyJit
    def update() -> Any:
        J = loss()
        new = []
        for p, g in zip(parameters, J.gradient(*parameters), strict=True):
            new.append(p - RATE * g)
        for p, w in zip(parameters, new, strict=True):
            p.assign(w)
        return J.realize(*parameters)

    return lambda: update().item()


def tensors(weights: list[Any]) -> list[Any]:
    """Weights on the device."""
    return [Tensor(w, dtype=dtypes.float64).contiguous().realize() for w in weights]


def network(name: str) -> Callable[[], Any]:
    """A fully connected network."""
    kind = problems.NETWORKS[name]
    data, targets = problems.network_data(kind)
    x, y = tensors([data])[0], Tensor(targets).realize()
    parameters = tensors(problems.network_weights(kind))

    def loss() -> Any:
        a = x
        for k in range(0, len(parameters), 2):
            a = a @ parameters[k].T + parameters[k + 1]
            if k < len(parameters) - 2:
                a = a.relu() if kind.classes else a.tanh()
        return a.sparse_categorical_crossentropy(y) if kind.classes else ((a - y) ** 2).mean()

    return stepper(loss, parameters)


def lenet(name: str) -> Callable[[], Any]:
    """Two convolutions with pools, and a layer of classes."""
    x, y, weights = problems.lenet(problems.LENETS[name])
    images, labels = tensors([x])[0], Tensor(y).realize()
    K1, c1, K2, c2, W, b = parameters = tensors(weights)

    def loss() -> Any:
        a = images.conv2d(K1, c1, padding=1).tanh().max_pool2d((2, 2))
        a = a.conv2d(K2, c2, padding=1).tanh().max_pool2d((2, 2))
        return (a.flatten(1) @ W.T + b).sparse_categorical_crossentropy(labels)

    return stepper(loss, parameters)


def elman(name: str) -> Callable[[], Any]:
    """A recurrent net whose last state gives the answer."""
    x, y, weights = problems.elman()
    W, U, b, V, c = parameters = tensors(weights)
    x, y, start = tensors([x, y, np.zeros((16, problems.STATE))])

    def loss() -> Any:
        state = start
        for t in range(problems.TIME):
            state = (x[t] @ W.T + b + state @ U.T).tanh()
        return ((state @ V.T + c - y) ** 2).mean()

    return stepper(loss, parameters)


STEPS = {
    "tinygrad": {
        **dict.fromkeys(problems.NETWORKS, network), **dict.fromkeys(problems.LENETS, lenet),
        problems.ELMAN: elman,
    },
}  # fmt: skip
