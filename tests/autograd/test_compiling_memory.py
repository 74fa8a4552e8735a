"""Buffers of compiled programs: reused by liveness, and never anybody else's memory."""

import tracemalloc
import weakref

import numpy as np
import pytest
from hypothesis import given
from random_graphs import prepared, programs, run, seeds, total

import autograd as ag
import nn
from autograd import Value
from autograd.compiling.buffered import Buffered
from autograd.compiling.replaying import Replay


def leaves(points):
    return [Value(x, label=f"x{k}") for k, x in enumerate(points)]


def poisoned(replay):
    """The program with NaN written into each buffer as soon as its last reader is done."""
    buffered = Buffered(replay.program, poison=True)
    body = buffered.body()
    return replay.program.compiled(replay.program.module(body, buffered.setup)), body


def same_bits(mine, wanted):
    for a, b in zip(mine, wanted, strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b), strict=True)


@given(program=programs, seed=seeds)
def test_random_graphs_give_the_same_bits_compiled(program, seed):
    points, plan = prepared(program[:24], seed)

    def loss(*values):
        return total(run(plan, values))

    eager = leaves(points)
    J = loss(*eager)
    J.backward()
    compiled = ag.compile(loss)
    for _ in range(2):
        mine = leaves(points)
        K = compiled(*mine)
        K.backward()
        same_bits([K.data], [J.data])
        for a, b in zip(mine, eager, strict=True):
            assert (a.grad is None) == (b.grad is None)
            if a.grad is not None:
                same_bits([a.grad], [b.grad])


@pytest.mark.slow
@given(program=programs, seed=seeds)
def test_poison_in_freed_buffers_reaches_no_result(program, seed):
    points, plan = prepared(program[:24], seed)

    def loss(*values):
        return total(run(plan, values)), *[v.data for v in run(plan, values)[-3:]]

    values = leaves(points)
    replay = Replay(loss, values, {}, ["x0", "x1"])
    arrays = replay.inputs(values)
    run_poisoned, _ = poisoned(replay)
    before = [x.copy() for x in arrays]
    wanted = replay.run(*arrays)
    for _ in range(2):
        same_bits(run_poisoned(*arrays), wanted)
    same_bits(arrays, before)


def network_step(seed):
    model = nn.MLP(3, [8, 8, 2], activation="tanh", seed=seed)
    optimizer = nn.SGD(model.parameters(), learning_rate=0.1, momentum=0.9)

    def step(x, y):
        prediction = model(x)
        J = nn.mse(prediction, y)
        optimizer.zero_grad()
        J.backward()
        optimizer.step()
        return J, prediction

    return model, optimizer, step


def test_poison_reaches_no_parameter_of_a_training_step():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(16, 3)), rng.normal(size=(16, 2))
    model, _, step = network_step(1)
    twin, _, other = network_step(1)
    replay = Replay(other, (x, y), {}, ["x", "y"])
    replay.run, body = poisoned(replay)
    assert sum("fill(np.nan)" in line for line in body) > 10
    for _ in range(20):
        J, prediction = step(x, y)
        K, mine = replay.call([x, y])
        same_bits([K.data, mine.data], [J.data, prediction.data])
        for a, b in zip(model.parameters(), twin.parameters(), strict=True):
            same_bits([b.data, b.grad], [a.data, a.grad])


def test_returned_arrays_and_gradients_survive_later_calls():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(16, 3)), rng.normal(size=(16, 2))
    model, _, step = network_step(1)
    compiled = ag.compile(step)
    kept = []
    for k in range(5):
        J, prediction = compiled(x * (k + 1), y)
        arrays = [J.data, prediction.data, *[p.grad for p in model.parameters()]]
        kept.append((arrays, [a.copy() for a in arrays]))
    for arrays, copies in kept:
        same_bits(arrays, copies)


def test_results_share_no_memory_with_arguments_parameters_and_each_other():
    w = Value(np.ones((3, 3)), label="w")
    compiled = ag.compile(lambda x: (x.data, x.data.T, (x * w).data, (x * w).data.T, w.data))
    for _ in range(2):
        x = Value(np.arange(9.0).reshape(3, 3))
        out = compiled(x)
        arrays = [*out, x.data, w.data]
        for k, a in enumerate(arrays):
            for b in arrays[:k]:
                assert not np.shares_memory(a, b)
        same_bits(out[:2], [x.data, x.data.T])


def test_buffers_are_fewer_than_results_and_some_lie_in_place():
    rng = np.random.default_rng(0)
    model = nn.MLP(3, [8, 8, 8, 8, 2], activation="tanh", seed=0)
    replay = Replay(lambda x: model(x).sum(), (rng.normal(size=(16, 3)),), {}, ["x"])
    buffered = Buffered(replay.program)
    buffered.body()
    made = [line for line in buffered.setup if "np.empty" in line]
    again = [line for line in buffered.setup if "np.empty" not in line]
    assert len(made) < len(again)


@pytest.mark.parametrize("order", ["F", "strided", "reversed"])
def test_the_layout_of_arguments_belongs_to_the_signature(order):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(6, 8))
    w = Value(rng.normal(size=(8, 8)))
    compiled = ag.compile(lambda x: ((x @ w).tanh() ** 2).sum(axis=0).max())
    odd = {"F": np.asfortranarray(x), "strided": np.repeat(x, 2, 0)[::2], "reversed": x[::-1]}
    for array in (x, odd[order], x):
        J = compiled(array)
        same_bits([J.data], [compiled.function(array).data])
    assert compiled.traces == 2


def test_a_trace_holds_no_more_of_large_arrays_than_the_graph_does():
    """Of 60 results of 800 kB, half are inputs of rules and stay; deltas go as they are used."""
    x = ag.Value(np.linspace(-1.0, 1.0, 100_000))

    def loss(x):
        y = x
        for _ in range(30):
            y = ag.tanh(y * 0.5)
        return y.sum()

    def peak(function):
        tracemalloc.start()
        J = function(x)
        J.backward()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        x.grad = None
        return most

    eager = peak(loss)
    assert peak(ag.compile(loss)) < 1.3 * eager + 30 * 800_000


def test_what_a_trace_computed_is_freed_with_it():
    x = ag.Value(np.ones(100_000))
    kept = []

    @ag.compile
    def loss(x):
        y = x * 2.0
        kept.append(weakref.ref(y._array.sample))
        return (y * y).sum()

    loss(x)
    assert kept
    assert all(array() is None for array in kept)


def test_zeros_made_in_the_form_of_a_large_array_stay_zeros():
    x = ag.Value(np.ones(20_000))

    @ag.compile
    def shifted(x):
        return x + np.zeros_like(x.data) - 1.0

    for _ in range(3):
        assert not shifted(x).data.any()
