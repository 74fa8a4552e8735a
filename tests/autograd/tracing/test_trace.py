"""A trace records every event in order, answers what held when, and changes nothing."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import Value
from autograd.tracing import Accumulate, Contribution, Forward, Seed, Update, Zero


def kinds(trace):
    return [event.kind for event in trace]


@pytest.fixture
def product():
    """Trace of J = w · x and its backward pass."""
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    t = ag.trace(lambda: (w * x).backward())
    return t, w, x


def test_the_events_of_a_product_come_in_order(product):
    t, _, _ = product
    assert kinds(t) == [
        "forward", "seed", "contribution", "accumulate", "contribution", "accumulate"
    ]  # fmt: skip
    assert repr(t) == "Trace(6 events, 3 values, 1 backward pass)"
    assert repr(t[2]) == "Contribution(2, u1 → w: upstream 1.0 · local 3.0 = 3.0)"
    assert repr(t[-1]) == "Accumulate(5, δ(x): — → 2.0)"
    assert [e.index for e in t[1:4]] == [1, 2, 3]
    assert isinstance(t[0], Forward)
    assert isinstance(t[1], Seed)
    with pytest.raises(IndexError, match="event 6 of a trace of 6 events"):
        t[6]


def test_events_are_plain_and_cannot_be_changed(product):
    t, _, _ = product
    contribution = t[2]
    assert isinstance(contribution, Contribution)
    assert (contribution.node.op, contribution.input.name, contribution.slot) == (
        "multiply", "w", 0
    )  # fmt: skip
    assert contribution.upstream * contribution.local == contribution.product == 3.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        contribution.product = 1.0
    x = Value([1.0, 2.0], label="x")
    arrays = ag.trace(lambda: (x * x).sum().backward())
    with pytest.raises(ValueError, match="read-only"):
        arrays[0].value[0] = 5.0
    assert t[2] == t[2]
    assert t[2] != t[3]
    assert len({t[2], t[2]}) == 1


def test_a_trace_keeps_what_it_saw_when_arrays_are_written_into_later():
    x = Value([1.0, 2.0], label="x")
    t = ag.trace(lambda: (x * x).sum().backward())
    before = [repr(event) for event in t]
    x.data[0] = 100.0
    x.grad[1] = -7.0
    assert [repr(event) for event in t] == before
    np.testing.assert_array_equal(t.last.grad(x), [2.0, 4.0])
    np.testing.assert_array_equal(t.last.value(x), [1.0, 2.0])


def test_the_state_knows_partial_and_final_gradients():
    a = Value(3.0, label="a")
    t = ag.trace(lambda: (a * a).backward())
    assert t.at(-1).event is None
    assert t.at(-1).value("u1") is None
    assert t.at(0).value("u1") == 9.0
    states = [(t.at(i).grad(a), t.at(i).progress(a)) for i in range(-1, len(t))]
    assert states == [
        (None, (0, 0)), (None, (0, 0)), (None, (0, 2)), (None, (0, 2)),
        (3.0, (1, 2)), (3.0, (1, 2)), (6.0, (2, 2)),
    ]  # fmt: skip
    assert t.at(4).delta("a") == 3.0
    assert t.at(0).delta("a") is None
    assert repr(t.at(-1)) == "State(before the first event)"
    assert repr(t.at(0)) == "State(after Forward(0, u1 = a * a = 9.0))"
    assert [node.name for node in t.at(-1).nodes()] == ["a"]
    with pytest.raises(IndexError, match=r"at\(99\) of a trace of 6 events; expected -1 to 5"):
        t.at(99)


def test_a_training_loop_is_one_trace_with_updates_and_zeros():
    w = Value(1.0, label="w")
    optimizer = nn.SGD([w], learning_rate=0.1)
    with ag.trace() as t:
        for _ in range(2):
            loss = (w * 3.0 - 1.0) ** 2
            loss.label = "loss"
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    updates = [event for event in t if isinstance(event, Update)]
    np.testing.assert_allclose([(e.before, e.after) for e in updates], [(1.0, -0.2), (-0.2, 0.76)])
    assert [e.before for e in t.find(kind="zero")] == [12.0]
    assert [event.node.name for event in t.find(kind="seed")] == ["loss", "loss:2"]
    assert t.at(updates[0].index - 1).value(w) == 1.0
    assert t.at(updates[0].index).value(w) == updates[0].after
    assert t.last.value(w) == w.data
    assert t.last.grad(w) == w.grad
    assert updates[0].origin.expression == "optimizer.step()"


def test_a_leaf_keeps_the_gradient_of_earlier_passes_until_its_turn():
    x = Value(2.0, label="x")
    x.grad = 5.0
    t = ag.trace(lambda: (x * 3.0).backward())
    assert t.at(-1).grad(x) == 5.0
    added = t.find(kind="accumulate")[0]
    assert (added.before, added.after) == (None, 3.0)
    assert (t.at(added.index).grad(x), t.at(added.index).delta(x)) == (5.0, 3.0)
    assert repr(t[-1]) == f"Accumulate({len(t) - 1}, x.grad: 5.0 → 8.0 (added to earlier passes))"
    assert t.last.grad(x) == x.grad == 8.0


def test_what_was_computed_before_the_trace_is_taken_in():
    x = Value(2.0, label="x")
    loss = (x * 3.0).tanh()
    t = ag.trace(loss.backward)
    assert kinds(t)[:3] == ["forward", "forward", "seed"]
    assert all(node.earlier for node in t.nodes)
    assert t.last.grad(x) == x.grad


def test_assigned_gradients_and_hooks_are_events():
    x = Value([1.0, 3.0], label="x")
    y = x * 2.0
    y.register_hook(lambda grad: grad * 10.0)
    with ag.trace() as t:
        y.sum().backward()
        x.grad = np.clip(x.grad, -1, 1)
        x.zero_grad()
    assert [e.cause for e in t.find(kind="accumulate")] == ["contribution", "hook", "contribution"]
    np.testing.assert_array_equal(t.find(kind="accumulate")[1].after, [10.0, 10.0])
    assigned, zeroed = t[-2], t[-1]
    assert isinstance(assigned, Update)
    assert assigned.what == "grad"
    assert repr(assigned) == f"Update({assigned.index}, x.grad: [20., 20.] → [1., 1.])"
    assert isinstance(zeroed, Zero)
    assert t.last.grad(x) is None
    assert zeroed.origin.expression == "x.zero_grad()"


def test_asking_for_gradients_changes_no_grad_in_the_trace():
    x = Value(3.0, label="x")
    t = ag.trace(lambda: ag.grad(lambda v: v * v)(x))
    seeds = t.find(kind="seed")
    assert len(seeds) == 1
    assert not seeds[0].stores
    assert t.last.grad(seeds[0].node) is None
    assert t.last.delta(seeds[0].node) == 1.0


def test_only_the_named_leaves_of_a_pass_show_a_gradient():
    x, y = Value(3.0, label="x"), Value(2.0, label="y")
    t = ag.trace(lambda: (x * y).backward(inputs=[x]))
    assert (t.last.grad(x), t.last.grad(y), t.last.delta(y)) == (2.0, None, 3.0)
    assert t.find(kind="seed")[0].only == (t.node(x),)


def test_broadcasting_shows_the_axes_that_are_summed():
    w, X = Value(2.0, label="w"), Value(np.ones((2, 3)), label="X")
    t = ag.trace(lambda: (w * X).sum().backward())
    edge = t.find(kind="contribution", where=lambda e: e.input.name == "w")[0]
    assert edge.summed == (0, 1)
    assert edge.product == 6.0
    np.testing.assert_array_equal(edge.local, np.ones((2, 3)))
    assert "summed over axes 0, 1" in repr(edge)
    matrix = ag.trace(lambda: (X @ np.ones((3, 1))).sum().backward())
    assert matrix.find(kind="contribution", op="matmul")[0].local is None
    assert "matmul's rule" in repr(matrix.find(kind="contribution", op="matmul")[0])


def test_find_takes_kind_op_name_and_conditions():
    x, w1 = Value(0.5, label="x"), Value(40.0, label="w1")
    t = ag.trace(lambda: ((w1 * x).tanh() * 20.0 + x).backward())
    big = t.find(op="tanh", grad=lambda g: abs(g) > 10)
    assert [repr(e) for e in big] == [f"Accumulate({big[0].index}, δ(u2): — → 20.0)"]
    assert t.find(op="*", kind="forward") == t.find(op="multiply", kind="forward") != []
    assert {e.node.name for e in t.find(name="w*")} == {"w1"}
    assert t.first(kind="seed").index == 4
    assert t.first(value=lambda v: v > 1e9) is None
    assert t.find(kind="forward", start=2)[0].index == 2
    with pytest.raises(ValueError, match=r"kind='jump'; expected one of forward, seed, contri"):
        t.find(kind="jump")
    with pytest.raises(TypeError, match="colour"):
        t.first(colour=3)


def test_names_are_labels_and_numbers_and_never_twice():
    a, b = Value(1.0, label="a"), Value(2.0, label="a")
    c = Value(1.0, label="u1")
    t = ag.trace(lambda: (a * b + c * Value(4.0)).backward())
    assert [node.name for node in t.nodes] == ["a", "a:2", "u2", "u1", "p1", "u3", "u4"]
    assert t.node("u₃") is t.node("u3") is t.node(5) is t.node(t.node("u3"))
    assert repr(t.node("u2")) == "u2 = a * a:2"
    with pytest.raises(LookupError, match=r"no value named 'u33'\. Did you mean 'u3'"):
        t.node("u33")
    with pytest.raises(LookupError, match=r"no value named 'loss'\. It has a, a:2, u2"):
        t.node("loss")
    with pytest.raises(LookupError, match=r"has not met 'z'.*names only"):
        t.node(Value(1.0, label="z"))


def test_an_exception_carries_the_trace_so_far():
    x = Value(2.0, label="x")

    def fails():
        y = x * 3.0
        raise KeyError("no such thing", y)

    with pytest.raises(KeyError) as caught:
        ag.trace(fails)
    t = caught.value.trace
    assert kinds(t) == ["forward"]
    assert t.error is caught.value


def test_a_trace_may_be_looked_at_while_it_records_and_records_once():
    x = Value(2.0, label="x")
    with ag.trace() as t:
        y = x * 3.0
        assert len(t) == 1
        y.backward()
        assert len(t) == 4
    with pytest.raises(RuntimeError, match="has recorded before"), t:
        pass
    x * 4.0
    assert len(t) == 4


def test_a_trace_that_was_looked_at_early_knows_later_labels_and_lets_go():
    x = Value(2.0, label="x")
    with ag.trace() as t:
        y = x * 3.0
        assert t.node(y).name == "u1"
        y.label = "y"
    assert t.node(y).name == "y"
    assert t.recorder is None


def test_a_trace_that_was_never_entered_says_so():
    with pytest.raises(RuntimeError, match=r"not recorded anything yet; expected 'with autograd"):
        len(ag.trace())


def test_traces_nest_and_debug_mode_may_be_on():
    x = Value(2.0, label="x")
    with ag.trace() as outer, ag.debug():
        x * 2.0
        with ag.trace() as inner:
            (x * 3.0).backward()
        x.zero_grad()
    assert len(inner) == 4
    assert len(outer) == 6
    with ag.debug(), ag.trace() as t, pytest.raises(ag.NonFiniteError):
        (x * 0.0).log()
    assert kinds(t) == ["forward"]


def test_the_result_of_the_function_is_kept():
    t = ag.trace(lambda a, scale: a * scale, Value(2.0), scale=4.0)
    assert t.result.data == 8.0


@pytest.mark.parametrize("wrong", [np.eye(2), Value([[1.0]]), [[1.0]], 3.0])
def test_the_sum_of_a_diagonal_lives_elsewhere(wrong):
    with pytest.raises(TypeError, match=r"expected a function.*np\.trace\(v\) or v\.trace\(\)"):
        ag.trace(wrong)


def test_arguments_without_a_function_are_refused():
    with pytest.raises(TypeError, match=r"expected trace\(fn, \*args\)"):
        ag.trace(None, 3.0)


def test_derivatives_of_derivatives_are_traced_too():
    x = Value(2.0, label="x")
    with ag.trace() as t:
        y = x * x * x
        y.backward(create_graph=True)
        g = x.grad
        x.grad = None
        g.backward()
    assert len(t.find(kind="seed")) == 2
    assert t.last.grad(x) == x.grad == 12.0


def test_a_checkpoint_is_traced_through():
    x = Value(0.5, label="x")
    t = ag.trace(lambda: ag.checkpoint(lambda v: v.tanh() * v, x).backward())
    assert t.last.grad(x) == x.grad
    assert [seed.stores for seed in t.find(kind="seed")] == [True, False]
    assert (t.last.sweep, t.last.delta(x), t.last.progress(x)) == (1, x.grad, (1, 1))


@pytest.mark.parametrize("size", [5, 25])
@given(seed=st.integers(0, 2**20))
def test_the_last_state_equals_plain_backward(program, size, seed):
    leaves, run = program(seed, size)
    run()
    plain = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.grad = None
    t = ag.trace(run)
    values, loss = t.result
    for leaf, grad in zip(leaves, plain, strict=True):
        if grad is None:
            continue
        np.testing.assert_array_equal(t.last.grad(leaf), grad)
    for value in [*values[3:], loss]:
        np.testing.assert_array_equal(t.last.value(value), value.data)
        if value.grad is not None:
            np.testing.assert_array_equal(t.last.grad(value), value.grad)
            came, all_uses = t.last.progress(value)
            assert came == all_uses > 0
    for event in t:
        if isinstance(event, Contribution):
            np.testing.assert_array_equal(event.upstream, t.at(event.index).delta(event.node))
            if event.local is not None:
                product = np.asarray(event.upstream * event.local).sum(event.summed)
                np.testing.assert_allclose(
                    product.reshape(np.shape(event.product)), event.product, rtol=1e-12, atol=1e-15
                )
        elif isinstance(event, Accumulate):
            np.testing.assert_array_equal(event.after, t.at(event.index).delta(event.node))


def test_recording_is_over_after_the_block_also_after_an_error():
    from autograd.modes import thread

    with pytest.raises(KeyError), ag.trace():
        raise KeyError
    assert thread.state.observer is None
    assert thread.state.watch is None
