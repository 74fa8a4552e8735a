"""Reductions and running products where they are awkward: zeros, ties, constants, infinities."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.backprop import gradients


def gradient(function, data, **settings):
    v = Value(data)
    ag.sum(function(v, **settings)).backward()
    return v.grad


def hessian_of(function, data):
    """Rows of second derivatives of a scalar function of a vector."""
    v = Value(data)
    (first,) = gradients(function(v), [v], create_graph=True)
    return np.array([gradients(first[k], [v])[0] for k in range(v.size)])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([2.0, 3.0, 4.0], [12.0, 8.0, 6.0]),
        ([2.0, 0.0, 4.0], [0.0, 8.0, 0.0]),
        ([0.0, 0.0, 4.0], [0.0, 0.0, 0.0]),
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
        ([-0.0, 3.0], [3.0, -0.0]),
        ([1e-200, 1e-200, 3.0], [3e-200, 3e-200, 0.0]),
        ([5.0], [1.0]),
    ],
)
def test_a_factor_gets_the_product_of_the_others(data, expected):
    assert gradient(ag.prod, data).tolist() == expected


def test_second_derivatives_of_a_product_leave_two_factors_out():
    for data in ([2.0, 3.0, 5.0], [0.0, 3.0, 5.0], [0.0, 0.0, 5.0], [0.0, 0.0, 0.0]):
        a, b, c = data
        expected = [[0.0, c, b], [c, 0.0, a], [b, a, 0.0]]
        np.testing.assert_allclose(hessian_of(ag.prod, data), expected)


def test_third_derivatives_of_a_product_with_zeros_are_exact():
    v = Value([0.0, 0.0, 0.0, 7.0])
    (first,) = gradients(v.prod(), [v], create_graph=True)
    (second,) = gradients(first[0], [v], create_graph=True)
    (third,) = gradients(second[1], [v])
    assert third.tolist() == [0.0, 0.0, 7.0, 0.0]


@pytest.mark.parametrize(
    "data", [[2.0, 3.0, 4.0], [2.0, 0.0, 4.0], [0.0, 0.0, 3.0], [0.0, 5.0, 0.0]]
)
@pytest.mark.parametrize("upstream", [[1.0, 10.0, 100.0], [0.0, 0.0, 1.0]])
def test_a_running_product_is_exact_where_it_is_zero(data, upstream):
    a, b, c = data
    p, q, r = upstream
    v = Value(data)
    v.cumprod().backward(upstream)
    assert v.grad.tolist() == [p + b * (q + c * r), a * (q + c * r), a * b * r]


def test_a_running_product_that_overflows_or_vanishes_keeps_the_other_gradients():
    v = Value([1e-200, 1e-200, 1e-200])
    v.cumprod().backward([1.0, 1.0, 0.0])
    assert v.grad.tolist() == [1.0 + 1e-200, 1e-200, 0.0]
    with np.errstate(over="ignore"):
        v = Value([1e200, 1e200])
        v.cumprod().backward([1.0, 0.0])
    assert v.grad.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("data", [[0.1, 0.1, 0.1], [3.0, 3.0], [7.0], [[0.1] * 3, [0.7] * 3]])
@pytest.mark.parametrize("axis", [None, -1])
def test_the_standard_deviation_of_a_constant_has_gradient_0(data, axis):
    if axis is None and np.ptp(data):
        return
    v = Value(data)
    (first,) = gradients(ag.sum(ag.std(v, axis=axis)), [v], create_graph=True)
    assert first.data.tolist() == np.zeros(v.shape).tolist()
    (second,) = gradients(ag.sum(first * 3), [v])
    assert np.all(second == 0)


def test_a_constant_row_does_not_disturb_the_others():
    v = Value([[1.0, 1.0], [1.0, 3.0]])
    ag.sum(v.std(axis=1)).backward()
    assert v.grad.tolist() == [[0.0, 0.0], [-0.5, 0.5]]


@pytest.mark.parametrize("order", [1, 2, 3, 1.5, np.inf, -np.inf])
def test_the_norm_of_0_has_gradient_0(order):
    assert gradient(ag.vector_norm, [0.0, 0.0], ord=order).tolist() == [0.0, 0.0]
    assert gradient(ag.norm, np.zeros((2, 2)), ord=order, axis=1).tolist() == [[0, 0], [0, 0]]


def test_norms_at_zeros_and_ties_among_other_elements():
    assert gradient(ag.vector_norm, [0.0, -2.0], ord=3).tolist() == [0.0, -1.0]
    assert gradient(ag.vector_norm, [0.0, -2.0], ord=1).tolist() == [0.0, -1.0]
    assert gradient(ag.vector_norm, [2.0, -2.0, 1.0], ord=np.inf).tolist() == [0.5, -0.5, 0.0]
    assert gradient(ag.vector_norm, [2.0, -1.0, 1.0], ord=-np.inf).tolist() == [0.0, -0.5, 0.5]
    assert gradient(ag.vector_norm, [3e200, 4e200], ord=np.inf).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("order", [None, "fro", 1, -1, np.inf, -np.inf])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, (0, 1), (-1, 0)])
def test_norms_of_matrices_agree_with_numpy(order, keepdims, axis, jacobian):
    data = np.array([[1.0, -2.0, 3.5], [-4.0, 0.5, 1.25]])
    v = Value(data)
    out = np.linalg.norm(v, ord=order, axis=axis, keepdims=keepdims)
    np.testing.assert_allclose(
        out.data, np.linalg.norm(data, ord=order, axis=axis, keepdims=keepdims), rtol=1e-15
    )
    assert out.shape == ((1, 1) if keepdims else ())
    ag.sum(out).backward()
    numeric = jacobian(lambda x: np.linalg.norm(x, ord=order, axis=axis), data)
    np.testing.assert_allclose(v.grad, numeric, atol=1e-9)


@pytest.mark.parametrize(
    ("shape", "settings", "message"),
    [
        ((3,), {"ord": 0}, "vector_norm got .*above 0, inf or -inf; not 0"),
        ((2, 2, 2), {"ord": 1}, "expected one axis for a vector norm or two for a matrix norm"),
        ((2, 2), {"ord": "nonsense"}, "norm of matrices got ord='nonsense'; expected"),
        ((2, 2), {"axis": 2}, r"norm got shape \(2, 2\) with axis=2; .*out of bounds"),
    ],
)
def test_norms_that_have_no_rule_are_refused(shape, settings, message):
    with pytest.raises((ValueError, IndexError), match=message):
        ag.norm(Value(np.ones(shape)), **settings)


INF = np.inf


@pytest.mark.parametrize(
    ("data", "value", "expected"),
    [
        ([-INF, -INF], -INF, [0.0, 0.0]),
        ([-INF, 0.0], 0.0, [0.0, 1.0]),
        ([INF, 3.0], INF, [1.0, 0.0]),
        ([INF, -INF], INF, [1.0, 0.0]),
        ([INF, 1000.0], INF, [1.0, 0.0]),
        ([1000.0, 1000.0], 1000 + np.log(2), [0.5, 0.5]),
        ([-1e307, 1e307], 1e307, [0.0, 1.0]),
    ],
)
def test_logsumexp_neither_overflows_nor_turns_nan(data, value, expected):
    v = Value(data)
    out = ag.logsumexp(v)
    out.backward()
    assert out.item() == value
    np.testing.assert_allclose(v.grad, expected, rtol=1e-12)


def test_logsumexp_of_nothing_and_of_nan():
    assert ag.logsumexp(np.zeros((0,))).item() == -INF
    assert np.isnan(ag.logsumexp([np.nan, 1.0]).item())
    v = Value([[-INF, -INF], [0.0, 0.0]])
    out = ag.logsumexp(v, axis=1, keepdims=True)
    out.backward([[1.0], [1.0]])
    assert out.data.tolist() == [[-INF], [np.log(2)]]
    assert v.grad.tolist() == [[0.0, 0.0], [0.5, 0.5]]


def test_ties_share_the_gradient_of_an_extremum():
    assert gradient(ag.max, [1.0, 3.0, 3.0]).tolist() == [0.0, 0.5, 0.5]
    assert gradient(ag.min, [1.0, 1.0, 3.0, 1.0]).tolist() == [1 / 3, 1 / 3, 0.0, 1 / 3]
    assert gradient(ag.ptp, [2.0, 2.0]).tolist() == [0.0, 0.0]


def test_a_nan_is_what_an_extremum_picks():
    assert gradient(ag.max, [1.0, np.nan, 3.0]).tolist() == [0.0, 1.0, 0.0]
    assert gradient(ag.min, [np.nan, np.nan]).tolist() == [0.5, 0.5]


def test_a_weighted_average_is_differentiable_in_its_weights(jacobian):
    a, w = np.array([[1.0, 2.0], [4.0, 9.0], [5.0, 1.0]]), np.array([1.0, 2.0, 0.5])
    weights = Value(w)
    ag.sum(np.average(a, axis=0, weights=weights)).backward()
    numeric = jacobian(lambda x: np.average(a, axis=0, weights=x).sum(), w)
    np.testing.assert_allclose(weights.grad, numeric, rtol=1e-8)
    for settings in ({}, {"axis": 0}, {"axis": 0, "weights": w}, {"weights": a, "keepdims": True}):
        out = np.average(Value(a), **settings)
        np.testing.assert_allclose(out.data, np.average(a, **settings), rtol=1e-15)


def test_averages_that_cannot_be_are_refused():
    v = Value(np.ones((3, 2)))
    with pytest.raises(ZeroDivisionError, match="average got weights whose sum is 0"):
        ag.average(v, axis=0, weights=[1.0, -1.0, 0.0])
    with pytest.raises(ValueError, match=r"average got shape \(3, 2\) and weights of shape \(2,\)"):
        ag.average(v, axis=0, weights=[1.0, 2.0])
    with pytest.raises(ValueError, match="one for each place of axis"):
        ag.average(v, weights=[1.0, 2.0, 3.0])


@pytest.mark.parametrize("name", ["argmax", "argmin", "any", "all", "argsort"])
def test_positions_and_truth_are_answered_on_the_data(name):
    data = np.array([[1.0, 0.0, 2.0], [3.0, 1.0, -1.0]])
    for settings in ({}, {"axis": 0}, {"axis": 1}):
        out = getattr(Value(data), name)(**settings)
        np.testing.assert_array_equal(out, getattr(data, name)(**settings))
        assert not isinstance(out, Value)
