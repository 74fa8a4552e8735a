"""Gradient checks: they find what is wrong, and leave everything as it was."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value, check_gradients, numeric_gradient
from autograd.ops import Tanh


@pytest.fixture
def model():
    rng = np.random.default_rng(1)
    w, b = Value(rng.normal(size=(2, 3)), label="w"), Value(0.5, label="b")
    x = rng.normal(size=(4, 3))
    return w, b, lambda: ((x @ w.T + b).tanh() ** 2).mean()


def test_a_right_gradient_passes_and_every_element_is_counted(model):
    w, b, loss = model
    found = check_gradients(loss, [w, b])
    assert found.relative_error < 1e-8
    assert found.checked == 7
    for values in (w, (b,), iter([w, b])):
        assert check_gradients(loss, values).relative_error < 1e-8


def test_a_wrong_rule_is_found_with_its_place(model, monkeypatch):
    w, _, loss = model

    def wrong(delta, out, a):
        passed = delta * (1 - out * out)
        return passed * np.where(np.arange(2) == 1, 1.01, 1.0)

    monkeypatch.setattr(Tanh, "rules", (wrong,))
    found = check_gradients(loss, [w])
    assert found.relative_error > 1e-3
    assert found.value is w
    assert found.index[0] == 1
    assert abs(found.analytic / found.numeric - 1.01) < 1e-6


def test_nothing_is_changed_by_a_check(model):
    w, b, loss = model
    recorded = loss()
    recorded.backward()
    grads, data, kept = (w.grad.copy(), b.grad), w.data.copy(), w.data
    check_gradients(loss, [w, b])
    np.testing.assert_array_equal(w.grad, grads[0])
    assert b.grad == grads[1]
    np.testing.assert_array_equal(w.data, data)
    assert w.data is kept
    assert (w.version, b.version) == (0, 0)
    recorded.backward()
    np.testing.assert_array_equal(w.grad, 2 * grads[0])


def test_data_and_gradients_come_back_after_an_exception(model):
    w, b, loss = model
    loss().backward()
    before, calls = (w.grad.copy(), w.data.copy()), []

    def fails():
        calls.append(1)
        if len(calls) == 4:
            raise KeyError("stop")
        return loss()

    with pytest.raises(KeyError, match="stop"):
        check_gradients(fails, [w, b])
    np.testing.assert_array_equal(w.grad, before[0])
    np.testing.assert_array_equal(w.data, before[1])


def test_float32_is_checked_with_a_step_it_can_resolve():
    w = Value(np.array([0.5, 3.0, -200.0], dtype=np.float32))
    found = check_gradients(lambda: (w * w * 0.5).sum(), [w])
    assert found.relative_error < 1e-2


@pytest.mark.parametrize("at", [1e-3, 1.0, 50.0, -1e4, 1e8])
def test_numeric_gradients_hold_at_every_scale(at):
    w = Value([at, 2 * at])
    numeric = numeric_gradient(lambda: (w**2).sum(), w)
    np.testing.assert_allclose(numeric, 2 * w.data, rtol=1e-8)
    s = Value(at)
    assert type(numeric_gradient(lambda: s * s, s)) is np.float64
    np.testing.assert_allclose(numeric_gradient(lambda: s * s, s, step=1e-4), 2 * at, rtol=1e-7)


def test_a_gradient_that_is_missing_or_not_finite_is_an_error_of_its_own():
    x, constant = Value(2.0), Value(3.0, requires_grad=False)
    found = check_gradients(lambda: x * constant, [x, constant])
    assert found.value is constant
    assert found.relative_error == 1.0
    zero = Value(0.0)
    with np.errstate(all="ignore"):
        bad = check_gradients(lambda: zero.abs().sqrt(), [zero])
    assert bad.relative_error == np.inf


def test_empty_values_are_checked_in_vain():
    x, e = Value(2.0), Value(np.zeros((0, 2)))
    assert check_gradients(lambda: x * x + e.sum(), [e, x]).checked == 1


@pytest.mark.parametrize(
    ("loss", "values", "error", "message"),
    [
        (lambda x: x, [], ValueError, r"check_gradients\(\) got no values; expected at least one"),
        (lambda x: 3.0, None, TypeError, r"a loss\(\) that returns float; expected a scalar Value"),
        (lambda x: ag.stack([x, x]), None, TypeError, r"returns shape \(2,\); expected a scalar"),
    ],
)
def test_wrong_arguments_are_named(loss, values, error, message):
    x = Value(2.0)
    with pytest.raises(error, match=message):
        check_gradients(lambda: loss(x), [x] if values is None else values)
