"""The layer view: forward, back, shapes and numbers."""

import numpy as np
import pytest

import autograd as ag
import nn
from nn.layers import AveragePooling2D, Conv2D, Dense, Dropout, Flatten
from viz import draw_backprop
from viz.chain_rule.gradients import gradients_under
from viz.diagrams.backprop_view import backprop_diagram
from viz.diagrams.layers import layer_steps

X = np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 0.5]])


def rows_starting(diagram, start):
    return [node.rows for node in diagram.nodes if node.rows and node.rows[0].startswith(start)]


def test_the_equations_of_a_classifier():
    model = nn.MLP(2, [4, 3], activation="tanh", seed=0)
    shown = backprop_diagram(model, X, np.array([0, 2, 1]))
    names = [node.name or node.rows[0] for node in shown.nodes]
    assert names == [
        "x",
        *("W¹", "b¹", "z¹", "a¹", "δ¹ = (W²)ᵀ δ² ⊙ g′(z¹)"),
        *("W²", "b²", "z²", "δ² = ∂J/∂z²", "J"),
    ]
    (first,) = rows_starting(shown, "δ¹")
    assert first[1:3] == ("= (δ² W²) ⊙ (1 − (a¹)²)", "((3×3) (3×4)) ⊙ (3×4)")
    (last,) = rows_starting(shown, "δ²")
    assert "(ŷ − y) / n with ŷ = softmax(z²)" in last[1]
    assert shown.node("W¹").rows[1] == "∂J/∂W¹ = (δ¹)ᵀ x"
    assert shown.node("b¹").rows[1] == "∂J/∂b¹ = Σ rows of δ¹"
    assert [c.title for c in shown.clusters] == ["layer 1 · δ¹ 3×4", "layer 2 · δ² 3×3"]


def test_the_equations_of_a_regression():
    model = nn.MLP(2, [3, 1], activation="sigmoid", output="tanh", seed=0)
    shown = backprop_diagram(model, X, [[1.0], [0.0], [0.5]])
    (last,) = rows_starting(shown, "δ²")
    assert last[0] == "δ² = ∇a² J ⊙ g′(z²)"
    assert last[1] == "= (0.6667 · (a² − y)) ⊙ (1 − (a²)²)"
    assert last[2] == "(3×1) ⊙ (3×1)"


def test_the_numbers_are_those_of_a_backward_pass():
    model = nn.MLP(2, [4, 3], activation="tanh", seed=0)
    labels = np.array([0, 2, 1])
    shown = backprop_diagram(model, X, labels)
    loss = nn.cross_entropy(model(X), labels)
    loss.backward()
    z1 = layer_steps(loss)[0].z
    first = f"{z1.grad[0, 0]:.4g}".replace("-", "−")
    (rows,) = rows_starting(shown, "δ¹")
    assert rows[3].startswith(f"= [{first},")
    assert rows[4] == f"mean |δ¹| = {np.abs(z1.grad).mean():.4g}"


def test_gradients_of_the_model_stay_as_they_were():
    model = nn.MLP(2, [3, 3], seed=0)
    weight, bias = model.layers[0].weight, model.layers[0].bias
    weight.grad = 7.0
    draw_backprop(model, X, np.array([0, 2, 1]))
    assert np.all(weight.grad == 7.0)
    assert bias.grad is None


def test_arrows_run_forward_and_back():
    shown = backprop_diagram(nn.MLP(2, [4, 3], seed=0), X, np.array([0, 2, 1]))
    name = {node.id: node.name or node.rows[0][:2] for node in shown.nodes}
    arrows = {(name[e.source], name[e.target], e.kind) for e in shown.edges}
    forward = {("x", "z¹"), ("z¹", "a¹"), ("a¹", "z²"), ("z²", "J"), ("W¹", "z¹"), ("b²", "z²")}
    backward = {("J", "δ²"), ("δ²", "δ¹"), ("δ¹", "W¹"), ("δ¹", "b¹"), ("δ²", "W²")}
    assert {(*pair, "forward") for pair in forward} <= arrows
    assert {(*pair, "backward") for pair in backward} <= arrows


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh", "linear", "softmax", "step"])
@pytest.mark.parametrize("output", ["linear", "softmax", "tanh"])
def test_every_activation_is_drawn(activation, output):
    model = nn.MLP(2, [3, 2], activation=activation, output=output, seed=0)
    drawing = draw_backprop(model, X, np.zeros((3, 2)))
    assert drawing.svg.count("δ¹") >= (activation != "step")


def test_one_sample_and_one_unit_are_drawn():
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    assert "δ¹" in draw_backprop(model, [1.0, 2.0], 1.0).svg


def test_a_loss_of_ones_own_and_a_value_of_ones_own_are_drawn():
    model = nn.MLP(2, [3, 2], activation="tanh", seed=0)
    own = draw_backprop(model, X, np.zeros((3, 2)), loss=lambda p, y: (p - y).abs().mean())
    assert "δ²" in own.svg
    weight, x = ag.Value(np.ones((2, 2)), label="W"), ag.Value(X, label="x")
    with ag.scope("encoder"):
        z = x @ weight + 1.0
        z.label = "z"
        a = z.tanh()
        a.label = "a"
    shown = backprop_diagram((a**2).sum())
    assert shown.clusters[0].title.startswith("encoder")
    assert {"x", "W", "z", "a"} <= {node.name for node in shown.nodes}


def test_a_value_without_layers_is_refused():
    with pytest.raises(ValueError, match=r"found no layer; expected scopes .*autograd\.scope"):
        backprop_diagram(ag.Value(2.0) * 3)


def test_missing_targets_are_asked_for():
    with pytest.raises(ValueError, match="got no y; expected the targets"):
        draw_backprop(nn.MLP(2, [3]), X)


def test_a_loss_must_be_a_scalar():
    with pytest.raises(ValueError, match=r"got a loss of shape \(3, 2\); expected a scalar"):
        draw_backprop(nn.MLP(2, [2]), X, np.zeros((3, 2)), loss=lambda p, y: p - y)
    with pytest.raises(ValueError, match="got a loss of float"):
        draw_backprop(nn.MLP(2, [2]), X, np.zeros((3, 2)), loss=lambda p, y: 1.0)


def test_gradients_under_a_root_touch_no_grad():
    a = ag.Value(3.0, label="a")
    y = a * a
    y.backward()
    z = y * 2
    gradients = gradients_under(z)
    assert (gradients[a], gradients[y]) == (12.0, 2.0)
    assert (a.grad, y.grad, z.grad) == (6.0, 1.0, None)


def test_the_layer_view_reads_as_text():
    text = str(draw_backprop(nn.MLP(2, [4, 3], seed=0), X, np.array([0, 2, 1])))
    assert "    from δ²\n" in text
    assert "∂J/∂W² = (δ²)ᵀ a¹" in text


def lenet(batch=2):
    model = nn.Sequential(
        [
            Conv2D(3, 3, activation="tanh", input_shape=(6, 6, 1)),
            AveragePooling2D(2),
            Flatten(),
            Dense(4, activation="tanh"),
            Dense(2),
        ],
        seed=0,
    )
    x = np.random.default_rng(0).normal(size=(batch, 6, 6, 1))
    return backprop_diagram(model, x, np.arange(batch) % 2)


def test_gradients_find_their_way_back_through_pooling_and_flattening():
    shown = lenet()
    assert rows_starting(shown, "δ¹")[0][0] == (
        "δ¹ = ((W²)ᵀ δ², back through reshape, T, avgpool, T) ⊙ g′(z¹)"
    )
    deltas = [node.id for node in shown.nodes if node.kind == "error"]
    back = {(e.source, e.target) for e in shown.edges if e.kind == "backward"}
    assert (deltas[1], deltas[0]) in back
    assert "reshape" in [edge.text.rpartition(", ")[2] for edge in shown.edges]


def test_a_convolution_has_its_labelled_net_input_and_both_parameters():
    shown = lenet()
    assert shown.node("z¹").form.endswith(" + b¹")
    assert "∂J/∂b¹ = Σ over axes 0, 1, 2 of δ¹" in shown.node("b¹").rows
    assert "W¹" in [node.name for node in shown.nodes]


def test_a_mask_between_layers_is_named_by_what_it_computes():
    model = nn.Sequential(
        [Dense(4, activation="tanh", input_dim=2), Dropout(0.5, seed=0), Dense(1)], seed=0
    )
    x = np.ones((3, 2))
    shown = backprop_diagram(lambda x: model(x, training=True), x, np.zeros((3, 1)))
    first = rows_starting(shown, "δ¹")[0][0]
    assert first.startswith("δ¹ = ((W²)ᵀ δ², back through u")
    assert "a¹" in first


@pytest.mark.parametrize(
    ("notation", "rows"),
    [
        ("nielsen", ("δ² = ∂C/∂z²   (BP1)", "δ¹ = (w²)ᵀ δ² ⊙ σ′(z¹)   (BP2)")),
        ("cs224n", ("δ⁽²⁾ = ∂J/∂z⁽²⁾", "δ⁽¹⁾ = (W⁽²⁾)ᵀ δ⁽²⁾ ∘ f′(z⁽¹⁾)")),
        ("cs231n", ("dz2 = ∂L/∂z2", "dz1 = (W2)ᵀ dz2 * f′(z1)")),
    ],
)
def test_equations_are_written_in_other_notations(notation, rows):
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    shown = backprop_diagram(model, np.ones((4, 2)), np.zeros((4, 1)), notation=notation)
    found = [node.rows[0] for node in shown.nodes if node.kind == "error"]
    assert tuple(reversed(found)) == rows
    bias = next(node for node in shown.nodes if node.name in ("b¹", "b⁽¹⁾", "b1"))
    assert any("Σ rows of" in row for row in bias.rows)
