"""Engines that are kept or go wrong in an unusual way are driven and judged all the same."""

import numpy as np
import pytest

from autograd.divergence import first_divergence
from autograd.divergence.mistakes import Turn


class Plain:
    """A value with operands, the name of its op and what its ``_backward`` does."""

    def __init__(self, data, inputs=(), _op="", step=lambda: None):
        self.data, self.grad, self.inputs, self._op = data, 0.0, inputs, _op
        self._backward = step


class Half:
    """Its difference forgets the second operand, so that the closure holds only the first."""

    def __init__(self, data, children=()):
        self.data, self.grad, self._prev = data, 0.0, set(children)
        self._backward = lambda: None

    def __sub__(self, other):
        out = Half(self.data - other.data, (self, other))

        def _backward():
            self.grad += out.grad

        out._backward = _backward
        return out


@pytest.mark.parametrize(("a", "b"), [(5.0, 2.0), (2.0, 5.0)])
def test_an_operand_that_the_rule_forgets_is_found_whichever_is_larger(a, b):
    first, second = Half(a), Half(b)
    found = first_divergence(first - second)
    assert (found.kind, found.slot, found.expected) == ("missing", 1, pytest.approx(-1.0))
    assert (first.grad, second.grad) == (1.0, 0.0)


def test_an_op_that_cannot_take_these_operands_is_no_explanation():
    a, b = Plain(np.ones(2)), Plain(np.ones(3))
    found = first_divergence(Plain(np.full(2, 2.0), (a, b), "+"))
    assert found.kind == "forward"


def test_a_rule_that_forgets_its_own_gradient_is_said_to_change_it():
    x = Plain(2.0)
    loss = Plain(4.0, (x,), "square")

    def step():
        x.grad += 2 * x.data * loss.grad
        loss.grad = None

    loss._backward = step
    found = first_divergence(loss)
    assert (found.kind, found.expected, found.got) == ("changes_own", 1.0, None)
    assert "became None" in str(found)


def test_a_factor_that_is_zero_or_does_not_fit_explains_nothing():
    factors = {"zero": 0.0, "wide": np.ones(3)}
    turn = Turn(before=0.0, got=7.7, parts=[3.0], others=[], upstream=1.0, factors=factors)
    assert turn.explain()[0] == "wrong"
    named = [named["factor"] for _, _, named in turn.wrong_contributions() if "factor" in named]
    assert named == ["zero", "2", "2", "3", "3", "4", "4"]
