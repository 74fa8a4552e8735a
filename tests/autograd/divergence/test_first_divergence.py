"""The first wrong edge of somebody's backward pass is found and the mistake named."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.divergence import Divergence, first_divergence
from autograd.divergence.mistakes import Turn
from autograd.one_op import OneOp
from autograd.ops import OPS, apply


class Micro:
    """micrograd's Value, with one mistake that can be switched on."""

    mistake = ""

    def __init__(self, data, _children=(), _op=""):
        self.data, self.grad = data, 0.0
        self._prev, self._op = set(_children), _op
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Micro) else Micro(other)
        out = Micro(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            if self.mistake == "missing":
                return
            if self.mistake == "raises":
                raise ZeroDivisionError("oh")
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Micro) else Micro(other)
        out = Micro(self.data * other.data, (self, other), "*")

        def _backward():
            a, b, delta = self.data, other.data, out.grad
            if self.mistake == "assigns":
                self.grad = b * delta
                other.grad = a * delta
            elif self.mistake == "no_upstream":
                self.grad += b
                other.grad += a
            elif self.mistake == "swapped":
                self.grad += a * delta
                other.grad += b * delta
            elif self.mistake == "no_local":
                self.grad += delta
                other.grad += delta
            elif self.mistake == "assigns+no_upstream":
                self.grad = b
                other.grad = a
            elif self.mistake == "changes_own":
                self.grad += b * delta
                other.grad += a * delta
                out.grad = 0.0
            elif self.mistake == "not_finite":
                self.grad += math.nan
            else:
                self.grad += b * delta
                other.grad += a * delta

        out._backward = _backward
        return out

    def __sub__(self, other):
        out = Micro(self.data - other.data, (self, other), "-")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad if self.mistake == "sign" else -out.grad

        out._backward = _backward
        return out

    def __pow__(self, other):
        out = Micro(self.data**other, (self,), f"**{other}")

        def _backward():
            if self.mistake == "extra_factor":
                self.grad += other * self.data**other * out.grad
            elif self.mistake == "lost_factor":
                self.grad += self.data ** (other - 1) * out.grad
            else:
                self.grad += other * self.data ** (other - 1) * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Micro(t, (self,), "tanh")

        def _backward():
            at = self.data if self.mistake == "wrong" else t
            self.grad += (1 - at * at) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for x in value._prev:
                    visit(x)
                order.append(value)

        visit(self)
        self.grad = 0.0 if self.mistake == "no_seed" else 1.0
        order.reverse()
        if self.mistake == "not_visited":
            order = order[:1]
        elif self.mistake == "twice":
            order = [order[0], *order]
        elif self.mistake == "order":
            order = [order[0], *sorted(order[1:], key=lambda value: value._op != "tanh")]
        for value in order:
            value._backward()


@pytest.fixture
def micro(monkeypatch):
    """The function ``micro(mistake)``: a loss of values that make this mistake."""

    def loss(mistake):
        monkeypatch.setattr(Micro, "mistake", mistake)
        a, b, c = Micro(1.3), Micro(0.7), Micro(0.4)
        t = (a * b - c).tanh()
        return (t**3 + t * c) * t + b * 1.7

    return loss


def test_a_right_engine_has_no_divergence(micro):
    loss = micro("")
    assert first_divergence(loss) is None
    assert loss.grad == 1.0


@pytest.mark.parametrize(
    "mistake",
    [
        "assigns", "missing", "no_upstream", "no_local", "swapped", "sign", "extra_factor",
        "lost_factor", "changes_own", "not_finite", "wrong", "raises",
        "no_seed", "not_visited", "twice", "order",
    ],
)  # fmt: skip
def test_each_mistake_is_named(micro, mistake):
    found = first_divergence(micro(mistake))
    assert isinstance(found, Divergence)
    assert found.kind == mistake, str(found)
    assert str(found).startswith(f"step {found.step}: ")


def test_the_sentence_says_what_was_what_should_be_and_what_came(micro, monkeypatch):
    monkeypatch.setattr(Micro, "mistake", "assigns")
    a = Micro(3.0)
    found = first_divergence(a * Micro(4.5) + a * Micro(3.0))
    assert (found.before, found.expected, found.got) in [(4.5, 7.5, 3.0), (3.0, 7.5, 4.5)]
    assert str(found).endswith(
        f"before {found.before:g}, should become 7.5, became {found.got:g}: "
        '"=" instead of "+=": what other uses had brought is lost.'
    )


def test_a_value_used_twice_by_one_op_needs_both_contributions(micro, monkeypatch):
    monkeypatch.setattr(Micro, "mistake", "assigns")
    a = Micro(3.0)
    found = first_divergence(a * a)
    assert (found.kind, found.expected, found.got) == ("assigns", pytest.approx(6.0), 3.0)
    monkeypatch.setattr(Micro, "mistake", "")
    assert first_divergence(a * a) is None


def test_two_mistakes_on_one_edge_are_both_named(monkeypatch):
    monkeypatch.setattr(Micro, "mistake", "assigns+no_upstream")
    a = Micro(0.2)
    found = first_divergence((a * Micro(1.5) + a * Micro(2.5)) * Micro(4.0) - Micro(9.0))
    assert found.kind in ("no_upstream", "assigns+no_upstream")
    monkeypatch.setattr(Micro, "mistake", "assigns")
    turn = Turn(before=5.0, got=2.5, parts=[10.0], others=[], upstream=4.0, factors={})
    kind, reason = turn.explain()
    assert kind == "assigns+no_upstream"
    assert reason.startswith('"=" instead of "+="')
    assert "upstream δ is left out" in reason


class Array:
    """A learner's engine on arrays with ordered inputs and no name of the op."""

    mistake = ""

    def __init__(self, data, inputs=()):
        self.data, self.grad, self.inputs = np.asarray(data, dtype=float), None, inputs
        self._backward = lambda: None

    def __mul__(self, other):
        out = Array(self.data * other.data, (self, other))

        def _backward():
            passed = other.data * out.grad
            if self.mistake == "averaged":
                passed = np.full(self.data.shape, passed.mean())
            elif self.mistake != "not_summed":
                passed = passed.sum(axis=0)
            self.grad = self.grad + passed
            other.grad = other.grad + self.data * out.grad

        out._backward = _backward
        return out

    def __matmul__(self, other):
        out = Array(self.data @ other.data, (self, other))

        def _backward():
            back = out.grad @ other.data.T
            self.grad = self.grad + (back.T if self.mistake == "transposed" else back)
            other.grad = other.grad + self.data.T @ out.grad

        out._backward = _backward
        return out


@pytest.mark.parametrize("mistake", ["", "averaged", "not_summed", "transposed"])
def test_arrays_of_a_learners_engine_are_compared_element_by_element(mistake, monkeypatch):
    monkeypatch.setattr(Array, "mistake", mistake)
    rng = np.random.default_rng(0)
    row = Array(rng.normal(size=1) if mistake == "averaged" else rng.normal(size=3))
    X, W = Array(rng.normal(size=(3, 3))), Array(rng.normal(size=(3, 3)))
    product = X @ W
    if mistake == "averaged":
        found = first_divergence(row * Array(rng.normal(size=(3, 1))))
    else:
        found = first_divergence(row * product)
    assert (found and found.kind) == (mistake or None)
    if mistake == "not_summed":
        assert "the shape is (3, 3), that of the value is (3,)" in str(found)


def test_where_operands_and_functions_are_kept_may_be_said():
    class Bare:
        def __init__(self, data):
            self.data, self.grad, self.args, self._backward = data, 0.0, (), lambda: None

    def mystery(x):
        out = Bare(x.data**2)
        out.args = (x,)

        def step():
            x.grad += 3 * x.data * out.grad

        out._backward = step
        return out

    loss = mystery(Bare(3.0))
    with pytest.raises(TypeError, match=r"Bare without operands; expected them in 'inputs'"):
        first_divergence(loss)
    found = first_divergence(loss, inputs=lambda value: value.args)
    assert found.kind == "forward"
    found = first_divergence(
        loss,
        inputs=lambda value: value.args,
        forward=lambda value: (lambda x: x**2, value.args),
    )
    assert (found.kind, found.got) == ("wrong", 9.0)


def test_a_deep_graph_is_driven_without_recursion(micro, monkeypatch):
    monkeypatch.setattr(Micro, "mistake", "")
    monkeypatch.delattr(Micro, "backward")
    x = Micro(0.5)
    loss = x
    for _ in range(1500):
        loss = loss * 0.999 if _ % 2 else loss + 0.001
    assert first_divergence(loss) is None


def test_too_deep_for_its_own_recursive_backward_is_said(micro, monkeypatch):
    monkeypatch.setattr(Micro, "mistake", "")
    loss = Micro(0.5)
    for _ in range(1500):
        loss = loss + 0.001
    found = first_divergence(loss)
    assert found.kind == "raises"
    assert "RecursionError" in found.reason


def test_what_cannot_be_driven_is_refused():
    with pytest.raises(TypeError, match=r"got float without 'data'; expected a Value, or"):
        first_divergence(3.0)
    with pytest.raises(ValueError, match=r"got a value without operands"):
        first_divergence(Micro(3.0))
    with pytest.raises(ValueError, match=r"got 'x', which no recorded op computed"):
        first_divergence(Value(3.0, label="x"))
    with pytest.raises(ValueError, match=r"check='guess'; expected 'finite-difference'"):
        first_divergence(Value(3.0) * 2, check="guess")


def test_every_op_of_the_table_agrees_with_its_own_finite_difference():
    checked = 0
    for op in OPS.values():
        inputs, settings = op.samples()[3]
        values = []
        for index, x in enumerate(inputs):
            takes = op.variadic or op.rules[index] is not None
            values.append(Value(x) if takes and isinstance(x, float | np.ndarray) else x)
        out = apply(op, *values, **settings)
        if isinstance(out, Value) and out.requires_grad:
            weights = np.random.default_rng(1).uniform(0.5, 1.5, out.shape)
            found = first_divergence((out * weights).sum())
            assert found is None, str(found)
            checked += 1
    assert checked >= 120


def test_a_wrong_rule_of_a_users_op_is_found_in_our_engine(monkeypatch):
    monkeypatch.setattr(OPS["tanh"], "rules", (lambda delta, out, a: 1 - out * out,))
    x = Value([0.3, -0.8], label="x")
    loss = (x.tanh() * [2.0, 3.0]).sum()
    found = first_divergence(loss)
    assert found.kind == "no_upstream"
    assert (found.op, found.input, found.slot) == ("tanh", "'x'", 0)
    assert "'x.tanh()'" in found.node
    assert x.grad is None


def test_kinks_and_edges_of_a_domain_are_no_divergence():
    x = Value([0.0, 1e-9, -1e-9, 2.0], label="x")
    assert first_divergence((ag.relu(x) + abs(x) + np.maximum(x, x)).sum()) is None
    edge = Value([0.0, 1e-5, 4.0], label="edge")
    assert first_divergence((edge**0.5).sum()) is None
    assert first_divergence(edge[1:].log().sum()) is None


def test_a_slope_outside_a_kink_is_a_divergence():
    assert OneOp(lambda x: np.maximum(x, 0.0), [0.0], 0, 1.0).agrees(0.5)
    assert not OneOp(lambda x: np.maximum(x, 0.0), [0.0], 0, 1.0).agrees(1.5)
    assert not OneOp(lambda x: x * x, [3.0], 0, 1.0).agrees(5.9)
    assert not OneOp(lambda x: x * x, [3.0], 0, 1.0).agrees(np.nan)


def test_one_use_of_two_is_named():
    turn = Turn(before=1.0, got=4.0, parts=[3.0, 2.0], others=[], upstream=1.0, factors={})
    assert turn.explain()[0] == "one_use"


def test_an_operand_of_another_op_is_named_in_our_engine(monkeypatch):
    rules = (lambda delta, out, a, b: delta * a, lambda delta, out, a, b: delta * b)
    monkeypatch.setattr(OPS["multiply"], "rules", rules)
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    found = first_divergence((a * b).tanh())
    assert (found.kind, found.input, found.expected) == (
        "swapped",
        "'a'",
        pytest.approx(found.expected),
    )


class Odd:
    """Kept in ``parents``; its gradient becomes whatever the test wants."""

    became = None

    def __init__(self, data, parents=(), _op=""):
        self.data, self.grad, self.parents, self._op = data, 0.0, parents, _op
        self._backward = lambda: None


@pytest.mark.parametrize("became", [None, [1, [2]]])
def test_gradients_that_are_no_numbers_are_named(became):
    x = Odd(2.0)
    loss = Odd(4.0, (x, x), "*")

    def step():
        x.grad = became

    loss._backward = step
    found = first_divergence(loss)
    assert found.kind == "wrong"
    assert str(found).endswith(f"its gradient became {type(became).__name__}.")


def test_ops_are_found_by_name_alias_and_power():
    for data, parents, op in [
        (8.0, (2.0,), "**3"), (8.0, (2.0,), "pow(3)"), (-2.0, (2.0,), "neg"),
        (0.5, (1.0, 2.0), "div"),
    ]:  # fmt: skip
        values = [Odd(x) for x in parents]
        loss = Odd(data, tuple(values), op)
        found = first_divergence(loss)
        assert found.kind == "missing", op

    class Square:
        pass

    loss = Odd(4.0, (Odd(2.0),), Square)
    assert first_divergence(loss).kind == "missing"
    assert first_divergence(loss).op == "Square"


def test_an_op_that_gives_other_data_is_no_explanation():
    x = Odd(2.0)
    found = first_divergence(Odd(9.0, (x,), "square"))
    assert found.kind == "forward"
    assert str(found).endswith("its data is not what its op computes from its operands.")


def test_a_class_with_slots_or_a_partial_closure_is_driven():
    class Late:
        def __init__(self, data, inputs=()):
            self.data, self.grad, self.inputs = data, 0.0, inputs
            self._backward = lambda: None

        def double(self):
            def _backward():
                self.grad += 2 * out.grad
                return unset

            out = Late(self.data * 2, (self,))
            out._backward = _backward
            return out
            unset = None

    found = first_divergence(Late(2.0).double())
    assert found.kind == "raises"
    assert "NameError" in found.reason
