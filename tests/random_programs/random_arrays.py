"""Random arrays, and what it is for two functions of them to be the same in value and gradient."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from autograd import Value

shapes = st.lists(st.integers(1, 3), max_size=3).map(tuple)
filled = st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple)
seeds = st.integers(0, 2**32 - 1)


def numbers(seed, *shape, low=-2.0, high=2.0):
    return np.asarray(np.random.default_rng(seed).uniform(low, high, shape))[()]


def with_ties(seed, *shape):
    """Few different numbers, so that many of them are equal."""
    return np.asarray(np.random.default_rng(seed).integers(-2, 3, shape) / 2)[()]


def upstream_of(out, seed):
    return np.asarray(np.random.default_rng(seed + 1).normal(size=out.shape))[()]


def value_and_gradients(function, *arrays, seed=0):
    """The function's value, and the gradients of its arguments for a random upstream."""
    leaves = [Value(x) for x in arrays]
    out = function(*leaves)
    out.backward(upstream_of(out, seed))
    zero = [np.zeros(x.shape) for x in leaves]
    return [out.data, *(z if v.grad is None else v.grad for v, z in zip(leaves, zero, strict=True))]


def assert_same(first, second, *arrays, seed=0, digits=11):
    """Both functions have the same value and gradients at the arrays."""
    found = value_and_gradients(first, *arrays, seed=seed)
    expected = value_and_gradients(second, *arrays, seed=seed)
    for a, b in zip(found, expected, strict=True):
        assert np.shape(a) == np.shape(b)
        scale = max(1.0, np.max(np.abs(b), initial=0.0))
        np.testing.assert_allclose(a, b, rtol=10.0**-digits, atol=10.0**-digits * scale)
