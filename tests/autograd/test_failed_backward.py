"""A backward pass that fails leaves the leaves as they were; one that succeeds reaches them all."""

import numpy as np
import pytest

import autograd as ag
from autograd import Op, Value
from autograd.ops import OPS


@pytest.fixture
def doomed():
    """An op whose derivative rule fails."""

    class Doomed(Op):
        @staticmethod
        def forward(a):
            return a

        @staticmethod
        def wrt_a(delta, out, a):
            raise ZeroDivisionError("no slope today")

    yield Doomed
    del OPS["doomed"]


@pytest.mark.parametrize("before", [None, 5.0])
def test_leaves_take_all_or_nothing(doomed, before):
    early, late = Value([1.0, 2.0]), Value([3.0, 4.0])
    early.grad = late.grad = before
    held = None if before is None else late.grad.copy()
    loss = (ag.apply(doomed, early) + late).sum()
    with pytest.raises(ZeroDivisionError):
        loss.backward()
    for leaf in (early, late):
        assert leaf.grad is None if held is None else leaf.grad.tolist() == held.tolist()


def test_stale_data_found_late_leaves_the_leaves_alone():
    a, b = Value(2.0), Value(3.0)
    y = a * a
    loss = y * b
    a.data = 5.0
    with pytest.raises(ag.StaleValueError):
        loss.backward()
    assert a.grad is None
    assert b.grad is None


def test_a_hook_that_fails_leaves_the_leaves_alone():
    a, b = Value(2.0), Value(3.0)
    loss = a * b

    def refuse(gradient):
        raise RuntimeError("not this one")

    handle = a.register_hook(refuse)
    with pytest.raises(RuntimeError, match="not this one"):
        loss.backward()
    assert a.grad is None
    assert b.grad is None
    handle.remove()
    loss.backward()
    assert (a.grad, b.grad) == (3.0, 2.0)


def test_a_sum_that_fails_leaves_all_leaves_alone():
    a, b = Value(1.0), Value(1.0)
    a.grad, b.grad = 1.0, 1e308
    loss = a + b * 1e308
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        loss.backward()
    assert (a.grad, b.grad) == (1.0, 1e308)


def test_an_interrupt_leaves_the_leaves_alone(doomed):
    a, b = Value(2.0), Value(3.0)
    loss = (a * b).exp() * b

    def interrupt(gradient):
        raise KeyboardInterrupt

    a.register_hook(interrupt)
    with pytest.raises(KeyboardInterrupt):
        loss.backward()
    assert a.grad is None
    assert b.grad is None


def test_hooks_after_accumulation_run_when_every_leaf_has_its_gradient():
    a, b = Value(2.0), Value(3.0)
    seen = []
    for leaf in (a, b):
        leaf.register_post_accumulate_grad_hook(lambda leaf: seen.append((a.grad, b.grad)))
    (a * b).backward()
    assert seen == [(3.0, 2.0), (3.0, 2.0)]


@pytest.mark.parametrize(
    ("join", "op"),
    [
        (ag.concatenate, "concatenate"), (ag.stack, "stack"), (ag.hstack, "concatenate"),
        (ag.vstack, "concatenate"), (np.dstack, "concatenate"),
        (lambda values: np.concatenate(values, axis=None), "concatenate"),
    ],
)  # fmt: skip
def test_joining_splits_its_gradient_once_for_all_inputs(join, op, monkeypatch):
    calls = []
    rule = OPS[op].wrt_inputs

    def counted(*args, **settings):
        calls.append(op)
        return rule(*args, **settings)

    monkeypatch.setattr(OPS[op], "wrt_inputs", staticmethod(counted))
    values = [Value(np.full(2, float(k)), requires_grad=k % 3 != 1) for k in range(50)]
    weight = np.arange(100.0)
    (join(values).reshape(-1) * weight).sum().backward()
    assert calls == [op]
    numbers = join([Value(np.arange(2.0 * k, 2 * k + 2)) for k in range(50)])
    laid = numbers.data.reshape(-1).astype(int)
    for k, value in enumerate(values):
        expected = [weight[laid == 2 * k][0], weight[laid == 2 * k + 1][0]]
        assert value.grad is None if k % 3 == 1 else value.grad.tolist() == expected


def test_no_leaf_named_is_refused():
    with pytest.raises(ValueError, match=r"names no leaf; expected at least one, or None"):
        (Value(2.0) * 2).backward(inputs=[])


def test_an_error_in_a_rule_of_all_inputs_goes_through_and_names_the_op(monkeypatch):
    def torn(delta, out, *inputs, axis=0):
        raise ValueError("torn")

    monkeypatch.setattr(OPS["stack"], "wrt_inputs", staticmethod(torn))
    a, b = Value(2.0), Value(3.0)
    with pytest.raises(ValueError, match="torn") as caught:
        ag.stack([a, b]).sum().backward()
    assert any("stack" in note for note in caught.value.__notes__)
    assert a.grad is None


def test_a_rule_of_all_inputs_that_looks_at_numbers_is_compiled_as_one_call_per_input(monkeypatch):
    rule = OPS["stack"].wrt_inputs

    def looking(delta, out, *inputs, axis=0):
        sign = 1.0 if float(np.sum(delta)) > 0 else -1.0
        return [sign * passed for passed in rule(delta, out, *inputs, axis=axis)]

    monkeypatch.setattr(OPS["stack"], "wrt_inputs", staticmethod(looking))
    a, b = Value(1.0), Value(4.0)
    compiled = ag.compile(lambda w: (ag.stack([a, b]) * w).sum())
    for w in ([2.0, 3.0], [-2.0, -3.0]):
        a.grad = b.grad = None
        compiled(np.array(w)).backward()
        assert (a.grad, b.grad) == (2.0, 3.0)
    assert compiled.traces == 1
