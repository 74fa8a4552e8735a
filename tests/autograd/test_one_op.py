"""One op by finite differences: which step is believed."""

import numpy as np
import pytest

from autograd.one_op import OneOp


def test_the_smallest_step_is_believed_where_no_two_steps_agree():
    rate = 3e5
    one = OneOp(lambda x: np.sin(rate * x), [0.0], 0, 1.0)
    slopes = [one.numeric(step) for step in (1e-3, 1e-5, 1e-7)]
    assert abs(slopes[0]) < 0.02 * rate
    assert abs(slopes[1] - rate) > 0.01 * rate
    assert one.best() == slopes[2] == pytest.approx(rate, rel=1e-4)


def test_a_larger_step_is_believed_as_soon_as_a_smaller_one_confirms_it():
    rate = 3e3
    one = OneOp(lambda x: np.sin(rate * x), [0.3], 0, 1.0)
    assert one.best() == one.numeric(1e-5) != one.numeric(1e-7)
    assert one.best() == pytest.approx(rate * np.cos(0.3 * rate), rel=1e-6)
