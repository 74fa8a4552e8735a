"""Random programs that are traced: scalars and small arrays, values used more than once."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value

UNARY = [np.tanh, np.exp, np.sin, ag.relu, ag.sigmoid, lambda v: -v, lambda v: v * 0.5 - 1]
BINARY = [np.add, np.multiply, np.subtract, lambda a, b: a / (b * b + 1), np.maximum]
SHAPES = [(), (3,), (2, 3), (2, 1)]


def _program(seed, size):
    """Leaves of a random program, and the function that runs it: forward and one backward."""
    rng = np.random.default_rng(seed)
    leaves = []
    for k in range(3):
        shape = SHAPES[rng.integers(len(SHAPES))]
        leaves.append(Value(rng.uniform(-1, 1, shape), label=f"x{k}"))

    def run():
        choose = np.random.default_rng(seed + 1)
        values = list(leaves)
        for _ in range(size):
            a, b = (values[choose.integers(len(values))] for _ in range(2))
            if choose.random() < 0.5:
                values.append(UNARY[choose.integers(len(UNARY))](a))
            else:
                values.append(BINARY[choose.integers(len(BINARY))](a, b))
        loss = values[-1].sum() + leaves[0].sum()
        loss.backward()
        return values, loss

    return leaves, run


@pytest.fixture(scope="session")
def program():
    """The function ``program(seed, size)``: leaves, and a function that runs the program."""
    return _program
