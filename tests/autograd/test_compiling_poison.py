"""Freed buffers filled with NaN reach no result, gradient or parameter: random training steps.

Steps mix elementwise chains with broadcasting, views, reductions, products, decisions of the
library and writes into parameters, on arrays of a few and of very many elements, in both
precisions and in odd layouts. Each is compared with the eager step, on the program's own buffers
and on poisoned ones.
"""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import Value
from autograd.compiling.buffered import Buffered
from autograd.compiling.replaying import Replay

#: Rows and columns: few, one, odd, and so many that a pass over them takes several blocks.
SHAPES = [(3, 5), (1, 1), (7, 1), (1, 4), (3, 1000), (61, 53), (2, 35_001)]


def fitting(a):
    """The largest factor that keeps a sum over all columns and rows small."""
    return 1.0 / max(1, a.shape[0] * a.shape[1])


OPS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - 0.5 * b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / (b * b + 1.0),
    "square": lambda a, b: a**2 * 0.5,
    "tanh": lambda a, b: (a + b).tanh(),
    "exp": lambda a, b: (a * 0.1).exp() - 1.0,
    "relu": lambda a, b: a.relu() - 0.25 * b.relu(),
    "sigmoid": lambda a, b: (3.0 * a).sigmoid() * b,
    "where": lambda a, b: ag.where(a > b, a, 0.5 * b),
    "masked": lambda a, b: ag.where(a > 0.0, a * b, 0.0),
    "maximum": lambda a, b: ag.maximum(a, b * 0.5),
    "chain": lambda a, b: ((a * 0.3 + b).tanh() * a - b) * 0.5 + a * a * 0.1,
    "itself": lambda a, b: a * a - a,
    "rows": lambda a, b: a - a.sum(axis=0, keepdims=True) * (1.0 / a.shape[0]) + 0.0 * b,
    "columns": lambda a, b: a * b.mean(axis=1, keepdims=True),
    "greatest": lambda a, b: a - b.max(axis=1, keepdims=True),
    "whole": lambda a, b: a.mean() * b,
    "softmax": lambda a, b: ag.softmax(a) * b,
    "reversed": lambda a, b: a[::-1] * 0.5 + b[:, ::-1] * 0.5,
    "turned": lambda a, b: (a.T * 1.5 - 1.0).T + b * 0.1,
    "reshaped": lambda a, b: (a.reshape(-1) * 0.5).reshape(a.shape) + b,
    "pieces": lambda a, b: ag.concatenate([a[:1], a[1:] * 0.5]) - b * 0.1,
    "product": lambda a, b: ((a + 0.0 * b) @ (b + 0.0 * a).T @ (a + 0.0 * b)) * fitting(a + b),
    "layer": lambda a, b: b * ag.affine(
        a, np.ones((3, a.shape[1])) * fitting(a), np.zeros(3)
    ).sum() * 0.1,
    "guarded": lambda a, b: b * nn.losses.binary_cross_entropy(
        (0.5 * a).sigmoid(), np.full(a.shape, 0.25)),
}  # fmt: skip
NAMES = list(OPS)
plans = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 99), st.integers(0, 99)),
    min_size=1, max_size=14,
)  # fmt: skip
layouts = st.sampled_from(["C", "F", "strided", "reversed"])


def laid_out(array, layout):
    if layout == "F":
        return np.asfortranarray(array)
    if layout == "strided":
        return np.repeat(array, 2, axis=1)[:, ::2]
    return np.ascontiguousarray(array[::-1])[::-1] if layout == "reversed" else array


def values_of(plan, x, parameters):
    """All values of a plan: of the shape of x, a row, or a column."""
    values = [x, *parameters, x * parameters[0]]
    for name, i, j in plan:
        a, b = values[-1 - i % len(values)], values[j % len(values)]
        out = (OPS[name](a + 0.0 * values[3], b) * 0.5).tanh() * 2.0
        values.append(out if max(out.shape) else a)
    return values


def training_step(plan, parameters):
    """A step that writes in several ways, and returns views, old data and results."""
    full, row, column = parameters

    def step(x, rate):
        for p in parameters:
            p.grad = None
        values = values_of(plan, Value(x, requires_grad=False), parameters)
        J = sum((v * v).mean() for v in values[1:])
        J.backward()
        before = row.data.copy()
        full.data -= rate * full.grad
        row.data = row.data - rate * row.grad
        column.data[...] = 0.99 * column.data - rate * column.grad
        last = values[-1].data
        return J, last.T, last[:1], before, full.grad, values[len(values) // 2].data * 2.0

    return step


def parameters_of(shape, dtype, layout):
    rng = np.random.default_rng(5)
    shapes = [shape, (1, shape[1]), (shape[0], 1)]
    return [Value(laid_out(rng.normal(size=s).astype(dtype), layout)) for s in shapes]


def poisoned(replay):
    buffered = Buffered(replay.program, poison=True)
    body = buffered.body()
    return replay.program.compiled(replay.program.module(body, buffered.setup))


def close(mine, wanted, dtype):
    mine, wanted = np.asarray(mine), np.asarray(wanted)
    assert mine.dtype == wanted.dtype
    scale = max(1.0, np.max(np.abs(wanted), initial=0.0))
    tolerance = (1e-12 if dtype == np.float64 else 1e-4) * scale
    np.testing.assert_allclose(mine, wanted, rtol=0, atol=tolerance)


def held_to_eager(plan, shape, dtype, layout):
    """The step in eager mode, compiled, and compiled on poisoned buffers, three times each."""
    rng = np.random.default_rng(6)
    ways = [parameters_of(shape, dtype, layout) for _ in range(3)]
    eager, compiled, poison = (training_step(plan, parameters) for parameters in ways)
    xs = [laid_out(rng.normal(size=shape).astype(dtype), layout) for _ in range(3)]
    replay = Replay(compiled, (xs[0], 0.01), {}, ["x", "rate"])
    spoilt = Replay(poison, (xs[0], 0.01), {}, ["x", "rate"])
    spoilt.run = poisoned(spoilt)
    kept = []
    for x in xs:
        given_x = x.copy()
        wanted = eager(x, 0.01)
        mine, other = replay.call([x, 0.01]), spoilt.call([x, 0.01])
        np.testing.assert_array_equal(x, given_x)
        for a, b, c in zip(mine, other, wanted, strict=True):
            a, b, c = (v.data if isinstance(v, Value) else v for v in (a, b, c))
            np.testing.assert_array_equal(b, a, strict=True)
            close(a, c, dtype)
            kept.append((a, np.copy(a)))
        for p, q, r in zip(*ways, strict=True):
            close(q.data, p.data, dtype)
            np.testing.assert_array_equal(r.data, q.data, strict=True)
            kept.append((q.grad, np.copy(q.grad)))
    for array, copy in kept:
        np.testing.assert_array_equal(array, copy, strict=True)


@pytest.mark.slow
@given(
    plan=plans,
    shape=st.sampled_from(SHAPES),
    dtype=st.sampled_from([np.float64, np.float64, np.float32]),
    layout=layouts,
)
@example(
    plan=[("chain", 0, 1), ("rows", 0, 2), ("chain", 1, 4)],
    shape=(2, 35_001),
    dtype=np.float64,
    layout="strided",
)
@example(plan=[("masked", 0, 1), ("turned", 0, 0)], shape=(3, 1000), dtype=np.float64, layout="F")
def test_poison_reaches_nothing_in_random_training_steps(plan, shape, dtype, layout):
    held_to_eager(plan, shape, dtype, layout)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(3, 5), (3, 1000)])
def test_poison_reaches_nothing_after_each_step(name, shape):
    plan = [(name, 0, 1), ("chain", 0, 2), (name, 0, 3), (name, 1, 0)]
    held_to_eager(plan, shape, np.float64, "C")


@pytest.mark.parametrize("size", [1, 2047, 2048, 2049, 3000, 4096, 8193, 70_000])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_long_chains_of_any_length_give_every_element(size, dtype):
    rng = np.random.default_rng(0)
    w = Value(rng.normal(size=size).astype(dtype))

    def loss(x, scale):
        z = w * x
        for _ in range(6):
            z = (z * scale + x).tanh() - z * 0.25
        return (z * z).sum(), z

    compiled = ag.compile(loss)
    for step in (1, 2, -1):
        x = rng.normal(size=2 * size).astype(dtype)[::step][:size]
        (J, z), (K, y) = loss(x, 0.5), compiled(x, 0.5)
        close(y.data, z.data, dtype)
        close(K.data, J.data, dtype)
        grads = []
        for root in (J, K):
            w.grad = None
            root.backward()
            grads.append(w.grad)
        close(grads[1], grads[0], dtype)


def test_the_check_finds_a_buffer_that_is_reused_too_early(monkeypatch):
    """Liveness told one step too short: the poison must show."""
    honest = Buffered.last_uses

    def hasty(self):
        return {x: max(k - 1, 0) for x, k in honest(self).items()}

    monkeypatch.setattr(Buffered, "last_uses", hasty)
    with pytest.raises(AssertionError):
        held_to_eager([("chain", 0, 1), ("columns", 0, 1)], (3, 5), np.float64, "C")
