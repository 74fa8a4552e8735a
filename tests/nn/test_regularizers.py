"""Regularizers: value, gradient, names."""

import numpy as np
import pytest

from autograd import Value
from nn import regularizers
from nn.regularizers import L1, L1L2, L2, get

WEIGHTS = np.array([[1.0, -2.0], [0.0, 0.5]])


@pytest.mark.parametrize(
    ("regularizer", "expected"),
    [(L1(0.1), 0.35), (L2(0.1), 0.525), (L1L2(0.1, 0.2), 0.35 + 1.05), (L1L2(), 0.0)],
)
def test_value_is_the_formula_and_gradient_agrees_with_the_graph(regularizer, expected):
    weights = Value(WEIGHTS)
    loss = regularizer(weights)
    assert loss.shape == ()
    assert loss.item() == pytest.approx(expected)
    loss.backward()
    np.testing.assert_allclose(weights.grad, regularizer.gradient(WEIGHTS), rtol=1e-15)
    by_hand = regularizer.l1 * np.array([[1, -1], [0, 1]]) + 2 * regularizer.l2 * WEIGHTS
    np.testing.assert_allclose(regularizer.gradient(weights), by_hand, rtol=1e-15)


def test_names_classes_functions_and_none_are_found():
    assert [repr(get(name)) for name in ("l1", "L2", "l1_l2")] == [
        "L1(l1=0.01)",
        "L2(l2=0.01)",
        "L1L2(l1=0.01, l2=0.01)",
    ]
    assert repr(get(L1)) == "L1(l1=0.01)"
    assert get(None) is None
    assert get(np.sum) is np.sum
    assert list(regularizers.REGULARIZERS) == ["l1", "l2", "l1_l2"]


def test_what_is_unknown_is_refused():
    with pytest.raises(ValueError, match=r"got the name 'l1l2'; .* Did you mean 'l1_l2'\?"):
        get("l1l2")
    with pytest.raises(ValueError, match=r"got the name 'qqq'; expected l1, l2, l1_l2, a function"):
        get("qqq")
    with pytest.raises(TypeError, match=r"regularizer got 0.01 of type float; expected a name"):
        get(0.01)
    with pytest.raises(ValueError, match=r"L2\(l2\) got -1; expected a finite number >= 0"):
        L2(-1)
