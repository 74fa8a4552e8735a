"""The problems of scalars in micrograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import problems
import workloads


def moons(name: str) -> Callable[[], Any]:
    """The two-moons step."""
    return workloads.moons_micrograd()


def chain(name: str) -> Callable[[], Any]:
    """A chain of products; the derivative by its start."""
    from micrograd.engine import Value

    def step() -> float:
        start = y = Value(1.0)
        for _ in range(problems.CHAIN_LENGTH):
            y = y * problems.CHAIN_FACTOR
        y.backward()
        return start.grad

    return step


STEPS = {"micrograd": {problems.MOONS: moons, problems.CHAIN: chain}}
