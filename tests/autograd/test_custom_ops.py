"""An op of the user's own, a few lines long, is recorded, checked, differentiated and drawn."""

import numpy as np
import pytest

import autograd as ag
import viz
from autograd import Value
from autograd.ops import OPS


@pytest.fixture
def bump():
    class Bump(ag.Op):
        """Bell curve of a given width: y = e^(-(a/width)²)."""

        pattern = "bump({a})"

        @staticmethod
        def forward(a, *, width=1.0):
            return np.exp(-((a / width) ** 2))

        @staticmethod
        def wrt_a(delta, out, a, *, width=1.0):
            return delta * out * (-2 * a / width**2)

        @staticmethod
        def samples():
            return [ag.Sample((0.5,)), ag.Sample((np.array([-1.0, 2.0]),), {"width": 2.0})]

    yield Bump
    del OPS["bump"]


def test_it_is_recorded_with_the_line_that_used_it(bump):
    x = Value([0.5, -1.0], label="x")
    y = ag.apply(bump, x, width=2.0)
    assert (y.op.name, y.settings) == ("bump", {"width": 2.0})
    assert y.origin.expression == "ag.apply(bump, x, width=2.0)"
    y.sum().backward()
    np.testing.assert_allclose(x.grad, -x.data / 2 * np.exp(-(x.data**2) / 4), rtol=1e-14)


def test_its_rules_are_checked_at_its_samples(bump):
    assert ag.check_op(bump) == 2
    bump.rules = (lambda delta, out, a, width=1.0: delta * out,)
    with pytest.raises(ag.GradientError, match="argument 0"):
        ag.check_op(bump)


def test_an_op_without_samples_is_not_called_checked(bump):
    bump.samples = list
    with pytest.raises(ValueError, match="bump, which has no samples"):
        ag.check_op(bump)


def test_second_derivatives_come_from_the_same_rule(bump):
    second = ag.grad(ag.grad(lambda x: ag.apply(bump, x)))(0.5)
    assert second == pytest.approx((4 * 0.25 - 2) * np.exp(-0.25), rel=1e-13)


def test_it_is_drawn_with_its_pattern_and_its_local_derivative(bump):
    x = Value(0.5, label="x")
    y = ag.apply(bump, x)
    y.label = "y"
    text = str(viz.draw(y))
    assert "y = bump(x)" in text
    assert "∂y/∂x = " in text
    assert "-0.7788" in text.replace("−", "-")


def test_on_plain_arrays_it_computes_plainly(bump):
    assert ag.apply(bump, 0.0) == 1.0


def test_an_operand_without_a_rule_is_named_when_it_needs_a_gradient():
    class Scaled(ag.Op):
        """Product with a factor that has no rule: y = a · factor."""

        @staticmethod
        def forward(a, factor):
            return a * factor

        @staticmethod
        def wrt_a(delta, out, a, factor):
            return delta * factor

    try:
        x, factor = Value(2.0), Value(3.0)
        ag.apply(Scaled, x, factor.detach()).backward()
        assert x.grad == 3.0
        with pytest.raises(TypeError, match=r"scaled at .*operand 1 .* no rule wrt_factor"):
            ag.apply(Scaled, x, factor).backward()
    finally:
        del OPS["scaled"]


@pytest.fixture
def written():
    """A user's op that doubles, with any forward rule and any derivative rule put in."""

    def write(forward=lambda a: a * 2, rule=lambda delta, out, a: delta * 2):
        return type(
            "Written", (ag.Op,), {"forward": staticmethod(forward), "wrt_a": staticmethod(rule)}
        )

    yield write
    OPS.pop("written", None)


def test_a_rule_may_give_a_plain_number(written):
    x = Value(np.float32(3.0))
    ag.apply(written(rule=lambda delta, out, a: 2), x).backward()
    assert (x.grad, x.grad.dtype) == (2.0, np.float32)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (None, TypeError, "from a derivative rule, got None of type NoneType"),
        ("much", TypeError, "from a derivative rule, got 'much' of type str"),
        (np.ones(7), ValueError, r"gave shape \(7,\) for an operand of shape \(2, 3\)"),
        (np.ones((3, 2)), ValueError, r"gave shape \(3, 2\) for an operand of shape \(2, 3\)"),
        (np.ones(6), ValueError, r"expected that shape, or one that it broadcasts to"),
    ],
)
def test_what_a_rule_cannot_mean_is_refused_at_its_line(written, given, error, message):
    x = Value(np.ones((2, 3)), label="x")
    y = ag.apply(written(rule=lambda delta, out, a: given), x)
    with pytest.raises(error, match=message) as caught:
        y.sum().backward()
    assert "In the backward pass of written at test_custom_ops.py" in caught.value.__notes__[0]
    assert x.grad is None


def test_a_forward_rule_gives_real_numbers(written):
    with pytest.raises(TypeError, match="forward rule of written gave dtype complex128; expected"):
        ag.apply(written(forward=lambda a: a * 1j), Value(np.ones(2)))


def test_a_forward_rule_may_give_a_python_number_or_a_list_but_not_nothing(written):
    assert type(ag.apply(written(forward=lambda a: 3.0), Value(1.0)).data) is np.float64
    assert ag.apply(written(forward=lambda a: [1, 2]), Value(1.0)).data.tolist() == [1.0, 2.0]
    with pytest.raises(TypeError, match="from the forward rule of written, got None"):
        ag.apply(written(forward=lambda a: None), Value(1.0))
