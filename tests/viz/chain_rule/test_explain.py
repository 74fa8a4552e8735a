"""explain: chain rule in symbols and numbers, its paths, and that they add up to .grad."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from viz import explain
from viz.demo import neuron


def labelled(root, label):
    return next(value for value in ag.Graph(root) if value.label == label)


def test_one_path_in_symbols_formulas_and_numbers():
    z = ag.Value(0.5, label="z")
    a = z.tanh()
    J = (a - 1.0) ** 2
    a.label, J.label = "a", "J"
    J.backward()
    assert explain(z, J).text.splitlines() == [
        "∂J/∂z = ∂J/∂u₁ · ∂u₁/∂a · ∂a/∂z",
        "      = 2 · u₁ · 1 · (1 − a²)",
        "      = (−1.076) · 1 · 0.7864",
        "      = −0.846, and z.grad = −0.846",
    ]


def test_several_paths_are_listed_and_summed():
    a = ag.Value(3.0, label="a")
    J = a * a + a
    J.label = "J"
    J.backward()
    told = explain(a, J)
    assert told.text.splitlines()[0] == "∂J/∂a = sum over 3 paths from a to J"
    assert told.text.splitlines()[-1] == "  Σ = 7, and a.grad = 7"
    assert (told.total, told.gradient) == (7.0, 7.0)
    assert "path 1: a → u₁ → J" in str(told)


def test_exploding_numbers_of_paths_are_folded():
    x = a = ag.Value(1.0, label="a")
    for _ in range(40):
        x = x + x
    x.backward()
    told = explain(a, x, paths=3)
    assert "1,099,511,627,773 more paths, not written out, bring 1.1e12" in told.text
    assert told.total == 2.0**40
    assert len(told.text) < 3000


def test_long_chains_are_folded():
    x = a = ag.Value(1.0, label="a")
    for _ in range(3000):
        x = x * 1.0001
    assert "… 2988 more …" in explain(a, x).text


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("index", [(0, 0), (2, 1), (-1, -1)])
def test_a_weight_of_a_layer_is_a_sum_over_the_rows(layer, index):
    model = nn.MLP(2, [3, 3], activation="tanh", seed=0)
    x = ag.Value(np.random.default_rng(0).normal(size=(7, 2)), label="x", requires_grad=False)
    J = nn.cross_entropy(model(x), np.array([0, 1, 2, 0, 1, 2, 0]))
    J.backward()
    weight = model.layers[layer].weight
    told = explain(weight, J, index, paths=2)
    assert told.total == pytest.approx(float(weight.grad[index]), rel=1e-9)
    assert "Σ over 7 rows of δ" in told.text
    assert "5 more rows, not written out, bring" in told.text
    assert ", and W" in told.text.splitlines()[-1]


def test_delta_of_a_hidden_unit_is_a_sum_over_the_units_above():
    model = nn.MLP(2, [3, 2], activation="sigmoid", seed=0)
    J = nn.cross_entropy(model(np.array([[1.0, 2.0]])), [1])
    text = explain(model.layers[0].weight, J, (1, 0)).text
    assert "the sum over the 2 paths through layer 2" in text
    assert "δ¹₂ = (w²₁₂ · δ²₁ + w²₂₂ · δ²₂) · (a¹₂ · (1 − a¹₂))" in text


def test_wide_layers_are_abridged():
    model = nn.MLP(2, [12, 12], activation="tanh", output="tanh", seed=0)
    J = nn.mse(model(np.ones((2, 2))), np.zeros((2, 12)))
    assert "+ …)" in explain(model.layers[0].weight, J, (11, 1)).text
    assert "∂J/∂w²₁₂,₁ =" in explain(model.layers[1].weight, J, (11, 0)).text


def test_other_arrays_get_a_ledger_of_their_uses():
    x = ag.Value([1.0, 2.0], label="x")
    J = (x * x).sum() + x.max()
    J.label = "J"
    J.backward()
    told = explain(x, J, 1)
    assert told.text.splitlines()[0] == "∂J/∂x[1] = sum over 3 uses of x"
    assert [row[-2:] for row in told.rows[1:]] == [("2", "2"), ("2", "4"), ("1", "5")]
    assert "u₁ = x · x" in told.text
    assert told.text.splitlines()[-1] == "∂J/∂x[1] = 5, and x.grad[1] = 5"


def test_a_scalar_among_arrays_gets_a_ledger_too():
    s = ag.Value(2.0, label="s")
    J = (s * np.arange(3.0)).sum()
    J.backward()
    assert explain(s, J).total == 3.0


def test_the_root_itself_is_one():
    J = neuron()
    assert explain(J, J).text == "∂J/∂J = 1, and J.grad = 1"


def test_no_gradient_is_changed_and_an_old_one_is_told():
    a = ag.Value(3.0, label="a")
    y = a * a
    assert "a.grad is —: no backward pass has run" in explain(a, y).text
    assert a.grad is None
    y.backward()
    y.backward()
    assert "but a.grad = 12: it comes from another root, or adds up" in explain(a, y).text
    assert a.grad == 12.0


@pytest.mark.parametrize(
    ("value", "root", "index", "error", "message"),
    [
        ("a", "y", None, ValueError, r"expected index= of one element, for example index=\(0,\)"),
        ("a", "y", 5, ValueError, r"got index=5; expected one element .* \(2,\)"),
        ("a", "y", (0, 1), ValueError, r"got index=\(0, 1\)"),
        ("a", "y", 0.5, ValueError, r"got index=0.5"),
        ("a", "a", 0, ValueError, r"root of shape \(2,\); expected a scalar"),
        ("other", "y", None, ValueError, "from which .* was not computed"),
        ("constant", "y", 0, ValueError, "a constant: it has no gradient"),
        (3.0, "y", None, TypeError, "got float as value; expected a Value"),
        ("a", 3.0, 0, TypeError, "got float as root; expected a Value"),
    ],
)
def test_wrong_questions_are_answered_clearly(value, root, index, error, message):
    a, constant = ag.Value([1.0, 2.0]), ag.Value([1.0, 1.0], requires_grad=False)
    known = {"a": a, "constant": constant, "y": (a * constant).sum(), "other": ag.Value(1.0)}
    with pytest.raises(error, match=message):
        explain(known.get(value, value), known.get(root, root), index)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=10), st.floats(-1.5, 1.5))
def test_the_sum_over_paths_is_the_gradient(program, number):
    a = ag.Value(number, label="a")
    values = [a, a * 0.5]
    for op in program:
        x, y = values[-1], values[-2]
        values.append(
            [x + y, (x * y).tanh(), x.tanh(), x - y, x.tanh().exp(), (x * x).sigmoid()][op]
        )
    values[-1].backward()
    expected = 0.0 if a.grad is None else float(a.grad)
    told = explain(a, values[-1], paths=2)
    assert told.total == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_a_kernel_of_a_convolution_is_explained_use_by_use():
    images = np.random.default_rng(0).normal(size=(2, 4, 4, 1))
    model = nn.Sequential([nn.layers.Conv2D(2, 2), nn.layers.Flatten(), nn.layers.Dense(1)], seed=0)
    J = nn.mse(model(images), np.ones((2, 1)))
    kernel = model.layers[0].weight
    text = explain(kernel, J, index=(1, 0, 0, 1)).text
    assert "sum over 1 use of W¹" in text
    J.backward()
    assert f"{kernel.grad[1, 0, 0, 1]:.4g}".replace("-", "−") in text
