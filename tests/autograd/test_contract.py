"""The engine's contract, item by item, and every row of the table of awkward points, by name.

Each is looked into elsewhere at length; here one assertion each says that it holds.
"""

import copy
import pickle
import threading
import warnings

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Value


def grad_of(f, *points):
    values = [Value(point) for point in points]
    f(*values).sum().backward()
    return [value.grad for value in values]


# The contract


def test_1_data_is_numpy_of_a_floating_type_and_a_number_upcasts_nothing():
    assert type(Value(2.0).data) is np.float64
    for whole in (2, True, [1, 2], np.arange(3, dtype=np.int8)):
        assert Value(whole).dtype == np.float64
    for dtype in (np.float32, np.float16):
        v = Value(np.ones(2, dtype))
        for out in (v * 2, 2.0 + v, v / 3, v**2, -v, v * True):
            assert out.dtype == dtype
    for wrong, error in ((1j, TypeError), (object(), TypeError), ("1", TypeError)):
        with pytest.raises(error, match=r"Value\(\) got .* expected real numbers"):
            Value(wrong)
    with pytest.raises(ValueError, match=r"ragged nested lists \(lengths 1, 2\); expected rows"):
        Value([[1.0], [1.0, 2.0]])


def test_2_gradients_are_none_until_reached_add_up_in_leaves_and_share_no_memory():
    x, unused = Value(np.ones(3, np.float32)), Value(1.0)
    assert x.grad is None
    y = x + x
    loss = (y * 0.0).sum()
    loss.backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0]
    assert unused.grad is None
    assert (x.grad.dtype, x.grad.shape) == (np.float32, (3,))
    (x + 1).sum().backward()
    assert x.grad.tolist() == [1.0, 1.0, 1.0]
    a, b = Value(np.ones(2)), Value(np.ones(2))
    total = a + b
    total.backward(np.ones(2))
    grads = [a.grad, b.grad, total.grad]
    for k, grad in enumerate(grads):
        for other in grads[k + 1 :]:
            assert not np.shares_memory(grad, other)


def test_3_a_root_is_a_scalar_or_has_a_gradient_of_its_shape_and_nothing_recurses(shallow):
    with pytest.raises(ValueError, match=r"of shape \(2,\); expected a scalar"):
        (Value([1.0, 2.0]) * 2).backward()
    with pytest.raises(ValueError, match=r"got shape \(3,\); expected the shape"):
        (Value([1.0, 2.0]) * 2).backward(np.ones(3))
    y = x = Value(1.0)
    for _ in range(2000):
        y = y * 1.001
    y.backward()
    assert copy.deepcopy(y).data == y.data == pickle.loads(pickle.dumps(y)).data
    assert "multiply" in repr(y)
    assert x.grad == pytest.approx(1.001**2000)


def test_4_data_overwritten_after_use_is_refused_with_op_value_line_and_versions():
    x = Value(2.0, label="x")
    y = x * x
    x.data -= 1.0
    with pytest.raises(ag.StaleValueError) as caught:
        y.backward()
    text = str(caught.value)
    for part in ("multiply", "test_contract.py", "'x * x'", "'x'", "version 0", "version 1"):
        assert part in text
    with ag.debug():
        v = Value([1.0, 2.0])
        z = (v * v).sum()
        v.data[0] = 5.0
        with pytest.raises(ag.StaleValueError, match="was written into after use"):
            z.backward()


def test_5_every_node_knows_its_line_and_sub_expression():
    a, b = Value(1.0), Value(2.0)
    out = a * b + nn.mse(a, 0.0)
    assert [node.origin.expression for node in ag.Graph(out) if node.op] == [
        "a * b", "nn.mse(a, 0.0)", "a * b + nn.mse(a, 0.0)",
    ]  # fmt: skip
    assert "test_contract.py" in repr(out)


def test_6_modes_are_restored_after_an_exception_and_local_to_their_thread():
    with pytest.raises(ZeroDivisionError), ag.no_grad():
        raise ZeroDivisionError
    assert (Value(1.0) * 2).requires_grad
    found = []
    with ag.no_grad():
        thread = threading.Thread(target=lambda: found.append((Value(1.0) * 2).requires_grad))
        thread.start()
        thread.join()
        assert not (Value(1.0) * 2).requires_grad
    assert found == [True]

    @ag.no_grad()
    def decorated():
        return Value(1.0) * 2

    assert not decorated().requires_grad


@pytest.mark.filterwarnings("error")
def test_7_stable_formulas_warn_of_no_overflow():
    far = np.array([-1e4, 1e4])
    for f in (ag.sigmoid, ag.softmax, ag.log_softmax, ag.softplus, ag.logsumexp, ag.silu, ag.gelu):
        (grad,) = grad_of(f, far)
        assert np.all(np.isfinite(grad))
    (grad,) = grad_of(lambda v: ag.softmax_cross_entropy(v, 0), far)
    assert grad.tolist() == [-1.0, 1.0]


def test_8_numpy_works_on_values_and_loses_no_graph():
    v = Value([1.0, 4.0])
    assert np.sqrt(v).op.name == "sqrt"
    assert (np.ones(2) * v).op.name == (np.float64(2) * v).op.name == "multiply"
    with pytest.raises(TypeError, match=r"Use \.data for the numbers, \.detach\(\)"):
        np.asarray(v)
    assert (v > 2).tolist() == [False, True]
    assert len({v, v, Value([1.0, 4.0])}) == 2


def test_9_debug_mode_names_where_a_nan_or_inf_is_born():
    with ag.debug():
        with pytest.raises(ag.NonFiniteError, match=r"NaN born in the forward pass of sqrt at"):
            Value(-1.0, label="x").sqrt()
        root = Value(0.0, label="x").sqrt() * 3
        with pytest.raises(ag.NonFiniteError, match=r"(?s)backward pass.*sqrt.*From the loss"):
            root.backward()
        x = Value(1.0, label="x")
        with pytest.raises(ag.NonFiniteError, match=r"in adding up the gradient of 'x'"):
            (x * 1.0 + x * 1.0).backward(1.5e308)


def test_10_errors_say_what_came_what_was_expected_and_how_to_mend_it():
    with pytest.raises(ValueError, match=r"got .*\(3, 2\).*expected.*Did you mean x\.T\?"):
        nn.Layer(3, 1, rng=0)(np.ones((3, 2)))
    with pytest.raises(ValueError, match=r"matmul got .*\(2, 3\).*\(2, 3\).*Did you mean a @ b\.T"):
        Value(np.ones((2, 3))) @ Value(np.ones((2, 3)))


# The table of awkward points: f, where, and the gradient of the sum there.

NAN, INF = np.nan, np.inf
POINTS = {
    "relu at 0 and -0.0: 0": (ag.relu, [[0.0, -0.0]], [[0.0, 0.0]]),
    "abs at 0 and -0.0: 0": (ag.abs, [[0.0, -0.0]], [[0.0, 0.0]]),
    "leaky_relu at 0: the slope": (lambda v: ag.leaky_relu(v, 0.2), [0.0], [0.2]),
    "max ties: split evenly": (ag.max, [[1.0, 3.0, 3.0]], [[0.0, 0.5, 0.5]]),
    "min ties: split evenly": (ag.min, [[3.0, 3.0, 3.0]], [[1 / 3] * 3]),
    "maximum ties: a half each": (ag.maximum, [2.0, 2.0], [0.5, 0.5]),
    "minimum ties: a half each": (ag.minimum, [2.0, 2.0], [0.5, 0.5]),
    "maximum(x, x): exactly 1": (lambda v: ag.maximum(v, v), [2.0], [1.0]),
    "clip at a bound: 1": (lambda v: ag.clip(v, 0.0, 1.0), [[0.0, 1.0]], [[1.0, 1.0]]),
    "std of a constant: 0": (ag.std, [[2.0, 2.0]], [[0.0, 0.0]]),
    "norm of 0: 0": (ag.norm, [[0.0, 0.0]], [[0.0, 0.0]]),
    "x**0: 0, also at 0": (lambda v: v**0, [[0.0, 2.0]], [[0.0, 0.0]]),
    "0**b in b, b > 0: 0": (ag.power, [0.0, 2.0], [0.0, 0.0]),
    "0**0 with a Value exponent: 0, 0": (ag.power, [0.0, 0.0], [0.0, 0.0]),
    "negative base, Value exponent: NaN": (ag.power, [-2.0, 3.0], [12.0, NAN]),
    "prod with one zero: the others": (ag.prod, [[0.0, 2.0, 3.0]], [[6.0, 0.0, 0.0]]),
    "prod with two zeros: 0": (ag.prod, [[0.0, 0.0, 3.0]], [[0.0, 0.0, 0.0]]),
    "where: the branch not taken gives 0": (
        lambda v: ag.where(v.data > 0, v * 2, v * 3), [[-1.0, 1.0]], [[3.0, 2.0]],
    ),
    "where twice is finite": (
        lambda v: ag.where(v.data > 0, ag.sqrt(ag.where(v.data > 0, v, 1.0)), 0.0),
        [[0.0, 4.0]], [[0.0, 0.25]],
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("row", POINTS)
def test_awkward_point(row):
    f, points, expected = POINTS[row]
    for found, exact in zip(grad_of(f, *points), expected, strict=True):
        np.testing.assert_allclose(found, exact, rtol=1e-15)


def test_values_at_awkward_points():
    assert (Value(0.0) ** 0).data == (Value(0.0) ** Value(0.0)).data == 1.0
    assert ag.logsumexp(Value([-INF, -INF])).data == -INF
    for f in (ag.sqrt, ag.log):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert grad_of(f, 0.0) == [INF]


def test_a_second_backward_doubles_leaves_exactly_and_leaves_the_rest_fresh():
    x = Value([0.3, 0.7])
    y = x.tanh()
    loss = (y * y).sum()
    loss.backward()
    once, inner = x.grad.copy(), y.grad.copy()
    loss.backward()
    assert np.array_equal(x.grad, 2 * once)
    assert np.array_equal(y.grad, inner)


# Traps that others fall into


def test_what_is_handed_in_may_change_afterwards():
    rows, labels = np.array([0, 2]), np.array([1, 0])
    x, seed = Value(np.arange(6.0).reshape(3, 2)), np.ones((2, 2))
    picked, loss = x[rows], ag.softmax_cross_entropy(x[:2], labels)
    taken = ag.take(x, rows, axis=0)
    rows[:], labels[:] = 1, 1
    for out in (picked, taken):
        x.grad = None
        out.backward(seed)
        assert x.grad.tolist() == [[1, 1], [0, 0], [1, 1]]
    seed[:] = 9.0
    assert picked.grad.tolist() == x.grad[[0, 2]].tolist() == [[1, 1], [1, 1]]
    x.grad = None
    loss.backward()
    assert np.argmin(x.grad[0]) == 1
    assert np.argmin(x.grad[1]) == 0


def test_an_optimiser_step_between_forward_and_backward_is_refused():
    w = Value([1.0, 2.0])
    optimizer = nn.SGD([w], learning_rate=0.1)
    loss = (w * w).sum()
    loss.backward()
    optimizer.step()
    with pytest.raises(ag.StaleValueError):
        loss.backward()


def test_a_softmax_over_nothing_is_refused():
    with pytest.raises(ValueError, match=r"softmax got .*zero-size"):
        ag.softmax(Value(np.ones((2, 0))))


def test_a_column_against_a_row_is_refused_in_every_loss():
    column, row = np.ones((4, 1)), np.ones(4)
    for loss in (nn.mse, nn.losses.mae, nn.losses.huber, nn.losses.hinge):
        for pair in ((column, row), (row, column)):
            with pytest.raises(ValueError, match="expected equal shapes"):
                loss(*pair)


@pytest.mark.parametrize("labels", [[0, 3], [-1, 0]])
def test_labels_out_of_range_are_refused(labels):
    scores = Value(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"expected 0 … 2"):
        nn.cross_entropy(scores, labels)
    with pytest.raises((ValueError, IndexError), match="softmax_cross_entropy got"):
        ag.apply(ag.ops.SoftmaxCrossEntropy, scores, labels=np.array(labels))


def test_float32_leaves_get_float32_gradients():
    w, x = Value(np.ones(3, np.float32)), np.ones(3)
    (w * x * 2.0).sum().backward()
    assert w.grad.dtype == np.float32
