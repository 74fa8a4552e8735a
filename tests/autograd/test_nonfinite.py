"""Debug mode names the op, edge or sum in which a NaN or infinity is born."""

import numpy as np
import pytest

import autograd as ag
from autograd import NonFiniteError, Value
from autograd.ops import Op, Sample
from autograd.ops.base import OPS, apply


@pytest.fixture(autouse=True)
def _quiet():
    with np.errstate(all="ignore"):
        yield


def test_the_op_that_makes_nan_in_the_forward_pass_is_named_with_its_operands():
    x = Value([4.0, -1.0], label="x")
    with ag.debug(), pytest.raises(NonFiniteError) as error:
        (x.sqrt() * 2).sum()
    message = str(error.value)
    assert "NaN born in the forward pass of sqrt" in message
    assert "'x.sqrt()'" in message
    assert "'x' = [ 4., -1.]" in message


def test_overflow_is_reported_as_inf():
    x = Value(1000.0, label="x")
    with ag.debug(), pytest.raises(NonFiniteError, match="inf born in the forward pass of exp"):
        x.exp()


def test_a_leaf_that_holds_nan_is_blamed_itself():
    x = Value([1.0, np.nan], label="x")
    with ag.debug(), pytest.raises(NonFiniteError, match=r"multiply.* got NaN in 'x'"):
        x * 2


def test_an_infinite_constant_is_let_through():
    with ag.debug():
        y = Value([1.0, 2.0]) + np.array([-np.inf, 0.0])
        ag.softmax(y).sum().backward()


def test_the_contribution_of_an_edge_is_named_with_its_rule_and_the_path():
    x = Value(0.0, label="x")
    with ag.debug():
        loss = (x.sqrt() * 3 + 1) ** 2
        with pytest.raises(NonFiniteError) as error:
            loss.backward()
    message = str(error.value)
    assert "inf born in the backward pass, in the contribution of sqrt" in message
    assert "to 'x'" in message
    assert "upstream δ = 6." in message
    assert "Sqrt.wrt_a" in message
    assert "From the loss: power ← add ← multiply ← sqrt" in message


def test_an_accumulation_that_overflows_is_named_with_both_parts():
    x = Value(0.001, label="x")
    with ag.debug():
        loss = x * 1.5e308 + x * 1.5e308
        with pytest.raises(NonFiniteError, match=r"adding up the gradient of 'x'.*1\.5e\+308 \+"):
            loss.backward()


def test_finite_passes_say_nothing_and_give_the_same_gradient():
    x = Value([0.5, -2.0])
    with ag.debug():
        (np.tanh(x) * x).sum().backward()
    t = np.tanh(x.data)
    np.testing.assert_allclose(x.grad, t + x.data * (1 - t * t), rtol=1e-15)


def test_debug_is_over_after_its_block_also_after_an_error():
    x = Value(-1.0)
    with pytest.raises(NonFiniteError), ag.debug():
        x.log()
    assert np.isnan(x.log().data)
    y = Value(0.0)
    y.sqrt().backward()
    assert y.grad == np.inf


def test_a_gradient_given_as_nan_is_reported():
    with ag.debug():
        y = Value([1.0, 2.0]) * 2
        with pytest.raises(NonFiniteError, match=r"was given a gradient that is NaN"):
            y.backward(np.array([np.nan, 1.0]))


def test_a_wrong_rule_is_blamed_by_name():
    class Broken(Op):
        """Twice the input, with a rule that divides by zero."""

        @staticmethod
        def forward(a):
            return 2 * a

        @staticmethod
        def wrt_a(delta, out, a):
            return delta / 0.0 * np.ones(np.shape(a))[()]

        @classmethod
        def samples(cls):
            return [Sample((1.0,))]

    try:
        with (
            ag.debug(),
            pytest.raises(NonFiniteError, match=r"contribution of broken.*wrt_a, line"),
        ):
            apply(Broken, Value(1.0)).backward()
    finally:
        del OPS["broken"]
