"""Stale values: data overwritten after use is refused, by name; raw writes in debug mode."""

import copy
import pickle
import re

import numpy as np
import pytest

import autograd as ag
from autograd import StaleValueError, Value


def overwrite(v):
    v.data = v.data + 1


def subtract(v):
    v.data -= 1


def multiply(v):
    v.data *= 2


OVERWRITES = [overwrite, subtract, multiply]


@pytest.mark.parametrize("start", [3.0, [3.0, 4.0]], ids=["scalar", "array"])
@pytest.mark.parametrize("change", OVERWRITES)
def test_a_leaf_overwritten_after_use_is_refused(start, change):
    w = Value(start, label="w")
    loss = (w * w).sum()
    change(w)
    with pytest.raises(StaleValueError, match="'w'"):
        loss.backward()


@pytest.mark.parametrize("start", [3.0, [3.0, 4.0]], ids=["scalar", "array"])
@pytest.mark.parametrize("change", OVERWRITES)
def test_an_interior_value_overwritten_after_use_is_refused(start, change):
    w = Value(start)
    hidden = w.exp()
    hidden.label = "hidden"
    loss = (hidden * hidden).sum()
    change(hidden)
    with pytest.raises(StaleValueError, match="'hidden'"):
        loss.backward()


def test_a_result_overwritten_before_backward_is_refused():
    w = Value(3.0)
    y = w.exp()
    y.data = 5.0
    with pytest.raises(StaleValueError, match="through exp"):
        y.backward()


def test_the_message_names_op_value_line_and_both_versions():
    w = Value(3.0, label="w")
    w.data = 4.0
    loss = w * 2 + w.tanh()
    w.data -= 0.5
    w.data -= 0.5
    with pytest.raises(StaleValueError) as caught:
        loss.backward()
    message = str(caught.value)
    made, used = w.origin.line, loss.inputs[1].origin.line
    assert re.search(rf"through tanh at test_staleness\.py:{used} 'w\.tanh\(\)'", message)
    assert f"the data of 'w' (made at test_staleness.py:{made}" in message
    assert "overwritten after use. It was used at version 1 and is now at version 3." in message
    assert "Compute the loss again after changing data, or call backward() before." in message


def test_old_versions_are_counted_but_not_claimed_exactly():
    w = Value(3.0)
    y = w * w
    for _ in range(60):
        w.data -= 0.01
    assert w.version == 60
    with pytest.raises(StaleValueError, match=r"used at version \d+ or earlier .* at version 60"):
        y.backward()
    y = w * w
    w.data = 1.0
    with pytest.raises(StaleValueError, match=r"used at version 60 and is now at version 61"):
        y.backward()


def test_overwriting_is_legal_between_passes():
    w = Value(3.0)
    for k in range(40):
        w.zero_grad()
        loss = w * w
        loss.backward()
        assert w.grad == 2 * w.data
        w.data -= 0.25 * w.grad
        assert w.version == k + 1


def test_a_value_overwritten_before_its_use_is_fine():
    w = Value(3.0)
    w.data = 5.0
    (w * w).backward()
    assert w.grad == 10.0


def test_an_overwritten_value_that_the_root_does_not_use_is_fine():
    w, other = Value(3.0), Value(4.0)
    y = w * 2
    (other * y)
    other.data = 0.0
    y.backward()
    assert w.grad == 2.0


def test_a_write_into_a_view_of_a_leaf_leaves_the_leaf_and_its_graph_alone():
    w = Value([1.0, 2.0])
    column = w.reshape(2, 1)
    loss = (w * w).sum()
    column.data -= 1.0
    loss.backward()
    assert w.grad.tolist() == [2.0, 4.0]


def test_a_leaf_overwritten_under_a_view_is_refused():
    w = Value([1.0, 2.0], label="w")
    loss = (w.reshape(2, 1) ** 2).sum()
    w.data -= 1.0
    with pytest.raises(StaleValueError, match="'w'"):
        loss.backward()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))])
@pytest.mark.parametrize("interior", [False, True])
def test_a_copy_of_a_stale_graph_is_stale_too(copied, interior):
    w = Value(3.0, label="w")
    hidden = w * w
    hidden.label = "hidden"
    y = hidden * hidden + w.exp()
    (hidden if interior else w).data = 5.0
    again = copied(y)
    name = "'hidden'" if interior else "'w'"
    with pytest.raises(StaleValueError, match=name + ".* at version 0 and is now at version 1"):
        again.backward()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))])
def test_a_copy_of_a_current_graph_is_current(copied):
    w = Value(3.0)
    w.data = 4.0
    y = w * w
    again = copied(y)
    again.backward()
    assert again.inputs[0].grad == 8.0


def test_debug_mode_catches_a_raw_write_into_an_operand():
    w = Value([1.0, 2.0], label="w")
    with ag.debug():
        loss = (w * w).sum()
    w.data[0] = 5.0
    with pytest.raises(StaleValueError) as caught:
        loss.backward()
    line = loss.inputs[0].origin.line
    message = str(caught.value)
    assert f"backward() through multiply at test_staleness.py:{line} 'w * w'" in message
    assert "the array of 'w' was written into after use. It was used at version 0" in message
    assert "Assign to .data, or write into a copy of the array." in message


def test_debug_mode_catches_a_raw_write_into_a_result():
    w = Value([1.0, 2.0])
    with ag.debug():
        hidden = w.exp()
        hidden.label = "hidden"
        loss = hidden.sum()
    hidden.data[0] = 5.0
    with pytest.raises(StaleValueError, match="array of 'hidden' was written into"):
        loss.backward()


def test_debug_mode_names_a_constant_operand_by_its_place():
    w = Value([1.0, 2.0])
    with ag.debug():
        y = w * np.array([3.0, 4.0])
    y.inputs[1][0] = 100.0
    with pytest.raises(StaleValueError, match="the array of operand 1 was written into"):
        y.backward([1.0, 1.0])


def test_debug_mode_lets_clean_graphs_through():
    w = Value(np.arange(6.0).reshape(2, 3))
    with ag.debug():
        empty = (Value(np.zeros((0, 3))) * 2).sum()
        loss = (w.T[::-1] * 2.0 + w.sum() - 1).mean() + ag.stack([w, w]).max() + empty
    loss.backward()
    assert w.grad.shape == (2, 3)


def test_without_debug_a_raw_write_goes_unseen_and_no_sum_is_kept():
    w = Value([1.0, 2.0])
    with ag.debug():
        pass
    loss = (w * w).sum()
    w.data[0] = 5.0
    loss.backward()
    assert w.grad.tolist() == [10.0, 4.0]


def test_debug_is_a_decorator_and_nests():
    w = Value([1.0, 2.0])

    @ag.debug()
    def compute():
        with ag.debug():
            return (w * w).sum()

    loss = compute()
    w.data[0] = 5.0
    with pytest.raises(StaleValueError, match="written into after use"):
        loss.backward()
    with pytest.raises(ZeroDivisionError), ag.debug():
        raise ZeroDivisionError
    plain = (w * w).sum()
    w.data[0] = 7.0
    plain.backward()


def test_a_constant_value_overwritten_after_use_is_refused_too():
    x, w = Value(3.0, label="x", requires_grad=False), Value(2.0)
    y = x * w
    x.data = 5.0
    with pytest.raises(ag.StaleValueError, match=r"data of 'x'.* was overwritten after use"):
        y.backward()
