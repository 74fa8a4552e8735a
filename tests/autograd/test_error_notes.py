"""Errors say which op they come from, on which operands, and which line of the user's made it."""

import warnings

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Op, Value
from autograd.ops import OPS


@pytest.fixture
def faulty():
    """An op whose forward rule fails on negative numbers, and whose derivative rule always does."""

    class Faulty(Op):
        @staticmethod
        def forward(a, b):
            if np.any(a < 0):
                raise KeyError("forward gave up")
            return a * b

        @staticmethod
        def wrt_a(delta, out, a, b):
            raise KeyError("rule gave up")

        @staticmethod
        def wrt_b(delta, out, a, b):
            return delta * a

    yield Faulty
    del OPS["faulty"]


def notes_of(run, kind):
    with pytest.raises(kind) as caught:
        run()
    return caught.value.__notes__


def test_an_error_in_a_forward_rule_names_op_operands_and_line(faulty):
    x = Value([-1.0, 2.0], label="x")
    (note,) = notes_of(lambda: ag.apply(faulty, x, x * 2), KeyError)
    assert note == (
        "In the forward pass of faulty at test_error_notes.py:"
        f"{test_an_error_in_a_forward_rule_names_op_operands_and_line.__code__.co_firstlineno + 2} "
        "'ag.apply(faulty, x, x * 2)': 'x' of shape (2,), the multiply from test_error_notes.py:"
        f"{test_an_error_in_a_forward_rule_names_op_operands_and_line.__code__.co_firstlineno + 2} "
        "'x * 2' of shape (2,)."
    )


@pytest.mark.parametrize(
    ("compute", "op", "expression"),
    [
        (lambda v: v + np.ones(4), "add", "v + np.ones(4)"),
        (lambda v: v.reshape(7), "reshape", "v.reshape(7)"),
        (lambda v: v[5], "getitem", "v[5]"),
        (lambda v: ag.concatenate([v, v], axis=3), "concatenate", "ag.concatenate([v, v], axis=3)"),
        (lambda v: np.hstack([v, v[:, None]]), "concatenate", "np.hstack([v, v[:, None]])"),
        (lambda v: nn.mse(v, np.ones(3)) @ v, "matmul", "nn.mse(v, np.ones(3)) @ v"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)  # fmt: skip
def test_a_call_that_numpy_refuses_is_told_with_its_line(compute, op, expression):
    v = Value([1.0, 2.0, 3.0], label="v")
    (note,) = notes_of(lambda: compute(v), (ValueError, IndexError))
    assert note.startswith(f"In the forward pass of {op} at test_error_notes.py:")
    assert f" {expression!r}: 'v' of shape (3,)" in note or f" {expression!r}: 'J' of" in note


def test_constants_of_any_kind_are_named_by_type():
    (note,) = notes_of(lambda: Value(1.0, label="v") + [[1.0], [2.0, 3.0]], ValueError)
    assert note.endswith("'v' of shape (), a constant of type list.")
    (note,) = notes_of(lambda: Value(1.0, label="v") + object(), TypeError)
    assert note.endswith("a constant of type object.")


def test_a_warning_made_an_error_names_its_op_too():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (note,) = notes_of(lambda: Value(0.0, label="v").log(), RuntimeWarning)
    assert "In the forward pass of log at test_error_notes.py" in note


def test_an_error_in_a_derivative_rule_names_the_value_the_operand_and_the_line(faulty):
    x, y = Value(1.0, label="x"), Value(2.0, label="y")
    loss = ag.apply(faulty, x, y) + 1
    (note,) = notes_of(loss.backward, KeyError)
    line = loss.origin.line
    assert note == (
        f"In the backward pass of faulty at test_error_notes.py:{line} 'ag.apply(faulty, x, y)', "
        "in its contribution to operand 0: 'x' of shape (), 'y' of shape ()."
    )


def test_an_error_in_a_hook_names_the_value_it_hangs_on():
    x = Value([1.0, 2.0], label="x")
    x.register_hook(lambda gradient: gradient.no_such_attribute)
    (note,) = notes_of((x * x).sum().backward, AttributeError)
    assert note == "In the backward pass, at 'x' of shape (2,)."


def test_of_many_operands_the_first_are_listed(faulty):
    values = [Value(float(k), label=f"v{k}") for k in range(9)]
    (note,) = notes_of(lambda: ag.stack([*values, Value([1.0])]), ValueError)
    assert note.endswith("'v3' of shape (), and 6 more.")


def test_errors_that_name_their_place_get_no_note():
    x = Value(2.0, label="x")
    y = x * x
    x.data = 3.0
    with pytest.raises(ag.StaleValueError) as caught:
        y.backward()
    assert not hasattr(caught.value, "__notes__")


def test_what_a_layer_computes_was_made_where_the_user_called_it():
    model, x, y = nn.MLP(2, [3, 1], activation="tanh", seed=0), np.ones((4, 2)), np.ones((4, 1))
    prediction = model(x)
    loss = nn.mse(prediction, y)
    assert loss.origin.expression == "nn.mse(prediction, y)"
    for node in ag.Graph(prediction):
        if node.op is not None:
            assert node.origin.expression == "model(x)"
            assert node.origin.filename == __file__
    assert "affine at test_error_notes.py" in repr(prediction)
    assert {node.scope.name for node in ag.Graph(prediction) if node.op} == {"layer 1", "layer 2"}


def test_a_model_of_the_users_own_shows_its_own_lines():
    class Twice(nn.Module):
        def __init__(self):
            self.layer = nn.Layer(2, 2, rng=0)

        def forward(self, x):
            return self.layer(x) * 2

    out = Twice()(np.ones((1, 2)))
    assert out.origin.expression == "self.layer(x) * 2"
    assert out.inputs[0].origin.expression == "self.layer(x)"
