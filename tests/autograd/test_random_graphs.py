"""Laws of differentiation over random graphs: programs of up to 50 random ops of the table."""

import copy
import functools
import math
import pickle
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
from autograd import Value
from autograd.ops import OPS, apply
from autograd.ops.base import Binary, Unary

law = settings(derandomize=True, max_examples=200, deadline=None)

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


def test_the_steps_cover_the_table():
    names = set()
    for step in STEPS.values():
        out = step(Value([0.3, -0.4, 0.7]), Value([-0.2, 0.5, 0.9]))
        assert out.shape == (LENGTH,)
        names.update(node.op.name for node in ag.Graph(out) if node.op is not None)
    assert len(names) >= 75


@law
@given(program=programs, seed=seeds)
def test_the_gradient_of_a_random_graph_is_its_central_difference(program, seed):
    points, plan = prepared(program, seed)

    def f(flat):
        with ag.no_grad():
            return total(run(plan, [Value(x) for x in flat.reshape(2, LENGTH)])).item()

    exact = np.concatenate(gradients_of(plan, points))
    flat, h = np.concatenate(points), 1e-4
    numeric = []
    for unit in np.eye(flat.size) * h:
        near, far = f(flat + unit) - f(flat - unit), f(flat + 2 * unit) - f(flat - 2 * unit)
        numeric.append((8 * near - far) / (12 * h))
    scale = max(1.0, np.max(np.abs(exact)), abs(f(flat)))
    np.testing.assert_allclose(exact, numeric, rtol=1e-5, atol=1e-6 * scale)


@law
@given(program=programs, seed=seeds, s=st.floats(-3, 3), t=st.floats(-3, 3))
def test_the_sweep_is_linear_in_its_seed(program, seed, s, t):
    points, plan = prepared(program, seed)
    a, b = np.random.default_rng(seed).normal(size=(2, LENGTH))
    pull = functools.partial(gradients_of, plan, points, choose=last)
    together, of_a, of_b = pull(s * a + t * b), pull(a), pull(b)
    for whole, x, y in zip(together, of_a, of_b, strict=True):
        scale = abs(s) * np.max(np.abs(x)) + abs(t) * np.max(np.abs(y)) + 1e-30
        np.testing.assert_allclose(whole, s * x + t * y, rtol=1e-9, atol=1e-12 * scale)


@law
@given(program=programs, other=programs, seed=seeds)
def test_the_gradient_of_a_sum_of_graphs_is_the_sum_of_gradients(program, other, seed):
    points, plan = prepared(program, seed)
    second = plan_of(other, points)
    leaves = [Value(x) for x in points]
    (total(run(plan, leaves)) + total(run(second, leaves))).backward()
    apart = zip(gradients_of(plan, points), gradients_of(second, points), strict=True)
    for leaf, (f, g) in zip(leaves, apart, strict=True):
        scale = np.max(np.abs(f)) + np.max(np.abs(g))
        np.testing.assert_allclose(leaf.grad, f + g, rtol=1e-10, atol=1e-12 * scale)


def another_order(plan, random):
    """The steps in a random order in which each comes after those that it takes from."""
    waiting, done, order = set(range(len(plan))), {0, 1}, []
    while waiting:
        ready = [k for k in sorted(waiting) if {plan[k][1], plan[k][2]} <= done]
        k = random.choice(ready)
        waiting.remove(k)
        done.add(k + 2)
        order.append(k)
    return order


@law
@given(program=programs, seed=seeds)
def test_permuting_independent_statements_changes_nothing(program, seed):
    points, plan = prepared(program, seed)
    found = []
    for order in (None, another_order(plan, Random(seed))):
        leaves = [Value(x) for x in points]
        values = run(plan, leaves, order)
        root = total(values)
        root.backward()
        found.append((root.item(), [v.data for v in values], [leaf.grad for leaf in leaves]))
    first, second = found
    assert first[0] == second[0]
    np.testing.assert_array_equal(first[1], second[1])
    # Contributions are added up in another order: the last bits may differ.
    scale = np.max(np.abs(first[2]))
    np.testing.assert_allclose(first[2], second[2], rtol=1e-10, atol=1e-12 * scale)


@law
@given(program=programs, seed=seeds)
def test_replaying_a_graph_gives_the_same_bits(program, seed):
    points, plan = prepared(program, seed)
    runs = []
    for _ in range(2):
        leaves = [Value(x) for x in points]
        values = run(plan, leaves)
        total(values).backward()
        runs.append([v.data.tobytes() for v in values] + [v.grad.tobytes() for v in values])
    assert runs[0] == runs[1]


@law
@given(program=programs, seed=seeds)
def test_pickled_and_copied_graphs_have_the_same_gradients(program, seed):
    points, plan = prepared(program, seed)
    leaves = [Value(x, label=f"x{k}") for k, x in enumerate(points)]
    root = total(run(plan, leaves))
    found = []
    for twin in (pickle.loads(pickle.dumps(root)), copy.deepcopy(root), root):
        twin.backward()
        grads = {node.label: node.grad.tobytes() for node in ag.Graph(twin) if node.label}
        found.append((twin.item(), grads))
    assert found[0] == found[1] == found[2]
    assert set(found[0][1]) == {"x0", "x1"}


@law
@given(program=programs, seed=seeds)
def test_a_second_sweep_doubles_the_leaves_and_renews_the_rest(program, seed):
    points, plan = prepared(program, seed)
    leaves = [Value(x) for x in points]
    values = run(plan, leaves)
    root = total(values)
    root.backward()
    once = [np.array(v.grad) for v in values]
    root.backward()
    for k, v in enumerate(values):
        np.testing.assert_array_equal(v.grad, once[k] * (2 if k < 2 else 1))


@law
@given(program=programs, seed=seeds)
def test_functions_of_functions_debug_mode_and_no_grad_agree_with_backward(program, seed):
    points, plan = prepared(program, seed)
    expected = gradients_of(plan, points)

    def f(x, y):
        return total(run(plan, [x, y]))

    value, found = ag.value_and_grad(f, argnums=(0, 1))(*points)
    np.testing.assert_array_equal(found, expected)
    with ag.debug():
        np.testing.assert_array_equal(gradients_of(plan, points), expected)
    with ag.no_grad():
        assert f(*[Value(x) for x in points]).item() == value


@settings(law, max_examples=100)
@given(program=programs, seed=seeds)
def test_the_hessian_of_a_random_graph_is_symmetric_and_agrees_with_differences(program, seed):
    points, plan = prepared(program[:45], seed)
    rng = np.random.default_rng(seed)
    u, v = rng.normal(size=(2, 2, LENGTH))

    def f(x, y):
        return total(run(plan, [x, y]))

    def along(direction):
        return np.stack(ag.hvp(f, tuple(points), tuple(direction)))

    hu, hv = along(u), along(v)
    scale = max(1.0, np.max(np.abs(hu)), np.max(np.abs(hv)))
    assert math.isclose(np.sum(v * hu), np.sum(u * hv), rel_tol=1e-9, abs_tol=1e-9 * scale)
    h = 1e-4
    gradient = ag.grad(f, argnums=(0, 1))
    moved = []
    for width in (h, -h, 2 * h, -2 * h):
        moved.append(np.stack(gradient(*(np.stack(points) + width * u))))
    numeric = (8 * (moved[0] - moved[1]) - (moved[2] - moved[3])) / (12 * h)
    np.testing.assert_allclose(hu, numeric, rtol=1e-5, atol=2e-6 * scale)
