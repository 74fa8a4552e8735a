"""Repr: what a value says of itself in a debugger."""

import numpy as np
import pytest

from autograd import Value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Value(2.0), "Value(2.0, grad=—)"),
        (Value(-0.0), "Value(-0.0, grad=—)"),
        (Value(1 / 3), "Value(0.333333, grad=—)"),
        (Value(1e300), "Value(1e+300, grad=—)"),
        (Value(np.inf), "Value(inf, grad=—)"),
        (Value(np.nan), "Value(nan, grad=—)"),
        (Value(2, label="x1"), "Value(2.0, label='x1', grad=—)"),
        (Value(2, label="a\n'b"), 'Value(2.0, label="a\\n\'b", grad=—)'),
        (Value(2, requires_grad=False), "Value(2.0, requires_grad=False)"),
        (Value(2, dtype=np.float32), "Value(2, dtype=float32, grad=—)"),
        (Value([1.0, 2.0]), "Value([1., 2.], shape=(2,), grad=—)"),
        (Value([[1.0], [2.0]]), "Value([[1.], [2.]], shape=(2, 1), grad=—)"),
        (Value([]), "Value([], shape=(0,), grad=—)"),
        (Value(np.zeros((2, 0, 3))), "Value([] …, shape=(2, 0, 3), grad=—)"),
    ],
)
def test_a_leaf_shows_value_shape_dtype_label_and_gradient(value, text):
    assert repr(value) == text


def test_a_result_shows_its_op_and_its_line():
    x = Value(3.0)
    y = x * x
    assert repr(y) == f"Value(9.0, grad=—, multiply at test_repr.py:{y.origin.line} 'x * x')"
    y.backward()
    assert repr(x) == "Value(3.0, grad=6.0)"
    assert repr(y).startswith("Value(9.0, grad=1.0, multiply at")


@pytest.mark.parametrize("shape", [(2000,), (30, 40), (5, 5, 5), (1000, 1000), (0, 5000)])
def test_a_large_array_stays_on_one_short_line(shape):
    v = Value(np.random.default_rng(0).normal(size=shape))
    (v * 1).backward(v.data)
    text = repr(v)
    assert "\n" not in text
    assert len(text) <= 220
    assert f"shape={shape}" in text


def test_looking_does_not_touch_the_value():
    x = Value([1.0, 2.0])
    y = x.reshape(2, 1)
    y.backward(np.ones((2, 1)))
    before = (y._array, y._grad)
    repr(y)
    assert (y._array is before[0], y._grad is before[1]) == (True, True)


def test_a_scalar_takes_a_format_like_a_number():
    assert f"{Value(3.14159):.2f}" == "3.14"
    assert f"{Value(2.0, label='x')}" == repr(Value(2.0, label="x"))
    with pytest.raises(ValueError, match="array of size 1"):
        format(Value([1.0, 2.0]), ".2f")
