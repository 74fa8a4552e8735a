"""The problems in this engine: eager, whole steps compiled, and a compiled loss."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import problems
import workloads
from problems import RATE

import autograd as ag
import nn
from autograd import Value
from autograd.graph import Graph

Loss = Callable[..., Any]


def eager(loss: Loss, parameters: list[Value], *data: Any) -> Callable[[], Any]:
    """A step as one writes it: loss, backward, nn.SGD."""
    optimizer = nn.SGD(parameters, learning_rate=RATE)

    def step(*data: Any) -> Any:
        J = loss(*data)
        optimizer.zero_grad()
        J.backward()
        optimizer.step()
        return J

    return lambda: step(*data).item()


def whole(loss: Loss, parameters: list[Value], *data: Any) -> Callable[[], Any]:
    """The step with its update, compiled; gradients are dropped after use."""

    def step(*data: Any) -> Any:
        J = loss(*data)
        J.backward()
        for p in parameters:
            p.data -= RATE * p.grad
            p.grad = None
        return J

    compiled = ag.compile(step)
    return lambda: compiled(*data).item()


def loss_only(loss: Loss, parameters: list[Value], *data: Any) -> Callable[[], Any]:
    """The loss compiled, plain backward() and an update by hand."""
    compiled = ag.compile(loss)

    def step() -> float:
        J = compiled(*data)
        J.backward()
        for p in parameters:
            p.data -= RATE * p.grad
            p.grad = None
        return J.item()

    return step


def network(how: Any, name: str) -> Callable[[], Any]:
    """A fully connected network."""
    kind = problems.NETWORKS[name]
    parameters = [Value(w) for w in problems.network_weights(kind)]

    def loss(x: Any, y: Any) -> Any:
        a = x
        for k in range(0, len(parameters), 2):
            a = ag.affine(a, parameters[k], parameters[k + 1])
            if k < len(parameters) - 2:
                a = ag.relu(a) if kind.classes else ag.tanh(a)
        return ag.softmax_cross_entropy(a, y) if kind.classes else ag.mean_squared_error(a, y)

    return how(loss, parameters, *problems.network_data(kind))


def lenet(how: Any, name: str) -> Callable[[], Any]:
    """Two convolutions with pools, and a layer of classes."""
    x, y, weights = problems.lenet(problems.LENETS[name])
    parameters = [Value(w) for w in weights]
    K1, c1, K2, c2, W, b = parameters

    def loss(x: Any, y: Any) -> Any:
        a = ag.max_pool2d(ag.tanh(ag.conv2d(x, K1, padding=1) + c1.reshape(6, 1, 1)), 2)
        a = ag.max_pool2d(ag.tanh(ag.conv2d(a, K2, padding=1) + c2.reshape(16, 1, 1)), 2)
        return ag.softmax_cross_entropy(ag.affine(a.reshape(len(x), -1), W, b), y)

    return how(loss, parameters, x, y)


def elman(how: Any, name: str) -> Callable[[], Any]:
    """A recurrent net whose last state gives the answer."""
    x, y, weights = problems.elman()
    parameters = [Value(w) for w in weights]
    W, U, b, V, c = parameters

    def loss(x: Any, y: Any) -> Any:
        state = np.zeros((16, problems.STATE))
        for t in range(problems.TIME):
            state = ag.tanh(ag.affine(x[t], W, b) + state @ U.T)
        return ag.mean_squared_error(ag.affine(state, V, c), y)

    return how(loss, parameters, x, y)


def elementwise(how: Any, name: str) -> Callable[[], Any]:
    """tanh(a · x + b), round after round."""
    leaves = [Value(v) for v in problems.elementwise(problems.ELEMENTWISE[name])]

    def loss(x: Any, a: Any, b: Any) -> Any:
        y = x
        for _ in range(problems.ROUNDS):
            y = ag.tanh(y * a + b)
        return y.sum()

    run = ag.compile(loss) if how is not eager else loss

    def step() -> float:
        J = run(*leaves)
        J.backward()
        for leaf in leaves:
            leaf.grad = None
        return J.item()

    return step


def rosenbrock(x: Any) -> Any:
    """Σ 100 (x_{k+1} - x_k²)² + (1 - x_k)²."""
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def hessian(how: Any, name: str) -> Callable[[], Any]:
    """All second derivatives of Rosenbrock's function."""
    function = ag.hessian(rosenbrock)
    run = function if how is eager else ag.compile(function)
    return lambda: float(np.sum(run(problems.POINT)))


def moons(how: Any, name: str) -> Callable[[], Any]:
    """The two-moons step, scalar by scalar."""
    if how is eager:
        return workloads.moons_glassgrad()
    model = workloads.moons_model()
    return how(functools.partial(moons_loss, model), model.parameters(), *workloads.moons())


def moons_loss(model: Any, points: Any, labels: Any) -> Value:
    """Hinge loss and L2, as in micrograd's demo."""
    scores = [model([Value(x) for x in row]) for row in points]
    terms = [(1 + -label * s).relu() for label, s in zip(labels, scores, strict=True)]
    return sum(terms) * (1.0 / len(terms)) + 1e-4 * sum(p * p for p in model.parameters())


class ReplayedStep:
    """A recorded graph of scalars, run again level by level, and an update of its parameters."""

    def __init__(self, record: Callable[[], Value], parameters: list[Value], rate: float) -> None:
        self.record, self.parameters, self.rate = record, parameters, rate
        self.numbers = np.array([p.item() for p in parameters])
        self.graph: Any = None

    def __call__(self) -> float:
        if self.graph is None:
            self.graph = Graph(self.record())
            self.replay = self.graph.replay()
        J = self.replay(dict(zip(self.parameters, self.numbers, strict=True)))
        self.gradients = np.array([self.replay.grad(p) for p in self.parameters])
        self.numbers -= self.rate * self.gradients
        return float(J)

    def facts(self) -> dict[str, int]:
        """How many values the graph has, and of how many the gradient can be read."""
        gradients = [self.replay.grad(value) for value in self.graph]
        return {
            "nodes": len(gradients),
            "gradients": sum(g is not None and bool(np.isfinite(g)) for g in gradients),
        }


def replayed_moons(name: str) -> ReplayedStep:
    """The two-moons step as a recorded graph."""
    model = workloads.moons_model()
    record = functools.partial(moons_loss, model, *workloads.moons())
    return ReplayedStep(record, model.parameters(), RATE)


def links(start: Value, length: int) -> Value:
    """A chain of products."""
    y = start
    for _ in range(length):
        y = y * problems.CHAIN_FACTOR
    return y


def chain(name: str) -> Callable[[], Any]:
    """A chain of products, built, differentiated and freed; the derivative by its start."""

    def step() -> float:
        start = Value(1.0)
        links(start, problems.CHAIN_LENGTH).backward()
        return float(start.grad)

    return step


def replayed_chain(name: str) -> Callable[[], Any]:
    """The chain as a recorded graph."""
    start = Value(1.0)
    replayed = ReplayedStep(lambda: links(start, problems.CHAIN_LENGTH), [start], 0.0)

    def step() -> float:
        replayed()
        return float(replayed.gradients[0])

    return step


BUILDERS = {
    **dict.fromkeys(problems.NETWORKS, network), **dict.fromkeys(problems.LENETS, lenet),
    **dict.fromkeys(problems.ELEMENTWISE, elementwise), problems.ELMAN: elman,
    problems.HESSIAN: hessian, problems.MOONS: moons,
}  # fmt: skip
STEPS: dict[str, dict[str, Callable[[str], Callable[[], Any]]]] = {
    "glassgrad eager": {
        name: functools.partial(build, eager) for name, build in BUILDERS.items()
    } | {problems.CHAIN: chain},
    "glassgrad compiled step": {
        name: functools.partial(build, whole) for name, build in BUILDERS.items()
    },
    "glassgrad compiled loss": {
        name: functools.partial(network, loss_only) for name in problems.NETWORKS
    },
    "glassgrad replayed graph": {problems.MOONS: replayed_moons, problems.CHAIN: replayed_chain},
}  # fmt: skip
