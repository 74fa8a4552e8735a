"""The problems in JAX, jit-compiled, float64 on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import problems
from problems import RATE

jax.config.update("jax_enable_x64", True)


def stepper(loss: Any, weights: list[Any], *data: Any) -> Callable[[], Any]:
    """Loss, gradients and update in one jitted function."""

    @jax.jit
    def update(weights: Any, *data: Any) -> Any:
        J, gradients = jax.value_and_grad(loss)(weights, *data)
        return J, [w - RATE * g for w, g in zip(weights, gradients, strict=True)]

    state = [[jnp.asarray(w) for w in weights]]
    data = tuple(jnp.asarray(x) for x in data)

    def step() -> float:
        J, state[0] = update(state[0], *data)
        return float(J)

    return step


def cross_entropy(z: Any, y: Any) -> Any:
    """Mean cross-entropy of class labels from logits."""
    return -jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], 1).mean()


def network(name: str) -> Callable[[], Any]:
    """A fully connected network."""
    kind = problems.NETWORKS[name]

    def loss(weights: Any, x: Any, y: Any) -> Any:
        a = x
        for k in range(0, len(weights), 2):
            a = a @ weights[k].T + weights[k + 1]
            if k < len(weights) - 2:
                a = jax.nn.relu(a) if kind.classes else jnp.tanh(a)
        return cross_entropy(a, y) if kind.classes else jnp.mean((a - y) ** 2)

    return stepper(loss, problems.network_weights(kind), *problems.network_data(kind))


def lenet(name: str) -> Callable[[], Any]:
    """Two convolutions with pools, and a layer of classes."""
    x, y, weights = problems.lenet(problems.LENETS[name])

    def convolved(a: Any, K: Any, c: Any) -> Any:
        z = jax.lax.conv(a, K, (1, 1), "SAME") + c.reshape(-1, 1, 1)
        window = (1, 1, 2, 2)
        return jax.lax.reduce_window(jnp.tanh(z), -jnp.inf, jax.lax.max, window, window, "VALID")

    def loss(weights: Any, x: Any, y: Any) -> Any:
        K1, c1, K2, c2, W, b = weights
        a = convolved(convolved(x, K1, c1), K2, c2)
        return cross_entropy(a.reshape(len(x), -1) @ W.T + b, y)

    return stepper(loss, weights, x, y)


def elman(name: str) -> Callable[[], Any]:
    """A recurrent net whose last state gives the answer."""
    x, y, weights = problems.elman()

    def loss(weights: Any, x: Any, y: Any) -> Any:
        W, U, b, V, c = weights
        state = jnp.zeros((16, problems.STATE))
        for t in range(problems.TIME):
            state = jnp.tanh(x[t] @ W.T + b + state @ U.T)
        return jnp.mean((state @ V.T + c - y) ** 2)

    return stepper(loss, weights, x, y)


def elementwise(name: str) -> Callable[[], Any]:
    """tanh(a · x + b), round after round."""
    leaves = [jnp.asarray(v) for v in problems.elementwise(problems.ELEMENTWISE[name])]

    def loss(x: Any, a: Any, b: Any) -> Any:
        y = x
        for _ in range(problems.ROUNDS):
            y = jnp.tanh(y * a + b)
        return y.sum()

    run = jax.jit(jax.value_and_grad(loss, (0, 1, 2)))
    return lambda: float(jax.block_until_ready(run(*leaves))[0])


def hessian(name: str) -> Callable[[], Any]:
    """All second derivatives of Rosenbrock's function."""

    def rosenbrock(x: Any) -> Any:
        return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()

    run = jax.jit(jax.hessian(rosenbrock))
    return lambda: float(run(problems.POINT).sum())


def chain(name: str) -> Callable[[], Any]:
    """A chain of products as one scan; the derivative by its start."""

    def last(start: Any) -> Any:
        def link(y: Any, _: Any) -> Any:
            return y * problems.CHAIN_FACTOR, None

        return jax.lax.scan(link, start, None, length=problems.CHAIN_LENGTH)[0]

    run = jax.jit(jax.grad(last))
    return lambda: float(run(1.0))


STEPS = {
    "JAX jit": {
        **dict.fromkeys(problems.NETWORKS, network), **dict.fromkeys(problems.LENETS, lenet),
        **dict.fromkeys(problems.ELEMENTWISE, elementwise), problems.ELMAN: elman,
        problems.HESSIAN: hessian, problems.CHAIN: chain,
    },
}  # fmt: skip
