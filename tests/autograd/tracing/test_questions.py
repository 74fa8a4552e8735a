"""Ledgers, paths to the loss, differences of two runs, and runs computed again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import Value
from autograd.tracing import Contribution, Trace
from autograd.tracing.compare import Change


@pytest.fixture
def diamond():
    """Trace of J = (x·w)·(x·v), in which x has two ways to the loss."""
    x, w, v = Value(2.0, label="x"), Value(3.0, label="w"), Value(0.5, label="v")

    def run():
        loss = (x * w) * (x * v)
        loss.label = "J"
        loss.backward()

    return ag.trace(run)


def test_the_ledger_has_one_row_per_use_and_adds_up(diamond):
    ledger = diamond.ledger("x")
    assert [row.total for row in ledger.rows] == [3.0, 6.0]
    assert ledger.total == 6.0
    assert ledger.seed is None
    assert repr(ledger) == (
        "δ(x) in backward pass 1\n"
        "  u2[0]: 6.0 · 0.5 = 3.0, Σ 3.0\n"
        "  u1[0]: 1.0 · 3.0 = 3.0, Σ 6.0\n"
        "  δ = 6.0"
    )
    assert diamond.ledger("J").seed == 1.0
    assert diamond.ledger("J").total == 1.0


def test_a_value_that_no_pass_reached_has_an_empty_ledger():
    x = Value(2.0, label="x")
    t = ag.trace(lambda: x * 3.0)
    assert repr(t.ledger(x)) == "no backward pass has reached x"
    assert repr(t.where(x)) == "no backward pass has reached x"


def test_paths_carry_the_product_of_their_local_derivatives(diamond):
    paths = diamond.where("x")
    assert paths.ways == 2
    assert paths.total == 6.0
    assert repr(paths) == (
        "2 paths from x to J\n  x → u2 → J: 0.5 · 6.0 = 3\n  x → u1 → J: 3.0 · 1.0 = 3\n  Σ = 6"
    )
    assert repr(diamond.where("x", most=1)).splitlines()[2] == "  … 1 more"
    assert repr(diamond.where("J")) == "J is the root: ∂J/∂J = 1"


def test_very_many_paths_are_counted_without_walking_them():
    x = Value(1.01, label="x")

    def run():
        y = x
        for _ in range(60):
            y = y + y
        y.backward()

    paths = ag.trace(run).where(x, most=2)
    assert paths.ways == 2**60
    assert len(paths.paths) == 2
    assert paths.total == 2.0**60


def test_paths_through_matrix_products_have_no_number():
    W = Value(np.eye(2), label="W")
    t = ag.trace(lambda: (W @ np.ones((2, 1))).sum().backward())
    assert repr(t.where(W)) == "1 path from W to u2\n  W → u1 → u2: [matmul] · [[1.], [1.]]"


@given(seed=st.integers(0, 2**20))
def test_ledgers_add_up_to_the_gradient(program, seed):
    t = ag.trace(program(seed, 12)[1])
    for node in t.nodes:
        ledger = t.ledger(node)
        if ledger.total is None:
            continue
        total = ledger.seed
        for edge, running in ledger.rows:
            total = edge.product if total is None else total + edge.product
            np.testing.assert_array_equal(total, running)
        np.testing.assert_array_equal(t.last.delta(node), ledger.total)


def training(w0, steps=2):
    w, x = Value(w0, label="w"), Value(3.0, label="x", requires_grad=False)
    with ag.trace() as t:
        for _ in range(steps):
            loss = (w * x - 1.0) ** 2
            loss.label = "loss"
            loss.backward()
            w.data = w.data - 0.01 * w.grad
            w.grad = None
    return t


def test_equal_runs_do_not_differ():
    difference = training(1.0).diff(training(1.0))
    assert not difference
    assert repr(difference) == "no difference"


def test_a_difference_names_the_first_event_and_what_changed():
    difference = training(1.0).diff(training(2.0))
    assert difference
    assert repr(difference.first[0]) == "Forward(0, u1 = w * x = 3.0)"
    assert "loss:2: " in repr(difference)
    change = next(change for change in difference.changes if change.name == "u1")
    assert (change.what, change.mine, change.other) == ("value", 3.0, 6.0)
    assert repr(change) == "u1: 3.0 | 6.0 (differs by 3)"


def test_runs_of_different_length_and_form_are_told_apart():
    difference = training(1.0, 1).diff(training(1.0, 2))
    assert difference.first[0] is None
    assert repr(difference).startswith("first at the end | Forward(")
    assert Change("u3", "op", None, "w * x") in difference.changes
    assert "u3: not there | w * x" in repr(difference)
    x = Value(2.0, label="x")
    other = ag.trace(lambda: x + 3.0).diff(ag.trace(lambda: x * 3.0))
    assert "u1: x + 3 | x * 3" in repr(other)
    with pytest.raises(TypeError, match=r"diff\(\) got int; expected a Trace"):
        training(1.0).diff(3)


def test_replay_computes_values_and_gradients_anew():
    t = training(1.0, 1)
    again = t.replay({"w": 2.0})
    fresh = training(2.0, 1)
    assert [repr(e) for e in again] == [repr(e) for e in fresh][: len(again)]
    assert again.last.grad("w") == 30.0
    assert again.node("u1").origin == t.node("u1").origin
    assert len(again) < len(t)


def test_replay_without_changes_is_the_same_run(diamond):
    assert list(diamond.replay({})) == list(diamond)


def test_a_result_can_be_injected_and_an_array_filled():
    x = Value([1.0, 2.0], label="x")
    with ag.trace() as t:
        y = x * 3.0
        y.label = "y"
        (y * y).sum().backward()
    again = t.replay({"y": 10.0})
    np.testing.assert_array_equal(again.last.value("y"), [10.0, 10.0])
    np.testing.assert_array_equal(again.last.grad("x"), [60.0, 60.0])
    with pytest.raises(ValueError, match=r"data of shape \(3,\) for 'x'; expected its shape, \(2,"):
        t.replay({"x": [1.0, 2.0, 3.0]})
    with pytest.raises(LookupError, match="no value named 'z'"):
        t.replay({"z": 1.0})


def test_a_loaded_trace_replays_and_says_what_it_cannot():
    t = Trace.from_json(training(1.0, 1).to_json())
    assert t.replay({"w": 2.0}).last.grad("w") == 30.0
    x = Value(0.5, label="x")
    lost = ag.trace(lambda: ag.checkpoint(lambda v: v.tanh(), x).backward())
    with pytest.raises(ValueError, match=r"cannot compute u\d+ again: the op 'recomputed'"):
        Trace.from_json(lost.to_json()).replay({})


def test_replay_keeps_layers_and_hooks_out():
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    t = ag.trace(lambda: nn.mse(model(np.ones((3, 2))), np.zeros((3, 1))).backward())
    again = t.replay({})
    assert {node.scope for node in again.nodes} == {node.scope for node in t.nodes}
    assert list(again) == list(t)


@given(seed=st.integers(0, 2**20))
def test_replaying_a_random_program_with_another_leaf_is_running_it(program, seed):
    leaves, run = program(seed, 12)
    t = ag.trace(run)
    new = np.full(leaves[0].shape, 0.25)[()]
    again = t.replay({"x0": new})
    other_leaves, other_run = program(seed, 12)
    other_leaves[0].data = new
    fresh = ag.trace(other_run)
    assert [repr(e) for e in again] == [repr(e) for e in fresh]


def test_each_local_derivative_is_that_of_the_data_at_that_time():
    t = training(1.0, 2)
    edges = [e for e in t if isinstance(e, Contribution) and e.input.name == "u1"]
    assert edges[0].local == 1.0
    weights = [e for e in t if isinstance(e, Contribution) and e.input.name == "w"]
    assert [e.local for e in weights] == [3.0, 3.0]
    powers = [e for e in t if isinstance(e, Contribution) and e.node.op == "power"]
    assert powers[0].local != powers[1].local


def test_a_numeric_derivative_needs_a_pass_through_known_ops():
    x = Value(0.5, label="x")
    with pytest.raises(ValueError, match=r"needs a backward pass, to know the root"):
        ag.trace(lambda: x * 3.0).numeric(x)
    y = Value(2.0, label="y")
    t = ag.trace(lambda: [y * 2.0, (x * x).backward()])
    assert t.numeric("x") == pytest.approx(1.0)
    with pytest.raises(ValueError, match=r"got y, from which u2 is not computed"):
        t.numeric(y)
    lost = ag.trace(lambda: ag.checkpoint(lambda v: v.tanh(), x).backward())
    with pytest.raises(ValueError, match=r"cannot compute u\d+: 'recomputed' is not known here"):
        Trace.from_json(lost.to_json()).numeric("x")


@given(seed=st.integers(0, 2**20))
def test_numeric_derivatives_agree_with_the_sweep_away_from_kinks(program, seed):
    t = ag.trace(program(seed, 8)[1])
    for node in t.nodes:
        delta = t.last.delta(node)
        ops = {user.op for user, _ in t.history.users.get(node.id, [])}
        if delta is not None and not ops & {"relu", "maximum"}:
            near = np.abs(np.asarray(t.numeric(node)) - delta)
            # Further up there may be a kink within the step.
            assert np.median(near) < 1e-3 * max(1.0, float(np.max(np.abs(delta))))


def test_replays_repeat_assignments_and_given_gradients():
    w = Value(1.0, label="w")
    w.grad = 2.0
    with ag.trace() as t:
        y = w * 3.0
        w.data = 4.0
        w.grad = 5.0
        z = w * y.detach()
        z.backward()
        w.zero_grad()
    again = t.replay({})
    assert [repr(event) for event in again] == [repr(event) for event in t]
    asked = ag.trace(lambda: ag.grad(lambda v: v * v)(Value(3.0)))
    assert len(asked.replay({}).find(kind="seed")) == 0


def test_the_ledger_of_a_root_shows_its_seed(diamond):
    assert repr(diamond.ledger("J")) == "δ(J) in backward pass 1\n  seed: 1.0\n  δ = 1.0"


def test_backward_and_forward_events_can_be_walked_by_themselves(diamond):
    assert [event.index for event in diamond.forward()] == [0, 1, 2]
    assert [event.index for event in diamond.backward()] == list(range(3, len(diamond)))
    assert list(diamond.backward(2)) == []


def test_a_page_is_saved(diamond, tmp_path):
    assert diamond.save_html(tmp_path / "page.html").stat().st_size > 10_000


@pytest.mark.parametrize("asked", ["value", "grad", "where"])
def test_a_condition_that_is_no_function_is_named(asked):
    x = Value(2.0, label="x")
    with pytest.raises(TypeError, match=rf"find\(\) got {asked}=3.0; expected a function"):
        ag.trace(lambda: (x * x).backward()).find(**{asked: 3.0})


def test_events_are_asked_for_by_number_and_nothing_else():
    a = Value(3.0, label="a")
    t = ag.trace(lambda: a * a)
    for wrong, told in (("a", "'a'"), (a, "Value"), (1.5, "float")):
        with pytest.raises(
            TypeError, match=rf"^t\[…\] got {told}; expected the number of an event"
        ):
            t[wrong]
    assert t[np.int64(0)] == t[0]


def test_a_value_goes_by_the_variable_that_holds_it():
    w, x = Value(2.0), Value(3.0, label="z")
    with ag.trace() as t:
        z = w * x
        J = z.tanh()
        J.backward()
    assert (t.node("w"), t.node("J")) == (t.node(w), t.node(J))
    assert t.last.grad("w") == w.grad
    assert t.node("z") == t.node(x), "a label comes first"
    for unknown in ("t", "K"):
        with pytest.raises(LookupError, match=f"no value named '{unknown}'"):
            t.node(unknown)
    again = ag.trace(lambda: (w * x).backward())
    assert again.node("w").name == "p1"
    with pytest.raises(LookupError, match="no value named 'J'"):
        again.node("J")
