"""Every op of the table, compiled: the same bits as eager, forward and backward."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.ops import OPS, apply

#: Ops whose settings hold what cannot be shared by two runs.
SINGLE_USE = {"recomputed", "compiled_call"}
NAMES = sorted(set(OPS) - SINGLE_USE)


def weights(shape):
    return np.asarray(np.random.default_rng(3).uniform(0.5, 1.5, shape))[()]


def loss_of(op, settings):
    """A scalar that every element of the result takes part in."""

    def loss(*inputs):
        out = apply(op, *inputs, **settings)
        return (out * weights(out.shape)).sum()

    return loss


def leaves_of(op, inputs, differentiable):
    places = differentiable(op, inputs)
    return [Value(x, label=f"x{k}") if k in places else x for k, x in enumerate(inputs)]


def run(function, leaves):
    J = function(*leaves)
    if J.requires_grad:
        J.backward()
    grads = [x.grad for x in leaves if isinstance(x, Value)]
    return J.data, grads


@pytest.mark.parametrize("name", NAMES)
def test_a_compiled_op_gives_the_bits_of_the_eager_one(name, differentiable):
    op = OPS[name]
    samples = op.samples()
    for sample in samples[:: max(1, len(samples) // 6)]:
        loss = loss_of(op, sample.settings)
        eager = run(loss, leaves_of(op, sample.inputs, differentiable))
        compiled = ag.compile(loss)
        for _ in range(2):
            data, grads = run(compiled, leaves_of(op, sample.inputs, differentiable))
            np.testing.assert_array_equal(data, eager[0], strict=True)
            for mine, wanted in zip(grads, eager[1], strict=True):
                assert (mine is None) == (wanted is None)
                if wanted is not None:
                    np.testing.assert_array_equal(mine, wanted, strict=True)
        assert compiled.traces == 1
