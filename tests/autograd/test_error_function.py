"""erf and erfc of few numbers and of many: two ways of computing, one result."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.ops.error_function import FEW

SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e300, -1e300, 5e-324, -5e-324, 1e-160, 27.2, -27.2]


def many():
    rng = np.random.default_rng(3)
    parts = [
        np.linspace(-30, 30, FEW), rng.normal(size=FEW), 10.0 ** rng.uniform(-300, 0, FEW // 4),
        np.nextafter([0.5, 1.0, -0.5, -1.0], 0), np.array([0.5, 1.0, -0.5, -1.0, 6.0, 28.0]),
    ]  # fmt: skip
    return np.concatenate(parts)


@pytest.mark.parametrize(
    ("function", "exact", "units"), [(ag.erf, math.erf, 3), (ag.erfc, math.erfc, 6)]
)
def test_many_numbers_agree_with_the_c_library_to_the_last_digits(function, exact, units):
    a = many()
    expected = np.array([exact(x) for x in a.tolist()])
    found = function(a).data
    normal = np.abs(expected) > 1e-307
    distance = np.abs(found - expected) / np.spacing(np.abs(expected))
    assert np.max(distance[normal]) <= units
    assert np.mean(distance[normal]) < 0.5
    np.testing.assert_allclose(found[~normal], expected[~normal], rtol=1e-6, atol=1e-320)


@pytest.mark.parametrize(("function", "exact"), [(ag.erf, math.erf), (ag.erfc, math.erfc)])
def test_special_numbers_are_the_c_librarys_without_a_warning(function, exact):
    a = np.array(SPECIAL * (FEW // len(SPECIAL) + 2))
    with np.errstate(all="raise", under="ignore"):
        found = function(a).data[: len(SPECIAL)]
    expected = np.array([exact(x) for x in SPECIAL])
    np.testing.assert_allclose(found, expected, rtol=1e-15, atol=1e-322)
    np.testing.assert_array_equal(np.signbit(found[~np.isnan(found)]), np.signbit(expected[1:]))


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_precision_and_shape_stay(dtype):
    a = many()[: 2 * FEW].reshape(2, FEW)[:, ::-1].astype(dtype)
    found = ag.erf(Value(a))
    assert (found.dtype, found.shape) == (dtype, (2, FEW))
    few = np.array([[math.erf(float(x)) for x in row] for row in a]).astype(dtype)
    np.testing.assert_allclose(found.data, few, rtol=2 * np.finfo(dtype).eps)


def test_the_gradient_of_many_is_the_bell():
    v = Value(np.linspace(-3, 3, FEW + 1))
    ag.erf(v).sum().backward()
    np.testing.assert_allclose(v.grad, 2 / np.sqrt(np.pi) * np.exp(-(v.data**2)), rtol=1e-14)
