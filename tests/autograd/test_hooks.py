"""Hooks: when they are called, with what, and how they are taken away."""

import numpy as np
import pytest

from autograd import Value


def test_a_hook_sees_the_complete_gradient_once_per_pass():
    seen = []
    x = Value(3.0)
    x.register_hook(seen.append)
    (x * x + x).backward()
    assert seen == [7.0]


def test_what_a_hook_returns_takes_the_gradients_place_from_there_on_down():
    x = Value(3.0)
    y = x * 2
    y.register_hook(lambda grad: grad * 10)
    (y * 5).backward()
    assert (y.grad, x.grad) == (50.0, 100.0)


def test_hooks_run_in_the_order_of_registration():
    x = Value(1.0)
    x.register_hook(lambda grad: grad + 1)
    x.register_hook(lambda grad: grad * 10)
    (x * 2).backward()
    assert x.grad == 30.0


def test_a_removed_hook_is_not_called_and_removing_twice_does_nothing():
    x = Value(1.0)
    handle = x.register_hook(lambda grad: grad * 100)
    handle.remove()
    handle.remove()
    (x * 2).backward()
    assert x.grad == 2.0


def test_a_handle_is_a_context_manager():
    x = Value(1.0)
    with x.register_hook(lambda grad: grad * 100):
        (x * 2).backward()
    (x * 2).backward()
    assert x.grad == 202.0


def test_a_hook_that_writes_into_its_gradient_changes_nothing():
    x, w = Value([1.0, 2.0]), Value([3.0, 4.0])

    def spoil(grad):
        grad[:] = 0

    y = x + w
    y.register_hook(spoil)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, [1, 1])
    np.testing.assert_array_equal(y.grad, [1, 1])


def test_a_hook_that_returns_another_shape_is_refused():
    x = Value([1.0, 2.0], label="x")
    x.register_hook(lambda grad: grad.sum())
    with pytest.raises(
        ValueError, match=r"hook on 'x' returned .* expected a gradient of shape \(2,\)"
    ):
        (x * 2).sum().backward()


def test_the_hook_after_accumulation_sees_grad_as_it_stands():
    seen = []
    x = Value(3.0)
    handle = x.register_post_accumulate_grad_hook(lambda value: seen.append(value.grad))
    (x * 2).backward()
    (x * 2).backward()
    handle.remove()
    (x * 2).backward()
    assert seen == [2.0, 4.0]


def test_the_hook_after_accumulation_is_for_leaves():
    with pytest.raises(ValueError, match="which is no leaf; expected a leaf"):
        (Value(1.0) * 2).register_post_accumulate_grad_hook(print)
