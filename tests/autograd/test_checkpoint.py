"""Checkpointed parts give the same gradients as plain ones, and keep less."""

import tracemalloc

import numpy as np
import pytest

import autograd as ag
from autograd import Value


def block(v, w):
    return np.tanh(v @ w) * v


@pytest.fixture
def parts():
    rng = np.random.default_rng(0)
    return Value(rng.normal(size=(4, 3))), Value(rng.normal(size=(3, 3)))


def gradients_of(loss, values):
    for value in values:
        value.grad = None
    loss.backward()
    return [value.grad for value in values]


def test_gradients_are_those_of_the_plain_computation(parts):
    x, w = parts
    plain = gradients_of((block(x, w) ** 2).sum(), parts)
    again = gradients_of((ag.checkpoint(block, x, w) ** 2).sum(), parts)
    for a, b in zip(plain, again, strict=True):
        np.testing.assert_array_equal(a, b)


def test_values_that_the_function_closes_over_get_their_gradient(parts):
    x, w = parts
    h = w * 2
    plain = gradients_of((block(x, h) ** 2).sum(), parts)
    again = gradients_of((ag.checkpoint(lambda v: block(v, h), x) ** 2).sum(), parts)
    for a, b in zip(plain, again, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14)


def test_only_the_inputs_are_kept(parts):
    y = ag.checkpoint(block, *parts)
    assert len(ag.Graph(y)) == 3
    assert y.op.name == "recomputed"


def test_an_input_used_twice_and_a_second_backward_pass_add_up():
    x = Value(3.0)
    y = ag.checkpoint(lambda a, b: a * a * b, x, x)
    y.backward()
    assert x.grad == 27.0
    y.backward()
    assert x.grad == 54.0


def test_second_derivatives_go_through():
    f = ag.grad(ag.grad(lambda x: ag.checkpoint(lambda v: v**3, x) * x))
    assert f(2.0) == pytest.approx(12 * 2.0**2)


def test_plain_arguments_and_no_grad_work():
    y = ag.checkpoint(lambda v, k: v**k, Value(3.0), 2)
    y.backward()
    with ag.no_grad():
        assert not ag.checkpoint(lambda v: v * 2, Value(1.0)).requires_grad


def test_a_deep_stack_needs_less_memory_at_its_peak():
    x = Value(np.ones(50_000))

    def deep(v):
        for _ in range(20):
            v = np.tanh(v) + 0.1
        return v

    def peak(wrap):
        tracemalloc.start()
        v = x
        for _ in range(5):
            v = wrap(v)
        v.sum().backward()
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    assert peak(lambda v: ag.checkpoint(deep, v)) < 0.5 * peak(deep)


def test_a_function_that_differs_the_second_time_is_found_out():
    rng = np.random.default_rng(0)
    y = ag.checkpoint(lambda v: v * rng.normal(), Value(1.0))
    with pytest.raises(RuntimeError, match="another result when it called its function again"):
        y.backward()


def test_a_function_that_returns_no_value_is_refused():
    with pytest.raises(TypeError, match="returns tuple; expected one Value"):
        ag.checkpoint(lambda v: (v, v), Value(1.0))
