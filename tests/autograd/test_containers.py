"""Nested containers of arrays: taken apart, put together, compared."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.containers import leaves_of, map_leaves, same_form, shape_of
from autograd.nonfinite import NonFiniteError
from autograd.tracing.blame import short, way

TREE = {"w": [np.ones((2, 3)), 1.5], "b": (None, Value([1.0, 2.0]))}


def test_leaves_come_in_the_order_of_the_nest_without_the_empty_places():
    assert [shape_of(leaf) for leaf in leaves_of(TREE)] == [(2, 3), (), (2,)]
    doubled = map_leaves(lambda leaf: leaf * 2, TREE)
    assert list(doubled) == ["w", "b"]
    assert doubled["w"][1] == 3.0
    assert doubled["b"][0] is None
    assert doubled["b"][1].data.tolist() == [2.0, 4.0]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"w": [np.zeros((2, 3)), 0.0], "b": (None, np.zeros(2))}, True),
        ({"w": [np.zeros((3, 2)), 0.0], "b": (None, np.zeros(2))}, False),
        ({"w": [np.zeros((2, 3))], "b": (None, np.zeros(2))}, False),
        ({"w": [np.zeros((2, 3)), 0.0], "b": (0.0, np.zeros(2))}, False),
        ({"b": (None, np.zeros(2)), "w": [np.zeros((2, 3)), 0.0]}, False),
        ([np.zeros((2, 3)), 0.0], False),
        (1.0, False),
    ],
)
def test_two_nests_are_of_one_form_if_their_keys_lengths_and_shapes_agree(other, same):
    assert same_form(TREE, other) is same


def test_tangents_in_a_nest_follow_the_form_of_the_primals():
    f = lambda p: (p["w"] * p["b"][0]).sum()  # noqa: E731
    p = {"w": np.array([1.0, 2.0]), "b": [3.0]}
    value, change = ag.jvp(f, (p,), ({"w": np.array([1.0, 0.0]), "b": [1.0]},))
    assert (value, change) == (9.0, 6.0)
    with pytest.raises(ValueError, match="differ in form or shape"):
        ag.jvp(f, (p,), ({"w": np.array([1.0, 0.0]), "b": 1.0},))


def test_a_jacobian_of_values_is_recorded_and_differentiable():
    x = Value([1.0, 2.0])
    rows = ag.jacobian(lambda v: v * v * v)(x)
    assert isinstance(rows, Value)
    rows.sum().backward()
    assert x.grad.tolist() == [6.0, 12.0]


def test_large_arrays_and_long_ways_are_cut_short_in_messages():
    large = np.ones(100)
    assert short(large * 2) == "array (100,) from 2 to 2"
    large[[7, 9]] = np.nan, np.inf
    assert short(large) == "array (100,) with 2 not finite, first nan at (7,)"
    x = Value(2.0, label="x")
    y = x
    for _ in range(20):
        y = y * 1.0
    t = ag.trace(y.backward)
    text = way(t, 1, t.node(x))
    assert "… 13 more …" in text
    assert text.endswith("← x")


def test_a_constant_that_is_nan_is_named_as_an_operand():
    with ag.debug(), pytest.raises(NonFiniteError, match=r"NaN in operand 1 \(a constant\)"):
        Value(2.0) * np.array([1.0, np.nan])


def test_an_input_without_influence_gets_zeros_from_a_checkpoint():
    a, b = Value(2.0), Value([1.0, 2.0])
    ag.checkpoint(lambda u, v: u * u, a, b).backward()
    assert a.grad == 4.0
    assert b.grad.tolist() == [0.0, 0.0]
