"""Random graphs: programs of up to 50 random ops of the table, for laws that hold of any graph."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

import autograd as ag
from autograd import Value
from autograd.ops import OPS, apply
from autograd.ops.base import Binary, Unary

#: Every value of a program has this length: what one step gives, any other takes.
LENGTH = 3


def into(low, high, a):
    """``a`` squeezed smoothly into the open interval: there the next op has no kink."""
    return ag.tanh(a) * ((high - low) * 0.45) + (high + low) / 2


def unary(op):
    """The op on what lies in its domain, right of its last kink."""
    low, high = op.domain
    low = max([low, *[kink + 0.1 for kink in op.kinks]])

    def step(a, b):
        return apply(op, into(low, high, a))

    return step


def binary(op):
    """The op on numbers in (0.5, 1.5) and (2, 3): no zero, no tie."""

    def step(a, b):
        return apply(op, into(0.5, 1.5, a), into(2.0, 3.0, b))

    return step


def table_steps():
    found = {}
    for op in OPS.values():
        if issubclass(op, Unary):
            found[op.name] = unary(op)
        elif issubclass(op, Binary):
            found[op.name] = binary(op)
    return found


#: Steps from two values of one length to another: of the elementwise table, and of whole arrays.
STEPS = table_steps() | {
    "plain add": lambda a, b: a + b,
    "plain subtract": lambda a, b: a - b,
    "plain multiply": lambda a, b: a * b,
    "multiplied by itself": lambda a, b: a * a,
    "sum": lambda a, b: a.sum() * b,
    "mean": lambda a, b: b - a.mean(),
    "keepdims": lambda a, b: ag.sum(a.reshape(1, LENGTH) * b, axis=1, keepdims=True)[0] + a,
    "softmax": lambda a, b: ag.softmax(a) * b,
    "log_softmax": lambda a, b: ag.log_softmax(a + b),
    "matmul": lambda a, b: (a.reshape(LENGTH, 1) @ b.reshape(1, LENGTH)) @ a,
    "dot": lambda a, b: (a @ b) * a,
    "affine": lambda a, b: ag.affine(a, np.tri(LENGTH) * 0.5, b),
    "weight": lambda a, b: ag.affine(np.ones(LENGTH), ag.stack([a, b, a * b]) * 0.3, b),
    "einsum": lambda a, b: np.einsum("i,j,j->i", a, b, b),
    "trace": lambda a, b: a * np.trace(a.reshape(LENGTH, 1) * b),
    "transpose": lambda a, b: ag.stack([a, b]).T[:, 0] + b,
    "repeats": lambda a, b: a[[0, 2, 2]] * b,
    "reversed": lambda a, b: a[::-1] + b,
    "mask": lambda a, b: ag.scatter(a[[0, 1]], np.array([2, 2]), (LENGTH,)) + b,
    "where": lambda a, b: ag.where([True, False, True], a, b),
    "broadcast": lambda a, b: ag.broadcast_to(a[1], (LENGTH,)) + b,
    "column": lambda a, b: ag.expand_dims(a, 1).swapaxes(0, 1)[0] * b,
    "loss": lambda a, b: a * ag.mean_squared_error(a, b),
    "cross-entropy": lambda a, b: b * ag.softmax_cross_entropy(a, np.array(1)),
}
NAMES = list(STEPS)
#: What a step may take: two of 256 earlier values, counted from the last or the first.
programs = st.integers(1, 50).flatmap(lambda n: st.binary(min_size=3 * n, max_size=3 * n))
seeds = st.integers(0, 2**32 - 1)


def leaves_of(seed):
    rng = np.random.default_rng(seed)
    return [rng.uniform(-1.5, 1.5, LENGTH) for _ in range(2)]


def plan_of(program, points):
    """Steps (name, place, place) of the program; those that give large numbers are left out."""
    values, plan = [Value(x, requires_grad=False) for x in points], []
    for k in range(0, len(program), 3):
        name = NAMES[program[k] % len(NAMES)]
        i = len(values) - 1 - program[k + 1] % len(values)
        j = program[k + 2] % len(values)
        out = STEPS[name](values[i], values[j])
        if np.max(np.abs(out.data)) < 20:
            values.append(out)
            plan.append((name, i, j))
    return plan


def run(plan, leaves, order=None):
    """All values of a plan, its steps taken in ``order``."""
    values = dict(enumerate(leaves))
    for k in range(len(plan)) if order is None else order:
        name, i, j = plan[k]
        values[len(leaves) + k] = STEPS[name](values[i], values[j])
    return [values[k] for k in range(len(values))]


def total(values):
    """A scalar that every value takes part in, each with a weight of its own."""
    root = Value(0.0, requires_grad=False)
    for k, value in enumerate(values):
        root = root + (value * np.array([1.0, -0.5, 0.25])).sum() * (1 + k % 5)
    return root


def prepared(program, seed):
    points = leaves_of(seed)
    return points, plan_of(program, points)


def gradients_of(plan, points, seed=None, choose=total):
    leaves = [Value(x) for x in points]
    choose(run(plan, leaves)).backward(seed)
    return [leaf.grad if leaf.grad is not None else np.zeros(LENGTH) for leaf in leaves]


def last(values):
    """The last value and the leaves: a vector to start from with any seed."""
    return values[-1] + 0.0 * (values[0] + values[1])
