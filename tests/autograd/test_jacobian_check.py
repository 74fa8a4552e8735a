"""gradcheck and gradgradcheck accept right rules and name wrong ones with their line."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.ops import OPS, Op, apply


@pytest.fixture
def wrong():
    """Two ops, a cube whose rule lacks its factor 3 and one whose second derivative is wrong."""

    class WrongCube(Op):
        @staticmethod
        def forward(a):
            return a**3

        @staticmethod
        def wrt_a(delta, out, a):
            return delta * a**2

    class WrongTwice(Op):
        @staticmethod
        def forward(a):
            return a**3

        @staticmethod
        def wrt_a(delta, out, a):
            return delta * 3 * np.array(getattr(a, "data", a)) ** 2

    yield WrongCube, WrongTwice
    del OPS["wrong_cube"], OPS["wrong_twice"]


def test_right_rules_pass_for_several_arguments_and_outputs():
    x, y = np.array([[0.5, -1.0], [2.0, 0.3]]), np.array([1.5, -0.5])
    assert ag.gradcheck(lambda a, b: (np.tanh(a) @ b, a * 2), x, y)
    assert ag.gradgradcheck(lambda a, b: np.tanh(a) @ b, x, y)


def test_a_wrong_rule_is_named_with_input_element_numbers_and_line(wrong):
    with pytest.raises(ag.GradientError) as error:
        ag.gradcheck(lambda a: apply(wrong[0], a) * 2, Value([1.0, 3.0], label="a"))
    message = str(error.value)
    assert "derivative of the output[1] with respect to 'a' (argument 0)[1]" in message
    assert "analytic 18, numeric 54" in message
    assert "WrongCube.wrt_a" in message
    assert "test_jacobian_check.py, line" in message


def test_a_wrong_second_derivative_is_found(wrong):
    x = np.array([1.0, 3.0])
    assert ag.gradcheck(lambda a: apply(wrong[1], a), x)
    with pytest.raises(ag.GradientError, match=r"analytic 0, numeric 1\d\."):
        ag.gradgradcheck(lambda a: apply(wrong[1], a), x)


def test_one_wrong_derivative_among_five_hundred_is_found():
    factor = np.ones(500)

    def f(a):
        return (a * Value(factor, requires_grad=False)).sum() + a.detach()[123] * 1.0

    with pytest.raises(ag.GradientError, match=r"argument 0\[123\]: analytic 1, numeric 2"):
        ag.gradcheck(f, np.linspace(1, 2, 500))


def test_integers_and_constants_are_not_varied():
    assert ag.gradcheck(lambda a, n: a**n, 1.5, 3)
    with pytest.raises(TypeError, match="no argument to vary"):
        ag.gradcheck(lambda n: Value(1.0) * n, 3)


def test_a_function_that_returns_no_value_is_refused():
    with pytest.raises(TypeError, match="returns float; expected a Value"):
        ag.gradcheck(lambda a: 1.0, 2.0)


def test_the_differences_are_good_to_ten_digits():
    from autograd.jacobian_check import differences

    x = np.array([0.3, 2.0])
    got = differences(lambda v: np.exp(v), x)
    np.testing.assert_allclose(got, np.diag(np.exp(x)), rtol=1e-10, atol=1e-12)
