"""One small computation in each engine: a chain of products, sums and tanh, there and back."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

REPEATS = 50
OPS = 3 * REPEATS


def start(size: int) -> tuple[Any, Any, Any]:
    """x, a, b: scalars for size 0, arrays of that length otherwise."""
    rng = np.random.default_rng(0)
    if size == 0:
        return 0.3, 0.9, 0.1
    return rng.normal(size=size), rng.uniform(0.5, 1.0, size), rng.normal(size=size)


def glassgrad(size: int) -> Callable[[], Any]:
    """Forward and backward pass in this engine."""
    from autograd import Value

    x, a, b = (Value(v) for v in start(size))

    def run() -> Any:
        y = x
        for _ in range(REPEATS):
            y = (y * a + b).tanh()
        x.grad = a.grad = b.grad = None
        (y if size == 0 else y.sum()).backward()
        return x.grad

    return run


def torch(size: int) -> Callable[[], Any]:
    """The same in PyTorch, eager, float64."""
    import torch

    torch.set_num_threads(1)
    x, a, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in start(size))

    def run() -> Any:
        y = x
        for _ in range(REPEATS):
            y = (y * a + b).tanh()
        x.grad = a.grad = b.grad = None
        y.sum().backward()
        return x.grad.numpy()

    return run


def mygrad(size: int) -> Callable[[], Any]:
    """The same in MyGrad."""
    import mygrad

    x, a, b = (mygrad.tensor(v) for v in start(size))

    def run() -> Any:
        y = x
        for _ in range(REPEATS):
            y = mygrad.tanh(y * a + b)
        y.sum().backward()
        return x.grad

    return run


def hips(size: int) -> Callable[[], Any]:
    """The same in HIPS autograd, a package that is also called autograd."""
    import autograd.numpy as anp

    from autograd import grad

    x, a, b = start(size)

    def function(x: Any, a: Any, b: Any) -> Any:
        y = x
        for _ in range(REPEATS):
            y = anp.tanh(y * a + b)
        return anp.sum(y)

    gradient = grad(function, argnum=(0, 1, 2))

    def run() -> Any:
        return gradient(x, a, b)[0]

    return run


if __name__ == "__main__":
    run = globals()[sys.argv[1]](int(sys.argv[2]))
    for _ in range(20):
        result = run()
    times = []
    for _ in range(200):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    print(statistics.median(times) / OPS * 1e9, float(np.sum(result)))
