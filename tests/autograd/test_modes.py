"""Modes: no_grad, set_grad_enabled, scope; exception-safe and local to the thread."""

import threading

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.modes import observing, thread


def recording():
    return (Value(1.0) * 2).requires_grad


def test_no_grad_makes_constants_and_leaves_leaves_alone():
    x = Value(3.0)
    with ag.no_grad():
        y = x * x
        leaf = Value(1.0)
    assert not y.requires_grad
    assert y.inputs == ()
    assert y.op is None
    assert leaf.requires_grad
    assert (x * x).requires_grad


def test_modes_nest_and_restore():
    with ag.no_grad():
        assert not recording()
        with ag.set_grad_enabled(True):
            assert recording()
            with ag.no_grad():
                assert not recording()
            assert recording()
        assert not recording()
    assert recording()


@pytest.mark.parametrize(
    "mode", [ag.no_grad, lambda: ag.set_grad_enabled(False), ag.debug, lambda: ag.scope("s")]
)
def test_an_exception_inside_restores_what_was(mode):
    with pytest.raises(ZeroDivisionError), mode():
        raise ZeroDivisionError
    assert recording()
    assert Value(1.0).scope is None
    assert (Value(1.0) * 2)._rare is None


def test_one_mode_object_can_be_entered_again():
    mode = ag.no_grad()
    with mode, mode:
        assert not recording()
    assert recording()
    with mode:
        assert not recording()
    assert recording()


def test_decorators_switch_for_the_time_of_the_call_and_recurse():
    @ag.no_grad()
    def count(n):
        """Counts down."""
        return [recording()] + (count(n - 1) if n else [])

    assert count(3) == [False] * 4
    assert recording()
    assert count.__name__ == "count"
    assert count.__doc__ == "Counts down."

    @ag.set_grad_enabled(True)
    def inner():
        return recording()

    with ag.no_grad():
        assert inner()
        assert not recording()

    @ag.no_grad()
    def fails():
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fails()
    assert recording()


@pytest.mark.parametrize("mode", [ag.no_grad, lambda: ag.set_grad_enabled(False), ag.debug])
def test_a_generator_function_is_refused_since_its_body_runs_later(mode):
    def values():
        yield recording()

    async def later():
        return recording()

    for function in (values, later):
        with pytest.raises(TypeError, match=rf"got .*{function.__name__}, whose body runs only af"):
            mode()(function)


def test_wrong_arguments_of_modes_are_named():
    with pytest.raises(TypeError, match=r"set_grad_enabled\(\) got int; expected True or False"):
        ag.set_grad_enabled(1)
    with pytest.raises(TypeError, match=r"scope\(\) got a name of type int; expected a str"):
        ag.scope(3)
    with pytest.raises(TypeError, match=r"no_grad takes no argument; write @no_grad\(\) with"):

        @ag.no_grad
        def forgot_the_brackets():
            pass


def test_scopes_nest_and_name_what_was_made_inside():
    with ag.scope("outer"):
        a = Value(1.0)
        with ag.scope("inner"):
            b = a * 2
        c = a * 3
    assert (a.scope.path, b.scope.path, c.scope.path) == ("outer", "outer.inner", "outer")
    assert (a * 4).scope is None
    assert "outer.inner" in repr(b.scope)
    with ag.no_grad(), ag.scope("quiet"):
        assert (a * 2).scope.path == "quiet"


def test_a_scope_is_entered_once():
    layer = ag.scope("layer")
    with layer:
        pass
    with pytest.raises(RuntimeError, match=r"scope\('layer'\) was entered before; make a new one"):
        layer.__enter__()


def test_modes_are_local_to_their_thread():
    inside, leave, seen = threading.Event(), threading.Event(), []

    def other():
        seen.append(recording())
        with ag.no_grad(), ag.debug(), ag.scope("theirs"):
            inside.set()
            leave.wait(10)
            seen.append(recording())
        seen.append(recording())

    with ag.no_grad():
        worker = threading.Thread(target=other)
        worker.start()
        assert inside.wait(10)
        assert not recording()
    assert recording()
    fresh = Value(1.0) * 2
    assert fresh.scope is None
    assert fresh._rare is None
    leave.set()
    worker.join(10)
    assert seen == [True, False, True]


def in_threads(work, count=4):
    failed = []

    def guarded(k):
        try:
            work(k)
        except BaseException as error:
            failed.append(error)

    workers = [threading.Thread(target=guarded, args=(k,)) for k in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []


def test_independent_graphs_in_threads_are_independent():
    data = np.random.default_rng(0).normal(size=(5, 5))

    def gradient():
        w = Value(data)
        for _ in range(20):
            ((w @ w.T).tanh().sum() + (w * w).mean()).backward()
        return w.grad

    expected, found = gradient(), {}

    def work(k):
        found[k] = gradient()

    in_threads(work)
    assert len(found) == 4
    for grad in found.values():
        np.testing.assert_array_equal(grad, expected)


def test_passes_into_one_leaf_from_several_threads_lose_nothing():
    w = Value(np.ones(100))

    def work(k):
        for _ in range(50):
            (w * 2.0).sum().backward()

    in_threads(work)
    np.testing.assert_array_equal(w.grad, np.full(100, 400.0))


def test_a_graph_asked_for_is_recorded_under_no_grad_too():
    x = Value(2.0)
    y = x**3
    with ag.no_grad():
        y.backward(create_graph=True)
        assert not (x * 2).requires_grad
    assert x.grad.requires_grad
    slope, x.grad = x.grad, None
    slope.backward()
    assert x.grad == 12.0


def test_a_function_observed_in_two_threads_leaves_each_its_own_observer():
    seen, inside, leave, after = [], threading.Event(), threading.Event(), []

    @observing(lambda value: seen.append(value.data) or value)
    def work(number, *events):
        for event in events:
            event()
        return Value(number) * 2.0

    def other():
        with observing(lambda value: value):
            work(2.0, inside.set, lambda: leave.wait(10))

    worker = threading.Thread(target=other)

    def let_the_other_in():
        worker.start()
        assert inside.wait(10)

    work(1.0, let_the_other_in)
    after.append(thread.state.observer)
    leave.set()
    worker.join(10)
    assert after == [None]
    assert sorted(seen) == [2.0, 4.0]
