"""Derivatives of every op of the table: complex step, second order, jvp against vjp, float32.

First derivatives against central differences stand in `test_rules`.
"""

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.ops import OPS, apply

every_op = pytest.mark.parametrize("op", OPS.values(), ids=OPS.keys())

TINY = 1e-30

#: Second derivatives are checked at up to this many samples of each op, the smallest of them.
SECOND_ORDER_SAMPLES = 24
#: Fewer are not enough, of any op.
SECOND_ORDER_BAR = 10


@every_op
def test_rules_of_analytic_ops_agree_with_the_complex_step_to_the_last_digits(op, differentiable):
    compared = 0
    for k, (inputs, settings) in enumerate(op.samples()):
        if not op.analytic:
            continue
        out = op.forward(*inputs, **settings)
        for index in differentiable(op, inputs):
            exact = rule_jacobian(op, inputs, settings, index, out)
            stepped = complex_step(op, inputs, settings, index)
            scale = np.max(np.abs(stepped), initial=1e-300)
            np.testing.assert_allclose(
                exact, stepped, rtol=1e-12, atol=1e-13 * scale, err_msg=f"sample {k}, {index}"
            )
            compared += 1
    assert compared >= (30 if op.analytic else 0)


def rule_jacobian(op, inputs, settings, index, out):
    """∂out/∂input by the engine, ``(out.size, input.size)``: one backward pass per row."""
    x = Value(inputs[index])
    y = apply(op, *inputs[:index], x, *inputs[index + 1 :], **settings)
    rows = np.zeros((np.size(out), x.size))
    for row, unit in enumerate(np.eye(np.size(out))):
        x.zero_grad()
        y.backward(unit.reshape(np.shape(out)))
        rows[row] = np.ravel(x.grad)
    return rows


def complex_step(op, inputs, settings, index):
    """∂out/∂input, ``(out.size, input.size)``, from Im f(x + ih) / h: no difference is taken."""
    flat = np.ravel(inputs[index]).astype(complex)
    columns = []
    for place in range(flat.size):
        moved = flat.copy()
        moved[place] += TINY * 1j
        moved = moved.reshape(np.shape(inputs[index]))[()]
        result = op.forward(*inputs[:index], moved, *inputs[index + 1 :], **settings)
        columns.append(np.ravel(np.imag(result)) / TINY)
    if not columns:
        return np.zeros((np.size(op.forward(*inputs, **settings)), 0))
    return np.stack(columns, axis=1)


def size_of(sample):
    return sum(np.size(x) for x in sample.inputs)


@every_op
def test_second_derivatives_agree_with_differences_of_the_first(op, differentiable):
    filled = [sample for sample in op.samples() if all(near_one(x) for x in sample.inputs)]
    chosen = sorted(filled, key=size_of)[:SECOND_ORDER_SAMPLES]
    for inputs, settings in chosen:
        places = differentiable(op, inputs)
        f = of_places(op, inputs, settings, places)
        assert ag.gradgradcheck(f, *[np.asarray(inputs[k])[()] for k in places], rtol=1e-5)
    assert len(chosen) >= SECOND_ORDER_BAR


def near_one(x):
    """True of what is not empty, and small enough for the steps of central differences."""
    plain = isinstance(x, float | int)
    return plain or (np.size(x) > 0 and bool(np.all(np.abs(x) < 100)))


def of_places(op, inputs, settings, places):
    """The op as a function of the inputs at ``places``."""

    def f(*moved):
        values = list(inputs)
        for place, value in zip(places, moved, strict=True):
            values[place] = value
        return apply(op, *values, **settings)

    return f


@every_op
def test_forward_and_reverse_products_are_each_others_transpose(op, differentiable):
    rng = np.random.default_rng(17)
    for k, (inputs, settings) in enumerate(op.samples()):
        places = differentiable(op, inputs)
        f = of_places(op, inputs, settings, places)
        points = tuple(np.asarray(inputs[place])[()] for place in places)
        tangents = tuple(np.asarray(rng.normal(size=np.shape(x)))[()] for x in points)
        out, change = ag.jvp(f, points, tangents)
        u = rng.normal(size=np.shape(out))
        _, pull_back = ag.vjp(f, *points)
        left = np.sum(u * change)
        terms = [np.sum(g * t) for g, t in zip(pull_back(u[()]), tangents, strict=True)]
        scale = np.sum(np.abs(u * change)) + np.sum(np.abs(terms))
        np.testing.assert_allclose(sum(terms), left, rtol=1e-12, atol=1e-12 * scale, err_msg=str(k))


@every_op
def test_the_gradient_in_float32_is_that_in_float64_rounded(op, differentiable):
    rng = np.random.default_rng(19)
    for k, (inputs, settings) in enumerate(op.samples()):
        found = []
        shape = np.shape(op.forward(*inputs, **settings))
        upstream = rng.normal(size=shape).astype(np.float32)
        for dtype in (np.float64, np.float32):
            values = list(inputs)
            for place in differentiable(op, inputs):
                values[place] = Value(np.asarray(inputs[place], np.float32), dtype=dtype)
            out = apply(op, *values, **settings)
            out.backward(upstream)
            found.append([v.grad for v in values if isinstance(v, Value)])
        for exact, rounded in zip(*found, strict=True):
            assert rounded.dtype == np.float32
            scale = np.max(np.abs(exact), initial=1.0)
            np.testing.assert_allclose(
                rounded, exact, rtol=1e-4, atol=1e-5 * scale, err_msg=f"sample {k}"
            )


def test_every_analytic_op_is_marked_so_that_its_rules_meet_the_complex_step():
    analytic = [name for name, op in OPS.items() if op.analytic]
    assert len(analytic) >= 34
