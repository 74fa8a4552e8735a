"""Loops over blocks: long elementwise runs part by part, the same numbers bit for bit."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Value
from autograd.compiling import blocks
from autograd.compiling.buffered import Buffered

OPS = [
    lambda a, b: a + b,
    lambda a, b: a * b,
    lambda a, b: a - b,
    lambda a, b: ag.tanh(a),
    lambda a, b: ag.relu(b),
    lambda a, b: a**2,
    lambda a, b: ag.maximum(a, b),
    lambda a, b: -a,
    lambda a, b: ag.exp(a * 0.01),
    lambda a, b: (a * b).sum(axis=0),
    lambda a, b: ag.where(a.data > 0, a, b),
]


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of a few rows, so that small arrays have several."""
    for name, elements in (("WORTH", 2), ("MOST", 12), ("LEAST", 6), ("CACHE", 64)):
        monkeypatch.setattr(blocks, name, elements)


def text_of(replay, poison=False):
    buffered = Buffered(replay.program, poison=poison)
    body = buffered.body()
    return replay.program.module(body, buffered.setup)


def same(found, wanted):
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(a, b)


programs = st.lists(
    st.tuples(st.integers(0, len(OPS) - 1), st.integers(0, 30), st.integers(0, 30)),
    min_size=2, max_size=14,
)  # fmt: skip
shapes = st.sampled_from([(7,), (12,), (25,), (5, 3), (9, 4), (8, 1), (4, 2, 3), (1, 6), (13, 7)])


def computed(program, leaves):
    values = list(leaves)
    for op, i, j in program:
        values.append(OPS[op](values[i % len(values)], values[j % len(values)]))
    return values


@given(programs, shapes, st.integers(0, 2**32 - 1))
def test_random_programs_in_blocks_give_the_same_bits_and_read_no_freed_memory(
    program, shape, seed
):
    old = {name: getattr(blocks, name) for name in ("WORTH", "MOST", "LEAST", "CACHE")}
    blocks.WORTH, blocks.MOST, blocks.LEAST, blocks.CACHE = 2, 12, 6, 64
    try:
        rng = np.random.default_rng(seed)
        points = [rng.normal(size=shape), rng.normal(size=shape[1:] or (1,)), rng.normal(size=())]

        def step(*leaves):
            values = computed(program, leaves)
            J = sum(v.sum() for v in values[len(leaves) :])
            J.backward()
            for leaf in leaves:
                if leaf.grad is not None:
                    leaf.data -= 0.01 * leaf.grad
            return [J, *values[-2:], *[leaf.grad for leaf in leaves if leaf.grad is not None]]

        def data(results):
            return [r.data.copy() if isinstance(r, Value) else np.array(r) for r in results]

        eager = [Value(p.copy()) for p in points]
        wanted = [data(step(*eager)), [leaf.data for leaf in eager]]
        for poison in (False, True):
            leaves = [Value(p.copy()) for p in points]
            compiled = ag.compile(step)
            first = data(compiled(*leaves))
            same(first, wanted[0])
            same([leaf.data for leaf in leaves], wanted[1])
            replay = next(iter(compiled._programs.values()))[0]
            replay.run = replay.program.compiled(text_of(replay, poison))
            for leaf, point in zip(leaves, points, strict=True):
                leaf.data, leaf.grad = point.copy(), None
            same(data(replay.call(leaves)), wanted[0])
            same([leaf.data for leaf in leaves], wanted[1])
    finally:
        for name, elements in old.items():
            setattr(blocks, name, elements)


def test_a_long_chain_becomes_one_loop_whose_inner_results_have_a_block_each():
    n = 300_001
    x, a = Value(np.linspace(-2, 2, n)), Value(np.linspace(0.5, 1, n))

    def loss(x, a):
        y = x
        for _ in range(3):
            y = ag.tanh(y * a + 0.1)
        return y.sum()

    compiled = ag.compile(loss)
    J = compiled(x, a)
    J.backward()
    found = J.item(), x.grad.copy(), a.grad.copy()
    x.grad = a.grad = None
    eager = loss(x, a)
    eager.backward()
    assert found[0] == eager.item()
    np.testing.assert_array_equal(found[1], x.grad)
    np.testing.assert_array_equal(found[2], a.grad)
    replay = next(iter(compiled._programs.values()))[0]
    text = text_of(replay)
    assert text.count("    for ") == 1
    # Inside the function no array of full length is made but the two gradients.
    assert sum("np.empty((300001,)" in line for line in text.splitlines()) <= 3


def test_an_update_stands_right_behind_its_gradient():
    W1, W2 = Value(np.ones((3, 4)), label="W1"), Value(np.ones((2, 3)), label="W2")

    @ag.compile
    def step(x):
        z = ag.affine(ag.tanh(ag.affine(x, W1, np.zeros(3))), W2, np.zeros(2))
        J = (z * z).sum()
        J.backward()
        for W in (W1, W2):
            W.data -= 0.1 * W.grad
            W.grad = None
        return J

    step(np.ones((5, 4)))
    lines = text_of(next(iter(step._programs.values()))[0]).splitlines()
    update_2 = next(k for k, line in enumerate(lines) if "np.subtract(W2" in line)
    update_1 = next(k for k, line in enumerate(lines) if "np.subtract(W1" in line)
    last_read = max(k for k, line in enumerate(lines) if "W2, t" in line and "subtract" not in line)
    assert last_read < update_2 < update_1
    assert any("np.dot" in line for line in lines[update_2:update_1])


def test_arrays_that_the_cache_holds_have_no_loop():
    @ag.compile
    def loss(x):
        return ((x * 2.0) @ np.ones(len(x)) + ag.tanh(x[:5] * 3.0).sum()).sum()

    loss(Value(np.ones(60_000)))
    assert "block" not in text_of(next(iter(loss._programs.values()))[0])


def test_labels_named_like_the_loop_stay_apart(small_blocks):
    leaves = [Value(np.arange(24.0) * k, label=name) for k, name in enumerate(
        ["i", "n", "rows", "x_rows", "x", "blocks", "block1"], 1)]  # fmt: skip

    @ag.compile
    def loss():
        y = leaves[0]
        for leaf in leaves[1:]:
            y = ag.tanh(y * leaf - leaf)
        return y.sum()

    J = loss()
    J.backward()
    found = [leaf.grad.copy() for leaf in leaves]
    for leaf in leaves:
        leaf.grad = None
    eager = loss.function()
    eager.backward()
    assert J.item() == eager.item()
    same(found, [leaf.grad for leaf in leaves])


def test_relu_keeps_its_result_only_and_passes_what_the_rule_passes():
    x = Value(np.array([-1.0, -0.0, 0.0, 2.0, np.nan, np.inf, -np.inf, 5e-324]), label="x")
    weights = np.array([1.0, -1.0, 2.0, np.inf, 3.0, -2.0, np.nan, -0.0])

    def loss():
        return (ag.relu(x * 1.5) * weights).sum()

    compiled = ag.compile(loss)
    with np.errstate(invalid="ignore"):
        compiled().backward()
        found, x.grad = x.grad.copy(), None
        loss().backward()
    np.testing.assert_array_equal(found, x.grad)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(x.grad))
    text = text_of(next(iter(compiled._programs.values()))[0])
    (rectified,) = [line for line in text.splitlines() if "np.maximum(" in line]
    (asked,) = [line for line in text.splitlines() if "np.greater(" in line]
    result = rectified.split("out=")[1].rstrip(")")
    assert f"np.greater({result}, 0" in asked


def parameters_and_step(shapes, rate, kept=()):
    rng = np.random.default_rng(len(shapes))
    leaves = [Value(rng.normal(size=shape), label=f"w{k}") for k, shape in enumerate(shapes)]

    def step(x, rate):
        J = sum((ag.tanh(leaf * x) * (k + 1.0)).sum() for k, leaf in enumerate(leaves))
        J.backward()
        for k, leaf in enumerate(leaves):
            leaf.data -= rate * leaf.grad
            if k not in kept:
                leaf.grad = None
        return J

    return leaves, step


@pytest.mark.parametrize("rate", [0.1, np.float64(0.1), None])
def test_small_gradients_are_scaled_in_one_call(rate):
    """``rate`` None: an argument that changes from call to call."""
    shapes = [(3,), (2, 3), (4, 1), (5,), (1,)]
    leaves, step = parameters_and_step(shapes, rate)
    twins, plain = parameters_and_step(shapes, rate)
    compiled = ag.compile(step)
    for k in range(4):
        now = 0.1 / (k + 1) if rate is None else rate
        assert compiled(0.5 + k, now).item() == plain(0.5 + k, now).item()
        same([leaf.data for leaf in leaves], [leaf.data for leaf in twins])
    replay = next(iter(compiled._programs.values()))[0]
    text = text_of(replay)
    (row,) = re.findall(r"(row\w*) = np.empty\(19\)", text)
    assert len(re.findall(rf"np.multiply\(\w+, {row}, {row}\)", text)) == 1


def test_gradients_that_are_kept_or_large_are_scaled_alone():
    shapes = [(3,), (2, 3), (50, 50), (4,), (6,)]
    leaves, step = parameters_and_step(shapes, 0.1, kept={0, 1})
    twins, plain = parameters_and_step(shapes, 0.1, kept={0, 1})
    compiled = ag.compile(step)
    for _ in range(3):
        compiled(0.5, 0.1)
        plain(0.5, 0.1)
        same([leaf.data for leaf in leaves], [leaf.data for leaf in twins])
        same([leaf.grad for leaf in leaves[:2]], [leaf.grad for leaf in twins[:2]])
        assert leaves[2].grad is None
        for leaf in (*leaves, *twins):
            leaf.grad = None
    assert "row" not in text_of(next(iter(compiled._programs.values()))[0])


def test_small_products_that_are_returned_are_the_callers():
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(4, n)) for n in (3, 5, 2)]

    def function(x):
        products = [x @ w for w in weights]
        scaled = [0.1 * product for product in products]
        return [scaled[0], scaled[1][1:], scaled[2].T]

    x = rng.normal(size=(6, 4))
    compiled = ag.compile(function)
    found = compiled(x)
    compiled(2 * x)
    same(found, function(x))


def test_gradients_that_no_buffer_holds_are_scaled_alone():
    """The gradient of an index is made anew at each call, whatever its neighbours are."""
    shapes = [(3,), (2, 3), (4, 1), (5,)]
    leaves, _ = parameters_and_step(shapes, 0.1)
    twins, _ = parameters_and_step(shapes, 0.1)

    def step(own):
        J = sum((ag.tanh(leaf) ** 2).sum() for leaf in own) + own[0][[0, 0, 1]].sum()
        J.backward()
        for leaf in own:
            leaf.data -= 0.1 * leaf.grad
            leaf.grad = None
        return J

    compiled = ag.compile(lambda: step(leaves))
    for _ in range(3):
        assert compiled().item() == step(twins).item()
        same([leaf.data for leaf in leaves], [leaf.data for leaf in twins])
