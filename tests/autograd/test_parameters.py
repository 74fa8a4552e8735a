"""Parameters: data and gradients of many leaves at once, as `.data` and `.grad` give them."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.parameters import descend, forget_gradients, gradients_of


def leaves():
    return [Value([1.0, 2.0], label="u"), Value(3.0, label="v"), Value([4.0], label="w")]


def test_each_value_with_a_gradient_moves_and_the_others_are_named():
    u, v, w = values = leaves()
    (u.sum() * v).backward()
    arrays = [x.data for x in values]
    resting = descend(values, lambda k, grad, rate: rate * grad, 0.5)
    assert resting == [2]
    assert [x.version for x in values] == [1, 1, 0]
    assert u.data is arrays[0]
    assert w.data is arrays[2]
    assert u.data.tolist() == [-0.5, 0.5]
    assert (type(v.data), v.data) == (np.float64, 1.5)


def test_a_part_of_the_data_is_kept_and_other_gradients_may_be_given():
    u, v, w = values = leaves()
    given = [None, np.float64(1.0), np.array([2.0])]
    assert descend(values, lambda k, grad, rate: rate * grad, 1.0, 0.5, given) == [0]
    assert (u.data.tolist(), v.data, w.data.tolist()) == ([1.0, 2.0], 0.5, [0.0])


def test_a_graph_from_before_the_move_is_stale_and_one_that_rests_is_not():
    u, v, w = values = leaves()
    before, other = (u * v).sum(), (w * w).sum()
    u.grad = np.ones(2)
    descend(values, lambda k, grad, rate: grad, 1.0)
    with pytest.raises(ag.StaleValueError, match=r"'u'.* at version 0 and is now at version 1"):
        before.backward()
    other.backward()
    assert w.grad.tolist() == [8.0]


def test_what_moved_before_an_error_is_noted():
    def change(k, grad, rate):
        if k == 1:
            raise ArithmeticError
        return grad

    u, v, w = values = leaves()
    before = (u * v * w).sum()
    for value in values:
        value.grad = 1.0
    with pytest.raises(ArithmeticError):
        descend(values, change, 1.0)
    assert u.data.tolist() == [0.0, 1.0]
    assert (u.version, w.version) == (1, 0)
    with pytest.raises(ag.StaleValueError, match="'u'"):
        before.backward()


def test_a_recorded_gradient_moves_its_value_by_its_numbers():
    u, v, _ = leaves()
    (u * u).sum().backward(create_graph=True)
    assert gradients_of([u, v])[0].tolist() == [2.0, 4.0]
    assert gradients_of([u, v])[1] is None
    assert descend([u, v], lambda k, grad, rate: grad, 1.0) == [1]
    assert u.data.tolist() == [-1.0, -2.0]


def test_gradients_are_forgotten_and_a_watch_is_told():
    told = []

    class Telling(ag.watching.Watch):
        def grad_assigned(self, value):
            told.append(value.label)

    values = leaves()
    for value in values:
        value.grad = 1.0
    forget_gradients(values[:1])
    outer = ag.watching.add_watch(Telling())
    try:
        forget_gradients(values[1:])
    finally:
        ag.modes.thread.state.watch = outer
    assert [value.grad for value in values] == [None] * 3
    assert told == ["v", "w"]
