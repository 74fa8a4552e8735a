"""The problems in MyGrad, HIPS autograd, micrograd and tinygrad, as far as they go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import problems
import workloads
from problems import RATE


def mygrad_network(name: str) -> Callable[[], Any]:
    """A fully connected network in MyGrad."""
    import mygrad as mg
    from mygrad.nnet.losses import softmax_crossentropy

    kind = problems.NETWORKS[name]
    x, y = problems.network_data(kind)
    parameters = [mg.tensor(w) for w in problems.network_weights(kind)]

    def step() -> float:
        a = mg.tensor(x, constant=True)
        for k in range(0, len(parameters), 2):
            a = a @ parameters[k].T + parameters[k + 1]
            if k < len(parameters) - 2:
                a = mg.maximum(a, 0) if kind.classes else mg.tanh(a)
        J = softmax_crossentropy(a, y) if kind.classes else mg.mean((a - y) ** 2)
        J.backward()
        for p in parameters:
            p.data -= RATE * p.grad
            p.null_grad()
        return float(J)

    return step


def hips_network(name: str) -> Callable[[], Any]:
    """A fully connected network in HIPS autograd, a package that is also called autograd."""
    import autograd.numpy as anp
    from autograd.scipy.special import logsumexp

    from autograd import value_and_grad

    kind = problems.NETWORKS[name]
    x, y = problems.network_data(kind)
    weights, rows = problems.network_weights(kind), np.arange(kind.batch)

    def loss(weights: Any) -> Any:
        a = x
        for k in range(0, len(weights), 2):
            a = anp.dot(a, weights[k].T) + weights[k + 1]
            if k < len(weights) - 2:
                a = anp.maximum(a, 0) if kind.classes else anp.tanh(a)
        if kind.classes:
            return anp.mean(logsumexp(a, axis=1) - a[rows, y])
        return anp.mean((a - y) ** 2)

    run = value_and_grad(loss)

    def step() -> float:
        J, gradients = run(weights)
        for w, g in zip(weights, gradients, strict=True):
            w -= RATE * g
        return float(J)

    return step


def tinygrad_network(name: str) -> Callable[[], Any]:
    """A fully connected network in tinygrad, jitted, float64 on the CPU."""
    from tinygrad import Tensor, TinyJit, dtypes

    kind = problems.NETWORKS[name]
    x, y = (Tensor(v) for v in problems.network_data(kind))
    parameters = []
    for w in problems.network_weights(kind):
        parameters.append(Tensor(w, dtype=dtypes.float64).requires_grad_(True))

    @TinyJit
    def update() -> Any:
        a = x
        for k in range(0, len(parameters), 2):
            a = a @ parameters[k].T + parameters[k + 1]
            if k < len(parameters) - 2:
                a = a.relu() if kind.classes else a.tanh()
        J = a.sparse_categorical_crossentropy(y) if kind.classes else ((a - y) ** 2).mean()
        J.backward()
        for p in parameters:
            p.assign(p.detach() - RATE * p.grad)
            p.grad = None
        return J.realize(*parameters)

    return lambda: update().item()


def micrograd_moons(name: str) -> Callable[[], Any]:
    """The two-moons step of micrograd."""
    return workloads.moons_micrograd()


STEPS = {
    "MyGrad": dict.fromkeys(problems.NETWORKS, mygrad_network),
    "HIPS autograd": dict.fromkeys(problems.NETWORKS, hips_network),
    "tinygrad": dict.fromkeys(problems.NETWORKS, tinygrad_network),
    "micrograd": {problems.MOONS: micrograd_moons},
}
