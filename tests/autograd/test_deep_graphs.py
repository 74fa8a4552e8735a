"""Deep graphs: nothing recurses over the graph, nothing leans on the garbage collector."""

import copy
import gc
import pickle
import tracemalloc
import weakref

import numpy as np
import pytest

import autograd as ag
from autograd import Graph, Value


@pytest.fixture
def _no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def chain(x, length):
    y = x
    for _ in range(length):
        y = y * 0.9999999
    return y


def ladder(x, length):
    """Two values a rung, each used twice: a recursion would take 2**length steps."""
    a, b = x, x + 1
    for _ in range(length):
        a, b = (a + b) * 0.5, a * 0.5 + b * 0.5
    return a + b


DEPTHS = [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.usefixtures("shallow", "_no_collector")
def test_a_deep_chain_runs_backward_prints_and_is_freed(depth):
    x = Value(1.0)
    y = chain(x, depth)
    assert "multiply at test_deep_graphs.py" in repr(y)
    y.backward()
    np.testing.assert_allclose(x.grad, 0.9999999**depth, rtol=1e-9)
    assert len(Graph(y)) == depth + 1
    gone = weakref.ref(x)
    del x, y
    assert gone() is None


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.usefixtures("shallow", "_no_collector")
def test_a_deep_chain_is_deepcopied(depth):
    y = chain(Value(1.0), depth)
    again = copy.deepcopy(y)
    again.backward()
    leaf = Graph(again).leaves[0]
    np.testing.assert_allclose(leaf.grad, y.data, rtol=1e-9)
    gone = weakref.ref(leaf)
    del leaf, again
    assert gone() is None


@pytest.mark.parametrize("depth", [20_000, pytest.param(300_000, marks=pytest.mark.slow)])
@pytest.mark.usefixtures("shallow")
def test_a_deep_chain_is_pickled(depth):
    y = chain(Value(1.0), depth)
    again = pickle.loads(pickle.dumps(y))
    again.backward()
    np.testing.assert_allclose(Graph(again).leaves[0].grad, y.data, rtol=1e-9)
    assert len(Graph(again)) == depth + 1


@pytest.mark.usefixtures("shallow", "_no_collector")
def test_shared_values_are_swept_once():
    x = Value(3.0)
    y = ladder(x, 5_000)
    y.backward()
    np.testing.assert_allclose(x.grad, 2.0)
    gone = weakref.ref(x)
    del x, y
    assert gone() is None


@pytest.mark.usefixtures("shallow")
def test_a_sum_over_many_values_is_as_deep_as_it_is_long():
    values = [Value(1.0) for _ in range(20_000)]
    sum(values).backward()
    assert {v.grad for v in values} == {1.0}
    ag.stack(values[:2_000]).sum().backward()
    assert {v.grad for v in values[:2_000]} == {2.0}


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize(
    "compute",
    [
        lambda w: (w @ w.T).tanh().sum(),
        lambda w: ag.stack([w, w * 2])[0].max() + w.reshape(-1)[::2].mean(),
        lambda w: ag.softmax_cross_entropy(w, np.arange(100) % 3),
        lambda w: np.where(w.data > 0, w, -w).sum(axis=0).exp().sum(),
    ],
)
def test_a_graph_is_freed_with_its_root_without_the_collector(compute):
    w = Value(np.random.default_rng(0).normal(size=(100, 100)))
    nodes = []
    for _ in range(3):
        loss = compute(w)
        loss.backward()
        nodes += [weakref.ref(node) for node in Graph(loss) if node is not w]
        for node in Graph(loss):
            assert node.grad is not None
            repr(node)
        del loss, node
    assert len(nodes) >= 3
    assert [ref for ref in nodes if ref() is not None] == []


@pytest.mark.usefixtures("_no_collector")
def test_an_error_in_the_middle_of_a_pass_frees_the_graph_too():
    w = Value([1.0, 2.0])
    loss = (w.exp() * 2).sum()
    w.data -= 1.0
    gone = weakref.ref(loss)
    with pytest.raises(ag.StaleValueError):
        loss.backward()
    del loss
    assert gone() is None


@pytest.mark.slow
@pytest.mark.usefixtures("_no_collector")
def test_memory_stays_flat_over_many_steps():
    w = Value(np.zeros((1000, 500)))

    def step():
        w.zero_grad()
        ((w + 1.0) * w).mean().backward()
        w.data -= 0.1 * w.grad

    step()
    tracemalloc.start()
    for _ in range(50):
        step()
    current, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert current < 2 * w.data.nbytes + 100_000
    assert peak < 8 * w.data.nbytes


def test_memory_of_a_scalar_node_is_bounded():
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    y = chain(Value(1.0), 10_000)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert y.data > 0
    assert (after - before) / 10_000 <= 400
