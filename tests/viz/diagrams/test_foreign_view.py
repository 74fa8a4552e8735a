"""Graphs of other engines are drawn like our own."""

import pytest

import autograd as ag
import viz
from viz.diagrams.foreign_view import foreign_diagram, is_foreign


class Micro:
    """A value as micrograd has it: operands in a set, the op as a sign."""

    def __init__(self, data, _children=(), _op="", label=""):
        self.data, self.grad, self.label = data, 0.0, label
        self._prev, self._op = set(_children), _op

    def __mul__(self, other):
        return Micro(self.data * other.data, (self, other), "*")

    def __add__(self, other):
        return Micro(self.data + other.data, (self, other), "+")

    def tanh(self):
        return Micro(0.5, (self,), "tanh")

    def __pow__(self, n):
        return Micro(self.data**n, (self,), f"**{n}")


class Ruled:
    """A value with rules, one per use, and operands in order."""

    def __init__(self, data, inputs=(), rules=()):
        self.data, self.grad = data, None
        self.inputs, self.rules = inputs, rules

    def __mul__(self, other):
        rules = (lambda delta: delta * other.data, lambda delta: delta * self.data)
        return Ruled(self.data * other.data, (self, other), rules)


def test_a_graph_of_micrograds_kind_is_drawn_op_by_op():
    w, x = Micro(2.0, label="w"), Micro(3.0, label="x")
    out = (w * x).tanh()
    out.label = "a"
    shown = foreign_diagram(out, 400)
    assert [node.name for node in shown.nodes][-1] == "a"
    assert shown.node("a").form == "tanh(u₁)"
    assert shown.node("a").kind == "root"
    assert shown.node("w").kind == "parameter"
    assert shown.node("u₁").form in ("w · x", "x · w")
    assert {(e.source, e.target) for e in shown.edges} == {("n0", "n2"), ("n1", "n2"), ("n2", "n3")}
    assert shown.node("w").gradient == "0"
    picture = viz.draw(out)
    assert "w · x" in picture.dot or "x · w" in picture.dot
    assert b"<svg" in picture.svg.encode() if isinstance(picture.svg, str) else picture.svg


def test_rules_give_the_local_derivative_on_each_edge_and_each_use_an_edge():
    a, b = Ruled(2.0), Ruled(5.0)
    c = a * b
    shown = foreign_diagram(c * c, 400)
    assert [edge.text for edge in shown.edges] == [
        "∂u₁/∂p₁ = 5", "∂u₁/∂p₂ = 2", "∂u₂/∂u₁ = 10", "∂u₂/∂u₁ = 10",
    ]  # fmt: skip
    assert shown.node("u₁").gradient == "—"
    assert shown.node("u₁").state == "not reached"
    assert shown.node("u₁").form == "p₁ · p₂"


def test_a_power_and_a_sum_are_written_as_signs():
    x = Micro(3.0, label="x")
    assert foreign_diagram(x**2, 9).nodes[-1].form == "(x)**2"
    assert foreign_diagram(x + Micro(1.0, label="y"), 9).nodes[-1].form in ("x + y", "y + x")


def test_the_same_numbers_are_shown_as_for_our_own_value():
    w, x = ag.Value(0.5, label="w"), ag.Value(2.0, label="x")
    ours = viz.draw(w * x).diagram
    one, other = Ruled(0.5), Ruled(2.0)
    one.label, other.label = "w", "x"
    theirs = viz.draw(one * other).diagram
    for name in ("w", "x", "u₁"):
        assert theirs.node(name).value == ours.node(name).value
        assert theirs.node(name).form == ours.node(name).form
        assert theirs.node(name).kind == ours.node(name).kind


def test_of_a_long_chain_the_part_next_to_the_root_is_drawn():
    value = Micro(1.0)
    for _ in range(3000):
        value = value * Micro(1.0)
    shown = foreign_diagram(value, 10)
    assert len(shown.nodes) == 11
    assert shown.nodes[0].kind == "folded"
    assert shown.nodes[0].rows == ("5,991 earlier values, not drawn",)
    assert all(edge.source == "n0" or edge.source != edge.target for edge in shown.edges)


def test_what_is_no_value_of_any_engine_is_refused_as_before():
    assert not is_foreign(3.0)
    assert not is_foreign("text")
    with pytest.raises(TypeError, match="a diagram got str; expected a Value"):
        viz.draw("text")


def test_data_and_a_gradient_without_operands_are_no_value_of_an_engine():
    class Parameter:
        data, grad = 1.0, 0.0

    assert not is_foreign(Parameter())
    assert not is_foreign(3.0)
    assert is_foreign(Micro(1.0))
