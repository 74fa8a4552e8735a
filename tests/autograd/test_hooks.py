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


def test_a_hook_is_a_function_on_a_value_that_a_gradient_reaches():
    with pytest.raises(TypeError, match=r"a hook got 3 of type int; expected a function"):
        Value(1.0).register_hook(3)
    with pytest.raises(ValueError, match="a constant, which no gradient reaches; expected a value"):
        Value(1.0, requires_grad=False).register_hook(print)


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("given", [lambda: 3.0, lambda: [3.0][0], lambda: Value(3.0)])
def test_what_a_hook_returns_is_recorded_just_where_gradients_are(create_graph, given):
    x = Value(np.float32(2.0))
    x.register_hook(lambda grad: given())
    (x * x).backward(create_graph=create_graph)
    assert isinstance(x.grad, Value) == create_graph
    assert x.grad == 3.0
    assert x.grad.dtype == np.float32


def test_a_hook_may_return_a_list_and_no_text():
    x = Value([1.0, 2.0], label="x")
    with x.register_hook(lambda grad: [5.0, 6.0]):
        x.sum().backward()
    assert x.grad.tolist() == [5.0, 6.0]
    x.register_hook(lambda grad: "much")
    with pytest.raises(TypeError, match="a hook on 'x' got 'much' of type str"):
        x.sum().backward()


def test_a_hook_that_calls_backward_on_its_own_value_ends_with_few_notes():
    x = Value(2.0)
    x.register_hook(lambda grad: (x * 3).backward())
    with pytest.raises(RecursionError) as caught:
        (x * x).backward()
    assert len(caught.value.__notes__) == 4
    assert x.grad is None
