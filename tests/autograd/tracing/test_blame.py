"""A NaN or infinity is blamed on the op, edge or sum in which it is born, for every op."""

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.ops import OPS, apply
from autograd.tracing import Accumulate, Contribution, Forward, Trace
from autograd.tracing.blame import births

FILE = "test_blame.py"


@pytest.fixture(autouse=True)
def _quiet():
    with np.errstate(all="ignore"):
        yield


def operands(op):
    """Values for a sample of the op that is neither empty nor single, and its settings."""
    for sample in op.samples():
        inputs, settings = sample
        if all(np.size(x) > 0 for x in inputs) and any(np.size(x) > 1 for x in inputs):
            break
    values = []
    for index, x in enumerate(inputs):
        takes = op.variadic or op.rules[index] is not None
        float_data = isinstance(x, float) or getattr(x, "dtype", None) == np.float64
        values.append(Value(x, label=f"x{index}") if takes and float_data else x)
    slots = [k for k, x in enumerate(values) if isinstance(x, Value)]
    return values, settings, slots


def differentiable():
    found = []
    for name, op in OPS.items():
        if any(op.rules[:1] if not op.variadic else [op]):
            found.append(name)
    return found


class Rules:
    """Rules that all return the same number everywhere, each call the next of ``numbers``."""

    def __init__(self, values, numbers):
        self.values, self.numbers = values, iter(numbers)

    def __getitem__(self, slot):
        def rule(delta, out, *inputs, **settings):
            return np.full(self.values[slot].shape, next(self.numbers))[()]

        return rule


@pytest.mark.parametrize("kind", ["NaN", "inf"])
@pytest.mark.parametrize("name", differentiable())
def test_an_injection_in_the_forward_rule_is_blamed_on_its_node_and_line(name, kind, monkeypatch):
    op = OPS[name]
    values, settings, _ = operands(op)
    right = np.asarray(apply(op, *values, **settings).data)
    wrong = right.copy().reshape(-1)
    wrong[-1] = float(kind)
    settings = operands(op)[1]
    monkeypatch.setattr(op, "forward", lambda *a, **k: wrong.reshape(right.shape)[()])

    def run():
        return apply(op, *values, **settings)

    birth = ag.trace(run).first_nonfinite()
    assert (birth.kind, type(birth.event), birth.node.op) == (kind, Forward, name)
    assert birth.node.origin.expression == "apply(op, *values, **settings)"
    assert birth.text.startswith(f"{kind} born in the forward pass of {name} at {FILE}:")
    with ag.debug(), pytest.raises(ag.NonFiniteError) as error:
        run()
    assert str(error.value) == birth.text
    assert error.value.trace.first_nonfinite().text == birth.text


@pytest.mark.parametrize("kind", ["NaN", "inf"])
@pytest.mark.parametrize("name", differentiable())
def test_an_injection_in_a_rule_is_blamed_on_its_edge_and_line(name, kind, monkeypatch):
    op = OPS[name]
    values, settings, slots = operands(op)
    out = apply(op, *values, **settings)
    numbers = [1.0] * (len(slots) - 1) + [float(kind)]
    monkeypatch.setattr(op, "wrt_inputs", None)
    monkeypatch.setattr(op, "rules", Rules(values, numbers * 2))
    birth = ag.trace(lambda: out.backward(np.ones(out.shape))).first_nonfinite()
    assert (birth.kind, type(birth.event), birth.node.op) == (kind, Contribution, name)
    assert birth.event.slot == slots[-1]
    assert birth.event.input.name == f"x{slots[-1]}"
    assert birth.node.origin.expression == "apply(op, *values, **settings)"
    assert birth.text.endswith(f"From the loss: {name}.")
    with ag.debug(), pytest.raises(ag.NonFiniteError) as error:
        out.backward(np.ones(out.shape))
    assert str(error.value) == birth.text


def joined(name, first, second):
    """A value that both were used for, and the gradient to start from, not by way of the op."""
    both = first + second if name == "stack" else ag.stack([first, second])
    return both, np.ones(both.shape)


@pytest.mark.parametrize("name", differentiable())
def test_an_overflow_in_adding_up_is_blamed_on_the_sum(name, monkeypatch):
    op = OPS[name]
    values, settings, slots = operands(op)
    first = apply(op, *values, **settings)
    second = apply(op, *values, **operands(op)[1])
    monkeypatch.setattr(op, "wrt_inputs", None)
    monkeypatch.setattr(op, "rules", Rules(values, [1.5e308] * 4 * len(slots)))
    both, ones = joined(name, first, second)
    birth = ag.trace(lambda: both.backward(ones)).first_nonfinite()
    assert (birth.kind, type(birth.event)) == ("inf", Accumulate)
    assert birth.node.name == f"x{slots[0]}"
    assert f"from {name} at {FILE}" in birth.text
    assert "'apply(op, *values, **settings)'" in birth.text
    with ag.debug(), pytest.raises(ag.NonFiniteError) as error:
        both.backward(ones)
    assert str(error.value) == birth.text


@pytest.mark.parametrize("name", differentiable())
def test_nan_from_two_infinities_is_born_in_their_sum(name, monkeypatch):
    op = OPS[name]
    values, settings, slots = operands(op)
    first = apply(op, *values, **settings)
    second = apply(op, *values, **operands(op)[1])
    numbers = [np.inf] * len(slots) + [-np.inf] * len(slots)
    monkeypatch.setattr(op, "wrt_inputs", None)
    monkeypatch.setattr(op, "rules", Rules(values, numbers))
    both, ones = joined(name, first, second)
    t = ag.trace(lambda: both.backward(ones))
    birth = t.first_nonfinite("NaN")
    assert (birth.kind, type(birth.event)) == ("NaN", Accumulate)
    assert birth.node.name == f"x{slots[0]}"
    assert "inf" in birth.text
    assert "'apply(op, *values, **settings)'" in birth.text
    assert t.first_nonfinite().kind == "inf"
    assert isinstance(t.first_nonfinite().event, Contribution)


def test_a_finite_run_has_no_birth_and_odd_kinds_are_refused():
    x = Value([1.0, 2.0], label="x")
    t = ag.trace(lambda: (x * x).sum().backward())
    assert t.first_nonfinite() is None
    with pytest.raises(ValueError, match=r"kind='huge'; expected 'NaN', 'inf' or None"):
        t.first_nonfinite("huge")


def test_a_leaf_or_an_update_that_is_not_finite_is_blamed_itself():
    x = Value(np.nan, label="x")
    birth = ag.trace(lambda: x * 2.0).first_nonfinite()
    assert birth.node.name == "x"
    assert "got NaN in 'x': it was there before anything was computed" in repr(birth)
    w = Value(1.0, label="w")
    with ag.trace() as t:
        (w * 3.0).backward()
        w.data = w.data * np.inf
        w.grad = np.array(np.nan)
    birth = t.first_nonfinite()
    assert birth.text.startswith(f"inf assigned to the data of 'w' at {FILE}:")
    assert t.first_nonfinite("NaN").text.startswith("NaN assigned to the gradient of 'w'")


def test_a_trace_with_debug_inside_attaches_the_whole_run():
    x = Value(-1.0, label="x")
    with pytest.raises(ag.NonFiniteError) as caught, ag.trace() as t, ag.debug():
        (x * 2.0).log()
    assert caught.value.trace is t
    assert [event.node.op for event in t] == ["multiply", "log"]
    assert any("post_mortem" in note for note in caught.value.__notes__)
    assert sum("post_mortem" in note for note in caught.value.__notes__) == 1


def test_what_was_not_finite_before_is_no_birth():
    x, inf = Value([1.0, 2.0], label="x"), np.array([np.inf, 1.0])
    t = ag.trace(lambda: ((x + inf) * 2.0).sum().backward(np.inf))
    assert t.first_nonfinite() is None
    w = Value(np.inf, label="w")
    with ag.trace() as t:
        (w * 2.0).backward()
        w.data = np.inf
        w.grad = np.array(2.0)
    assert t.first_nonfinite() is None


def test_a_trace_from_a_file_blames_without_the_rule(monkeypatch):
    x = Value(0.0, label="x")
    t = ag.trace(lambda: x.sqrt().backward())
    text = t.to_json()
    assert "(Sqrt.wrt_a, line" in t.first_nonfinite().text
    monkeypatch.delitem(OPS, "sqrt")
    back = Trace.from_json(text)
    assert "the rule gave inf" in back.first_nonfinite().text
    assert back.node("u1").symbol == "sqrt"
    assert repr(back.node("u1")) == "u1 = sqrt(x)"


def test_long_ways_are_cut_short_and_found_past_side_ways():
    x, y = Value(1.0, label="x"), Value(0.0, label="y")
    z = y.sqrt()
    for _ in range(12):
        z = z * x + x
    birth = ag.trace(z.backward).first_nonfinite()
    assert "From the loss: add ← multiply ← add ← multiply ← … 17 more … ← " in birth.text
    assert birth.text.endswith("← multiply ← sqrt.")


def test_an_infinity_that_is_added_up_is_not_born_again():
    x, inf = Value(1.0, label="x"), Value(0.0, label="inf")
    t = ag.trace(lambda: (x * inf.log() + x).backward())
    found = [(birth.kind, birth.event.kind, birth.node.op) for birth in births(t)]
    assert found == [
        ("inf", "forward", "log"), ("inf", "contribution", "multiply"),
        ("inf", "contribution", "log"),
    ]  # fmt: skip


def test_debug_mode_goes_on_past_hooks_and_earlier_gradients():
    x = Value(2.0, label="x")
    x.grad = 1.0
    with ag.trace() as t, ag.debug():
        y = x * 3.0
        y.register_hook(lambda grad: grad * 10.0)
        (y * 1.0).backward()
        x.data = 5.0
        x.grad = None
        with pytest.raises(ag.NonFiniteError, match="given a gradient that is inf"):
            (x * 1.0).backward(np.inf)
    assert [event.cause for event in t.find(kind="accumulate")][1:] == [
        "hook", "contribution", "stored"
    ]  # fmt: skip
    assert [event.kind for event in t.find(name="x")][-2:] == ["update", "zero"]


def test_two_traces_at_once_are_told_the_same():
    x = Value(2.0, label="x")
    with ag.trace() as outer, ag.trace() as inner:
        y = x * 3.0
        y.register_hook(lambda grad: grad * 10.0)
        y.backward()
        x.data = 5.0
        x.grad = None
    assert list(outer) == list(inner)
    assert [event.kind for event in inner][-2:] == ["update", "zero"]
