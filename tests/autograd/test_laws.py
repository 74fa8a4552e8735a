"""Laws of differentiation, over random graphs."""

import math

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd as ag
from autograd import Value

UNARY = {
    "exp": (lambda a: a.exp(), lambda a: -5 < a < 3),
    "log": (lambda a: a.log(), lambda a: a > 0.1),
    "sqrt": (lambda a: a.sqrt(), lambda a: a > 0.1),
    "tanh": (lambda a: a.tanh(), lambda a: True),
    "sigmoid": (lambda a: a.sigmoid(), lambda a: True),
    "relu": (lambda a: a.relu(), lambda a: abs(a) > 0.05),
    "abs": (lambda a: abs(a), lambda a: abs(a) > 0.05),
    "negative": (lambda a: -a, lambda a: True),
    "square": (lambda a: a**2, lambda a: True),
    "cube": (lambda a: a**3, lambda a: True),
    "inverse": (lambda a: 1 / a, lambda a: abs(a) > 0.2),
    "shift": (lambda a: 1.5 - a, lambda a: True),
}
BINARY = {
    "add": (lambda a, b: a + b, lambda a, b: True),
    "subtract": (lambda a, b: a - b, lambda a, b: True),
    "multiply": (lambda a, b: a * b, lambda a, b: True),
    "divide": (lambda a, b: a / b, lambda a, b: abs(b) > 0.2),
    "power": (lambda a, b: a**b, lambda a, b: 0.2 < a < 5 and abs(b) < 3),
}

numbers = st.floats(-2.0, 2.0).filter(lambda x: abs(x) > 0.05)
steps = st.lists(
    st.tuples(
        st.sampled_from([*UNARY, *BINARY]),
        st.integers(0, 20),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=12,
)


def run(program, leaves):
    """The last value of a program of ops, each applied where it is smooth and not large."""
    values = list(leaves)
    for name, i, j in program:
        a, b = values[-1 - i % len(values)], values[j % len(values)]
        if name in UNARY:
            function, smooth = UNARY[name]
            if smooth(a.item()):
                values.append(function(a))
        else:
            function, smooth = BINARY[name]
            if smooth(a.item(), b.item()):
                values.append(function(a, b))
        if abs(values[-1].item()) > 50:
            values.pop()
    return sum(values)


def traced(program, points):
    """The names of the steps that ``run`` takes: they must be the same all around a point."""
    root = run(program, [Value(x) for x in points])
    return [node.op.name for node in ag.Graph(root) if node.op is not None], root.item()


@given(program=steps, points=st.lists(numbers, min_size=1, max_size=3))
def test_gradient_of_a_random_program_is_its_central_difference(program, points):
    leaves = [Value(x) for x in points]
    root = run(program, leaves)
    root.backward()
    way, _ = traced(program, points)
    h = 1e-5
    for k, leaf in enumerate(leaves):
        moved = []
        for change in (h, -h, 2 * h, -2 * h):
            there = [x + change * (i == k) for i, x in enumerate(points)]
            names, value = traced(program, there)
            assume(names == way)
            moved.append(value)
        numeric = (8 * (moved[0] - moved[1]) - (moved[2] - moved[3])) / (12 * h)
        scale = max(1.0, abs(numeric), abs(root.item()))
        assert math.isclose(leaf.grad, numeric, rel_tol=1e-6, abs_tol=1e-6 * scale)


arrays = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).uniform(-2, 2, size=(2, 3))
)


def vector_function(w):
    return (w @ w.T).tanh() * w.sum(axis=1) + ag.softmax(w)[:, :2]


def pull_back(function, data, delta):
    w = Value(data)
    function(w).backward(delta)
    return w.grad


@given(data=arrays, a=arrays, b=arrays, s=st.floats(-3, 3), t=st.floats(-3, 3))
def test_backward_is_linear_in_its_seed(data, a, b, s, t):
    a, b = a[:, :2], b[:, :2]
    together = pull_back(vector_function, data, s * a + t * b)
    apart = s * pull_back(vector_function, data, a) + t * pull_back(vector_function, data, b)
    np.testing.assert_allclose(together, apart, rtol=1e-9, atol=1e-11)


@given(data=arrays, program=steps)
def test_the_gradient_of_a_sum_is_the_sum_of_gradients(data, program):
    w = Value(data)
    f, g = (w * w).sum(), w.tanh().max()
    (f + g).backward()
    expected = pull_back(lambda v: (v * v).sum(), data, 1.0)
    expected = expected + pull_back(lambda v: v.tanh().max(), data, 1.0)
    np.testing.assert_allclose(w.grad, expected, rtol=1e-13)


@given(data=arrays, delta=arrays)
def test_a_view_of_the_gradient_is_the_gradient_of_the_view(data, delta):
    for view in (lambda v: v.T, lambda v: v.reshape(3, 2), lambda v: v.swapaxes(0, 1)):
        there = pull_back(view, data, view(delta))
        np.testing.assert_array_equal(there, delta)


@given(
    shape=st.lists(st.integers(1, 3), max_size=3).map(tuple),
    ones=st.lists(st.booleans(), min_size=3, max_size=3),
    drop=st.integers(0, 3),
    seed=st.integers(0, 1000),
)
def test_broadcasting_back_sums_what_broadcasting_forward_repeated(shape, ones, drop, seed):
    small = tuple(1 if one else n for n, one in zip(shape, ones, strict=False))[drop:]
    rng = np.random.default_rng(seed)
    v, delta = Value(rng.normal(size=small)), rng.normal(size=shape)
    ag.broadcast_to(v, shape).backward(delta)
    repeated = np.broadcast_to(np.arange(v.size).reshape(small), shape).ravel()
    expected = np.bincount(repeated, weights=delta.ravel(), minlength=v.size).reshape(small)
    np.testing.assert_allclose(v.grad, expected, rtol=1e-12, atol=1e-12)
    with_add = pull_back(lambda a: a + np.zeros(shape), v.data, delta)
    np.testing.assert_allclose(with_add, expected, rtol=1e-12, atol=1e-12)


@given(index=st.lists(st.integers(-6, 5), max_size=10), seed=st.integers(0, 1000))
def test_picking_and_scattering_are_each_others_transpose(index, seed):
    rng = np.random.default_rng(seed)
    data, delta = rng.normal(size=6), rng.normal(size=len(index))
    places = np.array(index, dtype=int)
    left = delta @ Value(data)[places].data
    scattered = ag.scatter(delta, places, (6,)).data
    np.testing.assert_allclose(left, scattered @ data, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(pull_back(lambda v: v[places], data, delta), scattered)
