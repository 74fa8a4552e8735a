"""Corners of a trace: constants first, hooks, passes that store nothing, strangers."""

import gc

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.tracing import Forward, events
from autograd.tracing.blame import way


def test_a_constant_may_be_the_first_operand():
    t = ag.trace(lambda: 1.0 / Value(2.0, label="x"))
    node = t.find(kind="forward")[0].node
    assert node.inputs[0] == 1.0
    assert t.last.value(node) == 0.5


def test_a_value_that_the_trace_has_not_met_is_none_of_its_business():
    x, stranger = Value(2.0, label="x"), Value(3.0, label="stranger")
    with ag.trace() as t:
        y = x * 3.0
        stranger.data = 4.0
        stranger.grad = 1.0
        y.backward()
    assert t.find(kind="update") == []
    assert "stranger" not in t.history.named


def test_what_a_trace_has_not_is_refused_by_name_and_by_number():
    t = ag.trace(lambda: Value(2.0, label="weight") * 3.0)
    assert t.node(0) is t.node("weight")
    with pytest.raises(LookupError, match="no value named 99"):
        t.node(99)
    with pytest.raises(LookupError, match=r"no value named 'weigth'\. .*weight"):
        t.node("weigth")
    with pytest.raises(LookupError, match=r"no value named 1\.5"):
        t.node(1.5)


def test_the_ledger_of_a_hooked_value_ends_with_what_the_hook_made_of_it():
    x = Value(2.0, label="x")

    def run():
        y = x * 3.0
        y.label = "y"
        y.register_hook(lambda delta: delta * 10.0)
        (y * 5.0).backward()

    ledger = ag.trace(run).ledger("y")
    assert [row.total for row in ledger.rows] == [5.0]
    assert ledger.total == 50.0


def test_the_ledger_of_an_earlier_pass_leaves_the_later_one_out():
    x = Value(2.0, label="x")

    def run():
        (x * 3.0).backward()
        (x * 4.0).backward()

    t = ag.trace(run)
    assert [row.edge.product for row in t.ledger("x", sweep=1).rows] == [3.0]
    assert [row.edge.product for row in t.ledger("x").rows] == [4.0]


def test_a_numeric_derivative_takes_the_last_pass_where_none_stores_gradients():
    x = Value(3.0, label="x")
    t = ag.trace(lambda: (ag.grad(lambda v: v * v)(x), ag.grad(lambda v: v**3)(x)))
    assert [t.nodes[sweep.root].op for sweep in t.history.sweeps] == ["multiply", "power"]
    assert not any(sweep.stores for sweep in t.history.sweeps)
    base = t.nodes[t.history.sweeps[-1].root].inputs[0]
    assert t.numeric(base) == pytest.approx(27.0)
    assert t.numeric(base, sweep=2) == pytest.approx(27.0)


def test_a_replayed_change_of_a_leaf_outlives_what_the_run_assigned_to_it():
    x = Value(2.0, label="x")

    def run():
        first = x * 3.0
        x.data = 5.0
        return first, x * 4.0

    t = ag.trace(run)
    assert [event.value for event in t.find(kind="forward")] == [6.0, 20.0]
    assert [event.value for event in t.replay({"x": 7.0}).find(kind="forward")] == [21.0, 28.0]


def test_runs_that_differ_only_in_what_was_given_have_changes_but_no_first_event():
    def run(number):
        return ag.trace(lambda: Value(number, label="x") * 0.0)

    difference = run(1.0).diff(run(2.0))
    assert difference
    assert difference.first is None
    assert repr(difference) == "x: 1.0 | 2.0 (differs by 1)"


@pytest.mark.parametrize("was_on", [True, False])
def test_looking_at_a_trace_leaves_the_garbage_collector_as_it_was(was_on):
    x = Value(2.0)
    with ag.trace() as t:
        x * 3.0
    (gc.enable if was_on else gc.disable)()
    try:
        assert len(t) == 1
        assert gc.isenabled() is was_on
    finally:
        gc.enable()


def test_the_way_to_a_value_that_the_root_does_not_use_is_that_value_alone():
    x = Value(2.0, label="x")

    def run():
        ag.tanh(x)
        (x * 3.0).backward()

    t = ag.trace(run)
    aside = t.find(kind="forward", op="tanh")[0].node
    assert way(t, 1, aside) == "tanh"
    assert way(t, 1, t.node("x")) == "multiply ← x"


def test_each_kind_of_event_has_to_say_what_happened():
    t = ag.trace(lambda: Value(2.0, label="x") * 3.0)
    assert isinstance(t[0], Forward)
    with pytest.raises(NotImplementedError):
        events.Event(0, t[0].node).text  # noqa: B018  (it is a property)


def test_a_long_array_is_cut_with_its_shape_behind():
    text = events.brief(np.arange(30.0) + 0.125)
    assert text.endswith("… (30,)")
    assert len(text) <= 32 + len(" … (30,)")
    assert events.brief(np.arange(2.0)) == "[0., 1.]"
