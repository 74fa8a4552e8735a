"""Points of single elementwise ops: kinks, ties, bounds, tails and infinities."""

import math
import warnings

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.backprop import gradients
from autograd.ops import OPS, apply

INF, NAN = np.inf, np.nan


@pytest.fixture(autouse=True)
def _no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def gradient(function, *inputs, dtype=None):
    values = [Value(x, dtype=dtype) for x in inputs]
    out = function(*values)
    out.backward(np.ones(out.shape))
    return [v.grad for v in values]


def second(function, x):
    v = Value(x)
    (slope,) = gradients(function(v), [v], create_graph=True)
    return gradients(slope, [v])[0] if slope.requires_grad else 0.0


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_rectifiers_at_0_have_the_slope_of_their_left_side(zero):
    assert gradient(ag.leaky_relu, zero) == [0.01]
    assert gradient(lambda a: a.leaky_relu(0.3), zero) == [0.3]
    assert gradient(lambda a: ag.elu(a, alpha=0.5), zero) == [0.5]
    assert gradient(ag.elu, zero) == [1.0]
    assert gradient(ag.gelu, zero) == gradient(ag.silu, zero) == gradient(ag.softplus, zero)
    assert gradient(ag.softplus, zero) == [0.5]


@pytest.mark.parametrize("function", [ag.maximum, ag.minimum, ag.fmax, ag.fmin, np.maximum])
def test_ties_get_half_each_and_a_value_against_itself_exactly_1(function):
    assert gradient(function, 2.0, 2.0) == [0.5, 0.5]
    assert gradient(function, -0.0, 0.0) == [0.5, 0.5]
    assert gradient(function, INF, INF) == [0.5, 0.5]
    assert gradient(lambda x: function(x, x), 0.1) == [1.0]
    assert gradient(lambda x: function(x, 2), 2.0) == [0.5]


def test_the_larger_or_smaller_one_gets_the_whole_gradient():
    a, b = [1.0, 5.0, -INF], [2.0, 3.0, 0.0]
    for function, of_a in ((ag.maximum, [0, 1, 0]), (ag.minimum, [1, 0, 1])):
        first, other = gradient(function, a, b)
        assert first.tolist() == of_a
        assert (first + other).tolist() == [1, 1, 1]
    assert gradient(lambda a: a.maximum(b).sum(), a)[0].tolist() == [0, 1, 0]
    assert gradient(lambda a: a.minimum(b).sum(), a)[0].tolist() == [1, 0, 1]


def test_nan_goes_through_maximum_and_is_left_aside_by_fmax():
    assert np.isnan(ag.maximum(Value(NAN), 1.0).data)
    assert gradient(ag.maximum, NAN, 1.0) == gradient(ag.minimum, 1.0, NAN) == [1.0, 1.0]
    for function in (ag.fmax, ag.fmin):
        assert function(Value(NAN), 1.0).data == 1.0
        assert gradient(function, NAN, 1.0) == [0.0, 1.0]
        assert gradient(function, 1.0, NAN) == [1.0, 0.0]
        assert gradient(function, NAN, NAN) == [0.0, 0.0]


def test_clip_passes_1_between_and_at_its_bounds():
    x = [-2.0, -1.0, 0.0, 1.0, 2.0]
    assert gradient(lambda a: a.clip(-1, 1).sum(), x)[0].tolist() == [0, 1, 1, 1, 0]
    assert gradient(lambda a: ag.clip(a, -1).sum(), x)[0].tolist() == [0, 1, 1, 1, 1]
    assert gradient(lambda a: ag.clip(a, a_max=1).sum(), x)[0].tolist() == [1, 1, 1, 1, 0]
    assert gradient(lambda a: ag.clip(a).sum(), x)[0].tolist() == [1, 1, 1, 1, 1]


def test_a_bound_of_clip_gets_the_gradient_of_what_lies_beyond():
    grads = gradient(ag.clip, [-3.0, -1.0, 0.0, 5.0, 6.0], -1.0, 2.0)
    assert [g.tolist() for g in grads] == [[0, 1, 1, 0, 0], 1.0, 2.0]
    assert gradient(ag.clip, 0.0, 3.0, 1.0) == [0, 0, 1]
    assert gradient(ag.clip, 0.0, 1.0, 1.0) == [0, 0.5, 0.5]
    assert gradient(ag.clip, 1.0, 1.0, 1.0) == [1, 0, 0]
    assert gradient(ag.clip, 2.0, 1.0, 1.0) == [0, 0, 1]


def test_np_clip_takes_its_bounds_in_every_form():
    v, low = Value([-2.0, 0.5, 2.0]), Value(-1.0)
    for call in (
        lambda: np.clip(v, -1, 1),
        lambda: np.clip(v, a_min=-1, a_max=1),
        lambda: np.clip(v, min=-1, max=1),
        lambda: np.clip(v, low, 1),
        lambda: np.clip(v.data, low, 1),
        lambda: np.clip(np.clip(v, None, 1), -1, None),
    ):
        out = call()
        assert out.op.name == "clip"
        assert out.data.tolist() == [-1.0, 0.5, 1.0]
    with pytest.raises(TypeError, match=r"np.clip on Values got dtype=; expected only the bounds"):
        np.clip(v, -1, 1, dtype=np.float32)
    with pytest.raises(TypeError, match=r"np.clip on Values got out="):
        np.clip(v, -1, 1, np.zeros(3))
    with pytest.raises(TypeError, match=r"np.clip on Values got out="):
        np.clip(v, -1, 1, out=np.zeros(3))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_hypot_and_arctan2_at_the_origin_have_gradient_0(dtype):
    assert gradient(ag.hypot, 0.0, 0.0, dtype=dtype) == [0.0, 0.0]
    assert gradient(ag.arctan2, 0.0, 0.0, dtype=dtype) == [0.0, 0.0]
    first, other = gradient(ag.hypot, [0.0, 3.0], [0.0, 4.0], dtype=dtype)
    np.testing.assert_allclose([first, other], [[0, 0.6], [0, 0.8]], rtol=1e-6)
    assert second(lambda a: ag.hypot(a, 0.0), 0.0) == 0.0


def test_hypot_and_arctan2_far_out_neither_overflow_nor_give_nan():
    np.testing.assert_allclose(gradient(ag.hypot, 3e200, 4e200), [0.6, 0.8])
    np.testing.assert_allclose(gradient(ag.arctan2, 3e200, 4e200), [1.6e-201, -1.2e-201])
    np.testing.assert_allclose(gradient(ag.arctan2, 3e-200, 4e-200), [1.6e199, -1.2e199])
    assert gradient(ag.hypot, INF, 2.0) == [1.0, 0.0]
    assert gradient(ag.hypot, 2.0, -INF) == [0.0, -1.0]
    for a, b in ((INF, 1.0), (1.0, -INF), (INF, INF)):
        assert gradient(ag.arctan2, a, b) == [0.0, 0.0]


def test_arctan_keeps_its_slope_where_the_square_overflows():
    assert gradient(ag.arctan, 1e200) == [0.0]
    assert gradient(ag.arctan, 1e150)[0] == pytest.approx(1e-300)
    assert gradient(ag.arctan, 300.0, dtype=np.float16)[0] > 0
    assert gradient(ag.arctan, [INF, 1.0])[0] == pytest.approx([0.0, 0.5], abs=1e-15)


BIG = [40.0, 1e3, 1e20, INF]


@pytest.mark.parametrize("big", BIG)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_activations_reach_their_limits_without_a_warning(big, dtype):
    approximate = {"approximate": "tanh"}
    for op, settings in [("softplus", {}), ("silu", {}), ("gelu", {}), ("gelu", approximate)]:
        for x, slope in ((big, 1.0), (-big, 0.0)):
            v = Value(x, dtype=dtype)
            out = apply(OPS[op], v, **settings)
            (grad,) = gradients(out, [v], create_graph=True)
            assert out.data.dtype == grad.data.dtype == dtype
            assert out.data == pytest.approx(max(x, 0.0), abs=1e-14)
            assert grad.data == pytest.approx(slope, abs=1e-14)
            assert gradients(grad, [v])[0] == pytest.approx(0.0, abs=1e-14)
    for op, (low, high) in {"elu": (-1.0, big), "erf": (-1, 1), "step": (0, 1)}.items():
        out = apply(OPS[op], Value([-big, big], dtype=dtype))
        assert out.data.tolist() == [low, dtype(high)]
        (grad,) = gradient(lambda v, op=op: apply(OPS[op], v), [-big, big], dtype=dtype)
        assert grad == pytest.approx([0.0, float(op == "elu")], abs=1e-14)


def test_the_tails_of_gelu_softplus_and_erfc_keep_their_digits():
    # From mpmath, 30 digits.
    assert ag.erfc(10.0).data == pytest.approx(2.08848758376254475700e-45, rel=1e-14)
    assert ag.erf(0.5).data == pytest.approx(0.520499877813046537683, rel=2e-16)
    assert ag.erf(1e-10).data == pytest.approx(1.12837916709551257389e-10, rel=1e-15)
    assert ag.gelu(-10.0).data == pytest.approx(-7.61985302416052606597e-23, rel=1e-14)
    assert ag.softplus(-40.0).data == pytest.approx(math.exp(-40), rel=1e-15)
    assert gradient(ag.expm1, -40.0) == [math.exp(-40)]


def test_logaddexp_shares_between_equal_infinities():
    for function in (ag.logaddexp, ag.logaddexp2):
        assert gradient(function, -INF, -INF) == [0.5, 0.5]
        assert gradient(function, INF, INF) == [0.5, 0.5]
        assert gradient(function, INF, 1.0) == [1.0, 0.0]
        assert gradient(function, -INF, 1.0) == [0.0, 1.0]
        assert gradient(function, 1e3, -1e3) == [1.0, 0.0]
    assert ag.logaddexp(Value(1e4), 1e4).data == pytest.approx(1e4 + math.log(2))
    assert gradient(ag.logaddexp, [1.0, -INF], [1.0, -INF])[0].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    "function",
    [ag.sign, ag.step, ag.floor, ag.ceil, ag.trunc, ag.rint, ag.round, np.fix, round],
)
def test_what_jumps_has_gradient_0_whatever_arrives(function):
    for x in (-0.0, 0.0, 0.5, 2.0, -1.5):
        v = Value(x)
        function(v).backward(INF)
        assert v.grad == 0.0
        (grad,) = gradients(function(v), [v], create_graph=True)
        assert isinstance(grad, Value)


def test_the_second_derivative_of_abs_is_0():
    assert second(ag.absolute, -2.0) == second(ag.abs, 0.0) == 0.0
    assert second(lambda v: ag.absolute(v) ** 2, -3.0) == 2.0


def test_heaviside_gives_its_second_input_the_gradient_at_0():
    first, other = gradient(ag.heaviside, [-1.0, 0.0, 2.0], [0.5, 0.5, 0.5])
    assert (first.tolist(), other.tolist()) == ([0, 0, 0], [0, 1, 0])
    assert ag.step(Value([-1.0, -0.0, 0.0, 2.0])).data.tolist() == [0, 0, 0, 1]


def test_copysign_at_0():
    assert gradient(ag.copysign, 0.0, -1.0) == [0.0, 0.0]
    assert gradient(ag.copysign, -2.0, -0.0) == [1.0, 0.0]


def test_remainders_follow_python_and_c():
    a, b = Value([5.5, -5.5, 5.5]), Value([2.0, 2.0, -2.0])
    assert (a % b).data.tolist() == [1.5, 0.5, -0.5]
    assert (a // b).data.tolist() == [2.0, -3.0, -3.0]
    assert ag.fmod(a, b).data.tolist() == [1.5, -1.5, 1.5]
    assert gradient(lambda a, b: a % b, 5.5, -2.0) == [1.0, 3.0]
    assert gradient(ag.fmod, 5.5, -2.0) == [1.0, 2.0]
    assert gradient(lambda a: 7 % a + 7 // a, 2.0) == [-3.0]
    assert (2 % b).data.tolist() == [0.0, 0.0, 0.0]
    # 1 / 0.1 rounds up to 10, but the remainder counts 9.
    assert gradient(ag.fmod, 1.0, 0.1) == [1.0, -9.0]
    assert gradient(ag.remainder, 1.0, 0.1) == [1.0, -9.0]


def test_values_round_as_numpy_does():
    v = Value([0.5, 1.5, 12.345])
    assert v.round().data.tolist() == round(v).data.tolist() == [0.0, 2.0, 12.0]
    assert v.round(1).data.tolist() == np.round(v, 1).data.tolist() == [0.5, 1.5, 12.3]
    assert np.around(v, decimals=-1).data.tolist() == round(v, -1).data.tolist() == [0, 0, 10]


def test_float_power_is_the_power_in_the_precision_of_its_inputs():
    v = Value([2.0, 3.0], dtype=np.float32)
    assert np.float_power(v, 2).dtype == ag.float_power(v, 2).dtype == np.float32
    assert ag.float_power(2, v).data.tolist() == [4.0, 8.0]


def test_infinite_slopes_at_the_ends_of_the_domain():
    with np.errstate(divide="ignore"):
        for function, end in (
            (ag.arcsin, 1.0),
            (ag.arccosh, 1.0),
            (ag.arctanh, -1.0),
            (ag.cbrt, 0.0),
            (ag.log1p, -1.0),
            (ag.log2, 0.0),
            (ag.log10, 0.0),
        ):
            assert gradient(function, end) == [INF]
        assert gradient(ag.arccos, -1.0) == [-INF]


def test_settings_that_are_values_or_no_numbers_are_refused():
    v = Value(1.0, label="a")
    with pytest.raises(TypeError, match=r"leaky_relu\(negative_slope=…\) got 'a', a Value.*where"):
        ag.leaky_relu(v, v)
    with pytest.raises(TypeError, match=r"elu\(alpha=…\) got 'big'; expected a number"):
        v.elu("big")
    with pytest.raises(TypeError, match=r"elu\(alpha=…\) got None; expected a number"):
        ag.elu(v, None)
    with pytest.raises(ValueError, match=r"gelu got approximate=True; expected 'none' or 'tanh'"):
        v.gelu(True)
    assert ag.leaky_relu(Value([-1.0], dtype=np.float32), np.float64(0.5)).dtype == np.float32
