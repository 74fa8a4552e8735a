"""Copies: independent graphs, by deepcopy and by pickle."""

import copy
import pickle

import numpy as np
import pytest

import autograd as ag
from autograd import Graph, Value

COPIES = [copy.deepcopy] + [
    lambda v, p=p: pickle.loads(pickle.dumps(v, protocol=p)) for p in (2, 4, 5)
]
every_copy = pytest.mark.parametrize("copied", COPIES, ids=["deepcopy", "2", "4", "5"])


def build():
    x = Value([1.0, -2.0, 3.0], label="x")
    w = Value(np.float32(0.5), label="w")
    c = Value([1.0, 1.0, 1.0], requires_grad=False, label="c")
    with ag.scope("layer"):
        y = (x * w + c) ** 2
    y.label = "y"
    out = ag.stack([y, x * x, x[::-1]]).sum(axis=0, keepdims=True).max() * np.array(2.0)
    return out


@every_copy
def test_a_copy_computes_the_same_gradients_on_its_own(copied):
    out = build()
    again = copied(out)
    ours, theirs = Graph(out).nodes, Graph(again).nodes
    assert len(ours) == len(theirs) >= 12
    assert not set(map(id, ours)) & set(map(id, theirs))
    again.backward()
    assert all(node.grad is None for node in ours)
    out.backward()
    for a, b in zip(ours, theirs, strict=True):
        assert (a.op, a.label, a.requires_grad, a.settings is None) == (
            b.op, b.label, b.requires_grad, b.settings is None,
        )  # fmt: skip
        assert a.dtype == b.dtype
        assert type(a.data) is type(b.data)
        np.testing.assert_array_equal(a.data, b.data)
        assert (a.grad is None) == (b.grad is None)
        if a.grad is not None:
            np.testing.assert_array_equal(a.grad, b.grad)
            assert not np.shares_memory(a.grad, b.grad)
        assert not np.shares_memory(a.data, b.data)
        assert str(a.origin) == str(b.origin)
    assert repr(again) == repr(out)


@every_copy
def test_a_copy_keeps_gradients_but_not_their_memory(copied):
    x = Value([1.0, 2.0])
    y = (x * x).sum()
    y.backward()
    again = copied(y)
    leaf = Graph(again).leaves[0]
    leaf.grad[0] = 100.0
    assert x.grad.tolist() == [2.0, 4.0]
    y.backward()
    again.backward()
    assert x.grad.tolist() == [4.0, 8.0]
    assert leaf.grad.tolist() == [102.0, 8.0]


@every_copy
def test_copies_and_originals_join_in_one_graph(copied):
    x = Value(3.0)
    y = x * x
    again = copied(y)
    total = y * again
    total.backward()
    assert x.grad == 2 * 3.0 * 9.0
    assert again.inputs[0].grad == 2 * 3.0 * 9.0


@every_copy
def test_values_copied_together_stay_connected(copied):
    w = Value(2.0, label="w")
    parts = copied({"w": w, "loss": w * w})
    parts["loss"].backward()
    assert parts["w"].grad == 4.0
    assert w.grad is None


@every_copy
def test_a_value_used_twice_is_copied_once(copied):
    x = Value(2.0)
    y = x * x
    again = copied(y * y)
    hidden, same = again.inputs
    assert hidden is same
    assert hidden.inputs[0] is hidden.inputs[1]


def test_a_shallow_copy_is_refused():
    with pytest.raises(TypeError, match=r"shallow copy of a Value would share .* copy.deepcopy"):
        copy.copy(Value(1.0))


@every_copy
def test_an_unpickled_array_can_be_trained_on(copied):
    w = copied(Value([1.0, 2.0]))
    w.data -= 1.0
    assert w.data.tolist() == [0.0, 1.0]
    assert w.version == 1
    (w * 3).sum().backward()
    assert w.grad.tolist() == [3.0, 3.0]


def test_a_graph_with_an_op_that_is_not_defined_here_is_refused_by_name():
    class Fleeting(ag.Op):
        @staticmethod
        def forward(a):
            return a * 2

    stored = pickle.dumps(ag.apply(Fleeting, Value(1.0)))
    del ag.ops.OPS["fleeting"]
    with pytest.raises(ValueError, match=r"the op 'fleeting', which is not defined here"):
        pickle.loads(stored)


class Weight(Value):
    """A value with a note of its own, in its dict."""


class Slotted(Value):
    """A value with a note of its own, in a slot."""

    __slots__ = ("note",)


@every_copy
@pytest.mark.parametrize("kind", [Weight, Slotted])
def test_what_a_subclass_adds_is_copied_too(copied, kind):
    w, bare = kind([1.0, 2.0], label="w"), kind(1.0)
    w.note = ["frozen after", 3]
    root = copied(w * 2 + bare)
    again, plain = Graph(root).leaves
    assert type(again) is type(plain) is kind
    assert again.note == ["frozen after", 3]
    assert again.note is not w.note
    assert not hasattr(plain, "note")
