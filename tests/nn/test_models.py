"""The MLP: shapes, gradients against the lecture's formulas, and micrograd's habits."""

import numpy as np
import pytest

import autograd
from autograd import Graph, Value, check_gradients
from nn import MLP, cross_entropy, mse

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 2))
SLOPES = {
    "tanh": lambda z, a: 1 - a**2,
    "sigmoid": lambda z, a: a * (1 - a),
    "relu": lambda z, a: (z > 0).astype(float),
}


def test_shapes_of_batches_and_single_samples():
    one, two = MLP(3, [4, 1], seed=0), MLP(3, [4, 2], seed=0)
    assert one(X).shape == (5, 1)
    assert one(X[:1]).shape == (1, 1)
    assert one(X[0]).shape == ()
    assert two(X).shape == (5, 2)
    assert two(X[0]).shape == (2,)
    assert len(list(two(X[0]))) == 2


def test_arrays_lists_and_values_give_the_same_prediction():
    model = MLP(3, [4, 1], seed=0)
    row = X[0].tolist()
    expected = model(X[:1]).item()
    for x in (
        X[0],
        row,
        tuple(row),
        Value(row),
        [Value(k) for k in row],
        [Value(row[0]), *row[1:]],
    ):
        assert model(x).item() == pytest.approx(expected, rel=1e-14)
    nested = [[Value(k) for k in r] for r in X]
    np.testing.assert_allclose(model(nested).data, model(X).data)
    np.testing.assert_allclose(model(X.tolist()).data, model(X).data)


def test_the_scalar_prediction_is_called_y_hat():
    assert MLP(3, [1])(X[0]).label == "ŷ"


@pytest.mark.parametrize("name", SLOPES)
def test_gradients_are_the_lectures_back_propagation(name):
    model = MLP(3, [4, 4, 2], activation=name, output="linear", seed=2)
    prediction = model(X)
    mse(prediction, Y).backward()
    found = {v.label: v for v in Graph(prediction).nodes if v.label}
    activation = {0: X, **{i: found[f"a{s}"].data for i, s in ((1, "¹"), (2, "²"))}}
    delta = 2 * (prediction.data - Y) / Y.size
    for number in (3, 2, 1):
        layer, mark = model.layers[number - 1], "¹²³"[number - 1]
        np.testing.assert_allclose(found[f"z{mark}"].grad, delta, rtol=1e-12)
        np.testing.assert_allclose(layer.weight.grad, delta.T @ activation[number - 1], rtol=1e-12)
        np.testing.assert_allclose(layer.bias.grad, delta.sum(axis=0), rtol=1e-12)
        if number > 1:
            z = found[f"z{'¹²³'[number - 2]}"].data
            delta = delta @ layer.weight.data * SLOPES[name](z, activation[number - 1])


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "relu", "linear"])
@pytest.mark.parametrize("output", ["linear", "tanh", "sigmoid", "softmax"])
def test_gradients_agree_with_central_differences(name, output):
    model = MLP(3, [4, 2], activation=name, output=output, seed=1)
    check = check_gradients(lambda: mse(model(X), Y), model.parameters())
    assert check.relative_error < 1e-7
    assert check.checked == model.count_parameters()


def test_gradients_of_the_cross_entropy_agree_with_central_differences():
    model, labels = MLP(3, [4, 3], activation="tanh", seed=1), [0, 2, 1, 1, 0]
    check = check_gradients(lambda: cross_entropy(model(X), labels), model.parameters())
    assert check.relative_error < 1e-8


def test_linear_layers_collapse_into_one():
    model = MLP(3, [4, 2], activation="linear", seed=0)
    first, second = (layer.weight.data for layer in model.layers)
    np.testing.assert_allclose(model(X).data, X @ (second @ first).T)


def test_equal_seeds_give_equal_networks_and_no_seed_gives_others():
    weights = [MLP(3, [4, 1], seed=s).layers[0].weight.data for s in (7, 7, None, None)]
    assert (weights[0] == weights[1]).all()
    assert (weights[2] != weights[3]).any()


def test_repr_shows_widths_activations_and_size():
    assert repr(MLP(4, [3, 1], "tanh", "sigmoid")) == (
        "MLP(4 -> 3 -> 1: tanh, sigmoid; 19 parameters)"
    )


def test_no_grad_predicts_without_a_graph():
    with autograd.no_grad():
        assert MLP(3, [4, 1])(X).op is None


@pytest.mark.parametrize(
    ("units", "error", "message"),
    [
        (4, TypeError, r"MLP\(units\) got 4 of type int; expected a list .* \[4, 4, 1\]"),
        ("44", TypeError, r"MLP\(units\) got '44' of type str; expected a list"),
        ([], ValueError, r"MLP\(units\) got an empty list; expected the number of units"),
        ([4, 0], ValueError, r"MLP\(units\) got 0; expected a positive int"),
        ([4, 1.0], TypeError, r"MLP\(units\) got 1.0 of type float"),
    ],
)
def test_units_that_are_no_list_of_positive_ints_are_refused(units, error, message):
    with pytest.raises(error, match=message):
        MLP(3, units)


def test_the_wrong_number_of_features_names_the_first_layer():
    with pytest.raises(ValueError, match=r"Layer\(3 -> 4\) got x of shape \(2,\)"):
        MLP(3, [4, 1])([1.0, 2.0])


def test_a_script_written_for_micrograd_runs_with_its_import_changed():
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    model = MLP(3, [4, 4, 1], activation="tanh", output="tanh", seed=42)
    losses = []
    for _ in range(60):
        ypred = [model(x) for x in xs]
        loss = sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred, strict=True))
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data += -0.05 * p.grad
        losses.append(loss.data)
    assert losses[-1] < 0.1 < losses[0]
    model.zero_grad()
    inputs = [list(map(Value, row)) for row in xs]
    scores = list(map(model, inputs))
    hinge = [(1 + -yi * score).relu() for yi, score in zip(ys, scores, strict=True)]
    total = sum(hinge) * (1.0 / len(hinge))
    total.backward()
    assert [(s.data > 0) == (y > 0) for s, y in zip(scores, ys, strict=True)] == [True] * 4
    assert inputs[0][0].grad != 0
