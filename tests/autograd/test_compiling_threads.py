"""Compiled functions in several threads, and what decides which program a call runs."""

import threading
import time

import numpy as np

import autograd as ag
from autograd import Value

RNG = np.random.default_rng(7)
X = RNG.normal(size=(5, 4))


# -- gradients of arguments


def test_a_step_adds_to_the_gradient_that_an_argument_has():
    def step(v, x):
        ((v * x) ** 2).sum().backward()

    compiled, a, b = ag.compile(step), Value(X), Value(X)
    for _ in range(3):
        step(a, X)
        compiled(b, X)
        np.testing.assert_array_equal(b.grad, a.grad)
    assert compiled.traces == 2


def test_a_step_that_gets_one_value_twice_is_traced_for_that():
    def step(a, b):
        ((a * b) * a).sum().backward()

    compiled, (v, u), (p, q) = ag.compile(step), (Value(X), Value(X + 1)), (Value(X), Value(X + 1))
    for one, other in (((v, u), (p, q)), ((v, v), (p, p)), ((u, v), (q, p)), ((u, u), (q, q))):
        for leaf in (v, u, p, q):
            leaf.zero_grad()
        compiled(*one)
        step(*other)
        np.testing.assert_array_equal(v.grad if one[0] is v else u.grad, other[0].grad)
    assert compiled.traces == 2


# -- threads


def in_threads(work):
    """Any errors of ``work(k)`` in two threads."""
    errors = []

    def caught(k):
        try:
            work(k)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=caught, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_backward_passes_of_one_program_in_several_threads_do_not_share_memory():
    w = Value(RNG.normal(size=(200, 200)))
    compiled = ag.compile(lambda x: ag.tanh(ag.tanh(x @ w) * 2.0) * 3.0)
    delta = RNG.normal(size=(200, 200))
    given = [RNG.normal(size=(200, 200)) for _ in range(2)]
    wanted = []
    for x in given:
        v = Value(x)
        compiled.function(v).backward(delta)
        wanted.append(v.grad)
    compiled(Value(given[0])).backward(delta)

    def work(k):
        for _ in range(10):
            v = Value(given[k])
            compiled(v).backward(delta)
            np.testing.assert_array_equal(v.grad, wanted[k])

    assert in_threads(work) == []


def test_a_call_waits_while_another_thread_traces_with_the_same_values():
    w = Value(X)
    tracing = threading.Event()

    def function(x):
        y = w * x
        if x.shape == (1, 4):
            tracing.set()
            time.sleep(0.05)
        return y.sum()

    compiled = ag.compile(function)
    assert compiled(X).item() == np.sum(X * X)

    def work(k):
        if k:
            tracing.wait()
            assert compiled(X).item() == np.sum(X * X)
        else:
            compiled(X[:1])

    assert in_threads(work) == []


def test_gradients_of_a_step_wait_while_another_thread_traces_with_the_same_values():
    w = Value(X)
    begun, running = threading.Event(), threading.Event()

    def function(x):
        y = w * x
        if x.shape == (1, 4):
            running.set()
            time.sleep(0.05)
        return y.sum()

    def slow(x):
        begun.set()
        running.wait(0.5)
        return x

    def step(x):
        w.zero_grad()
        (w * ag.modes.whole_call(slow, x)).sum().backward()

    compiled, stepped = ag.compile(function), ag.compile(step)
    running.set()
    stepped(X)
    begun.clear()
    running.clear()

    def work(k):
        if k:
            begun.wait()
            compiled(X[:1])
        else:
            stepped(2 * X)

    assert in_threads(work) == []
    np.testing.assert_array_equal(w.grad, 2 * X)


def test_two_threads_that_call_first_at_once_trace_once():
    w = Value(X)

    def function(x):
        time.sleep(0.02)
        return (w * x).sum()

    compiled = ag.compile(function)

    def work(k):
        assert compiled(X).item() == np.sum(X * X)

    assert in_threads(work) == []
    assert compiled.traces == 1
