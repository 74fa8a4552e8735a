"""Laws of differentiation over random graphs: programs of up to 50 random ops of the table."""

import copy
import functools
import math
import pickle
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from random_graphs import (
    LENGTH,
    STEPS,
    gradients_of,
    last,
    plan_of,
    prepared,
    programs,
    run,
    seeds,
    total,
)

import autograd as ag
from autograd import Value


def test_the_steps_cover_the_table():
    names = set()
    for step in STEPS.values():
        out = step(Value([0.3, -0.4, 0.7]), Value([-0.2, 0.5, 0.9]))
        assert out.shape == (LENGTH,)
        names.update(node.op.name for node in ag.Graph(out) if node.op is not None)
    assert len(names) >= 75


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


@given(program=programs, seed=seeds, s=st.floats(-3, 3), t=st.floats(-3, 3))
def test_the_sweep_is_linear_in_its_seed(program, seed, s, t):
    points, plan = prepared(program, seed)
    a, b = np.random.default_rng(seed).normal(size=(2, LENGTH))
    pull = functools.partial(gradients_of, plan, points, choose=last)
    together, of_a, of_b = pull(s * a + t * b), pull(a), pull(b)
    for whole, x, y in zip(together, of_a, of_b, strict=True):
        scale = abs(s) * np.max(np.abs(x)) + abs(t) * np.max(np.abs(y)) + 1e-30
        np.testing.assert_allclose(whole, s * x + t * y, rtol=1e-9, atol=1e-12 * scale)


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
