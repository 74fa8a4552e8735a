"""A rule returns new memory, a view, or its upstream gradient itself: the sweep relies on it."""

import numpy as np
import pytest

from autograd.ops import OPS

every_op = pytest.mark.parametrize("op", OPS.values(), ids=OPS.keys())


def arrays_of(op, sample):
    data = [np.float64(x) if isinstance(x, float | int) else x for x in sample.inputs]
    out = op.forward(*data, **sample.settings)
    rng = np.random.default_rng(0)
    delta = np.asarray(rng.normal(size=np.shape(out)))[()]
    return data, out, delta


@every_op
def test_what_a_rule_returns_is_nobody_elses_memory(op):
    for sample in op.samples():
        check_what_a_rule_returns_is_nobody_elses_memory(op, sample)


def check_what_a_rule_returns_is_nobody_elses_memory(op, sample):
    data, out, delta = arrays_of(op, sample)
    for index in range(len(data)):
        if op.rules[index] is None:
            continue
        passed = op.rules[index](delta, out, *data, **sample.settings)
        if not isinstance(passed, np.ndarray) or passed is delta or passed.base is not None:
            continue
        for other in (*data, out, delta):
            assert not np.shares_memory(passed, other)


@every_op
def test_a_rule_writes_into_nothing_it_is_given(op):
    for sample in op.samples():
        check_a_rule_writes_into_nothing_it_is_given(op, sample)


def check_a_rule_writes_into_nothing_it_is_given(op, sample):
    data, out, delta = arrays_of(op, sample)
    before = [np.array(x) for x in (*data, out, delta)]
    for index in range(len(data)):
        if op.rules[index] is not None:
            op.rules[index](delta, out, *data, **sample.settings)
    for x, y in zip((*data, out, delta), before, strict=True):
        np.testing.assert_array_equal(x, y)
