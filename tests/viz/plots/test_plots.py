"""Curves: their data is what was computed, they draw into given axes, they say what is missing."""

import builtins
import subprocess
import sys

import numpy as np
import pytest

import autograd as ag
import nn
import viz
from nn.layers import Dense
from nn.training import Epoch
from viz.plots.axes import PlotsMissingError
from viz.plots.boundary import answers
from viz.plots.flow import gradient_norms, saturation

matplotlib = pytest.importorskip("matplotlib", reason="curves need: pip install 'glassgrad[plots]'")
X = np.random.default_rng(0).normal(size=(40, 2))


def axes():
    from matplotlib.figure import Figure

    return Figure().add_subplot()


def loss(scale=1.0, activation="tanh"):
    model = nn.MLP(2, [5, 4, 1], activation=activation, seed=0)
    for layer in model.layers:
        layer.weight.data = layer.weight.data * scale
    return model, nn.mse(model(X), X[:, :1])


def test_the_history_has_a_line_for_each_number_held_out_ones_dashed():
    ax = axes()
    history = {"loss": [3.0, 2.0], "val_loss": [4.0, 3.0], "accuracy": [0.5, 0.6]}
    assert viz.plot_history(history, ax=ax) is ax
    lines = ax.get_lines()
    assert [line.get_label() for line in lines] == ["loss", "loss, held out"]
    assert [list(line.get_ydata()) for line in lines] == [[3.0, 2.0], [4.0, 3.0]]
    assert [line.get_linestyle() for line in lines] == ["-", "--"]
    assert list(lines[0].get_xdata()) == [1, 2]
    named = viz.plot_history(history, ["accuracy"])
    assert [list(line.get_ydata()) for line in named.get_lines()] == [[0.5, 0.6]]


def test_what_train_returns_is_drawn():
    epochs = [Epoch(1, 0.5, 0.25), Epoch(2, 0.25, 0.75)]
    ax = viz.plot_history(epochs, names=["loss", "accuracy"])
    assert [list(line.get_ydata()) for line in ax.lines] == [[0.5, 0.25], [0.25, 0.75]]
    ax = viz.plot_history([Epoch(1, 0.5, None)])
    assert [line.get_label() for line in ax.lines] == ["loss"]


def test_what_fit_returns_is_drawn():
    model = nn.Sequential([Dense(1, input_dim=2)], seed=0)
    model.compile(optimizer="sgd", loss="mse")
    history = model.fit(X, X[:, :1], epochs=3, verbose=0)
    (line,) = viz.plot_history(history).get_lines()
    assert list(line.get_ydata()) == history.history["loss"]


def test_gradient_norms_are_those_of_a_backward_pass():
    model, J = loss()
    assert model.layers[0].weight.grad is None
    norms = gradient_norms(J)
    J.backward()
    z = {v.label: v for v in ag.Graph(J) if v.label}
    expected = [np.sqrt((z[name].grad ** 2).sum()) for name in ("z¹", "z²", "z³")]
    assert [title for title, _ in norms] == ["layer 1", "layer 2", "layer 3"]
    assert [norm for _, norm in norms] == pytest.approx(expected, rel=1e-12)
    ax = viz.plot_gradient_flow(J, ax=axes())
    assert list(ax.get_lines()[0].get_ydata()) == pytest.approx(expected, rel=1e-12)
    assert ax.get_title().startswith("‖δ¹‖/‖δ³‖ = ")


def test_a_gradient_that_is_zero_everywhere_is_drawn_too():
    _, J = loss(0.0)
    assert viz.plot_gradient_flow(J).get_yscale() in ("log", "linear")


def test_large_weights_saturate_tanh_and_kill_relu():
    small = saturation(loss(0.1)[1])
    large = saturation(loss(50.0)[1])
    assert [weak for _, weak, _ in small] == [0.0, 0.0]
    assert min(weak for _, weak, _ in large) > 0.1
    _, J = loss(activation="relu")
    shares = saturation(J)
    first = next(v for v in ag.Graph(J) if v.label == "z¹")
    assert shares[0][2] == pytest.approx(np.mean(first.data <= 0))
    ax = viz.plot_saturation(J, ax=axes())
    assert [bar.get_height() for bar in ax.patches[2:]] == pytest.approx([s[2] for s in shares])


def test_histograms_share_their_bins_and_leave_biases_out():
    model, J = loss()
    ax = viz.plot_weights(model, ax=axes())
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["W¹, 10 numbers", "W², 20 numbers", "W³, 4 numbers"]
    J.backward()
    assert viz.plot_weights(model, "grad").get_xlabel() == "gradient of the weight"


@pytest.mark.parametrize("classes", [1, 3])
def test_the_boundary_lies_where_the_model_decides(classes):
    weights = ag.Value(np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])[:classes])
    ax = viz.plot_decision_boundary(lambda x: x @ weights.T, X, X[:, 0] > 0, ax=axes())
    assert len(ax.collections) >= 3
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x₁", "x₂")
    if classes == 1:
        contour = ax.collections[1]
        (path,) = [p.vertices for p in contour.get_paths()]
        np.testing.assert_allclose(path[:, 0], 0.5, atol=0.02)


def test_labels_of_minus_one_and_one_are_decided_at_zero():
    ax = viz.plot_decision_boundary(lambda x: x[:, :1], X, np.sign(X[:, 0]))
    (path,) = [p.vertices for p in ax.collections[1].get_paths()]
    np.testing.assert_allclose(path[:, 0], 0.0, atol=0.02)


def test_asking_a_model_records_nothing():
    model, _ = loss()
    found = answers(model, np.zeros((3, 2)))
    assert found.shape == (3, 1)
    assert answers(lambda x: x[:, 0], np.ones((3, 2))).shape == (3, 1)


def untouched():
    return nn.MLP(2, [1], seed=0)


WRONG = [
    (lambda: viz.plot_history({"loss": [1]}, ["mae"]), ValueError, "no mae; the history has loss"),
    (lambda: viz.plot_history({}), ValueError, "found nothing to draw; the history has nothing"),
    (lambda: viz.plot_history(3), TypeError, "got int; expected what fit"),
    (lambda: viz.plot_history({"loss": [1]}, ax=3), TypeError, "ax= got int; expected matplotlib"),
    (lambda: viz.plot_gradient_flow(3.0), TypeError, "got float; expected a Value"),
    (lambda: viz.plot_gradient_flow(ag.Value(1.0) * 2), ValueError, "found no layer"),
    (lambda: viz.plot_saturation(nn.mse(untouched()(X), X[:, :1])), ValueError, "no layer with an"),
    (lambda: viz.plot_weights(untouched(), "bias"), ValueError, "what='bias'"),
    (lambda: viz.plot_weights(untouched(), "grad"), ValueError, "a backward pass first"),
    (lambda: viz.plot_decision_boundary(abs, np.ones((3, 3))), ValueError, r"X of shape \(3, 3\)"),
    (lambda: viz.plot_decision_boundary(np.sum, X), ValueError, "expected one row for each"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG)
def test_what_cannot_be_drawn_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest):
        if name.split(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(
        PlotsMissingError, match=r"no matplotlib .*pip install 'glassgrad\[plots\]'"
    ):
        viz.plot_history({"loss": [1.0]})


def test_a_figure_of_its_own_needs_no_display():
    program = (
        "import os; os.environ.pop('DISPLAY', None)\n"
        "import viz, sys\n"
        "viz.plot_history({'loss': [2.0, 1.0]}).figure.savefig(sys.argv[1])\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        command = [sys.executable, "-c", program, file.name]
        done = subprocess.run(command, capture_output=True, check=True)
        assert file.read().startswith(b"\x89PNG")
    assert done.stdout.strip() == b"False"


def test_a_threshold_may_be_given_and_labels_left_out():
    ax = viz.plot_decision_boundary(lambda x: x[:, :1], X, threshold=0.25)
    (path,) = [p.vertices for p in ax.collections[1].get_paths()]
    np.testing.assert_allclose(path[:, 0], 0.25, atol=0.02)


@pytest.mark.parametrize("outputs", [1, 3])
def test_a_model_that_answers_the_same_everywhere_has_no_boundary(outputs):
    ax = viz.plot_decision_boundary(lambda x: np.ones((len(x), outputs)), X)
    assert len(ax.collections) == 1
