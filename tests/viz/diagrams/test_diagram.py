"""Diagrams: golden tests on the plain data, and the law that edges multiply and sum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from viz import diagram
from viz.demo import neuron


def test_the_neuron_is_these_nodes_and_edges():
    shown = diagram(neuron())
    assert [(n.id, n.kind, n.name, n.form, n.value, n.gradient) for n in shown.nodes] == [
        ("n0", "parameter", "x₁", "", "2", "−0.423"),
        ("n1", "parameter", "x₂", "", "−1", "0.2115"),
        ("n2", "parameter", "y", "", "1", "1.076"),
        ("n3", "parameter", "w₁", "", "0.5", "−1.692"),
        ("n4", "parameter", "w₂", "", "−0.25", "0.846"),
        ("n5", "parameter", "b", "", "−0.75", "−0.846"),
        ("n6", "result", "u₁", "x₁ · w₁", "1", "−0.846"),
        ("n7", "result", "u₂", "x₂ · w₂", "0.25", "−0.846"),
        ("n8", "result", "u₃", "u₁ + u₂", "1.25", "−0.846"),
        ("n9", "result", "z", "u₃ + b", "0.5", "−0.846"),
        ("n10", "result", "a", "tanh(z)", "0.4621", "−1.076"),
        ("n11", "result", "e", "a − y", "−0.5379", "−1.076"),
        ("n12", "root", "J", "e · e", "0.2893", "1"),
    ]
    assert [(e.source, e.target, e.slot, e.text) for e in shown.edges] == [
        ("n0", "n6", 0, "∂u₁/∂x₁ = w₁ = 0.5"),
        ("n3", "n6", 1, "∂u₁/∂w₁ = x₁ = 2"),
        ("n1", "n7", 0, "∂u₂/∂x₂ = w₂ = −0.25"),
        ("n4", "n7", 1, "∂u₂/∂w₂ = x₂ = −1"),
        ("n6", "n8", 0, "∂u₃/∂u₁ = 1"),
        ("n7", "n8", 1, "∂u₃/∂u₂ = 1"),
        ("n8", "n9", 0, "∂z/∂u₃ = 1"),
        ("n5", "n9", 1, "∂z/∂b = 1"),
        ("n9", "n10", 0, "∂a/∂z = 1 − a² = 0.7864"),
        ("n10", "n11", 0, "∂e/∂a = 1"),
        ("n2", "n11", 1, "∂e/∂y = −1"),
        ("n11", "n12", 0, "∂J/∂e = e = −0.5379"),
        ("n11", "n12", 1, "∂J/∂e = e = −0.5379"),
    ]
    (cluster,) = shown.clusters
    assert (cluster.title, cluster.parent) == ("neuron", None)
    assert set(cluster.nodes) == {"n1", "n0", "n9", "n6", "n7", "n8", "n4", "n10", "n5", "n3"}


def test_a_times_a_has_two_edges():
    a = ag.Value(3.0, label="a")
    shown = diagram(a * a)
    assert [(e.source, e.target, e.slot) for e in shown.edges] == [("n0", "n1", 0), ("n0", "n1", 1)]


def test_not_reached_is_a_dash_and_zero_is_zero():
    a, b = ag.Value(3.0, label="a"), ag.Value(0.0, label="b")
    y = a * b
    assert [n.gradient for n in diagram(y).nodes] == ["—", "—", "—"]
    assert {n.state for n in diagram(y).nodes} == {"not reached"}
    y.backward()
    assert diagram(y).node("a").gradient == "0"
    assert diagram(y).node("a").state == "final"


def test_constants_are_nodes_of_their_own_one_per_use():
    a = ag.Value(3.0, label="a")
    shown = diagram(a * 2 + 2)
    assert [n.name for n in shown.nodes if n.kind == "constant"] == ["2", "2"]


def test_arrays_show_their_first_elements_and_shape():
    a = ag.Value(np.arange(12.0).reshape(3, 4), label="a")
    node = diagram(a.sum()).node("a")
    assert (node.value, node.shape) == ("[0, 1, 2, 3, …] 3×4", (3, 4))


def test_scopes_become_nested_clusters():
    with ag.scope("outer"):
        a = ag.Value(1.0, label="a") * 2
        with ag.scope("inner"):
            b = a * 3
    shown = diagram(b * 4)
    assert [(c.path, c.parent) for c in shown.clusters] == [("outer", None), ("outer.inner", "c0")]


def test_two_runs_of_one_layer_are_two_clusters():
    layer = nn.Layer(2, 2, "tanh", rng=0, number=1)
    shown = diagram(layer(layer(np.ones(2))).sum())
    assert [c.title for c in shown.clusters] == ["layer 1", "layer 1"]


def test_generated_names_avoid_the_labels():
    a = ag.Value(1.0, label="u₁")
    assert [n.name for n in diagram(a * a).nodes] == ["u₁", "u₂"]


def test_the_same_graph_gives_the_same_diagram():
    assert diagram(neuron()) == diagram(neuron())


def test_where_a_value_was_made_is_told():
    a = ag.Value(3.0, label="a")
    assert "test_diagram.py" in diagram(a * a).nodes[-1].origin


@pytest.mark.parametrize(
    ("root", "limit", "error", "message"),
    [
        (3.0, 10, TypeError, "got float; expected a Value"),
        (ag.Value(1.0), 0, ValueError, "limit=0; expected at least 1"),
    ],
)
def test_wrong_arguments_are_named(root, limit, error, message):
    with pytest.raises(error, match=message):
        diagram(root, limit)


def test_an_unknown_node_is_named_with_the_known_ones():
    with pytest.raises(KeyError, match="no node 'q'"):
        diagram(neuron()).node("q")


#: Bounded, or growing slowly: no chain of them overflows.
OPERATIONS = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: (a * b).tanh(),
    lambda a, b: a / (b * b + 1.0),
    lambda a, b: a.tanh(),
    lambda a, b: a.tanh().exp(),
    lambda a, b: a.relu() + b,
    lambda a, b: a.sigmoid() ** 2,
]
PROGRAMS = st.lists(
    st.tuples(st.integers(0, len(OPERATIONS) - 1), st.integers(0, 9), st.integers(0, 9)),
    min_size=1,
    max_size=12,
)


@given(PROGRAMS, st.lists(st.floats(-2, 2), min_size=3, max_size=3))
def test_numbers_on_edges_multiply_and_sum_to_the_gradient(program, numbers):
    values = [ag.Value(x, label=name) for x, name in zip(numbers, "abc", strict=True)]
    for op, i, j in program:
        values.append(OPERATIONS[op](values[i % len(values)], values[j % len(values)]))
    root = values[-1]
    root.backward()
    shown = diagram(root)
    for node in shown.nodes[:-1]:
        if node.state == "final":
            brought = sum(float(e.contribution) for e in shown.out_of(node))
            assert brought == pytest.approx(float(node.grad), rel=1e-9, abs=1e-12)
    deltas = {shown.nodes[-1].id: 1.0}
    for node in reversed(shown.nodes[:-1]):
        if node.state == "final":
            deltas[node.id] = sum(deltas[e.target] * float(e.local) for e in shown.out_of(node))
    order = [n for n in shown.nodes if n.state == "final"]
    for node, value in zip(order, ag.Graph(root), strict=True):
        assert deltas[node.id] == pytest.approx(float(value.grad), rel=1e-9, abs=1e-12)
