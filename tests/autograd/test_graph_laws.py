"""Laws of the sweep, of the transforms and of the modes, over random graphs."""

import itertools
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_graphs import LENGTH, gradients_of, last, prepared, programs, run, seeds, total

import autograd as ag
from autograd import Value


def function_of(plan):
    """The plan as a function of its two leaves, to a scalar."""
    return lambda x, y: total(run(plan, [x, y]))


def vector_of(plan):
    """The plan as a function of its two leaves, to a vector."""
    return lambda x, y: last(run(plan, [x, y]))


def same_bits(found, expected):
    return [np.asarray(a).tobytes() for a in found] == [np.asarray(b).tobytes() for b in expected]


def close(found, expected, digits=10):
    scale = max(np.max(np.abs(expected), initial=0.0), 1e-300)
    np.testing.assert_allclose(found, expected, rtol=10.0**-digits, atol=10.0**-digits * scale)


# -- what a backward pass leaves


@given(program=programs, seed=seeds, chosen=st.integers(0, 1))
def test_with_inputs_only_the_named_leaf_is_added_to(program, seed, chosen):
    points, plan = prepared(program, seed)
    leaves = [Value(x) for x in points]
    total(run(plan, leaves)).backward(inputs=[leaves[chosen]])
    assert leaves[chosen].grad.tobytes() == gradients_of(plan, points)[chosen].tobytes()
    assert leaves[1 - chosen].grad is None


@given(program=programs, seed=seeds, times=st.integers(1, 4))
def test_so_many_passes_give_so_many_times_the_gradient(program, seed, times):
    points, plan = prepared(program, seed)
    leaves = [Value(x) for x in points]
    root = total(run(plan, leaves))
    for _ in range(times):
        root.backward()
    for leaf, once in zip(leaves, gradients_of(plan, points), strict=True):
        np.testing.assert_allclose(leaf.grad, times * once, rtol=1e-15)


@given(program=programs, seed=seeds)
def test_zeroed_gradients_come_back_the_same(program, seed):
    points, plan = prepared(program, seed)
    leaves = [Value(x) for x in points]
    root = total(run(plan, leaves))
    root.backward()
    before = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.zero_grad()
        assert leaf.grad is None
    root.backward()
    assert same_bits([leaf.grad for leaf in leaves], before)


@given(program=programs, seed=seeds)
def test_two_roots_one_after_the_other_are_as_good_as_their_sum(program, seed):
    points, plan = prepared(program, seed)
    leaves, again = [Value(x) for x in points], [Value(x) for x in points]
    values = run(plan, leaves)
    first, second = total(values), (values[-1] * values[-1]).sum()
    first.backward()
    second.backward()
    values = run(plan, again)
    (total(values) + (values[-1] * values[-1]).sum()).backward()
    for leaf, together in zip(leaves, again, strict=True):
        close(leaf.grad, together.grad)


@given(program=programs, seed=seeds, factor=st.floats(-4, 4).filter(lambda c: abs(c) > 0.01))
def test_a_factor_on_the_root_is_a_factor_on_every_gradient(program, seed, factor):
    points, plan = prepared(program, seed)
    scaled = gradients_of(plan, points, choose=lambda values: total(values) * factor)
    for found, once in zip(scaled, gradients_of(plan, points), strict=True):
        close(found, factor * once)


@given(program=programs, seed=seeds)
def test_the_seed_of_a_scalar_is_one(program, seed):
    points, plan = prepared(program, seed)
    assert same_bits(gradients_of(plan, points), gradients_of(plan, points, seed=1.0))


@given(program=programs, seed=seeds)
def test_no_gradient_shares_memory_with_another_or_with_data(program, seed):
    points, plan = prepared(program, seed)
    leaves = [Value(x) for x in points]
    values = run(plan, leaves)
    given_seed = np.ones(LENGTH)
    last(values).backward(given_seed)
    arrays = [given_seed, *(v.grad for v in values if v.grad is not None)]
    arrays += [v.data for v in values]
    for a, b in itertools.combinations(arrays, 2):
        assert not np.shares_memory(a, b)


@given(program=programs, seed=seeds)
def test_neither_pass_changes_any_data_or_the_seed(program, seed):
    points, plan = prepared(program, seed)
    leaves = [Value(x) for x in points]
    values = run(plan, leaves)
    upstream = np.array([1.0, -2.0, 0.5])
    before = [v.data.tobytes() for v in values]
    last(values).backward(upstream)
    assert [v.data.tobytes() for v in values] == before
    assert upstream.tolist() == [1.0, -2.0, 0.5]
    assert same_bits([leaf.data for leaf in leaves], points)


@given(program=programs, seed=seeds)
def test_every_gradient_has_the_shape_and_dtype_of_its_value_in_float32_too(program, seed):
    points, plan = prepared(program, seed)
    exact = gradients_of(plan, [x.astype(np.float32).astype(float) for x in points])
    leaves = [Value(x.astype(np.float32)) for x in points]
    root = total(run(plan, leaves)[: len(plan) + 2])
    root.backward()
    for node in ag.Graph(root):
        if node.grad is not None:
            assert node.grad.shape == node.shape
            assert node.grad.dtype == node.dtype
    for leaf, expected in zip(leaves, exact, strict=True):
        assert leaf.grad.dtype == np.float32
        assert leaf.grad.shape == expected.shape


@given(program=programs, seed=seeds)
def test_a_constant_leaf_gets_no_gradient_and_changes_no_other(program, seed):
    points, plan = prepared(program, seed)
    x, constant = Value(points[0]), Value(points[1], requires_grad=False)
    total(run(plan, [x, constant])).backward()
    assert constant.grad is None
    assert same_bits([x.grad], [gradients_of(plan, points)[0]])


@given(program=programs, seed=seeds, place=st.integers(0, 60))
def test_the_gradient_of_an_interior_value_is_that_of_a_leaf_put_in_its_place(program, seed, place):
    points, plan = prepared(program, seed)
    leaves = [Value(x) for x in points]
    values = run(plan, leaves)
    place %= len(values)
    root = total(values)
    root.backward()

    def with_leaf(leaf):
        again = [Value(x, requires_grad=False) for x in points]
        for k in range(len(plan) + 2):
            if k >= 2:
                again.append(run([plan[k - 2]], again)[-1])
            if k == place:
                again[k] = leaf
        return total(again)

    leaf = Value(values[place].data)
    with_leaf(leaf).backward()
    close(values[place].grad, leaf.grad)


# -- what is cut off


@given(program=programs, seed=seeds, place=st.integers(0, 60))
def test_detaching_a_value_is_the_same_as_its_numbers(program, seed, place):
    points, plan = prepared(program, seed)
    found = []
    for cut in (lambda v: v.detach(), lambda v: Value(v.data, requires_grad=False)):
        leaves = [Value(x) for x in points]
        values = run(plan, leaves)
        root = total(values) * cut(values[place % len(values)]).sum()
        root.backward()
        found.append([root.item(), *(leaf.grad for leaf in leaves)])
    assert same_bits(*found)


@given(program=programs, other=programs, seed=seeds)
def test_what_is_computed_under_no_grad_counts_as_constant(program, other, seed):
    points, plan = prepared(program, seed)
    leaves = [Value(x) for x in points]
    with ag.no_grad():
        silent = run(plan, leaves)
    assert not any(v.requires_grad for v in silent[2:])
    (total(silent[2:]) + leaves[0].sum()).backward()
    np.testing.assert_array_equal(leaves[0].grad, np.ones(LENGTH))
    assert leaves[1].grad is None
    assert same_bits([v.data for v in silent], [v.data for v in run(plan, leaves)])


@given(program=programs, seed=seeds, place=st.integers(0, 60))
def test_data_overwritten_after_use_is_refused_and_elsewhere_does_no_harm(program, seed, place):
    points, plan = prepared(program, seed)
    leaves, bystander = [Value(x) for x in points], Value(1.0)
    values = run(plan, leaves)
    root, expected = total(values), gradients_of(plan, points)
    bystander.data = 2.0
    root.backward()
    assert same_bits([leaf.grad for leaf in leaves], expected)
    changed = values[place % len(values)]
    changed.data = changed.data + 1.0
    with pytest.raises(ag.StaleValueError, match="was overwritten after use"):
        root.backward()


# -- hooks, checkpoints, create_graph


@given(program=programs, seed=seeds)
def test_hooks_that_only_look_change_nothing_and_see_every_gradient_once(program, seed):
    points, plan = prepared(program, seed)
    leaves = [Value(x) for x in points]
    values, seen = run(plan, leaves), []
    root = total(values)
    for k, value in enumerate(values):
        value.register_hook(lambda delta, k=k: seen.append((k, delta.tobytes())))
    root.backward()
    assert same_bits([leaf.grad for leaf in leaves], gradients_of(plan, points))
    assert sorted(seen) == sorted((k, v.grad.tobytes()) for k, v in enumerate(values))


@given(program=programs, seed=seeds, factor=st.floats(-3, 3))
def test_a_hook_on_a_leaf_that_scales_scales_its_gradient(program, seed, factor):
    points, plan = prepared(program, seed)
    leaves = [Value(x) for x in points]
    with leaves[0].register_hook(lambda delta: delta * factor):
        total(run(plan, leaves)).backward()
    first, second = gradients_of(plan, points)
    assert same_bits([leaf.grad for leaf in leaves], [first * factor, second])


@given(program=programs, seed=seeds)
def test_a_checkpoint_gives_the_bits_of_the_plain_call(program, seed):
    points, plan = prepared(program, seed)
    leaves = [Value(x) for x in points]
    out = ag.checkpoint(vector_of(plan), *leaves)
    assert out.data.tobytes() == vector_of(plan)(*[Value(x) for x in points]).data.tobytes()
    out.backward(np.arange(1.0, LENGTH + 1))
    plain = gradients_of(plan, points, seed=np.arange(1.0, LENGTH + 1), choose=last)
    assert same_bits([leaf.grad for leaf in leaves], plain)


@given(program=programs, seed=seeds)
def test_a_recorded_backward_pass_gives_the_numbers_of_the_plain_one(program, seed):
    points, plan = prepared(program, seed)
    leaves = [Value(x) for x in points]
    total(run(plan, leaves)).backward(create_graph=True)
    assert all(isinstance(leaf.grad, Value) for leaf in leaves)
    close([leaf.grad.data for leaf in leaves], gradients_of(plan, points), digits=13)


# -- functions of functions


@given(program=programs, seed=seeds)
def test_forward_and_reverse_products_are_transposed_over_graphs(program, seed):
    points, plan = prepared(program, seed)
    rng = np.random.default_rng(seed)
    tangents, u = tuple(rng.normal(size=(2, LENGTH))), rng.normal(size=LENGTH)
    value, change = ag.jvp(vector_of(plan), points, tangents)
    again, pullback = ag.vjp(vector_of(plan), *points)
    assert same_bits([value], [again])
    terms = [np.sum(g * t) for g, t in zip(pullback(u), tangents, strict=True)]
    scale = np.sum(np.abs(u * change)) + np.sum(np.abs(terms))
    np.testing.assert_allclose(sum(terms), np.sum(u * change), rtol=1e-10, atol=1e-11 * scale)


@given(program=programs, seed=seeds)
def test_rows_of_the_jacobian_are_pulled_back_units_and_columns_pushed_ones(program, seed):
    points, plan = prepared(program, seed)
    f = vector_of(plan)
    matrix = ag.jacobian(f, 0)(*points)
    assert matrix.shape == (LENGTH, LENGTH)
    _, pullback = ag.vjp(f, *points)
    for k, unit in enumerate(np.eye(LENGTH)):
        assert same_bits([matrix[k]], [pullback(unit)[0]])
        _, column = ag.jvp(f, points, (unit, np.zeros(LENGTH)))
        close(column, matrix[:, k], digits=9)


@given(program=programs, seed=seeds)
def test_the_hessian_times_a_vector_is_the_hessian_vector_product(program, seed):
    points, plan = prepared(program[:30], seed)
    v = np.random.default_rng(seed).normal(size=LENGTH)

    def f(x):
        return total(run(plan, [x, Value(points[1], requires_grad=False)]))

    matrix = ag.hessian(f)(points[0])
    (product,) = ag.hvp(f, (points[0],), (v,))
    scale = max(1.0, np.max(np.abs(matrix)))
    np.testing.assert_allclose(matrix @ v, product, rtol=1e-8, atol=1e-9 * scale)
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-8, atol=1e-9 * scale)


@given(program=programs, other=programs, seed=seeds)
def test_pulling_back_through_a_composition_is_pulling_back_twice(program, other, seed):
    points, inner = prepared(program, seed)
    middle = last(run(inner, [Value(x, requires_grad=False) for x in points])).data
    _, outer = prepared(other, seed)
    u = np.random.default_rng(seed).normal(size=LENGTH)

    def f(x):
        return last(run(inner, [x, Value(points[1], requires_grad=False)]))

    def g(y):
        return last(run(outer, [y.tanh(), Value(points[1], requires_grad=False)]))

    _, through_both = ag.vjp(lambda x: g(f(x)), points[0])
    _, through_g = ag.vjp(g, middle)
    _, through_f = ag.vjp(f, points[0])
    close(through_both(u)[0], through_f(through_g(u)[0])[0])


@given(program=programs, seed=seeds)
def test_transforms_leave_the_gradients_of_values_alone(program, seed):
    points, plan = prepared(program, seed)
    x, y = (Value(p) for p in points)
    x.grad = np.full(LENGTH, 7.0)
    ag.grad(function_of(plan), argnums=(0, 1))(x, y)
    ag.vjp(vector_of(plan), x, y)[1](np.ones(LENGTH))
    assert (x.grad.tolist(), y.grad) == ([7.0] * LENGTH, None)


@given(program=programs, seed=seeds)
def test_the_gradient_of_the_gradient_is_the_same_by_create_graph_and_by_grad(program, seed):
    points, plan = prepared(program[:30], seed)
    leaves = [Value(x) for x in points]
    total(run(plan, leaves)).backward(create_graph=True)
    slopes = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.grad = None
    sum((g * g).sum() for g in slopes).backward()

    def squared(x, y):
        return sum((g * g).sum() for g in ag.grad(function_of(plan), argnums=(0, 1))(x, y))

    expected = ag.grad(squared, argnums=(0, 1))(*points)
    found = [np.zeros(LENGTH) if leaf.grad is None else leaf.grad for leaf in leaves]
    scale = max(1.0, np.max(np.abs(expected)))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10 * scale)


# -- the graph itself, scopes, threads


@given(program=programs, seed=seeds)
def test_the_graph_lists_inputs_first_and_one_edge_per_use_and_the_sweep_goes_back(program, seed):
    points, plan = prepared(program, seed)
    root = total(run(plan, [Value(x) for x in points]))
    graph = ag.Graph(root)
    assert len(graph.edges) == sum(len(node.inputs) for node in graph)
    for node in graph:
        for x in node.inputs:
            if isinstance(x, Value):
                assert graph.index[x] < graph.index[node]
    visited = [value for value, _ in ag.sweep(root, np.float64(1.0))]
    assert len(set(visited)) == len(visited)
    assert visited == [node for node in reversed(graph.nodes) if node.requires_grad]


@given(program=programs, seed=seeds, name=st.sampled_from(["", "x", "δ", "a b"]))
def test_names_and_scopes_change_no_number(program, seed, name):
    points, plan = prepared(program, seed)
    leaves = [Value(x, label=name) for x in points]
    with ag.scope(name or "part"):
        values = run(plan, leaves)
    for value in values:
        value.label = name
    total(values).backward()
    assert same_bits([leaf.grad for leaf in leaves], gradients_of(plan, points))
    assert {value.scope.name for value in values[2:]} <= {name or "part"}


@given(several=st.lists(st.tuples(programs, seeds), min_size=2, max_size=4))
def test_graphs_in_threads_give_the_bits_that_they_give_alone(several):
    jobs = [prepared(program, seed) for program, seed in several]
    found = [None] * len(jobs)

    def work(k):
        points, plan = jobs[k]
        found[k] = gradients_of(plan, points)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for (points, plan), gradients in zip(jobs, found, strict=True):
        assert same_bits(gradients, gradients_of(plan, points))
