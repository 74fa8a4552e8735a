"""Points at which only one branch of a rule decides: what each must answer there.

Found by the mutation check: each of these tests notices a broken rule that samples do not.
"""

import numpy as np
import pytest

from autograd import Value
from autograd.ops import OPS, apply


def gradient(name, data, upstream=None, **settings):
    v = Value(data)
    out = apply(OPS[name], v, **settings)
    out.backward(np.ones(out.shape) if upstream is None else upstream)
    return v.grad


def test_the_bell_of_erf_holds_beside_elements_far_out():
    for name, sign in (("erf", 1), ("erfc", -1)):
        got = gradient(name, [0.3, -0.4, 1e200, -1e200])
        expected = sign * 2 / np.sqrt(np.pi) * np.exp([-0.09, -0.16, -np.inf, -np.inf])
        np.testing.assert_allclose(got, expected, rtol=1e-14)


def test_the_gradient_of_logsumexp_at_infinity_is_that_of_its_limit():
    inf = np.inf
    assert gradient("logsumexp", [-inf, -inf]).tolist() == [0.0, 0.0]
    assert gradient("logsumexp", [-inf, 1.0]).tolist() == [0.0, 1.0]
    assert gradient("logsumexp", [inf, 1.0, -inf]).tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_the_length_of_0_has_gradient_0_in_every_order(shift):
    for order in (1, 1.5, 2, 3, np.inf):
        assert gradient("vector_norm", np.zeros(3), ord=order).tolist() == [0.0, 0.0, 0.0]
        got = gradient("vector_norm", [0.0, 2.0 + shift], ord=order)
        assert got.tolist() == [0.0, 1.0]
        got = gradient("vector_norm", [0.0, -2.0 - shift], ord=order)
        assert got.tolist() == [0.0, -1.0]


def test_tied_elements_share_the_largest_norm():
    assert gradient("vector_norm", [2.0, -2.0, 1.0], ord=np.inf).tolist() == [0.5, -0.5, 0.0]
    assert gradient("vector_norm", [2.0, -2.0, 3.0], ord=-np.inf).tolist() == [0.5, -0.5, 0.0]


def test_the_deviation_of_a_constant_has_gradient_exactly_0():
    assert gradient("std", np.full(3, 0.1)).tolist() == [0.0, 0.0, 0.0]
    assert gradient("std", [[0.1, 0.1, 0.1], [1.0, 2.0, 3.0]], axis=1)[0].tolist() == [0.0] * 3


def test_counted_repeats_along_a_later_axis_are_added_up():
    upstream = np.arange(6.0).reshape(2, 3)
    got = gradient("repeat", np.ones((2, 2)), upstream, repeats=np.array([2, 1]), axis=1)
    assert got.tolist() == [[1.0, 2.0], [7.0, 5.0]]


def test_ties_of_clip_and_its_bounds_share_with_the_other_bound():
    a, low, high = Value([0.0, 2.0]), Value([1.0, 1.0]), Value([1.0, 1.0])
    apply(OPS["clip"], a, low, high).backward([1.0, 1.0])
    assert a.grad.tolist() == [0.0, 0.0]
    assert (low.grad + high.grad).tolist() == [1.0, 1.0]


def test_logaddexp_of_equal_infinities_holds_beside_finite_numbers():
    for name, scale in (("logaddexp", 1.0), ("logaddexp2", np.log(2))):
        a, b = Value([np.inf, 1.0]), Value([np.inf, 0.0])
        apply(OPS[name], a, b).backward(np.ones(2))
        share = 1 / (1 + np.exp(-scale))
        np.testing.assert_allclose(a.grad, [0.5, share], rtol=1e-15)
        np.testing.assert_allclose(b.grad, [0.5, 1 - share], rtol=1e-15)


def pooled(data, left=0):
    settings = {"kernel": (2,), "stride": (2,), "padding": ((left, 0),)}
    return gradient("max_pool", [[data]], **settings)[0, 0].tolist()


def test_tied_elements_of_a_pooling_window_share_and_padding_takes_no_part():
    assert pooled([1.0, 1.0, 2.0, 3.0]) == [0.5, 0.5, 0.0, 1.0]
    assert pooled([np.inf, 2.0, 1.0], left=1) == [1.0, 1.0, 0.0]
    assert pooled([np.nan, 2.0, 1.0, 0.0]) == [0.0, 0.0, 1.0, 0.0]
