"""Contributions on the way back: numbers, axes summed, states, and what stops a gradient."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from viz import diagram
from viz.demo import neuron
from viz.diagrams.graph_view import Reached


def test_each_use_of_the_neuron_passes_back_delta_times_local_derivative():
    shown = diagram(neuron(), backward=True)
    names = {node.id: node.name for node in shown.nodes}
    back = [(names[e.source], names[e.target], e.text) for e in shown.edges if e.kind == "backward"]
    assert back == [
        ("u₁", "x₁", "δ · w₁ = (−0.846) · 0.5 = −0.423"),
        ("u₁", "w₁", "δ · x₁ = (−0.846) · 2 = −1.692"),
        ("u₂", "x₂", "δ · w₂ = (−0.846) · (−0.25) = 0.2115"),
        ("u₂", "w₂", "δ · x₂ = (−0.846) · (−1) = 0.846"),
        ("u₃", "u₁", "δ = −0.846"),
        ("u₃", "u₂", "δ = −0.846"),
        ("z", "u₃", "δ = −0.846"),
        ("z", "b", "δ = −0.846"),
        ("a", "z", "δ · (1 − a²) = (−1.076) · 0.7864 = −0.846"),
        ("e", "a", "δ = −1.076"),
        ("e", "y", "δ · (−1) = (−1.076) · (−1) = 1.076"),
        ("J", "e", "δ · e = 1 · (−0.5379) = −0.5379"),
        ("J", "e", "δ · e = 1 · (−0.5379) = −0.5379"),
    ]


def test_the_widest_arrow_back_is_the_largest_contribution():
    back = [e for e in diagram(neuron(), backward=True).edges if e.kind == "backward"]
    sizes = [e.size for e in back]
    assert max(sizes) == 1.0
    assert sizes.index(1.0) == int(np.argmax([abs(e.contribution) for e in back]))


def test_before_a_backward_pass_nothing_is_passed():
    a = ag.Value(3.0, label="a")
    shown = diagram(a * a, backward=True)
    assert [e.kind for e in shown.edges] == ["forward", "forward"]
    assert [e.passed for e in shown.edges] == ["", ""]


def test_axes_summed_by_broadcasting_are_named_on_both_ways():
    a, b = ag.Value(np.ones((4, 3)), label="a"), ag.Value(np.ones(3), label="b")
    root = (a * b).sum()
    root.backward()
    edge = diagram(root).out_of(diagram(root).node("b"))[0]
    assert edge.summed == (0,)
    assert edge.text == "∂u₁/∂b = a = [1, 1, 1, 1, …] 4×3, Σ over axis 0"
    assert edge.passed == "δ · a, Σ over axis 0 = [4, 4, 4]"


def test_a_layer_sums_over_the_batch_for_its_bias():
    x, w, b = np.ones((5, 2)), ag.Value(np.ones((3, 2)), label="W"), ag.Value(np.ones(3), label="b")
    root = ag.affine(x, w, b).sum()
    root.backward()
    edge = diagram(root).out_of(diagram(root).node("b"))[0]
    assert (edge.summed, edge.passed) == ((0,), "δ, Σ over axis 0 = [5, 5, 5]")


SHAPES = [(), (3,), (2, 3), (2, 1), (1, 3)]
STEPS = [
    lambda a, b: a + b,
    lambda a, b: a * b,
    lambda a, b: (a - b).tanh(),
    lambda a, b: a / (b * b + 1.0),
    lambda a, b: a.sum() * b,
    lambda a, b: (a * b).mean() + b,
]


@given(
    st.lists(st.sampled_from(SHAPES), min_size=2, max_size=4),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 9)), max_size=8),
)
def test_contributions_of_arrays_sum_to_the_gradient_shown(shapes, program):
    rng = np.random.default_rng(len(program))
    values = [ag.Value(rng.normal(size=shape)) for shape in shapes]
    for step, i, j in program:
        values.append(STEPS[step](values[i % len(values)], values[j % len(values)]))
    root = values[-1].sum()
    root.backward()
    shown = diagram(root)
    checked = 0
    for node in shown.nodes:
        uses = [edge for edge in shown.out_of(node) if edge.contribution is not None]
        if node.state == "final" and node.kind != "root":
            checked += 1
            np.testing.assert_allclose(sum(e.contribution for e in uses), node.grad, rtol=1e-9)
    assert checked >= 1


def test_what_earlier_passes_left_in_a_leaf_is_told_apart():
    a = ag.Value(3.0, label="a")
    y = a * a
    y.backward()
    assert diagram(y).node("a").rows == ()
    y.backward()
    shown = diagram(y)
    assert shown.node("a").gradient == "12"
    assert shown.node("a").rows == ("of it 6 from one pass here",)
    assert sum(e.contribution for e in shown.out_of(shown.node("a"))) == 6


def test_a_gradient_half_way_shows_how_many_uses_have_brought_their_part():
    a = ag.Value(3.0, label="a")
    y = a * a + a
    state = {y: Reached(1.0, 0, 0), y.inputs[0]: Reached(1.0, 1, 1), a: Reached(4.0, 2, 3)}
    shown = diagram(y, reached=state)
    node = shown.node("a")
    assert (node.gradient, node.state, node.uses) == ("4", "partial", (2, 3))
    assert shown.node("u₂").state == "final"
    assert [n.state for n in diagram(y, reached={}).nodes] == ["not reached"] * 3


BLOCKED = {
    "dead ReLU": (lambda a, b: a.relu(), "dead ReLU: ∂u₁/∂a = 1 if a > 0 else 0 = 0"),
    "saturated": (lambda a, b: (b * 10).tanh(), "saturated tanh: ∂u₂/∂u₁ = 1 − u₂²"),
    "sigmoid": (lambda a, b: (b * 9).sigmoid(), "saturated σ: ∂u₂/∂u₁ = u₂ · (1 − u₂)"),
    "zero factor": (lambda a, b: a * ag.Value(0.0, label="w"), "zero factor for a: ∂u₁/∂a = w = 0"),
    "step": (lambda a, b: np.sign(a), "dead sign: ∂u₁/∂a = 0"),
}


@pytest.mark.parametrize("key", BLOCKED)
def test_what_stops_a_gradient_is_marked_with_the_factor(key):
    function, expected = BLOCKED[key]
    root = function(ag.Value(-2.0, label="a"), ag.Value(1.0, label="b"))
    assert diagram(root).nodes[-1].blocked.startswith(expected)


def test_what_passes_a_gradient_is_not_marked():
    assert [node.blocked for node in diagram(neuron()).nodes] == [""] * 13


def test_units_that_are_dead_in_every_row_are_counted():
    z = ag.Value(np.array([[1.0, -1.0, 2.0], [3.0, -2.0, -1.0]]), label="z")
    assert diagram(z.relu().sum()).node("u₁").blocked == "dead ReLU: unit 2 of 3 in all 2 rows"
    assert (
        diagram((z * 0 - 1).relu().sum()).node("u₃").blocked
        == "dead ReLU: ∂u₃/∂u₂ = 1 if u₂ > 0 else 0 = 0"
    )


def test_saturated_elements_are_counted_from_half_on():
    z = ag.Value(np.array([9.0, -9.0, 0.1]), label="z")
    assert (
        diagram(z.tanh().sum()).node("u₁").blocked == "saturated tanh: 2 of 3 pass less than 0.01"
    )
    assert diagram(ag.Value([9.0, 0.1, 0.2]).tanh().sum()).node("u₁").blocked == ""


def test_a_weight_of_zeros_is_named():
    a, w = ag.Value(np.ones((2, 3)), label="a"), ag.Value(np.zeros((2, 3)), label="W")
    root = ag.affine(a, w, ag.Value(np.ones(2), label="b")).sum()
    root.backward()
    assert diagram(root).node("u₁").blocked == "zero weight for a: W = 0"


def test_a_detached_value_says_so():
    a = ag.Value(2.0, label="a")
    c = (a * 3).detach()
    shown = diagram(a * c)
    assert shown.node("p₁").blocked == "detached: no gradient passes"
    assert shown.node("a").blocked == ""
