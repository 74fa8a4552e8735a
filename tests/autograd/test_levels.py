"""Level-wise replay: graphs of scalars, all calls of one op and depth at once."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import Value
from autograd.compiling.levels import Levels, chained

OPS = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a + 0.5,
    lambda a, b: 2.0 - a,
    lambda a, b: a.tanh(),
    lambda a, b: (a * 0.1).exp(),
    lambda a, b: a.relu(),
    lambda a, b: a / (b * b + 1.0),
    lambda a, b: a**2,
    lambda a, b: ag.maximum(a, b),
    lambda a, b: a.sigmoid(),
]
programs = st.lists(
    st.tuples(st.integers(0, len(OPS) - 1), st.integers(0, 99), st.integers(0, 99)),
    min_size=1, max_size=60,
)  # fmt: skip


def graph_of(plan, numbers):
    values = [Value(x, label=f"x{k}") for k, x in enumerate(numbers)]
    for op, i, j in plan:
        out = OPS[op](values[i % len(values)].tanh(), values[-1 - j % len(values)].tanh())
        values.append(out)
    total = values[0]
    for value in values[1:]:
        total = total + value
    return values, total


@given(plan=programs, seed=st.integers(0, 1000))
def test_replay_gives_every_number_and_gradient_of_the_eager_run(plan, seed):
    rng = np.random.default_rng(seed)
    _, root = graph_of(plan, rng.uniform(-2, 2, 4))
    graph = ag.Graph(root)
    again = graph.replay()
    numbers = rng.uniform(-2, 2, 4)
    fresh, total = graph_of(plan, numbers)
    total.backward()
    leaves = [node for node in graph.nodes if node.op is None]
    assert again(dict(zip(leaves, numbers, strict=True))) == total.data
    twins = ag.Graph(total).nodes
    for mine, twin in zip(graph.nodes, twins, strict=True):
        np.testing.assert_allclose(again.data(mine), twin.data, rtol=1e-12)
        np.testing.assert_allclose(again.grad(mine), twin.grad, rtol=1e-12, atol=1e-300)
    assert len(fresh) >= 4


def test_present_data_of_the_leaves_is_used_and_store_writes_all_values():
    w, x = Value(3.0, label="w"), Value(2.0, label="x")
    y = w * x
    J = y * y + w
    again = ag.Graph(J).replay()
    w.data = 5.0
    assert again() == 105.0
    again.store()
    assert (y.data, J.data, w.grad, x.grad, y.grad) == (10.0, 105.0, 41.0, 100.0, 20.0)
    assert again({x: 1.0}) == 30.0
    assert (x.data, again.data(x), again.grad(y)) == (2.0, 1.0, 10.0)


def test_replay_refuses_arrays_and_strangers():
    with pytest.raises(TypeError, match=r"'v' of shape \(2,\).*float64 scalars alone"):
        ag.Graph(Value([1.0, 2.0], label="v").sum()).replay()
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    with pytest.raises(KeyError, match="got a number for 'b'; expected leaves of the graph"):
        ag.Graph(a * 2.0).replay()({b: 1.0})
    with pytest.raises(KeyError, match="got a number for str"):
        ag.Graph(a * 2.0).replay()({"a": 1.0})


def moons_loss(model, parameters, points, labels):
    scores = [model([Value(x) for x in row]) for row in points]
    losses = [(1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
    return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)


def moons(rows):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(rows, 2)).tolist()
    return points, [1.0 if a > b else -1.0 for a, b in points]


def stepper(units):
    model = nn.unroll(nn.MLP(2, [units, units, 1], activation="relu", seed=1))
    parameters = model.parameters()

    def step(points, labels):
        J = moons_loss(model, parameters, points, labels)
        for p in parameters:
            p.grad = None
        J.backward()
        for p in parameters:
            p.data -= 0.05 * p.grad
        return J

    return parameters, step


def test_compile_chooses_levels_for_scalars_and_trains_alike():
    points, labels = moons(10)
    parameters, step = stepper(4)
    twins, other = stepper(4)
    compiled = ag.compile(other)
    for k in range(20):
        moved = [[a + 0.01 * k, b] for a, b in points]
        J, K = step(moved, labels), compiled(moved, labels)
        assert K.data == J.data
        for p, q in zip(parameters, twins, strict=True):
            assert (q.data, q.grad, q.version) == (p.data, p.grad, p.version)
    assert compiled.traces == 1
    assert isinstance(compiled._last.run.__self__, Levels)


def test_running_sums_are_one_call():
    values = [Value(float(k)) for k in range(50)]
    graph = ag.Graph(sum(v * v for v in values))
    again = graph.replay()
    assert len(again.levels.groups) <= 6
    assert again() == sum(float(k) ** 2 for k in range(50))
    assert chained([]) == {}


@pytest.mark.slow
def test_replay_is_fast_and_linear_in_the_graph():
    times = []
    for rows in (10, 100):
        points, labels = moons(rows)
        model = nn.unroll(nn.MLP(2, [16, 16, 1], activation="relu", seed=1))
        J = moons_loss(model, model.parameters(), points, labels)
        again = ag.Graph(J).replay()
        again()
        runs = []
        for _ in range(20):
            start = time.perf_counter()
            again()
            runs.append(time.perf_counter() - start)
        times.append(min(runs))
    assert times[1] < 0.02
    assert times[1] < 15 * times[0]
