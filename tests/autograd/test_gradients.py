"""Gradients: when they are None, how they add up, whose memory they are."""

import itertools

import numpy as np
import pytest

import autograd as ag
from autograd import Graph, Value


def many_ops(w, x):
    """A loss that reaches most ops, several of which hand their delta on unchanged."""
    z = x @ w.T + w.sum(axis=1)
    a = z.tanh().reshape(-1) + z.relu().reshape(-1)
    b = ag.stack([a, a + a, -a]).T[1:]
    c = np.where(b.data > 0, b, 0.5 * b).sum(axis=0, keepdims=True) - b.mean()
    return z, (c * c).sum() + w.max() + (w + w).T.sum()


@pytest.fixture
def leaves():
    rng = np.random.default_rng(5)
    return Value(rng.normal(size=(2, 3)), label="w"), Value(rng.normal(size=(4, 3)), label="x")


def test_gradient_is_none_until_a_pass_reaches_the_value():
    x, unused = Value(2.0), Value(3.0)
    y = x * x
    beside = y * unused
    assert x.grad is y.grad is unused.grad is None
    y.backward()
    assert (x.grad, y.grad) == (4.0, 1.0)
    assert unused.grad is beside.grad is None


def test_a_zero_is_a_computed_zero():
    x = Value(2.0)
    (x * 0.0).backward()
    assert x.grad is not None
    assert x.grad == 0.0


def test_constants_get_no_gradient():
    x, c = Value(2.0), Value(3.0, requires_grad=False)
    y = c * c
    assert not y.requires_grad
    assert y.is_leaf
    (x * c + y).backward()
    assert (x.grad, c.grad, y.grad) == (3.0, None, None)


def test_a_value_used_twice_gets_both_contributions():
    a = Value(3.0)
    (a * a).backward()
    assert a.grad == 6.0
    b = Value(3.0)
    (b + b + b - b / b).backward()
    assert b.grad == 3.0


def test_a_diamond_is_swept_once_per_value():
    x = Value(2.0)
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60


def test_second_backward_doubles_leaves_exactly_and_leaves_interior_fresh(leaves):
    w, x = leaves
    z, loss = many_ops(w, x)
    loss.backward()
    first = [g.copy() for g in (w.grad, x.grad, z.grad)]
    loss.backward()
    np.testing.assert_array_equal(w.grad, 2 * first[0])
    np.testing.assert_array_equal(x.grad, 2 * first[1])
    np.testing.assert_array_equal(z.grad, first[2])
    assert loss.grad == 1.0


def test_leaves_add_up_over_graphs():
    w = Value(3.0)
    (w * 2).backward()
    (w * 5).backward()
    assert w.grad == 7.0
    w.zero_grad()
    assert w.grad is None
    (w * 5).backward()
    assert w.grad == 5.0


def test_an_interior_value_shows_the_last_pass():
    x = Value(3.0)
    y = x * 2
    first, second = y * 10, y * 100
    first.backward()
    assert y.grad == 10.0
    second.backward()
    assert y.grad == 100.0
    assert x.grad == 220.0


def test_gradients_share_no_memory_with_each_other_data_or_seed(leaves):
    w, x = leaves
    _, loss = many_ops(w, x)
    seeds = np.ones(())
    loss.backward(seeds)
    nodes = Graph(loss).nodes
    assert len(nodes) >= 25
    arrays = [node.grad for node in nodes if isinstance(node.grad, np.ndarray)]
    datas = [node.data for node in nodes if isinstance(node.data, np.ndarray)]
    assert len(arrays) >= 15
    pairs = 0
    for a, b in itertools.combinations(arrays, 2):
        assert not np.shares_memory(a, b)
        pairs += 1
    for a, b in itertools.product(arrays, datas):
        assert not np.shares_memory(a, b)
        pairs += 1
    assert pairs >= 300
    for node in nodes:
        if isinstance(node.grad, np.ndarray):
            assert node.grad is node.grad
            assert node.grad.flags.writeable


@pytest.mark.parametrize(
    "connect", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a + b.T.T]
)
def test_writing_into_one_gradient_changes_no_other(connect):
    a, b = Value(np.ones((2, 2))), Value(np.ones((2, 2)))
    seed = np.full((2, 2), 3.0)
    out = connect(a, b)
    out.backward(seed)
    expected = b.grad.copy()
    a.grad[0, 0] = out.grad[0, 1] = seed[1, 0] = 50.0
    np.testing.assert_array_equal(b.grad, expected)
    assert a.grad[0, 1] == a.grad[1, 0] == 3.0
    assert out.grad[1, 0] == 3.0
    out.backward(np.ones((2, 2)))
    assert out.grad.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_a_root_that_is_a_leaf_keeps_no_hold_of_its_seed():
    leaf, seed = Value([1.0, 2.0]), np.array([3.0, 4.0])
    leaf.backward(seed)
    assert not np.shares_memory(leaf.grad, seed)
    assert leaf.grad.tolist() == [3.0, 4.0]
    one = Value(5.0)
    one.backward()
    assert one.grad == 1.0


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_gradient_has_shape_and_dtype_of_its_value(dtype):
    rng = np.random.default_rng(2)
    a = Value(rng.normal(size=(2, 1)).astype(dtype))
    b = Value(rng.normal(size=3).astype(np.float64))
    s = Value(dtype(0.5))
    loss = ((a * b + s) ** 2 @ np.ones(3)).sum() * np.float64(2.0)
    loss.backward()
    values = Graph(loss).nodes
    assert len(values) == 9
    for value in values:
        assert value.grad.shape == value.shape
        assert value.grad.dtype == value.dtype
        assert type(value.grad) is type(value.data)
    assert (a.dtype, s.dtype) == (dtype, dtype)


def test_assigning_a_gradient_takes_none_a_number_or_the_shape():
    v = Value([1.0, 2.0], label="v", dtype=np.float32)
    v.grad = 0.0
    assert v.grad.tolist() == [0.0, 0.0]
    assert v.grad.dtype == np.float32
    given = np.array([3.0, 4.0], dtype=np.float32)
    v.grad = given
    given[0] = 9.0
    assert v.grad.tolist() == [3.0, 4.0]
    (v * 2).sum().backward()
    assert v.grad.tolist() == [5.0, 6.0]
    v.grad = Value([1.0, 1.0])
    assert v.grad.tolist() == [1.0, 1.0]
    v.grad = None
    assert v.grad is None
    with pytest.raises(ValueError, match=r".grad of 'v' got shape \(3,\); expected .*\(2,\), a s"):
        v.grad = np.ones(3)
    with pytest.raises(TypeError, match=r"assignment to .grad got 'x' of type str"):
        v.grad = "x"


def test_a_root_that_is_no_scalar_needs_a_gradient_of_its_shape():
    v = Value([1.0, 2.0], label="v")
    y = v * 2
    with pytest.raises(ValueError, match=r"shape \(2,\); expected a scalar. Reduce it first"):
        y.backward()
    with pytest.raises(ValueError, match=r"\(gradient=…\) got shape \(\); expected .*\(2,\)"):
        y.backward(1.0)
    with pytest.raises(ValueError, match=r"got shape \(1, 2\); expected the shape of the multiply"):
        y.backward([[1.0, 1.0]])
    with pytest.raises(TypeError, match=r"gradient=.*got 'x' of type str"):
        y.backward("x")
    with pytest.raises(ValueError, match=r"shape \(1,\); expected a scalar"):
        Value([1.0]).backward()
    assert v.grad is None
    y.backward(Value([1.0, 10.0]))
    assert v.grad.tolist() == [2.0, 20.0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Value(1.0, requires_grad=False),
        lambda: Value(1.0, requires_grad=False) * 2,
        lambda: Value(1.0).detach(),
        lambda: ag.no_grad()(lambda: Value(1.0) * 2)(),
    ],
)
def test_a_root_without_gradient_is_refused(make):
    with pytest.raises(ValueError, match="which needs no gradient: it was computed from constants"):
        make().backward()


def test_sum_of_a_list_starts_from_the_number_0():
    values = [Value(float(k)) for k in range(5)]
    total = sum(v * v for v in values)
    total.backward()
    assert total.data == 30.0
    assert [v.grad for v in values] == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert sum([Value(2.0)]).data == 2.0


def test_rebinding_assignment_makes_a_new_value():
    v = Value(3.0)
    w = v
    w += 1
    w *= 2
    w -= 1
    w /= 7
    w **= 2
    assert w is not v
    assert w.data == 1.0
    w.backward()
    np.testing.assert_allclose(v.grad, 4 / 7)


def test_detach_cuts_the_graph_and_keeps_data_and_label():
    x = Value(3.0, label="x")
    d = (x * x).detach()
    assert (d.data, d.requires_grad, d.is_leaf) == (9.0, False, True)
    assert x.detach().label == "x"
    y = x * d
    y.backward()
    assert x.grad == 9.0


def test_the_order_is_the_reverse_of_creation():
    x = Value(1.0)
    a = x * 2
    b = x * 3
    c = a * b
    swept = [item[0] if isinstance(item, tuple) else item for item in ag.sweep(c, np.float64(1))]
    assert [id(v) for v in swept] == [id(v) for v in (c, b, a, x)]


def test_micrograd_code_runs_as_it_is():
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g.data:.4f}" == "24.7041"
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def test_a_micrograd_training_loop_learns():
    rng = np.random.default_rng(0)
    parameters = [Value(w) for w in rng.normal(size=9)]

    def predict(x):
        w = parameters
        first = (w[0] * x[0] + w[1] * x[1] + w[2]).tanh()
        second = (w[3] * x[0] + w[4] * x[1] + w[5]).tanh()
        return (w[6] * first + w[7] * second + w[8]).tanh()

    xs, ys = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [-1.0, 1.0, 1.0, 1.0]
    losses = []
    for _ in range(60):
        loss = sum((predict(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        for p in parameters:
            p.data += -0.05 * p.grad
        losses.append(loss.data)
    assert losses[-1] < 0.1 * losses[0]
    assert all(p.version == 60 for p in parameters)


def test_only_the_leaves_that_are_named_are_added_to():
    a, b = Value(2.0), Value(3.0)
    y = a * b
    y.backward(inputs=[a])
    assert (a.grad, b.grad) == (3.0, None)
    y.backward(inputs=b)
    assert (a.grad, b.grad) == (3.0, 2.0)
    constant = Value(1.0, requires_grad=False, label="c")
    for wrong, name in (([constant], "'c'"), ([a, 3.0], "float")):
        with pytest.raises(ValueError, match=rf"\(inputs=…\) got {name}; expected Values that req"):
            y.backward(inputs=wrong)
