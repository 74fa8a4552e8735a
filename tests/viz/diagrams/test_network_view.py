"""draw_network: units in columns, weights by sign and size, bias units, abridged layers."""

import numpy as np
import pytest

import autograd as ag
import nn
from nn.layers import Dense
from viz import draw_network
from viz.diagrams.network_view import network_diagram, shown_units
from viz.renderers.placing import place

X, Y = np.array([[0.5, -1.0], [1.0, 2.0]]), np.array([[1.0], [0.0]])


def model():
    return nn.MLP(2, [3, 1], activation="tanh", seed=0)


def test_units_stand_in_columns_with_activation_and_delta():
    net = model()
    shown = network_diagram(net, X, Y)
    assert shown.title == "network 2-3-1, sample 1"
    assert [(n.kind, n.name, n.cell) for n in shown.nodes] == [
        ("input", "x₁", (0.0, -0.5)),
        ("input", "x₂", (0.0, 0.5)),
        ("unit", "a¹₁", (1.0, -1.0)),
        ("unit", "a¹₂", (1.0, 0.0)),
        ("unit", "a¹₃", (1.0, 1.0)),
        ("bias", "1", (0.0, 1.5)),
        ("unit", "z²₁", (2.0, 0.0)),
        ("bias", "1", (1.0, 2.0)),
        ("root", "J", (3.0, 0.0)),
    ]
    loss = nn.mse(net(X), Y)
    loss.backward()
    first = next(v for v in ag.Graph(loss) if v.label == "z¹")
    assert shown.node("a¹₂").data == np.tanh(first.data)[0, 1]
    assert shown.node("a¹₂").grad == pytest.approx(first.grad[0, 1], rel=1e-12)
    second = network_diagram(net, X, Y, row=1)
    assert second.node("a¹₂").grad == pytest.approx(first.grad[1, 1], rel=1e-12)


def test_lines_carry_the_weight_its_sign_and_its_size():
    net = model()
    shown = network_diagram(net)
    weight = net.layers[0].weight.data
    lines = [e for e in shown.edges if e.target == shown.node("a¹₂").id][:2]
    assert [line.local for line in lines] == list(weight[1])
    assert [line.sign for line in lines] == [int(np.sign(w)) for w in weight[1]]
    assert max(e.size for e in shown.edges) == 1.0
    assert len(shown.edges) == net.count_parameters()


def test_without_data_there_are_weights_only():
    shown = network_diagram(model())
    assert {n.value for n in shown.nodes} == {""}
    assert "J" not in [n.name for n in shown.nodes]
    assert shown.title == "network 2-3-1"


def test_gradients_of_the_model_stay_as_they_were():
    net = model()
    draw_network(net, X, Y)
    assert net.layers[0].weight.grad is None


def test_few_weights_are_written_and_many_are_in_the_tooltip():
    small = network_diagram(nn.MLP(2, [1], seed=0))
    assert all(e.text for e in small.edges)
    large = network_diagram(nn.MLP(5, [4, 4], seed=0))
    assert not any(e.text for e in large.edges)
    assert all(e.symbol for e in large.edges)


def test_large_layers_are_abridged_and_the_note_counts():
    shown = network_diagram(nn.MLP(30, [20, 2], seed=0), np.ones(30))
    assert shown_units(20) == [0, 1, 2, 3, 4, 19]
    assert [n.rows for n in shown.nodes if n.kind == "ellipsis"] == [("24 more",), ("14 more",)]
    assert shown.note.startswith("24 of 30 inputs are not drawn; 14 of 20 units of")
    assert [n.name for n in shown.nodes if "₂₀" in n.name]


def test_keras_models_and_losses_of_labels_are_drawn():
    net = nn.Sequential([Dense(4, activation="relu", input_dim=3), Dense(2)], seed=0)
    shown = network_diagram(net, np.ones((2, 3)), np.array([0, 1]))
    assert shown.title == "network 3-4-2, sample 1"
    assert shown.nodes[-1].form == "cross_entropy(z²)"


def test_no_box_lies_on_another():
    shown = network_diagram(nn.MLP(12, [9, 4], activation="tanh", seed=0), np.ones(12), np.ones(4))
    for rankdir in ("LR", "TB"):
        places = list(place(shown, rankdir).values())
        for i, a in enumerate(places):
            for b in places[:i]:
                wide, high = (a.width + b.width) / 2, (a.height + b.height) / 2
                assert abs(a.x - b.x) >= wide or abs(a.y - b.y) >= high


def test_the_picture_has_a_circle_for_each_unit_and_dashes_for_negative_weights():
    svg = draw_network(model(), X, Y).svg
    assert svg.count("<ellipse") == 6
    assert svg.count("stroke-dasharray") >= 1
    assert "network 2-3-1, sample 1" in svg


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((nn.Sequential([Dense(2)], seed=0),), ValueError, "found no weights yet"),
        ((lambda x: ag.Value(np.ones(2)) * x, [1.0, 2.0]), ValueError, "found no fully connected"),
        ((lambda x: 3.0, [1.0]), TypeError, "got a model that gives float"),
    ],
)
def test_models_without_layers_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        draw_network(*arguments)


@pytest.mark.parametrize("arguments", [(3,), (3, X), (3, X, Y)])
def test_what_is_no_model_is_named(arguments):
    with pytest.raises(TypeError, match=r"draw_network\(\) got int as model; expected a network"):
        draw_network(*arguments)


def test_a_row_outside_the_batch_is_refused():
    with pytest.raises(ValueError, match="row=5 of a batch of 2"):
        draw_network(model(), X, Y, row=5)


def test_the_notation_reaches_units_and_cost():
    shown = network_diagram(model(), X, Y, notation_name="cs231n")
    assert [n.name for n in shown.nodes if n.kind == "root"] == ["L"]
    assert "a1₁" in [n.name for n in shown.nodes]
