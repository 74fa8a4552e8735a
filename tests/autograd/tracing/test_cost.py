"""Recording costs at most as much again as the run, and a trace opens within two seconds."""

import statistics
import time

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Value


def scalars():
    """A step of a network in scalars, about 3,000 values."""
    rng = np.random.default_rng(0)
    weights = [[Value(float(a)) for a in row] for row in rng.normal(size=(16, 3))]
    rows = rng.normal(size=(30, 2))

    def run():
        loss = 0.0
        for x, y in rows:
            total = 0.0
            for w, v, u in weights:
                total = total + (w * float(x) + v * float(y)).tanh() * u
            loss = loss + (total - 1.0) ** 2
        loss.backward()

    return run


def arrays():
    """A step of a small network on arrays."""
    model = nn.MLP(2, [16, 16, 1], activation="tanh", seed=0)
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(32, 2)), rng.normal(size=(32, 1))
    return lambda: nn.mse(model(X), y).backward()


def recorded(run):
    with ag.trace():
        run()


def timed(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


@pytest.mark.slow
@pytest.mark.parametrize(("program", "times"), [(scalars, 15), (arrays, 200)])
def test_recording_takes_at_most_twice_the_time_of_the_run(program, times):
    run = program()
    plain, traced = [], []
    for _ in range(times):
        plain.append(timed(run))
        traced.append(timed(lambda: recorded(run)))
    assert statistics.median(traced) <= 2 * statistics.median(plain)


def test_a_trace_lets_go_of_the_graph_once_it_is_opened():
    import weakref

    x = Value(2.0, label="x")

    def run():
        y = x * 3.0
        return weakref.ref(y)

    t = ag.trace(run)
    assert t.result() is not None
    assert len(t) == 1
    assert t.result() is None
    assert t.last.value("u1") == 6.0
