"""The problems in PyTorch, float64 on the CPU: eager, and through torch.compile."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import problems
import torch
from problems import RATE
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)


def tensor(x: Any, grad: bool = False) -> Any:
    """A tensor with the numbers of an array."""
    made = torch.tensor(x)
    return made.requires_grad_() if grad else made


def stepper(loss: Any, parameters: list[Any], *data: Any, compiled: bool) -> Callable[[], Any]:
    """Loss, backward, and an update without a graph."""
    loss = torch.compile(loss) if compiled else loss
    data = tuple(tensor(x) for x in data)

    def step() -> float:
        J = loss(*data)
        J.backward()
        with torch.no_grad():
            for p in parameters:
                p -= RATE * p.grad
                p.grad = None
        return J.item()

    return step


def network(compiled: bool, name: str) -> Callable[[], Any]:
    """A fully connected network."""
    kind = problems.NETWORKS[name]
    parameters = [tensor(w, True) for w in problems.network_weights(kind)]

    def loss(x: Any, y: Any) -> Any:
        a = x
        for k in range(0, len(parameters), 2):
            a = F.linear(a, parameters[k], parameters[k + 1])
            if k < len(parameters) - 2:
                a = torch.relu(a) if kind.classes else torch.tanh(a)
        return F.cross_entropy(a, y) if kind.classes else F.mse_loss(a, y)

    return stepper(loss, parameters, *problems.network_data(kind), compiled=compiled)


def lenet(compiled: bool, name: str) -> Callable[[], Any]:
    """Two convolutions with pools, and a layer of classes."""
    x, y, weights = problems.lenet(problems.LENETS[name])
    parameters = [tensor(w, True) for w in weights]
    K1, c1, K2, c2, W, b = parameters

    def loss(x: Any, y: Any) -> Any:
        a = F.max_pool2d(torch.tanh(F.conv2d(x, K1, c1, padding=1)), 2)
        a = F.max_pool2d(torch.tanh(F.conv2d(a, K2, c2, padding=1)), 2)
        return F.cross_entropy(F.linear(a.flatten(1), W, b), y)

    return stepper(loss, parameters, x, y, compiled=compiled)


def elman(compiled: bool, name: str) -> Callable[[], Any]:
    """A recurrent net whose last state gives the answer."""
    x, y, weights = problems.elman()
    parameters = [tensor(w, True) for w in weights]
    W, U, b, V, c = parameters

    def loss(x: Any, y: Any) -> Any:
        state = torch.zeros((16, problems.STATE))
        for t in range(problems.TIME):
            state = torch.tanh(F.linear(x[t], W, b) + state @ U.T)
        return F.mse_loss(F.linear(state, V, c), y)

    return stepper(loss, parameters, x, y, compiled=compiled)


def elementwise(compiled: bool, name: str) -> Callable[[], Any]:
    """tanh(a · x + b), round after round."""
    leaves = [tensor(v, True) for v in problems.elementwise(problems.ELEMENTWISE[name])]

    def step() -> float:
        y = leaves[0]
        for _ in range(problems.ROUNDS):
            y = torch.tanh(y * leaves[1] + leaves[2])
        J = y.sum()
        J.backward()
        for leaf in leaves:
            leaf.grad = None
        return J.item()

    return step


def hessian(compiled: bool, name: str) -> Callable[[], Any]:
    """All second derivatives of Rosenbrock's function."""
    point = tensor(problems.POINT)

    def rosenbrock(x: Any) -> Any:
        return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()

    if compiled:
        run = torch.compile(torch.func.hessian(rosenbrock))
        return lambda: run(point).sum().item()
    return lambda: torch.autograd.functional.hessian(rosenbrock, point).sum().item()


def chain(compiled: bool, name: str) -> Callable[[], Any]:
    """A chain of products, built, differentiated and freed; the derivative by its start."""

    def step() -> float:
        start = y = torch.tensor(1.0, requires_grad=True)
        for _ in range(problems.CHAIN_LENGTH):
            y = y * problems.CHAIN_FACTOR
        y.backward()
        return start.grad.item()

    return step


EAGER = {
    **dict.fromkeys(problems.NETWORKS, network), **dict.fromkeys(problems.LENETS, lenet),
    **dict.fromkeys(problems.ELEMENTWISE, elementwise), problems.ELMAN: elman,
    problems.HESSIAN: hessian, problems.CHAIN: chain,
}  # fmt: skip
COMPILED = [*problems.NETWORKS, *problems.LENETS, problems.ELMAN, problems.HESSIAN]
STEPS = {
    "PyTorch eager": {name: functools.partial(build, False) for name, build in EAGER.items()},
    "torch.compile": {name: functools.partial(EAGER[name], True) for name in COMPILED},
}
