"""Special points: what the engine answers where calculus leaves a choice."""

import warnings

import numpy as np
import pytest

import autograd as ag
from autograd import Value


@pytest.fixture(autouse=True)
def _no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def gradient(function, *inputs):
    values = [Value(x) for x in inputs]
    out = function(*values)
    out.backward(np.ones(out.shape))
    grads = [v.grad for v in values]
    return grads[0] if len(grads) == 1 else grads


@pytest.mark.parametrize("zero", [0.0, -0.0])
@pytest.mark.parametrize("function", [ag.relu, ag.absolute])
def test_relu_and_abs_have_gradient_0_at_0(function, zero):
    assert gradient(function, zero) == 0.0
    assert gradient(function, [zero, 2.0]).tolist() == [0.0, 1.0]


def test_ties_of_max_share_equally():
    assert gradient(ag.max, [2.0, 2.0, 1.0, 2.0]).tolist() == [1 / 3, 1 / 3, 0.0, 1 / 3]
    assert gradient(lambda v: v.max(axis=1).sum(), [[1.0, 1.0], [3.0, 2.0]]).tolist() == [
        [0.5, 0.5],
        [1.0, 0.0],
    ]
    assert gradient(ag.max, [np.inf, np.inf, 1.0]).tolist() == [0.5, 0.5, 0.0]


@pytest.mark.parametrize("zero", [0, 0.0, np.array([0, 0, 0]), np.zeros(3, dtype=np.uint8)])
def test_anything_to_the_power_0_is_1_with_gradient_0(zero):
    v = Value([0.0, -2.0, np.inf])
    out = v**zero
    assert out.data.tolist() == [1.0, 1.0, 1.0]
    out.backward(np.ones(3))
    assert v.grad.tolist() == [0.0, 0.0, 0.0]
    assert gradient(lambda x: x**0, 0.0) == 0.0


def test_0_to_a_positive_value_has_derivative_0_in_the_exponent():
    assert gradient(lambda b: 0**b, 2.0) == 0.0
    assert gradient(lambda b: 0.0**b, [0.5, 1.0, 2.0]).tolist() == [0.0, 0.0, 0.0]
    assert gradient(lambda a, b: a**b, 0.0, 2.0) == [0.0, 0.0]
    assert gradient(lambda a, b: a**b, 0.0, 1.0) == [1.0, 0.0]


def test_0_to_the_0_is_1_with_both_derivatives_0():
    a, b = Value(0.0), Value(0.0)
    y = a**b
    y.backward()
    assert (y.data, a.grad, b.grad) == (1.0, 0.0, 0.0)
    assert gradient(lambda x: x**x, 0.0) == 0.0


def test_a_negative_base_has_no_derivative_in_the_exponent():
    in_base, in_exponent = gradient(lambda a, b: a**b, -2.0, 3.0)
    assert in_base == 12.0
    assert np.isnan(in_exponent)
    mixed = gradient(lambda a, b: a**b, [-2.0, 2.0], [3.0, 3.0])
    assert mixed[0].tolist() == [12.0, 12.0]
    np.testing.assert_allclose(mixed[1], [np.nan, 8 * np.log(2)])


@pytest.mark.parametrize(("function", "value"), [(ag.sqrt, 0.0), (ag.log, -np.inf)])
def test_the_gradient_of_sqrt_and_log_at_0_is_infinite(function, value):
    with np.errstate(divide="ignore"):
        v = Value(0.0)
        out = function(v)
        out.backward()
    assert out.data == value
    assert v.grad == np.inf


def test_the_branch_not_taken_contributes_0():
    x = Value([4.0, 0.0])
    with np.errstate(divide="ignore"):
        y = ag.where([True, False], x, 1 / x)
        y.backward(np.ones(2))
    assert y.data.tolist() == [4.0, np.inf]
    assert x.grad.tolist()[0] == 1.0
    upstream = np.array([np.nan, 2.0])
    a, b = Value([1.0, 1.0]), Value([1.0, 1.0])
    ag.where([False, True], a, b).backward(upstream)
    assert a.grad.tolist() == [0.0, 2.0]
    assert b.grad.tolist()[1] == 0.0


def test_the_double_where_idiom_is_finite():
    x = Value([4.0, 0.0])
    positive = x.data > 0
    safe = ag.where(positive, x, 1.0)
    y = ag.where(positive, safe.sqrt(), 0.0)
    y.backward(np.ones(2))
    assert x.grad.tolist() == [0.25, 0.0]


@pytest.mark.parametrize("big", [40.0, 800.0, 1e4, 1e308, np.inf])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sigmoid_saturates_without_a_warning(big, dtype):
    if dtype is np.float32 and big == 1e308:
        big = 3e38
    v = Value(np.array([big, -big], dtype=dtype))
    out = v.sigmoid()
    np.testing.assert_allclose(out.data, [1.0, 0.0], atol=1e-15)
    out.backward(np.ones(2))
    np.testing.assert_allclose(v.grad, [0.0, 0.0], atol=1e-15)


@pytest.mark.parametrize("big", [800.0, 1e4, 1e300])
def test_softmax_and_its_logarithm_do_not_overflow(big):
    v = Value([big, 0.0, -big])
    assert v.softmax().data.tolist() == [1.0, 0.0, 0.0]
    assert gradient(lambda x: x.softmax()[0], v.data).tolist() == [0.0, 0.0, 0.0]
    assert v.log_softmax().data.tolist() == [0.0, -big, -2 * big]
    assert gradient(lambda x: x.log_softmax()[2], v.data).tolist() == [-1.0, 0.0, 1.0]
    loss = ag.softmax_cross_entropy(v, 0)
    loss.backward()
    assert loss.data == 0.0
    assert v.grad.tolist() == [0.0, 0.0, 0.0]


def test_a_class_of_logit_minus_infinity_has_probability_0():
    v = [1.0, -np.inf, 1.0]
    assert Value(v).softmax().data.tolist() == [0.5, 0.0, 0.5]
    assert gradient(lambda x: ag.softmax_cross_entropy(x, 0), v).tolist() == [-0.5, 0.0, 0.5]


def test_tanh_and_exp_at_their_ends():
    assert gradient(ag.tanh, [1e4, -1e4, np.inf]).tolist() == [0.0, 0.0, 0.0]
    assert gradient(ag.exp, [-1e4, -np.inf]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("scale", [1e-300, 1e-150, 1e150, 1e300])
def test_big_and_small_numbers_keep_their_relative_precision(scale):
    assert gradient(lambda v: v * 3, scale) == 3.0
    np.testing.assert_allclose(gradient(lambda v: 1 / (v / scale), scale), -1 / scale, rtol=1e-15)
    np.testing.assert_allclose(gradient(ag.log, scale), 1 / scale, rtol=1e-15)
    np.testing.assert_allclose(gradient(ag.sqrt, scale), 0.5 / np.sqrt(scale), rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, bool])
def test_powers_with_small_integer_types_do_not_wrap_around(dtype):
    v = Value([3.0, 3.0])
    (v ** np.array([1, 0], dtype=dtype)).backward([1.0, 1.0])
    assert v.grad.tolist() == [1.0, 0.0]
    b = Value([2.0, 2.0])
    (np.array([1, 0], dtype=dtype) ** b).backward([1.0, 1.0])
    assert b.grad.tolist() == [0.0, 0.0]


def test_a_low_precision_base_keeps_the_precision_of_its_exponent():
    expected = 1.5**2.5 * np.log(1.5)
    for base in (np.float32(1.5), np.float16(1.5), np.full(1, 1.5, np.float32)):
        np.testing.assert_allclose(gradient(lambda b, a=base: a**b, 2.5), expected, rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_dead_unit_passes_nothing_whatever_arrives(dtype):
    x = Value(np.array([[-1.0, 2.0, 0.0, 3.0], [1.0, -1.0, -2.0, 4.0]], dtype=dtype))
    arrives = np.array([[np.inf, -np.inf, np.nan, 5.0], [np.nan, -3.0, -np.inf, -6.0]], dtype=dtype)
    for a, delta in ((x, arrives), (x.T, arrives.T), (x[:, ::2], arrives[:, ::2])):
        x.grad = None
        ag.relu(a).backward(delta)
        expected = np.where(a.data > 0, delta, 0.0)
        np.testing.assert_array_equal(a.grad, expected)
        assert not np.signbit(a.grad[a.data <= 0]).any()
        assert a.grad.dtype == dtype


def test_a_mean_of_half_precision_squares_does_not_overflow_on_the_way():
    far = np.full(1000, 20.0, np.float16)
    loss = ag.mean_squared_error(Value(far), np.zeros_like(far))
    assert (loss.data, loss.dtype) == (400.0, np.float16)
